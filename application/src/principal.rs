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

    /// Whether the caller may do this to everything that the caller can see.
    pub fn may_everywhere(&self, action: Action, resource: Resource) -> bool {
        let sees = |grant: &&Grant| grant.standing.allows(Action::Read, resource);
        self.scopes.allow(action, resource)
            && (self.is_staff(action, resource)
                || self.grants.iter().filter(sees).all(|grant| grant.standing.allows(action, resource)))
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
            is_good && (self.is_staff || grant.standing.allows(Action::Create, resource))
        });
        grants.map(|grant| &grant.organization)
    }

    /// Whether the caller may do everything everywhere: staff, unless the credential is bound to one organization.
    fn is_staff(&self, action: Action, resource: Resource) -> bool {
        self.is_staff && self.bound_to.is_none() && allows_staff(action, resource)
    }

    /// Whether the caller may do this with what is the caller's own. New organizations are not within one.
    fn may_own(&self, action: Action, resource: Resource) -> bool {
        let reaches = self.bound_to.is_none() || resource != Resource::Organizations;
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
