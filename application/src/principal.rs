//! Who calls, and what that caller may do.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use orderdesk_domain::permission::{allows_own, allows_staff};
use orderdesk_domain::{
    Action, Actor, Credential, OrganizationId, Resource, Standing, Timestamp, TokenScopes, UserId,
};

use crate::error::Problem;
use crate::query::{Entity, Field as _, Listed as _, Value};
use crate::scope::Scope;
use crate::views::{OrganizationSummary, UserSummary};

/// That a caller belongs to an organization, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where.
    pub organization: OrganizationSummary,
    /// As what.
    pub standing: Standing,
}

/// Somebody who was recognised, with everything that decides what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user who acts.
    pub user: UserSummary,
    /// Whether the user may do everything everywhere.
    pub is_staff: bool,
    /// Where the user belongs, as far as the credential reaches.
    pub grants: Vec<Grant>,
    /// By what the user was recognised.
    pub credential: Credential,
    /// What the credential is good for.
    pub scopes: TokenScopes,
    /// The only organization that the credential is good for, if it is bound to one.
    pub bound_to: Option<OrganizationId>,
    /// From when on the credential is worth nothing, if that is known.
    pub expires_at: Option<Timestamp>,
}

impl Principal {
    /// The user, as the author of what is written.
    pub fn author(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    /// Whether the caller may do this to anything at all.
    pub fn may(&self, action: Action, resource: Resource) -> bool {
        self.scopes.allow(action, resource)
            && (self.may_own(action, resource)
                || self.is_staff(action, resource)
                || self.grants.iter().any(|grant| grant.standing.allows(action, resource)))
    }

    /// Whether the caller may do this to everything that the caller can see, and to something at all.
    pub fn may_everywhere(&self, action: Action, resource: Resource) -> bool {
        let sees = |grant: &&Grant| grant.standing.allows(Action::Read, resource);
        let own = self.may_own(action, resource) || !self.may_own(Action::Read, resource);
        let others = || self.grants.iter().filter(sees).all(|grant| grant.standing.allows(action, resource));
        self.may(action, resource) && (self.is_staff(action, resource) || (own && others()))
    }

    /// Whether the caller may do this to what belongs to the organization.
    pub fn may_in(&self, action: Action, resource: Resource, organization: OrganizationId) -> bool {
        let here = |grant: &&Grant| grant.organization.id == organization;
        self.scopes.allow(action, resource)
            && (self.is_staff(action, resource)
                || self.grants.iter().filter(here).any(|grant| grant.standing.allows(action, resource)))
    }

    /// Whether the caller may do this to `details`.
    pub fn may_do<E: Entity>(&self, action: Action, details: &E::Details) -> bool {
        let id = |field: Option<E::Field>| match field.map(|field| details.value(field)) {
            Some(Value::Id(id)) => Some(id),
            _ => None,
        };
        let is_own = id(E::Field::OWNER) == Some(self.user.id.uuid());
        (is_own && self.scopes.allow(action, E::RESOURCE) && self.may_own(action, E::RESOURCE))
            || match id(E::Field::ORGANIZATION) {
                Some(organization) => self.may_in(action, E::RESOURCE, OrganizationId::new(organization)),
                None => self.scopes.allow(action, E::RESOURCE) && self.is_staff(action, E::RESOURCE),
            }
    }

    /// See [`Self::may_do`].
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn require<E: Entity>(&self, action: Action, details: &E::Details) -> Result<(), Problem> {
        if self.may_do::<E>(action, details) { Ok(()) } else { Err(Problem::Forbidden(action, E::RESOURCE)) }
    }

    /// What the caller may see of a kind of object.
    ///
    /// # Errors
    /// `Forbidden` where the caller may see nothing of the kind, wherever it is.
    pub fn scope(&self, resource: Resource) -> Result<Scope, Problem> {
        if !self.may(Action::Read, resource) {
            return Err(Problem::Forbidden(Action::Read, resource));
        }
        Ok(self.reach(resource))
    }

    /// What the caller may refer to: all that the user may see, whether or not the credential is good for reading it.
    pub fn reach(&self, resource: Resource) -> Scope {
        if self.is_staff(Action::Read, resource) {
            return Scope::Everything;
        }
        let (mut organizations, mut customers) = (Vec::new(), Vec::new());
        for grant in self.grants.iter().filter(|grant| grant.standing.allows(Action::Read, resource)) {
            match grant.standing {
                // Guests see the organization itself, and nothing else of it but their customer.
                Standing::Guest(customer) if resource != Resource::Organizations => customers.push(customer),
                _ => organizations.push(grant.organization.id),
            }
        }
        let user = self.may_own(Action::Read, resource).then_some(self.user.id);
        Scope::Limited { organizations, customers, user }
    }

    /// Where the caller may create such things.
    pub fn may_create_in(&self, resource: Resource) -> impl Iterator<Item = &OrganizationSummary> {
        let is_good = self.scopes.allow(Action::Create, resource);
        let grants = self.grants.iter().filter(move |grant| {
            is_good
                && (self.is_staff(Action::Create, resource)
                    || grant.standing.allows(Action::Create, resource))
        });
        grants.map(|grant| &grant.organization)
    }

    /// Whether the caller may do everything everywhere: staff, unless the credential is bound to one organization.
    fn is_staff(&self, action: Action, resource: Resource) -> bool {
        self.is_staff && self.bound_to.is_none() && allows_staff(action, resource)
    }

    /// Whether the caller may do this with what is the caller's own. New organizations and the caller's memberships
    /// elsewhere are not within one.
    fn may_own(&self, action: Action, resource: Resource) -> bool {
        let reaches = self.bound_to.is_none() || resource == Resource::ApiTokens;
        reaches && allows_own(action, resource)
    }
}

/// Somebody who was recognised, and from where they call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub principal: Arc<Principal>,
    /// From where they call, if over a network.
    pub address: Option<IpAddr>,
}

impl Caller {
    /// The caller, as the one who is to have done something.
    pub fn actor(&self) -> Actor {
        Actor { user: self.author(), credential: self.credential.clone(), address: self.address }
    }
}

impl Deref for Caller {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self { principal: Arc::new(principal), address: None }
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_domain::{Currency, CustomerId, OrganizationName, UserName};
    use uuid::Uuid;

    use super::*;

    fn organization(number: u128) -> OrganizationSummary {
        OrganizationSummary {
            id: OrganizationId::new(Uuid::from_u128(number)),
            name: OrganizationName::parse("Duka").unwrap(),
            default_currency: Currency::parse("KES").unwrap(),
        }
    }

    fn customer() -> CustomerId {
        CustomerId::new(Uuid::from_u128(77))
    }

    fn amina() -> UserId {
        UserId::new(Uuid::from_u128(99))
    }

    fn who_is(grants: &[(u128, Standing)]) -> Principal {
        let grants = grants.iter().copied();
        Principal {
            user: UserSummary { id: amina(), name: UserName::parse("Amina").unwrap() },
            is_staff: false,
            grants: grants
                .map(|(number, standing)| Grant { organization: organization(number), standing })
                .collect(),
            credential: Credential::Local,
            scopes: TokenScopes::everything(),
            bound_to: None,
            expires_at: None,
        }
    }

    fn staff() -> Principal {
        Principal { is_staff: true, ..who_is(&[]) }
    }

    fn limited(organizations: &[u128], customers: &[CustomerId], user: Option<UserId>) -> Scope {
        let organizations = organizations.iter().map(|number| organization(*number).id).collect();
        Scope::Limited { organizations, customers: customers.to_vec(), user }
    }

    #[test]
    fn a_caller_sees_what_its_standing_in_each_organization_shows() {
        let caller = who_is(&[(1, Standing::Viewer), (2, Standing::Guest(customer())), (3, Standing::Admin)]);
        let sees = |resource| caller.scope(resource).unwrap();
        assert_eq!(sees(Resource::Customers), limited(&[1, 3], &[customer()], None));
        assert_eq!(sees(Resource::Items), limited(&[1, 3], &[], None));
        assert_eq!(sees(Resource::Orders), limited(&[1, 3], &[customer()], None));
        assert_eq!(sees(Resource::Organizations), limited(&[1, 2, 3], &[], None));
        assert_eq!(sees(Resource::Members), limited(&[1, 3], &[], Some(amina())));
        assert_eq!(sees(Resource::ApiTokens), limited(&[], &[], Some(amina())));
        assert_eq!(sees(Resource::AuditEntries), limited(&[3], &[], None));
        let forbidden = Problem::Forbidden(Action::Read, Resource::Users);
        assert_eq!(caller.scope(Resource::Users), Err(forbidden));
    }

    #[test]
    fn who_can_see_nothing_of_a_kind_wherever_it_is_is_told_so() {
        let guest = who_is(&[(1, Standing::Guest(customer()))]);
        let forbidden = |resource| Err(Problem::Forbidden(Action::Read, resource));
        assert_eq!(guest.scope(Resource::Items), forbidden(Resource::Items));
        assert_eq!(who_is(&[]).scope(Resource::Customers), forbidden(Resource::Customers));
        assert_eq!(who_is(&[]).scope(Resource::ApiTokens), Ok(limited(&[], &[], Some(amina()))));
    }

    #[test]
    fn staff_see_everything_but_the_tokens_of_others() {
        for resource in Resource::ALL {
            let expected = match resource {
                Resource::ApiTokens => limited(&[], &[], Some(amina())),
                _ => Scope::Everything,
            };
            assert_eq!(staff().scope(resource), Ok(expected), "{resource:?}");
        }
    }

    #[test]
    fn staff_with_a_credential_for_one_organization_are_there_what_they_are_there() {
        let bound = Some(organization(1).id);
        let viewer = Principal { is_staff: true, bound_to: bound, ..who_is(&[(1, Standing::Viewer)]) };
        assert_eq!(viewer.scope(Resource::Customers), Ok(limited(&[1], &[], None)));
        assert!(
            !viewer.may(Action::Create, Resource::Customers) && !viewer.may(Action::Read, Resource::Users)
        );
        assert_eq!(viewer.may_create_in(Resource::Customers).count(), 0);
        let stranger = Principal { bound_to: bound, ..staff() };
        assert!(!stranger.may(Action::Read, Resource::Customers));
    }

    #[test]
    fn a_credential_for_one_organization_reaches_nothing_of_its_users_elsewhere() {
        let bound = Some(organization(1).id);
        let caller = Principal { bound_to: bound, ..who_is(&[(1, Standing::Admin)]) };
        assert!(!caller.may(Action::Create, Resource::Organizations));
        assert_eq!(caller.scope(Resource::Members), Ok(limited(&[1], &[], None)));
    }

    #[test]
    fn scopes_narrow_what_a_caller_may_do_and_not_what_it_may_refer_to() {
        let scopes = TokenScopes::parse("orders:write").unwrap();
        let caller = Principal { scopes, ..who_is(&[(1, Standing::Admin)]) };
        assert!(caller.may(Action::Create, Resource::Orders) && caller.may(Action::Read, Resource::Orders));
        let forbidden = Err(Problem::Forbidden(Action::Read, Resource::Customers));
        assert_eq!(caller.scope(Resource::Customers), forbidden);
        assert_eq!(caller.reach(Resource::Customers), limited(&[1], &[], None));
        let here = organization(1).id;
        assert!(!caller.may_in(Action::Create, Resource::Customers, here));
        assert_eq!(caller.may_create_in(Resource::Customers).count(), 0);
        assert_eq!(caller.may_create_in(Resource::Orders).count(), 1);
        let reading = Principal { scopes: TokenScopes::parse("read").unwrap(), ..staff() };
        assert!(reading.may(Action::Read, Resource::Users) && !reading.may(Action::Change, Resource::Users));
        assert!(!reading.may(Action::Create, Resource::ApiTokens), "nor make a token that is good for more");
    }

    #[test]
    fn what_a_caller_may_do_in_one_organization_it_may_not_do_in_another() {
        let caller = who_is(&[(1, Standing::Member), (2, Standing::Viewer)]);
        let may_create = |number| caller.may_in(Action::Create, Resource::Orders, organization(number).id);
        assert_eq!([1, 2, 3].map(may_create), [true, false, false]);
        let choices: Vec<_> = caller.may_create_in(Resource::Orders).collect();
        assert_eq!(choices, [&organization(1)]);
    }

    /// To say yes for all at once spares a look at each; it must not be said where one of them is an exception.
    #[test]
    fn a_caller_may_do_something_everywhere_only_where_there_is_no_exception() {
        let everywhere = |caller: &Principal, action, resource| caller.may_everywhere(action, resource);
        let change = |caller: &Principal, resource| everywhere(caller, Action::Change, resource);
        assert!(change(&who_is(&[(1, Standing::Member), (2, Standing::Admin)]), Resource::Orders));
        assert!(!change(&who_is(&[(1, Standing::Member), (2, Standing::Viewer)]), Resource::Orders));
        assert!(!change(
            &who_is(&[(1, Standing::Member), (2, Standing::Guest(customer()))]),
            Resource::Orders
        ));
        assert!(change(&who_is(&[(1, Standing::Member), (2, Standing::Guest(customer()))]), Resource::Items));
        assert!(change(&staff(), Resource::Orders) && change(&staff(), Resource::Users));
        for resource in Resource::ALL {
            assert!(!change(&who_is(&[]), resource), "{resource:?}: who sees none may change none");
        }
        assert!(!change(&who_is(&[(1, Standing::Admin)]), Resource::Users));
        // A guest elsewhere sees their own membership there, and may end it, but not change it.
        let mixed = who_is(&[(1, Standing::Admin), (2, Standing::Guest(customer()))]);
        assert!(!change(&mixed, Resource::Members));
        assert!(everywhere(&mixed, Action::Delete, Resource::Members));
        assert!(everywhere(&who_is(&[]), Action::Delete, Resource::ApiTokens));
    }

    #[test]
    fn an_actor_is_the_user_with_credential_and_address() {
        let address = "2001:db8::7".parse().ok();
        let caller = Caller { address, ..Caller::from(who_is(&[])) };
        let actor = Actor { user: Some(amina()), credential: Credential::Local, address };
        assert_eq!(caller.actor(), actor);
    }
}
