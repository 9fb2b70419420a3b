//! Taking apart what a service answers.

use std::collections::BTreeMap;
use std::fmt::Debug;

use orderdesk_application::error::Result;
use orderdesk_application::idempotency::{Answer, Outcome};
use orderdesk_application::ports::StoreError;
use orderdesk_application::{Error, Problem};

/// What stands against a request for one object.
pub(crate) fn refused<T: Debug>(outcome: Result<T>) -> Vec<Problem> {
    match outcome {
        Err(Error::Refused(problems)) => problems,
        other => panic!("not refused: {other:?}"),
    }
}

/// What stands against the rows of a bulk request.
pub(crate) fn refused_rows<T: Debug>(outcome: Result<T>) -> BTreeMap<usize, Vec<Problem>> {
    match outcome {
        Err(Error::Rows(problems)) => problems,
        other => panic!("no row was refused: {other:?}"),
    }
}

/// How the store failed.
pub(crate) fn failed<T: Debug>(outcome: Result<T>) -> StoreError {
    match outcome {
        Err(Error::Store(error)) => error,
        other => panic!("the store did not fail: {other:?}"),
    }
}

/// What came of a request that was carried out.
pub(crate) fn done<T: Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Done(done) => done,
        replayed @ Outcome::Replayed(_) => panic!("not carried out: {replayed:?}"),
    }
}

/// What was answered again to a request that had been carried out before.
pub(crate) fn replayed<T: Debug>(outcome: Outcome<T>) -> Answer {
    match outcome {
        Outcome::Replayed(answer) => answer,
        done @ Outcome::Done(_) => panic!("not replayed: {done:?}"),
    }
}
