//! Taking messages from the outbox, as many as there are places for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::Shared;
use orderdesk_domain::{Message, Organization, OrganizationId, PhoneNumber, Timestamp};
use tokio::sync::mpsc::UnboundedSender;

use crate::error::Result;
use crate::ports::Reader;
use crate::query::{Query, Selection};
use crate::scope::Scope;
use crate::services::post::later;
use crate::services::relay::holds::Standing;
use crate::services::relay::news::News;
use crate::services::relay::{Decision, Relay, Turn};

/// The most messages that are taken at once.
const BATCH: usize = 100;
/// How long nothing is tried after the store has failed, and for how many milliseconds a message is put back of which it
/// cannot be told whether it may be sent.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
const PUT_BACK: i64 = 5_000;

impl Relay {
    /// Takes messages and hands them to those who deliver, until told to stop. What has been taken is handed over: a
    /// message that is taken and forgotten would have to count as lost.
    pub(super) async fn dispatch<S>(&self, give: UnboundedSender<Turn>, stop: Shared<S>)
    where
        S: Future<Output = ()> + Send,
    {
        let mut news = News::unheard();
        // What is held is known before anybody is asked; where it cannot be read, the keeper says so.
        if let Ok(known) = self.desk.store.outbox().holds().await {
            self.holds.refresh(known);
        }
        while stop.peek().is_none() {
            let room = tokio::select! {
                // Whoever is to stop takes no more, however much there is room for.
                biased;
                () = stop.clone() => return,
                room = self.places.acquire() => room,
            };
            drop(room);
            match self.take(&give).await {
                Ok(true) => {}
                Ok(false) => self.wait(&mut news, &stop).await,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "no message could be taken from the outbox"
                    );
                    self.rest(AFTER_FAILURE, &stop).await;
                }
            }
        }
    }

    /// Waits until there may be something to take.
    async fn wait<S>(&self, news: &mut News, stop: &Shared<S>)
    where
        S: Future<Output = ()> + Send,
    {
        let outbox = self.desk.store.outbox();
        let now = self.desk.now();
        news.listen(outbox, now).await;
        let until_due = match outbox.next_due().await {
            Ok(Some(due)) => u64::try_from(due.milliseconds() - now.milliseconds()).ok(),
            // What is due already cannot be taken at present.
            Ok(None) | Err(_) => None,
        };
        let patience = news.patience();
        let pause =
            until_due.map_or(patience, |milliseconds| patience.min(Duration::from_millis(milliseconds)));
        tokio::select! {
            () = stop.clone() => {}
            () = self.desk.post.rung() => {}
            () = news.heard(now) => {}
            () = self.desk.timer.sleep(pause.max(Duration::from_millis(1))) => {}
        }
    }

    /// Lets time pass, unless told to stop.
    pub(super) async fn rest<S>(&self, duration: Duration, stop: &Shared<S>)
    where
        S: Future<Output = ()> + Send,
    {
        tokio::select! {
            () = stop.clone() => {}
            () = self.desk.timer.sleep(duration) => {}
        }
    }

    /// Takes what is due, and says whether there was anything.
    async fn take(&self, give: &UnboundedSender<Turn>) -> Result<bool> {
        let outbox = self.desk.store.outbox();
        let now = self.desk.now();
        let most =
            match self.gateways.iter().map(|it| self.holds.standing(it.gateway(), now)).min_by_key(rank) {
                Some(Standing::Open) => BATCH,
                Some(Standing::OnTrial) => 1,
                Some(Standing::Held(_)) | None => return Ok(false),
            };
        let limit = most.min(self.places.available_permits());
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let claimed = outbox.claim(now, later(now, self.lease), limit).await?;
        let took = !claimed.is_empty();
        let decisions = self.decide(&claimed, now).await;
        for (message, decision) in claimed.into_iter().zip(decisions) {
            // Only this task takes places, and it took no more messages than there were.
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { break };
            if give.send(Turn { message, decision, _place: place }).is_err() {
                break;
            }
        }
        Ok(took)
    }

    /// What is to be done with each message. Where that cannot be told, they are put back.
    async fn decide(&self, claimed: &[Message], now: Timestamp) -> Vec<Decision> {
        if claimed.is_empty() {
            return Vec::new();
        }
        match self.considerations(claimed).await {
            Ok((organizations, opted_out)) => {
                let decide = |message: &Message| {
                    let letter = message.letter();
                    if opted_out.contains(&letter.to) {
                        return Decision::OptedOut;
                    }
                    let charter = organizations.get(&letter.organization).map(Organization::charter);
                    let quiet = charter.and_then(|charter| charter.quiet_hours?.end(now, &charter.time_zone));
                    quiet.map_or(Decision::Send, Decision::Wait)
                };
                claimed.iter().map(decide).collect()
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "it cannot be told whether messages may be sent now; they wait");
                vec![Decision::Wait(later(now, PUT_BACK)); claimed.len()]
            }
        }
    }

    /// Who sends these messages, and which of the numbers want none.
    async fn considerations(
        &self,
        claimed: &[Message],
    ) -> Result<(HashMap<OrganizationId, Organization>, HashSet<PhoneNumber>)> {
        let ids: HashSet<_> = claimed.iter().map(|it| it.letter().organization.uuid()).collect();
        let limit = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let query = Query::first(Selection::ids(&Scope::Everything, ids), limit);
        let organizations = Reader::<Organization>::list(self.desk.store.organizations(), &query).await?.rows;
        let numbers: HashSet<_> = claimed.iter().map(|it| it.letter().to.clone()).collect();
        let numbers: Vec<_> = numbers.into_iter().collect();
        let opted_out = self.desk.store.outbox().opted_out(&numbers).await?;
        let by_id = organizations.into_iter().map(|it| (it.organization.id(), it.organization));
        Ok((by_id.collect(), opted_out.into_iter().collect()))
    }
}

/// The best comes first.
fn rank(standing: &Standing) -> u8 {
    match standing {
        Standing::Open => 0,
        Standing::OnTrial => 1,
        Standing::Held(_) => 2,
    }
}
