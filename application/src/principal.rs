//! Who calls, and what that caller may see.

use orderdesk_domain::{CustomerId, OrganizationId, Role, UserId};

use crate::error::Problem;
use crate::query::{Field, Filter};
use crate::views::{OrganizationSummary, UserSummary};

/// An authenticated caller, with everything that decides what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user who acts.
    pub user: UserSummary,
    /// Where the user belongs, and as what.
    pub memberships: Vec<(OrganizationSummary, Role)>,
}

impl Principal {
    /// What the caller may see.
    pub fn scope(&self) -> Scope {
        let organizations = self.memberships.iter().map(|(organization, _)| organization.id).collect();
        Scope::Limited { organizations, customers: Vec::new() }
    }

    /// The user, as the author of what is written.
    pub fn author(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    /// Where something new goes: the chosen organization, or the only one there is to choose.
    pub fn organization(&self, chosen: Option<OrganizationId>) -> Result<&OrganizationSummary, Problem> {
        let mut writable = self.memberships.iter().map(|(organization, _)| organization);
        if let Some(id) = chosen {
            return writable
                .find(|organization| organization.id == id)
                .ok_or(Problem::OrganizationUnknown(id));
        }
        if let (Some(only), None) = (writable.next(), writable.next()) {
            return Ok(only);
        }
        let choices = self.memberships.iter().map(|(organization, _)| organization.clone()).collect();
        Err(Problem::OrganizationRequired(choices))
    }
}

/// What a caller may see: a part of every query, never an afterthought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything there is.
    Everything,
    /// What belongs to these organizations, or is, or belongs to, one of these customers.
    Limited {
        /// All of what these organizations own.
        organizations: Vec<OrganizationId>,
        /// These customers with their orders, whoever owns them.
        customers: Vec<CustomerId>,
    },
}

impl Scope {
    /// The scope as a condition on objects with these fields.
    pub fn filter<F: Field>(&self) -> Filter<F> {
        let Self::Limited { organizations, customers } = self else {
            return Filter::everything();
        };
        let of_organizations = |organizations: &[OrganizationId]| match organizations {
            [only] => Filter::equals(F::ORGANIZATION, only.uuid()),
            several => Filter::any_of(F::ORGANIZATION, several.iter().map(|id| id.uuid())),
        };
        match F::CUSTOMER {
            Some(field) if !customers.is_empty() => Filter::Any(vec![
                of_organizations(organizations),
                Filter::any_of(field, customers.iter().map(|id| id.uuid())),
            ]),
            _ => of_organizations(organizations),
        }
    }
}
