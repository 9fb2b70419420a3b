//! What Africa's Talking answers.

use orderdesk_application::ports::Answer;

use crate::http::Exchange;
use crate::meaning::Meaning;
use crate::words::remark;

/// What came of a request, for the message.
pub(super) fn understand(exchange: Exchange, private: &[&str]) -> Answer {
    match exchange {
        Exchange::NotReached { reason } => Meaning::Later(None).answer(None, remark(&reason, private)),
        Exchange::Lost { reason } => Meaning::Unanswered.answer(None, remark(&reason, private)),
        Exchange::Answered { status, .. } => {
            Meaning::Unanswered.answer(remark(&format!("HTTP {}", status.as_u16()), &[]), None)
        }
    }
}
