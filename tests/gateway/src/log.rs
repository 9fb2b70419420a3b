//! What the gateway has seen, and what it has taken over.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::time::Instant;

use tokio::sync::watch;

use crate::conduct::Conduct;
use crate::protocol::Protocol;

/// A message that somebody has sent to the gateway.
#[derive(Debug, Clone)]
pub struct Sent {
    /// How it was sent.
    pub protocol: Protocol,
    /// Where it goes.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When the request had been read.
    pub at: Instant,
    /// What the gateway did with it.
    pub conduct: Conduct,
    /// What the gateway calls it, if it has taken it over.
    pub accepted: Option<String>,
    /// Where the gateway was asked to report to, if it was (Twilio's `StatusCallback`).
    pub report_to: Option<String>,
}

/// Everything that was sent to the gateway, in the order in which it was read.
#[derive(Debug)]
pub struct Log {
    sent: Mutex<Vec<Sent>>,
    /// How many were seen, and how many accepted.
    counts: watch::Sender<(usize, usize)>,
}

impl Default for Log {
    fn default() -> Self {
        Self { sent: Mutex::default(), counts: watch::Sender::new((0, 0)) }
    }
}

impl Log {
    /// All of it.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// How many messages were sent, accepted or not.
    pub fn seen(&self) -> usize {
        self.counts.borrow().0
    }

    /// How many messages were accepted.
    pub fn accepted(&self) -> usize {
        self.counts.borrow().1
    }

    /// How many messages of exactly this text were accepted.
    pub fn accepted_with(&self, text: &str) -> usize {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|sent| sent.accepted.is_some() && sent.text == text).count()
    }

    /// How many messages were accepted for each thing that they are about, such as the order that a text names. One that is
    /// about nothing does not count.
    pub fn accepted_by<K: Hash + Eq>(&self, about: impl Fn(&Sent) -> Option<K>) -> HashMap<K, usize> {
        let sent = self.sent.lock().unwrap();
        let mut counts = HashMap::new();
        for key in sent.iter().filter(|sent| sent.accepted.is_some()).filter_map(about) {
            *counts.entry(key).or_default() += 1;
        }
        counts
    }

    /// Waits until so many messages have been sent, accepted or not.
    pub async fn until_seen(&self, count: usize) {
        self.counts.subscribe().wait_for(|(seen, _)| *seen >= count).await.expect("the log is there");
    }

    /// Waits until so many messages have been accepted.
    pub async fn until_accepted(&self, count: usize) {
        self.counts.subscribe().wait_for(|(_, accepted)| *accepted >= count).await.expect("the log is there");
    }

    /// Writes down a message; the number is for [`Log::accept`].
    pub(crate) fn see(&self, message: Sent) -> usize {
        let mut sent = self.sent.lock().unwrap();
        sent.push(message);
        self.counts.send_modify(|(seen, _)| *seen += 1);
        sent.len() - 1
    }

    /// Writes down that a message has been taken over.
    pub(crate) fn accept(&self, number: usize) -> Sent {
        let mut sent = self.sent.lock().unwrap();
        let message = sent.get_mut(number).expect("it was seen");
        assert!(message.accepted.is_none(), "it is taken over once");
        message.accepted = Some(message.protocol.reference());
        self.counts.send_modify(|(_, accepted)| *accepted += 1);
        message.clone()
    }
}
