//! What gateways call back with: reports of what became of messages, and wishes of those who get them.

use std::fmt;
use std::sync::Arc;

use orderdesk_domain::{
    DeliveryReport, Gateway, Message, MessageStatus, OptOut, OptOutId, PhoneNumber, SecretDigest, Timestamp,
};

use crate::error::{Problem, Result};
use crate::ports::{Callback, Change, GatewayCallbacks, UnitOfWork, Wish};
use crate::services::desk::Desk;
use crate::services::once::earlier;
use crate::services::post::later;

/// For how long a report may come after its message was queued first, and for how long one is kept that came before it
/// was known what the gateway calls its message, in milliseconds: 72 hours, after which gateways give up themselves.
const REPORTED_WITHIN: i64 = 72 * 60 * 60 * 1_000;

/// By how many milliseconds the clocks of two programs may differ.
const CLOCKS: i64 = 10_000;

/// How many messages to one number are looked at; more than one is too many to tell them apart.
const CANDIDATES: u32 = 2;

/// What has to be in the path of a callback, known to the gateway and to nobody else.
#[derive(Clone)]
pub struct CallbackSecret(SecretDigest);

impl CallbackSecret {
    /// Takes the secret.
    pub fn new(secret: &str) -> Self {
        Self(SecretDigest::of(secret.as_bytes()))
    }

    /// Digests are compared: how long that takes says nothing about the secret.
    fn is(&self, presented: &str) -> bool {
        self.0 == SecretDigest::of(presented.as_bytes())
    }
}

impl fmt::Debug for CallbackSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CallbackSecret")
    }
}

/// What is done with callbacks.
#[derive(Clone)]
pub struct CallbackService {
    desk: Desk,
    secret: Option<CallbackSecret>,
    gateways: Vec<Arc<dyn GatewayCallbacks>>,
}

impl CallbackService {
    /// Understands what these gateways send; nothing without a secret.
    pub fn new(desk: Desk, secret: Option<CallbackSecret>, gateways: Vec<Arc<dyn GatewayCallbacks>>) -> Self {
        Self { desk, secret, gateways }
    }

    /// Whether there is such a gateway, and the secret is the right one: asked before the callback is looked into. The use
    /// cases ask again.
    pub fn knows(&self, gateway: &str, secret: &str) -> bool {
        self.gateway(gateway, secret).is_ok()
    }

    /// Takes note of what has become of a message. What is about no message that is known yet is kept for a while.
    ///
    /// # Errors
    /// `NotFound` for a gateway that there is not, or the wrong secret; `Callback`.
    pub async fn delivery_report(&self, gateway: &str, secret: &str, callback: &Callback<'_>) -> Result<()> {
        let report = self.gateway(gateway, secret)?.delivery_report(callback).map_err(Problem::Callback)?;
        match report {
            Some(report) => self.desk.take_report(&report).await,
            None => Ok(()),
        }
    }

    /// Takes note of what somebody who gets texts wishes.
    ///
    /// # Errors
    /// `NotFound` for a gateway that there is not, or the wrong secret; `Callback`.
    pub async fn wish(&self, gateway: &str, secret: &str, callback: &Callback<'_>) -> Result<()> {
        let gateway = self.gateway(gateway, secret)?;
        match gateway.wish(callback).map_err(Problem::Callback)? {
            Some(Wish::OptOut(number)) => self.desk.opt_out(gateway.gateway(), &number).await,
            Some(Wish::OptIn(number)) => self.desk.opt_in(&number).await,
            None => Ok(()),
        }
    }

    fn gateway(&self, name: &str, secret: &str) -> Result<&dyn GatewayCallbacks> {
        let is_right = self.secret.as_ref().is_some_and(|known| known.is(secret));
        let gateway = self.gateways.iter().find(|gateway| gateway.gateway().name() == name);
        gateway.filter(|_| is_right).map(|gateway| &**gateway).ok_or_else(|| Problem::NotFound.into())
    }
}

impl Desk {
    /// Settles the message that a report is about, or keeps the report until that can be told.
    async fn take_report(&self, report: &DeliveryReport) -> Result<()> {
        if self.settle(report).await? {
            return Ok(());
        }
        self.retry(|| async {
            let mut work = self.begin().await?;
            work.messaging().keep_report(report).await?;
            Ok(work.commit().await?)
        })
        .await?;
        // The worker that hears of the reference meanwhile looks for the report after it has written that down. So one
        // of the two sees what the other has written.
        self.settle_kept(report).await
    }

    /// Settles the message that a kept report is about, if that can be told now, and forgets the report.
    pub(super) async fn settle_kept(&self, report: &DeliveryReport) -> Result<()> {
        if self.settle(report).await? {
            self.retry(|| async {
                let mut work = self.begin().await?;
                work.messaging().drop_report(report.gateway, &report.reference).await?;
                Ok(work.commit().await?)
            })
            .await?;
        }
        Ok(())
    }

    /// Settles the message that a report is about; whether it can be told which that is.
    async fn settle(&self, report: &DeliveryReport) -> Result<bool> {
        self.retry(|| async {
            let mut work = self.begin().await?;
            let Some(found) = self.meant(&mut *work, report).await? else { return Ok(false) };
            if found.status() == MessageStatus::Sending {
                return Ok(false);
            }
            let mut settled = found.clone();
            if settled.settle(report) {
                let change = Change { was: found.version(), now: settled };
                work.messages().update(std::slice::from_ref(&change)).await?;
                work.commit().await?;
            }
            Ok(true)
        })
        .await
    }

    /// The message that a report is about: the one that the gateway calls so; or the one that it was told of; or the only
    /// one to that number of which nobody knows whether that gateway has taken it over.
    async fn meant(&self, work: &mut dyn UnitOfWork, report: &DeliveryReport) -> Result<Option<Message>> {
        let messaging = work.messaging();
        if let Some(message) = messaging.called(report.gateway, &report.reference).await? {
            return Ok(Some(message));
        }
        if let Some(id) = report.message {
            let told = messaging.message(id).await?;
            return Ok(told.filter(|message| may_be_called(message, report.gateway)));
        }
        let Some(number) = &report.number else { return Ok(None) };
        let candidates = messaging.unsettled(number, reported_since(self.now()), CANDIDATES).await?;
        // What is kept may have come of somebody else's message, and long before.
        let told = later(report.at, CLOCKS);
        match candidates.as_slice() {
            [only] if may_be_called(only, report.gateway) && only.id().created_at() <= told => {
                Ok(Some(only.clone()))
            }
            _ => Ok(None),
        }
    }

    /// Marks a number as one whose owner wants no texts.
    pub(super) async fn opt_out(&self, gateway: Gateway, number: &PhoneNumber) -> Result<()> {
        let opt_out = &OptOut { id: OptOutId::new(self.mint()), number: number.clone(), gateway };
        self.retry(|| async move {
            let mut work = self.begin().await?;
            work.messaging().opt_out(opt_out).await?;
            Ok(work.commit().await?)
        })
        .await
    }

    async fn opt_in(&self, number: &PhoneNumber) -> Result<()> {
        self.retry(|| async move {
            let mut work = self.begin().await?;
            work.messaging().opt_in(number).await?;
            Ok(work.commit().await?)
        })
        .await
    }

    /// Forgets reports about messages that nobody has heard of.
    pub(super) async fn sweep_reports(&self) -> Result<()> {
        self.retry(|| async move {
            let mut work = self.begin().await?;
            work.messaging().sweep_reports(reported_since(self.now())).await?;
            Ok(work.commit().await?)
        })
        .await
    }
}

fn reported_since(now: Timestamp) -> Timestamp {
    earlier(now, REPORTED_WITHIN)
}

/// Whether this gateway may call the message by a name that is not known: because it may have taken it over, and did not
/// say so.
fn may_be_called(message: &Message, gateway: Gateway) -> bool {
    let course = message.course();
    let unsettled = matches!(message.status(), MessageStatus::Sending | MessageStatus::Unknown);
    unsettled && course.reference.is_none() && course.gateway.is_none_or(|last| last == gateway)
}
