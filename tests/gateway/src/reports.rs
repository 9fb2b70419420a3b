//! What the gateway reports back, as Africa's Talking does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use reqwest::{Client, StatusCode};
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use crate::conduct::choose;

/// How long a report may take to be received.
const PATIENCE: Duration = Duration::from_secs(10);

/// A report about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the gateway calls the message.
    pub id: String,
    /// What became of it: `Success`, `Failed`, `Sent`, ...
    pub status: String,
    /// Where it went.
    pub number: String,
    /// Why it did not get there.
    pub failure_reason: Option<String>,
}

impl Report {
    /// The form in which it travels.
    pub fn form(&self) -> Vec<(&str, &str)> {
        let mut form = vec![
            ("id", self.id.as_str()),
            ("status", self.status.as_str()),
            ("phoneNumber", self.number.as_str()),
            ("networkCode", "63902"),
            ("retryCount", "0"),
        ];
        form.extend(self.failure_reason.as_deref().map(|reason| ("failureReason", reason)));
        form
    }
}

/// One of the things that are done to report a message that was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reports a status.
    Say(&'static str),
    /// Reports that the message failed, for a reason.
    Fail(&'static str),
    /// Reports a status of a message that nobody has sent.
    SayOfAnother(&'static str),
    /// Lets time pass.
    Wait(Duration),
    /// Lets the answer to the request go. What is before it is said before the answer; without it, the answer does
    /// not wait for anything.
    Answer,
}

/// What is done to report a message, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan(pub Vec<Step>);

impl Plan {
    /// Reports what becomes of a message in every way that they come: in order, late, twice, out of order, before the
    /// answer, about messages that nobody knows, or not at all. Nine in ten messages get to the phone.
    pub fn bad_day(late: Duration) -> Vec<(u32, Self)> {
        use Step::{Answer, Fail, Say, SayOfAnother, Wait};
        let plan = |weight, steps: &[Step]| (weight, Self(steps.to_vec()));
        vec![
            plan(40, &[Say("Sent"), Say("Submitted"), Say("Success")]),
            plan(10, &[Wait(late), Say("Success")]),
            plan(10, &[Say("Success"), Say("Success")]),
            plan(10, &[Say("Success"), Say("Buffered"), Say("Sent")]),
            plan(10, &[Say("Success"), Answer]),
            plan(5, &[SayOfAnother("Success"), Say("Success")]),
            plan(5, &[Fail("DeliveryFailure"), Say("Success")]),
            plan(5, &[Fail("UserDoesNotExist")]),
            plan(5, &[]),
        ]
    }
}

/// Sends reports.
pub(crate) struct Reporter {
    http: Client,
    plans: Mutex<Option<Plans>>,
    /// How many messages are being reported on.
    busy: watch::Sender<usize>,
    /// How many reports were received, and how many were not.
    outcomes: Mutex<(usize, usize)>,
}

struct Plans {
    /// Where to: the first that receives it, beginning with another each time.
    urls: Arc<[String]>,
    rng: Rng,
    weights: Vec<(u32, Plan)>,
}

impl Reporter {
    pub(crate) fn new() -> Self {
        let http = Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        Self { http, plans: Mutex::default(), busy: watch::Sender::new(0), outcomes: Mutex::default() }
    }

    pub(crate) fn plan(&self, urls: &[&str], seed: u64, weights: Vec<(u32, Plan)>) {
        let urls = urls.iter().map(ToString::to_string).collect();
        let plans = Plans { urls, rng: Rng::with_seed(seed), weights };
        *self.plans.lock().unwrap() = Some(plans).filter(|plans| !plans.urls.is_empty());
    }

    pub(crate) fn outcomes(&self) -> (usize, usize) {
        *self.outcomes.lock().unwrap()
    }

    /// Waits until nothing is being reported.
    pub(crate) async fn until_done(&self) {
        self.busy.subscribe().wait_for(|busy| *busy == 0).await.expect("the reporter is there");
    }

    /// Reports on a message as is planned, and comes back as soon as the answer may go.
    pub(crate) async fn follow(self: &Arc<Self>, id: &str, number: &str) {
        let Some((urls, Plan(steps))) = self.next() else { return };
        let (go, gone) = oneshot::channel();
        let waits = steps.contains(&Step::Answer);
        let (this, id, number) = (Arc::clone(self), id.to_owned(), number.to_owned());
        self.busy.send_modify(|busy| *busy += 1);
        // Whoever asked may hang up; the report is made all the same.
        tokio::spawn(async move {
            let mut go = Some(go);
            for step in steps {
                let (id, status, failure_reason) = match step {
                    Step::Say(status) => (id.clone(), status, None),
                    Step::Fail(reason) => (id.clone(), "Failed", Some(reason.to_owned())),
                    Step::SayOfAnother(status) => {
                        (format!("ATXid_{:032x}", fastrand::u128(..)), status, None)
                    }
                    Step::Wait(time) => {
                        sleep(time).await;
                        continue;
                    }
                    Step::Answer => {
                        go.take().map(|go| go.send(()));
                        continue;
                    }
                };
                let report = Report { id, status: status.to_owned(), number: number.clone(), failure_reason };
                this.deliver(&urls, &report).await;
            }
            this.busy.send_modify(|busy| *busy -= 1);
        });
        if waits {
            gone.await.ok();
        }
    }

    fn next(&self) -> Option<(Vec<String>, Plan)> {
        let mut plans = self.plans.lock().unwrap();
        let Plans { urls, rng, weights } = plans.as_mut()?;
        let mut urls = urls.to_vec();
        let first = rng.usize(..urls.len());
        urls.rotate_left(first);
        Some((urls, choose(rng, weights)))
    }

    async fn deliver(&self, urls: &[String], report: &Report) {
        for url in urls {
            if self.send(url, report).await.is_ok_and(|status| status.is_success()) {
                self.outcomes.lock().unwrap().0 += 1;
                return;
            }
        }
        self.outcomes.lock().unwrap().1 += 1;
    }

    /// Sends one report, once.
    pub(crate) async fn send(&self, url: &str, report: &Report) -> reqwest::Result<StatusCode> {
        let response = self.http.post(url).form(&report.form()).send().await?;
        Ok(response.status())
    }
}
