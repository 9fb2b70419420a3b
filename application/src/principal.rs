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

#[cfg(test)]
mod tests {
    use orderdesk_domain::{Currency, OrganizationName, UserName};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::query::sample::{Sample, SampleField, filters, ids, plain, samples};
    use crate::query::{Selection, Term, Test};
    use crate::views::ItemField;

    fn organization(number: u128) -> OrganizationSummary {
        OrganizationSummary {
            id: OrganizationId::new(Uuid::from_u128(number)),
            name: OrganizationName::parse("Duka").unwrap(),
            default_currency: Currency::parse("KES").unwrap(),
        }
    }

    fn member_of(organizations: &[u128]) -> Principal {
        let user = UserSummary { id: UserId::new(Uuid::nil()), name: UserName::parse("Amina").unwrap() };
        let memberships = organizations.iter().map(|number| (organization(*number), Role::Member)).collect();
        Principal { user, memberships }
    }

    #[test]
    fn who_can_write_to_one_organization_need_not_name_it() {
        assert_eq!(member_of(&[1]).organization(None), Ok(&organization(1)));
        assert_eq!(member_of(&[1]).organization(Some(organization(1).id)), Ok(&organization(1)));
    }

    #[test]
    fn who_can_write_to_several_organizations_names_one_of_them() {
        let caller = member_of(&[1, 2]);
        let choices = vec![organization(1), organization(2)];
        assert_eq!(caller.organization(None), Err(Problem::OrganizationRequired(choices)));
        assert_eq!(caller.organization(Some(organization(2).id)), Ok(&organization(2)));
    }

    #[test]
    fn nobody_writes_to_the_organization_of_others() {
        let theirs = organization(3).id;
        assert_eq!(member_of(&[1, 2]).organization(Some(theirs)), Err(Problem::OrganizationUnknown(theirs)));
        assert_eq!(member_of(&[]).organization(Some(theirs)), Err(Problem::OrganizationUnknown(theirs)));
        assert_eq!(member_of(&[]).organization(None), Err(Problem::OrganizationRequired(Vec::new())));
    }

    #[test]
    fn a_caller_sees_the_organizations_that_it_belongs_to() {
        let organizations = vec![organization(1).id, organization(2).id];
        let expected = Scope::Limited { organizations, customers: Vec::new() };
        assert_eq!(member_of(&[1, 2]).scope(), expected);
    }

    #[test]
    fn who_belongs_nowhere_sees_nothing() {
        assert!(!member_of(&[]).scope().filter::<SampleField>().keeps(&plain()));
    }

    /// Stores have their indexes led by the organization; a plain equality is what they use them for best.
    #[test]
    fn the_scope_of_one_organization_is_an_equality() {
        let filter = member_of(&[1]).scope().filter::<SampleField>();
        let Filter::Is(term) = filter else { panic!("{filter:?} is no term") };
        assert_eq!(term.field(), SampleField::Organization);
        assert_eq!(term.test(), &Test::Equals(Uuid::from_u128(1).into()));
    }

    #[test]
    fn who_is_bound_to_a_customer_sees_nothing_of_the_catalogue() {
        let customers = vec![CustomerId::new(Uuid::from_u128(1))];
        let scope = Scope::Limited { organizations: Vec::new(), customers };
        let filter = scope.filter::<ItemField>();
        let Filter::Is(term) = filter else { panic!("{filter:?} is no term") };
        assert_eq!((Term::field(&term), term.test()), (ItemField::Organization, &Test::In(Vec::new())));
    }

    proptest! {
        #[test]
        fn a_scope_shows_its_organizations_and_its_customers_and_nothing_else(
            organizations in prop::collection::vec(ids(), 0..4),
            customers in prop::collection::vec(ids(), 0..4),
            samples in samples(),
        ) {
            let scope = Scope::Limited {
                organizations: organizations.iter().copied().map(OrganizationId::new).collect(),
                customers: customers.iter().copied().map(CustomerId::new).collect(),
            };
            let shown = |sample: &Sample| {
                organizations.contains(&sample.organization)
                    || sample.customer.is_some_and(|customer| customers.contains(&customer))
            };
            for sample in &samples {
                prop_assert_eq!(scope.filter::<SampleField>().keeps(sample), shown(sample));
                prop_assert!(Scope::Everything.filter::<SampleField>().keeps(sample));
            }
        }

        #[test]
        fn no_filter_selects_what_its_scope_does_not_show(
            organizations in prop::collection::vec(ids(), 0..3),
            filter in filters(),
            samples in samples(),
        ) {
            let organizations = organizations.into_iter().map(OrganizationId::new).collect();
            let scope = Scope::Limited { organizations, customers: Vec::new() };
            let selection = Selection::new(&scope, filter.clone());
            for sample in &samples {
                let shown = scope.filter::<SampleField>().keeps(sample);
                prop_assert_eq!(selection.filter().keeps(sample), shown && filter.keeps(sample));
            }
        }
    }
}
