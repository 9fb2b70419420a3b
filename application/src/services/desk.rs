//! What every service works with.

use std::sync::Arc;

use orderdesk_domain::{
    Action, AuditEntry, OrderEventId, Organization, OrganizationId, Resource, Timestamp, order::Act,
};
use uuid::Uuid;

use crate::error::{Problem, Result};
use crate::idempotency::KeptAnswer;
use crate::ports::{
    Clock, IdGenerator, Randomness, Reader, Store, StoreError, StoreResult, Timer, UnitOfWork,
};
use crate::principal::{Caller, Principal};
use crate::scope::Scope;
use crate::services::bearers::Bearers;
use crate::services::post::Post;
use crate::views::OrganizationSummary;

/// The ports, shared by all services.
#[derive(Clone)]
pub struct Desk {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Lets time pass.
    pub timer: Arc<dyn Timer>,
    /// Mints identities.
    pub ids: Arc<dyn IdGenerator>,
    /// Random numbers.
    pub randomness: Arc<dyn Randomness>,
    /// Who was recognised a moment ago.
    pub bearers: Arc<Bearers>,
    /// What is shared with those who send messages.
    pub post: Arc<Post>,
    /// Whether nothing may be written for the time being.
    pub read_only: bool,
}

impl Desk {
    /// Begins a unit of work.
    ///
    /// # Errors
    /// `ReadOnly` where nothing may be written.
    pub(super) async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        if self.read_only { Err(StoreError::ReadOnly) } else { self.store.begin().await }
    }

    /// Commits what was done, with what is written down about it and what was answered.
    pub(super) async fn commit(
        &self,
        mut work: Box<dyn UnitOfWork>,
        entries: &[AuditEntry],
        answer: Option<KeptAnswer>,
    ) -> StoreResult<()> {
        if !entries.is_empty() {
            work.audit_entries().append(entries).await?;
        }
        if let Some(answer) = answer {
            work.access().keep_answer(&answer).await?;
        }
        work.commit().await
    }

    /// Where something new goes: the chosen organization, or the only one in which the caller may create such things.
    ///
    /// # Errors
    /// `Forbidden`, `ForbiddenIn`, `OrganizationRequired`, `OrganizationUnknown`.
    pub(super) async fn organization(
        &self,
        caller: &Principal,
        chosen: Option<OrganizationId>,
        resource: Resource,
    ) -> Result<OrganizationSummary> {
        if !caller.may(Action::Create, resource) {
            return Err(Problem::Forbidden(Action::Create, resource).into());
        }
        let mut choices = caller.may_create_in(resource);
        let Some(id) = chosen else {
            if let (Some(only), None) = (choices.next(), choices.next()) {
                return Ok(only.clone());
            }
            let choices = caller.may_create_in(resource).cloned().collect();
            return Err(Problem::OrganizationRequired(choices).into());
        };
        if let Some(found) = choices.find(|organization| organization.id == id) {
            return Ok(found.clone());
        }
        if caller.grants.iter().any(|grant| grant.organization.id == id) {
            return Err(Problem::ForbiddenIn { organization: id, resource }.into());
        }
        if caller.may_in(Action::Create, resource, id) {
            let found =
                Reader::<Organization>::find(self.store.organizations(), &Scope::Everything, id.uuid());
            if let Some(details) = found.await? {
                return Ok(OrganizationSummary::from(&details.organization));
            }
        }
        Err(Problem::OrganizationUnknown(id).into())
    }

    /// This moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The identity of something that comes into being now.
    pub(super) fn mint(&self) -> Uuid {
        self.ids.mint(self.now())
    }

    /// What `caller` does to an order now; after everything that happened to it until `last`, should the clock have
    /// been set back.
    pub(super) fn act(&self, caller: &Caller, last: Timestamp) -> Act {
        let at = self.now().max(last);
        Act { event: OrderEventId::new(self.ids.mint(at)), by: caller.author() }
    }
}
