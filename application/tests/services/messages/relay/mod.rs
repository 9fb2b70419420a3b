//! Sending: what is given to gateways, when, how often, and what is written down about it.

mod failing;
mod failing_over;
mod hearing;
mod holding;
mod losing;
mod together;
mod verdicts;
mod waiting;

use orderdesk_domain::{FailureCode, MessageState};

/// It has failed because of this, and nobody said more about it.
fn unsent(code: FailureCode) -> MessageState {
    MessageState::Failed(code.into())
}

/// Nobody knows, because of this.
fn unknown(code: FailureCode) -> MessageState {
    MessageState::Unknown(code.into())
}
