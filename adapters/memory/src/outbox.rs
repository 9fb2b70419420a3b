//! The messages that wait to be sent. They are found by their keys, in the order in which they are due, so that a claim
//! costs the same however many wait.

use std::collections::BTreeMap;

use async_trait::async_trait;
use orderdesk_application::ports::{Announcements, Backlog, Outbox, StoreError, StoreResult};
use orderdesk_application::query::Selection;
use orderdesk_application::views::MessageField;
use orderdesk_domain::{
    Cost, DeliveryReport, Gateway, GatewayReference, Hold, Message, MessageStatus, PhoneNumber, Timestamp,
};

use crate::list::select;
use crate::state::State;
use crate::store::MemoryStore;
use crate::table::Key;

#[async_trait]
impl Outbox for MemoryStore {
    /// Waits for its turn as a unit of work does.
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        self.change(|state| {
            let due = state.messages.keyed_within(Key::due(MessageStatus::Queued, now));
            let mut claimed: Vec<_> = due.take(limit as usize).cloned().collect();
            for message in &mut claimed {
                let was = message.version();
                message.claim(until, now).map_err(|refusal| StoreError::Backend(Box::new(refusal)))?;
                state.messages.update(was, message)?;
            }
            Ok(claimed)
        })
        .await
    }

    async fn next_due(&self) -> StoreResult<Option<Timestamp>> {
        Ok(first_due(&*self.state()?))
    }

    async fn overdue(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        let state = self.state()?;
        let lost = state.messages.keyed_within(Key::due(MessageStatus::Sending, now));
        let too_old = state.messages.keyed_within(Key::expiring(now));
        Ok(lost.chain(too_old).take(limit as usize).cloned().collect())
    }

    async fn backlog(&self) -> StoreResult<Backlog> {
        let state = self.state()?;
        let count = |status| {
            let those = state.messages.keyed_within(Key::due(status, Timestamp::LATEST));
            those.count() as u64
        };
        let (queued, sending) = (count(MessageStatus::Queued), count(MessageStatus::Sending));
        Ok(Backlog { queued, sending, first_due: first_due(&state) })
    }

    async fn costs(&self, selection: &Selection<MessageField>) -> StoreResult<Vec<Cost>> {
        let mut sums: BTreeMap<&'static str, Cost> = BTreeMap::new();
        for details in select::<Message>(&*self.state()?, selection)? {
            let Some(cost) = details.message.course().cost else { continue };
            let code = cost.currency().code();
            let sum = sums.get(code).map_or(Some(cost), |so_far| so_far.plus(cost));
            sums.insert(code, sum.ok_or_else(|| StoreError::Corrupt(format!("too many {code} in all")))?);
        }
        Ok(sums.into_values().collect())
    }

    async fn opted_out(&self, numbers: &[PhoneNumber]) -> StoreResult<Vec<PhoneNumber>> {
        let state = self.state()?;
        let marked = numbers.iter().filter(|number| state.opt_outs.keyed(&Key::number(number)).is_some());
        Ok(marked.cloned().collect())
    }

    async fn holds(&self) -> StoreResult<Vec<Hold>> {
        Ok(self.state()?.holds.values().cloned().collect())
    }

    async fn kept_report(
        &self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<DeliveryReport>> {
        Ok(self.state()?.reports.get(&(gateway, reference.clone())).cloned())
    }

    async fn kept_reports_to(&self, number: &PhoneNumber, limit: u32) -> StoreResult<Vec<DeliveryReport>> {
        let state = self.state()?;
        let theirs = state.reports.values().filter(|report| report.number.as_ref() == Some(number));
        Ok(theirs.take(limit as usize).cloned().collect())
    }

    /// There are no other programs.
    async fn announce(&self) -> StoreResult<()> {
        self.state().map(drop)
    }

    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>> {
        self.state().map(|_| None)
    }
}

fn first_due(state: &State) -> Option<Timestamp> {
    let mut queued = state.messages.keyed_within(Key::due(MessageStatus::Queued, Timestamp::LATEST));
    queued.next().and_then(|message| message.course().state.due())
}
