//! What a store holds, and what of it a caller sees.

use std::collections::BTreeSet;

use orderdesk_application::error::Result;
use orderdesk_application::ports::{Record, RecordKind};
use orderdesk_application::query::{Field, Filter, Listed, Order, Test, Value};
use orderdesk_application::services::{Browse, ListRequest};
use orderdesk_application::views::AuditEntryDetails;
use orderdesk_application::{Caller, Scope};
use orderdesk_contract::kinds::everything;
use orderdesk_domain::{AuditEntry, Organization, OrganizationId};
use uuid::Uuid;

use super::desk::TestDesk;

impl TestDesk {
    /// Every record of the store.
    pub(crate) async fn records(&self) -> Vec<Record> {
        let mut snapshot = self.store.snapshot().await.unwrap();
        let mut records = Vec::new();
        for kind in RecordKind::ALL {
            records.extend(snapshot.page(kind, None, u32::MAX).await.unwrap());
        }
        records
    }

    /// What has been written down about what was done, the oldest first.
    pub(crate) async fn entries(&self) -> Vec<AuditEntryDetails> {
        let mut rows = everything::<AuditEntry>(&*self.store).await.rows;
        rows.reverse();
        rows
    }

    /// The organization as it is stored now.
    pub(crate) async fn organization(&self, id: OrganizationId) -> Organization {
        let found = self.store.organizations().find(&Scope::Everything, id.uuid()).await.unwrap();
        found.unwrap().organization
    }
}

/// A request for everything there is, the newest first, counted.
pub(crate) fn all<F: Field>() -> ListRequest<F> {
    let order = Order::newest_first();
    ListRequest { filter: Filter::everything(), order, after: None, offset: 0, limit: 1_000, counted: true }
}

/// The ids of what the caller sees, by listing; counting must agree.
pub(crate) async fn seen<B: Browse>(service: &B, caller: &Caller) -> Result<BTreeSet<Uuid>> {
    let page = service.list(caller, all()).await?;
    let ids: BTreeSet<_> = page.objects.iter().map(id_of).collect();
    assert_eq!(page.count, Some(ids.len() as u64), "what is counted is what is listed");
    Ok(ids)
}

/// The identity of what a list holds.
pub(crate) fn id_of<L: Listed>(object: &L) -> Uuid {
    match object.value(L::Field::ID) {
        Value::Id(id) => id,
        other => panic!("{other:?} is no id"),
    }
}

/// The object of this id and no other.
pub(crate) fn only<F: Field>(id: Uuid) -> Filter<F> {
    equals(F::ID, id)
}

/// The objects of which a field holds exactly this.
pub(crate) fn equals<F: Field>(field: F, value: impl Into<Value>) -> Filter<F> {
    Filter::new(field, Test::Equals(value.into())).unwrap()
}
