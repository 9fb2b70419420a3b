//! How the gateway takes a request.

use std::collections::VecDeque;
use std::time::Duration;

use fastrand::Rng;

/// What the gateway does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduct {
    /// Takes the message over and says so.
    Accept,
    /// Takes it over at once, and says so after a time.
    AcceptAndAnswerAfter(Duration),
    /// Takes it over, and hangs up.
    AcceptAndHangUp,
    /// Takes it over, and says something that makes no sense.
    AcceptAndGarble,
    /// Takes it over, and answers with this status, as if it had not.
    AcceptAndFail(u16),
    /// Says nothing for a time; then takes it over, if somebody still waits, and says so.
    StallAndAccept(Duration),
    /// Says nothing for a time, and hangs up.
    Stall(Duration),
    /// Refuses it with this code: a recipient's at Africa's Talking, an error's at Twilio.
    Refuse(u16),
    /// Answers success with these words, and without any message.
    NameNobody(&'static str),
    /// Says something that makes no sense.
    Garble,
    /// Answers with this status.
    Fail(u16),
    /// Reads the request and hangs up.
    HangUp,
}

impl Conduct {
    /// Everything that may go wrong, with weights: what a bad day looks like, on which it still takes over most.
    /// `patience` is longer than any that a client has.
    pub fn bad_day(patience: Duration) -> Vec<(u32, Self)> {
        let blink = Duration::from_millis(200);
        vec![
            (50, Self::Accept),
            (6, Self::AcceptAndAnswerAfter(blink)),
            (4, Self::AcceptAndHangUp),
            (2, Self::AcceptAndGarble),
            (2, Self::AcceptAndFail(502)),
            (1, Self::AcceptAndAnswerAfter(patience)),
            (3, Self::StallAndAccept(blink)),
            (1, Self::Stall(patience)),
            (3, Self::Refuse(403)),
            (2, Self::Refuse(406)),
            (4, Self::Refuse(407)),
            (6, Self::Refuse(500)),
            (1, Self::Refuse(999)),
            (2, Self::NameNobody("Sent to 0/1 Total Cost: 0")),
            (2, Self::Garble),
            (3, Self::Fail(503)),
            (4, Self::Fail(429)),
            (4, Self::HangUp),
        ]
    }
}

/// Chooses a conduct for each request: the script's, as long as there is one, then the usual one.
pub(crate) struct Manners {
    script: VecDeque<Conduct>,
    usual: Usual,
}

enum Usual {
    Always(Conduct),
    Random { rng: Rng, weights: Vec<(u32, Conduct)> },
}

impl Default for Manners {
    fn default() -> Self {
        Self { script: VecDeque::new(), usual: Usual::Always(Conduct::Accept) }
    }
}

impl Manners {
    pub(crate) fn always(&mut self, conduct: Conduct) {
        self.usual = Usual::Always(conduct);
    }

    pub(crate) fn at_random(&mut self, seed: u64, weights: Vec<(u32, Conduct)>) {
        assert!(weights.iter().any(|(weight, _)| *weight > 0), "nothing can be chosen");
        self.usual = Usual::Random { rng: Rng::with_seed(seed), weights };
    }

    pub(crate) fn script(&mut self, conducts: impl IntoIterator<Item = Conduct>) {
        self.script.extend(conducts);
    }

    pub(crate) fn next(&mut self) -> Conduct {
        if let Some(conduct) = self.script.pop_front() {
            return conduct;
        }
        match &mut self.usual {
            Usual::Always(conduct) => *conduct,
            Usual::Random { rng, weights } => choose(rng, weights),
        }
    }
}

/// One of several, as often as its weight says.
pub(crate) fn choose<T: Clone>(rng: &mut Rng, weights: &[(u32, T)]) -> T {
    let sum: u32 = weights.iter().map(|(weight, _)| weight).sum();
    let mut left = rng.u32(..sum);
    for (weight, choice) in weights {
        match left.checked_sub(*weight) {
            Some(rest) => left = rest,
            None => return choice.clone(),
        }
    }
    unreachable!("the weights are as many as they were")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_goes_before_the_usual() {
        let mut manners = Manners::default();
        manners.always(Conduct::Garble);
        manners.script([Conduct::HangUp, Conduct::Fail(500)]);
        let conducts: Vec<_> = (0..4).map(|_| manners.next()).collect();
        assert_eq!(conducts, [Conduct::HangUp, Conduct::Fail(500), Conduct::Garble, Conduct::Garble]);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_goes_by_the_weights() {
        let conducts = |seed| {
            let mut manners = Manners::default();
            manners.at_random(
                seed,
                vec![(3, Conduct::Accept), (0, Conduct::Stall(Duration::ZERO)), (1, Conduct::HangUp)],
            );
            (0..4_000).map(|_| manners.next()).collect::<Vec<_>>()
        };
        assert_eq!(conducts(1), conducts(1));
        assert_ne!(conducts(1), conducts(2));
        let of = |wanted| conducts(1).iter().filter(|conduct| **conduct == wanted).count();
        assert!((2_800..3_200).contains(&of(Conduct::Accept)));
        assert_eq!(of(Conduct::Accept) + of(Conduct::HangUp), 4_000);
    }
}
