//! What a caller may see: a part of every query, never an afterthought.

use orderdesk_domain::{CustomerId, OrganizationId, UserId};

use crate::query::{Field, Filter};

/// What a caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything there is.
    Everything,
    /// What belongs to these organizations, or is, or belongs to, one of these customers or this user.
    Limited {
        /// All of what these organizations own.
        organizations: Vec<OrganizationId>,
        /// These customers with their orders, whoever owns them.
        customers: Vec<CustomerId>,
        /// What is this user's own, wherever it belongs.
        user: Option<UserId>,
    },
}

impl Scope {
    /// The scope as a condition on objects with these fields.
    pub fn filter<F: Field>(&self) -> Filter<F> {
        let Self::Limited { organizations, customers, user } = self else {
            return Filter::everything();
        };
        let organizations = F::ORGANIZATION.map(|field| {
            // A plain equality is what stores use their indexes for best.
            match organizations.as_slice() {
                [only] => Filter::equals(field, only.uuid()),
                several => Filter::any_of(field, several.iter().map(|id| id.uuid())),
            }
        });
        let customers = F::CUSTOMER.filter(|_| !customers.is_empty());
        let customers = customers.map(|field| Filter::any_of(field, self.customers().map(CustomerId::uuid)));
        let own = F::OWNER.zip(*user).map(|(field, user)| Filter::equals(field, user.uuid()));
        let mut alternatives: Vec<_> = organizations.into_iter().chain(customers).chain(own).collect();
        match (alternatives.pop(), alternatives.is_empty()) {
            (Some(only), true) => only,
            (last, _) => Filter::Any(alternatives.into_iter().chain(last).collect()),
        }
    }

    fn customers(&self) -> impl Iterator<Item = CustomerId> + '_ {
        let customers = match self {
            Self::Everything => [].as_slice(),
            Self::Limited { customers, .. } => customers,
        };
        customers.iter().copied()
    }
}
