//! What can be done with organizations.

use orderdesk_domain::{
    Action, Charter, Currency, Member, Membership, MembershipId, Organization, OrganizationId,
    OrganizationName, QuietHours, Resource, Standing, TimeZone, Timestamp,
};

use crate::error::{Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Reader, UnitOfWork};
use crate::principal::Caller;
use crate::query::{Field, Filter, Selection};
use crate::scope::Scope;
use crate::services::batch::{Batch, Precondition, Row, delete_found, find_to_delete, only};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::{
    CustomerField, ItemField, MembershipDetails, OrderField, OrganizationDetails, OrganizationSummary,
};

/// An organization to found.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// What it calls itself.
    pub name: OrganizationName,
    /// By which clock its days begin; the installation's where none is given.
    pub time_zone: Option<TimeZone>,
    /// The currency of a price that names none; the installation's where none is given.
    pub default_currency: Option<Currency>,
    /// When no texts are sent, if ever.
    pub quiet_hours: Option<QuietHours>,
}

/// What is to change about an organization; `None` keeps what is there.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// What it calls itself.
    pub name: Option<OrganizationName>,
    /// By which clock its days begin.
    pub time_zone: Option<TimeZone>,
    /// The currency of a price that names none.
    pub default_currency: Option<Currency>,
    /// When no texts are sent; `Some(None)` for never.
    pub quiet_hours: Option<Option<QuietHours>>,
}

impl OrganizationChange {
    fn apply(&self, details: &mut OrganizationDetails, now: Timestamp) {
        let present = details.organization.charter();
        let charter = Charter {
            name: self.name.clone().unwrap_or_else(|| present.name.clone()),
            time_zone: self.time_zone.clone().unwrap_or_else(|| present.time_zone.clone()),
            default_currency: self.default_currency.unwrap_or(present.default_currency),
            quiet_hours: self.quiet_hours.unwrap_or(present.quiet_hours),
        };
        details.organization.revise(charter, now);
    }
}

/// What an organization gets that says nothing else.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Its currency.
    pub currency: Currency,
    /// Its time zone.
    pub time_zone: TimeZone,
}

/// The use cases of organizations.
#[derive(Clone)]
pub struct OrganizationService {
    desk: Desk,
    defaults: Defaults,
}

impl Browse for OrganizationService {
    type Entity = Organization;

    fn reader(&self) -> &dyn Reader<Organization> {
        self.desk.store.organizations()
    }
}

impl OrganizationService {
    /// Works with `desk`.
    pub fn new(desk: Desk, defaults: Defaults) -> Self {
        Self { desk, defaults }
    }

    /// Founds an organization, with the caller as its administrator.
    ///
    /// # Errors
    /// `Forbidden`; `KeyReused`, `KeyInUse`.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewOrganization,
        once: Option<&Once<OrganizationDetails>>,
    ) -> Result<Outcome<OrganizationDetails>> {
        if !caller.may(Action::Create, Resource::Organizations) {
            return Err(Problem::Forbidden(Action::Create, Resource::Organizations).into());
        }
        let charter = &Charter {
            name: new.name,
            time_zone: new.time_zone.unwrap_or_else(|| self.defaults.time_zone.clone()),
            default_currency: new.default_currency.unwrap_or(self.defaults.currency),
            quiet_hours: new.quiet_hours,
        };
        let outcome = self.desk.once(caller, once, || async move {
            let mut work = self.desk.begin().await?;
            let founded = found(&self.desk, &mut *work, caller, charter.clone()).await?;
            let entry = self.desk.entry::<Organization>(caller, None, Some(&founded));
            let answer = self.desk.kept(caller, once, &founded);
            self.desk.commit(work, entry.as_slice(), answer).await?;
            Ok(founded)
        });
        let founded = outcome.await?;
        self.desk.bearers.forget();
        Ok(founded)
    }

    /// Changes an organization.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`.
    pub async fn change(&self, caller: &Caller, row: Row<OrganizationChange>) -> Result<OrganizationDetails> {
        let rows = &[row];
        let changed = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let mut batch = Batch::load(Lookup::Within(work.organizations()), caller, rows).await?;
            let now = self.desk.now();
            batch.apply(rows, |details, change| {
                change.apply(details, now);
                Ok(())
            });
            let stored =
                batch.store(&self.desk, work, |work| work.organizations(), |_| Problem::Stale).await?;
            if let Some(work) = stored {
                self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
            }
            Ok(batch.into_details())
        });
        let changed = only(changed.await)?;
        self.desk.bearers.forget();
        Ok(changed)
    }

    /// Deletes an organization that owns nothing, with its memberships.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `OwnsSomething`.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: OrganizationId,
        precondition: &Precondition,
    ) -> Result<()> {
        let deleted = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let found = find_to_delete(work.organizations(), caller, id.uuid(), precondition).await?;
            let customers = work.customers().count(&of(id, CustomerField::Organization)).await?;
            let items = work.items().count(&of(id, ItemField::Organization)).await?;
            let orders = work.orders().count(&of(id, OrderField::Organization)).await?;
            if customers + items + orders > 0 {
                return Err(Problem::OwnsSomething { customers, items, orders }.into());
            }
            let (_, entries) = delete_found(&self.desk, work.organizations(), caller, &[found]).await?;
            Ok(self.desk.commit(work, &entries, None).await?)
        });
        deleted.await?;
        self.desk.bearers.forget();
        Ok(())
    }
}

fn of<F: Field>(organization: OrganizationId, field: F) -> Selection<F> {
    Selection::new(&Scope::Everything, Filter::equals(field, organization.uuid()))
}

/// Founds an organization within a unit of work, with the caller as its administrator.
pub(super) async fn found(
    desk: &Desk,
    work: &mut dyn UnitOfWork,
    caller: &Caller,
    charter: Charter,
) -> Result<OrganizationDetails> {
    let organization = Organization::found(OrganizationId::new(desk.mint()), charter);
    let member = Member::User(caller.user.id);
    let id = MembershipId::new(desk.mint());
    let membership = Membership::grant(id, organization.id(), member, Standing::Admin);
    work.organizations().insert(std::slice::from_ref(&organization)).await?;
    work.memberships().insert(std::slice::from_ref(&membership)).await?;
    let founder = MembershipDetails {
        membership,
        organization: OrganizationSummary::from(&organization),
        user: Some(caller.user.clone()),
        customer: None,
    };
    let entry = desk.entry::<Membership>(caller, None, Some(&founder));
    work.audit_entries().append(entry.as_slice()).await?;
    Ok(OrganizationDetails { organization })
}
