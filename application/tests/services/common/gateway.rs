//! A gateway that answers as a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_application::ports::{Answer, Clock as _, Sms, SmsGateway, Verdict};
use orderdesk_contract::builders::{cost, reference};
use orderdesk_domain::{Gateway, GatewayReference, MessageId, PhoneNumber, Timestamp};
use tokio::sync::watch;

use super::system::SettableClock;

/// A message as it was given to a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) message: MessageId,
    pub(crate) to: PhoneNumber,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
}

/// Answers what it was told to, in this order, and after that takes over whatever it is given.
pub(crate) struct ScriptedGateway {
    gateway: Gateway,
    clock: Arc<SettableClock>,
    script: Mutex<VecDeque<Answer>>,
    /// What it answers once the script has come to its end, if not that it takes the message over.
    always: Mutex<Option<Answer>>,
    heard: Mutex<Vec<Heard>>,
    is_open: watch::Sender<bool>,
    at_work: Mutex<AtWork>,
}

/// How many messages it has at once.
#[derive(Default)]
struct AtWork {
    now: usize,
    most: usize,
}

impl ScriptedGateway {
    pub(crate) fn new(gateway: Gateway, clock: &Arc<SettableClock>) -> Arc<Self> {
        Arc::new(Self {
            gateway,
            clock: Arc::clone(clock),
            script: Mutex::default(),
            always: Mutex::default(),
            heard: Mutex::default(),
            is_open: watch::Sender::new(true),
            at_work: Mutex::default(),
        })
    }

    /// Answers these next.
    pub(crate) fn answers(&self, verdicts: impl IntoIterator<Item = Verdict>) {
        self.script.lock().unwrap().extend(verdicts.into_iter().map(answer));
    }

    /// Answers this next.
    pub(crate) fn says(&self, answer: Answer) {
        self.script.lock().unwrap().push_back(answer);
    }

    /// Answers this whenever it was not told otherwise.
    pub(crate) fn always(&self, verdict: Verdict) {
        *self.always.lock().unwrap() = Some(answer(verdict));
    }

    /// Takes over whatever it is given from now on.
    pub(crate) fn accepts(&self) {
        *self.always.lock().unwrap() = None;
    }

    /// Answers nothing until it is opened.
    pub(crate) fn close(&self) {
        self.is_open.send_replace(false);
    }

    /// Answers what it has, and what comes.
    pub(crate) fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// What it was given, in this order.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    /// The most messages that it had at once.
    pub(crate) fn most_at_work(&self) -> usize {
        self.at_work.lock().unwrap().most
    }

    /// What it calls the message that it was asked to take as the so-manieth, from 1.
    pub(crate) fn reference(&self, number: usize) -> GatewayReference {
        reference(&format!("{}-{number}", self.gateway.name()))
    }
}

/// Says this and nothing besides.
fn answer(verdict: Verdict) -> Answer {
    Answer { verdict, code: None, remark: None }
}

#[async_trait]
impl SmsGateway for ScriptedGateway {
    fn gateway(&self) -> Gateway {
        self.gateway
    }

    async fn send(&self, sms: Sms<'_>) -> Answer {
        let Sms { message, to, text } = sms;
        let number = {
            let mut heard = self.heard.lock().unwrap();
            let text = text.as_str().to_owned();
            heard.push(Heard { message, to: to.clone(), text, at: self.clock.now() });
            heard.len()
        };
        {
            let mut at_work = self.at_work.lock().unwrap();
            at_work.now += 1;
            at_work.most = at_work.most.max(at_work.now);
        }
        self.is_open.subscribe().wait_for(|is_open| *is_open).await.unwrap();
        self.at_work.lock().unwrap().now -= 1;
        let scripted = self.script.lock().unwrap().pop_front();
        scripted.or_else(|| self.always.lock().unwrap().clone()).unwrap_or_else(|| {
            let (reference, cost) = (Some(self.reference(number)), Some(cost(800_000, "KES")));
            answer(Verdict::Accepted { reference, cost })
        })
    }
}
