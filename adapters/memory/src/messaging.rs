//! Reports that wait for their message, numbers that get no texts, and gateways that send nothing.

use async_trait::async_trait;
use orderdesk_application::ports::{MessagingRepository, StoreResult};
use orderdesk_domain::{
    DeliveryReport, Gateway, GatewayReference, Hold, Message, MessageId, OptOut, PhoneNumber, Timestamp,
};
use uuid::Uuid;

use crate::table::{Key, Row};
use crate::work::MemoryUnitOfWork;

impl Row for OptOut {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::number(&self.number)]
    }
}

#[async_trait]
impl MessagingRepository for MemoryUnitOfWork {
    async fn called(
        &mut self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<Message>> {
        self.step(|state| Ok(state.messages.keyed_within(Key::called(gateway, reference)).last().cloned()))
    }

    async fn message(&mut self, id: MessageId) -> StoreResult<Option<Message>> {
        self.step(|state| Ok(state.messages.get(id.uuid()).cloned()))
    }

    async fn unsettled(
        &mut self,
        number: &PhoneNumber,
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        self.step(|state| {
            let oldest_first = state.messages.keyed_within(Key::unsettled(number));
            let mut found: Vec<_> =
                oldest_first.filter(|message| message.id().created_at() >= since).cloned().collect();
            found.reverse();
            found.truncate(limit as usize);
            Ok(found)
        })
    }

    async fn keep_report(&mut self, report: &DeliveryReport) -> StoreResult<()> {
        self.step(|state| {
            state.reports.insert_mut((report.gateway, report.reference.clone()), report.clone());
            Ok(())
        })
    }

    async fn drop_report(&mut self, gateway: Gateway, reference: &GatewayReference) -> StoreResult<()> {
        self.step(|state| {
            state.reports.remove_mut(&(gateway, reference.clone()));
            Ok(())
        })
    }

    async fn opt_out(&mut self, opt_out: &OptOut) -> StoreResult<()> {
        self.step(|state| match state.opt_outs.keyed(&Key::number(&opt_out.number)) {
            Some(_) => Ok(()),
            None => state.opt_outs.insert(opt_out),
        })
    }

    async fn opt_in(&mut self, number: &PhoneNumber) -> StoreResult<()> {
        self.step(|state| {
            if let Some(id) = state.opt_outs.keyed(&Key::number(number)).map(Row::uuid) {
                state.opt_outs.remove(id);
            }
            Ok(())
        })
    }

    async fn hold(&mut self, hold: &Hold) -> StoreResult<()> {
        self.step(|state| {
            let since = state.holds.get(&hold.gateway).map_or(hold.since, |held| held.since);
            state.holds.insert_mut(hold.gateway, Hold { since, ..hold.clone() });
            Ok(())
        })
    }

    async fn release(&mut self, gateway: Gateway) -> StoreResult<()> {
        self.step(|state| {
            state.holds.remove_mut(&gateway);
            Ok(())
        })
    }

    async fn sweep_reports(&mut self, before: Timestamp) -> StoreResult<()> {
        self.step(|state| {
            let old = state.reports.iter().filter(|(_, report)| report.at < before);
            let old: Vec<_> = old.map(|(key, _)| key.clone()).collect();
            for key in &old {
                state.reports.remove_mut(key);
            }
            Ok(())
        })
    }
}
