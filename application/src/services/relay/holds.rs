//! Which gateways may be asked at a moment.

use std::sync::{Mutex, MutexGuard, PoisonError};

use orderdesk_domain::{Gateway, Hold, Timestamp};

use crate::services::post::later;

/// What this relay knows of gateways that send nothing at present.
#[derive(Default)]
pub(super) struct Holds(Mutex<Vec<Hold>>);

/// Whether a gateway may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may.
    Open,
    /// It sent nothing the last time; one message finds out whether it does again.
    OnTrial,
    /// It may not before then.
    Held(Timestamp),
}

impl Holds {
    /// Takes on what the store knows. What is known here to last longer does, such as a trial that is under way.
    pub(super) fn refresh(&self, mut known: Vec<Hold>) {
        let mut holds = self.lock();
        for hold in &mut known {
            let here = holds.iter().find(|here| here.gateway == hold.gateway);
            hold.until = here.map_or(hold.until, |here| here.until.max(hold.until));
        }
        *holds = known;
    }

    /// Takes note of one gateway.
    pub(super) fn note(&self, hold: Hold) {
        let mut holds = self.lock();
        holds.retain(|known| known.gateway != hold.gateway);
        holds.push(hold);
    }

    /// Takes note that a gateway sends; whether it was held.
    pub(super) fn release(&self, gateway: Gateway) -> bool {
        let mut holds = self.lock();
        let before = holds.len();
        holds.retain(|known| known.gateway != gateway);
        holds.len() < before
    }

    /// A trial has told nothing: the next one may be at `until`.
    pub(super) fn try_again(&self, gateway: Gateway, until: Timestamp) {
        if let Some(hold) = self.lock().iter_mut().find(|hold| hold.gateway == gateway) {
            hold.until = until;
        }
    }

    /// Whether a gateway may be asked at `now`.
    pub(super) fn standing(&self, gateway: Gateway, now: Timestamp) -> Standing {
        match self.lock().iter().find(|hold| hold.gateway == gateway) {
            None => Standing::Open,
            Some(hold) if hold.until <= now => Standing::OnTrial,
            Some(hold) => Standing::Held(hold.until),
        }
    }

    /// Whether the message at hand may be given to a gateway. Of those that ask for a trial at once, one is let through,
    /// and no other until `lease` milliseconds have passed, or the trial has told something.
    pub(super) fn admit(&self, gateway: Gateway, now: Timestamp, lease: i64) -> bool {
        match self.lock().iter_mut().find(|hold| hold.gateway == gateway) {
            None => true,
            Some(hold) if hold.until <= now => {
                hold.until = later(now, lease);
                true
            }
            Some(_) => false,
        }
    }

    /// Nothing is left half-done under the lock, so that a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, Vec<Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(milliseconds).unwrap()
    }

    fn hold(until: i64) -> Hold {
        Hold { gateway: Gateway::Twilio, remark: None, since: at(1_000), until: at(until) }
    }

    #[test]
    fn a_gateway_that_is_held_is_tried_again_with_one_message() {
        let holds = Holds::default();
        assert_eq!(holds.standing(Gateway::Twilio, at(5_000)), Standing::Open);
        holds.note(hold(10_000));
        assert_eq!(holds.standing(Gateway::Twilio, at(9_999)), Standing::Held(at(10_000)));
        assert!(!holds.admit(Gateway::Twilio, at(9_999), 120_000));
        assert_eq!(holds.standing(Gateway::Twilio, at(10_000)), Standing::OnTrial);
        assert!(holds.admit(Gateway::Twilio, at(10_000), 120_000));
        assert!(!holds.admit(Gateway::Twilio, at(10_000), 120_000), "the trial is under way");
        assert!(holds.admit(Gateway::AfricasTalking, at(10_000), 120_000));
        assert!(holds.release(Gateway::Twilio) && !holds.release(Gateway::Twilio));
        assert!(holds.admit(Gateway::Twilio, at(10_000), 120_000));
    }

    #[test]
    fn what_the_store_knows_does_not_end_a_trial() {
        let holds = Holds::default();
        holds.refresh(vec![hold(10_000)]);
        assert!(holds.admit(Gateway::Twilio, at(10_000), 120_000));
        holds.refresh(vec![hold(10_000)]);
        assert!(!holds.admit(Gateway::Twilio, at(10_001), 120_000));
        holds.refresh(Vec::new());
        assert!(holds.admit(Gateway::Twilio, at(10_001), 120_000), "another relay has found that it sends");
    }
}
