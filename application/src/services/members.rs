//! What can be done with the members of an organization.

use orderdesk_domain::{
    Action, CustomerId, EmailAddress, Member, Membership, MembershipId, Organization, OrganizationId,
    Resource, Role, Standing, Timestamp,
};

use crate::error::{Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Change, Reader, StoreError, Unique, UnitOfWork};
use crate::principal::Caller;
use crate::query::{Filter, Query, Selection};
use crate::scope::Scope;
use crate::services::batch::{Batch, Precondition, Row, delete_found, find_to_delete, only};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::{CustomerField, CustomerSummary, MembershipDetails, OrganizationSummary};

/// Somebody to invite.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Whoever signs in with this address.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// To which customer the role is bound, if to one.
    pub customer: Option<CustomerId>,
}

/// What is to change about a membership.
#[derive(Debug, Clone)]
pub struct MemberChange {
    /// Another role; `None` keeps what is there.
    pub role: Option<Role>,
    /// To which customer the role is bound; `None` keeps what is there, and `Some(None)` binds it to none.
    pub customer: Option<Option<CustomerId>>,
}

/// The use cases of members.
#[derive(Clone)]
pub struct MemberService {
    desk: Desk,
}

impl Browse for MemberService {
    type Entity = Membership;

    fn reader(&self) -> &dyn Reader<Membership> {
        self.desk.store.memberships()
    }
}

impl MemberService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Whether the caller may add members to this organization; see [`Browse::permit`].
    ///
    /// # Errors
    /// `NotFound` where the caller does not see the organization; `Forbidden`.
    pub async fn permit_invitation(&self, caller: &Caller, organization: OrganizationId) -> Result<()> {
        let scope = caller.reach(Resource::Organizations);
        self.desk.store.organizations().find(&scope, organization.uuid()).await?.ok_or(Problem::NotFound)?;
        if caller.may_in(Action::Create, Resource::Members, organization) {
            Ok(())
        } else {
            Err(Problem::Forbidden(Action::Create, Resource::Members).into())
        }
    }

    /// Invites somebody, who belongs from the next time on that they sign in with this address.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `MemberAlready`, `Bound`, `GuestOfUnknown`; `KeyReused`, `KeyInUse`.
    pub async fn invite(
        &self,
        caller: &Caller,
        organization: OrganizationId,
        new: NewMember,
        once: Option<&Once<MembershipDetails>>,
    ) -> Result<Outcome<MembershipDetails>> {
        self.permit_invitation(caller, organization).await?;
        let standing = Standing::new(new.role, new.customer).map_err(Problem::Bound)?;
        let email = &new.email;
        self.desk
            .once(caller, once, || async move {
                let mut work = self.desk.begin().await?;
                let customer = bound_to(&mut *work, organization, standing).await?;
                let summary = summary(&mut *work, organization).await?;
                let member = Member::Invited(email.clone());
                let id = MembershipId::new(self.desk.mint());
                let membership = Membership::grant(id, organization, member, standing);
                match work.memberships().insert(std::slice::from_ref(&membership)).await {
                    Err(StoreError::AlreadyExists(Unique::Membership)) => {
                        return Err(Problem::MemberAlready(email.clone()).into());
                    }
                    outcome => outcome?,
                }
                let details = MembershipDetails { membership, organization: summary, user: None, customer };
                let entry = self.desk.entry::<Membership>(caller, None, Some(&details));
                let answer = self.desk.kept(caller, once, &details);
                self.desk.commit(work, entry.as_slice(), answer).await?;
                Ok(details)
            })
            .await
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `LastAdministrator`, `Bound`, `GuestOfUnknown`.
    pub async fn change(&self, caller: &Caller, row: Row<MemberChange>) -> Result<MembershipDetails> {
        let rows = &[row];
        let changed = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let mut batch = Batch::load(Lookup::Within(work.memberships()), caller, rows).await?;
            let now = self.desk.now();
            let mut standings = None;
            batch.apply(rows, |details, change| {
                let was = details.membership.standing();
                let role = change.role.unwrap_or(was.role());
                let customer = change.customer.unwrap_or(was.customer());
                let standing = Standing::new(role, customer).map_err(|bound| vec![Problem::Bound(bound)])?;
                if details.membership.reappoint(standing, now) {
                    standings = Some((details.membership.clone(), was));
                }
                Ok(())
            });
            let problems = batch.changes()?;
            drop(problems);
            if let Some((membership, was)) = &standings {
                let standing = membership.standing();
                let customer = bound_to(&mut *work, membership.organization(), standing).await?;
                batch.show(|details| details.customer.clone_from(&customer));
                if membership.member().user().is_some() {
                    change_organization(&mut *work, membership.organization(), |organization| {
                        organization.reappoint(*was, standing, now).map_err(Problem::LastAdministrator)
                    })
                    .await?;
                }
            }
            let stored = batch.store(&self.desk, work, |work| work.memberships(), |_| Problem::Stale).await?;
            if let Some(work) = stored {
                self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
            }
            Ok(batch.into_details())
        });
        let changed = only(changed.await)?;
        self.desk.bearers.forget();
        Ok(changed)
    }

    /// Ends a membership, or an invitation. Everybody may leave.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `LastAdministrator`.
    pub async fn remove(&self, caller: &Caller, id: MembershipId, precondition: &Precondition) -> Result<()> {
        let removed = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let found = find_to_delete(work.memberships(), caller, id.uuid(), precondition).await?;
            let membership = &found.membership;
            if membership.member().user().is_some() {
                let now = self.desk.now();
                change_organization(&mut *work, membership.organization(), |organization| {
                    organization.dismiss(membership.standing(), now).map_err(Problem::LastAdministrator)
                })
                .await?;
            }
            let (_, entries) = delete_found(&self.desk, work.memberships(), caller, &[found]).await?;
            Ok(self.desk.commit(work, &entries, None).await?)
        });
        removed.await?;
        self.desk.bearers.forget();
        Ok(())
    }
}

/// The customer to whom a standing is bound, if it is.
async fn bound_to(
    work: &mut dyn UnitOfWork,
    organization: OrganizationId,
    standing: Standing,
) -> Result<Option<CustomerSummary>> {
    let Some(id) = standing.customer() else { return Ok(None) };
    let here = Filter::equals(CustomerField::Organization, organization.uuid());
    let named = Filter::equals(CustomerField::Id, id.uuid());
    let query = Query::first(Selection::new(&Scope::Everything, here.and(named)), 1);
    let found = work.customers().list(&query).await?.rows.pop();
    let found = found.ok_or(Problem::GuestOfUnknown(id))?;
    Ok(Some(CustomerSummary::from(&found.customer)))
}

async fn summary(work: &mut dyn UnitOfWork, id: OrganizationId) -> Result<OrganizationSummary> {
    let found = work.organizations().find(&Scope::Everything, id.uuid()).await?.ok_or(Problem::NotFound)?;
    Ok(OrganizationSummary::from(&found.organization))
}

/// Lets the organization count one who joins.
///
/// # Errors
/// `NotFound` where there is no such organization.
pub(super) async fn admit(
    work: &mut dyn UnitOfWork,
    id: OrganizationId,
    standing: Standing,
    at: Timestamp,
) -> Result<()> {
    let admit = |organization: &mut Organization| {
        organization.admit(standing, at);
        Ok(())
    };
    change_organization(work, id, admit).await
}

/// Lets the organization count its members anew. Its version sees to it that two who do so at once do it one after
/// the other.
async fn change_organization(
    work: &mut dyn UnitOfWork,
    id: OrganizationId,
    change: impl FnOnce(&mut Organization) -> Result<(), Problem> + Send,
) -> Result<()> {
    let found = work.organizations().find(&Scope::Everything, id.uuid()).await?.ok_or(Problem::NotFound)?;
    let mut organization = found.organization;
    let was = organization.version();
    change(&mut organization)?;
    Ok(work.organizations().update(&[Change { was, now: organization }]).await?)
}
