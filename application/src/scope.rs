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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::query::sample::{Sample, SampleField, filters, ids, plain, samples};
    use crate::query::{Kind, Listed, Selection, Spec, Term, Test, Value};
    use crate::views::{ApiTokenField, ItemField, UserField};

    fn of(organizations: &[u128], customers: &[u128], user: Option<u128>) -> Scope {
        let uuid = |number: &u128| Uuid::from_u128(*number);
        Scope::Limited {
            organizations: organizations.iter().map(uuid).map(OrganizationId::new).collect(),
            customers: customers.iter().map(uuid).map(CustomerId::new).collect(),
            user: user.map(|number| UserId::new(Uuid::from_u128(number))),
        }
    }

    fn term<F: Field>(filter: Filter<F>) -> Term<F> {
        let Filter::Is(term) = filter else { panic!("{filter:?} is no term") };
        term
    }

    #[test]
    fn who_belongs_nowhere_sees_nothing() {
        assert!(!of(&[], &[], None).filter::<SampleField>().keeps(&plain()));
    }

    /// Stores have their indexes led by the organization; a plain equality is what they use them for best.
    #[test]
    fn the_scope_of_one_organization_is_an_equality() {
        let term = term(of(&[1], &[], None).filter::<SampleField>());
        assert_eq!(term.field(), SampleField::Organization);
        assert_eq!(term.test(), &Test::Equals(Uuid::from_u128(1).into()));
    }

    #[test]
    fn who_is_bound_to_a_customer_sees_nothing_of_the_catalogue() {
        let term = term(of(&[], &[1], None).filter::<ItemField>());
        assert_eq!((term.field(), term.test()), (ItemField::Organization, &Test::In(Vec::new())));
    }

    #[test]
    fn what_belongs_to_no_organization_is_seen_by_whose_it_is_and_by_nobody_else() {
        let tokens = term(of(&[1], &[2], Some(3)).filter::<ApiTokenField>());
        let own = Test::Equals(Uuid::from_u128(3).into());
        assert_eq!((tokens.field(), tokens.test()), (ApiTokenField::User, &own));
        for scope in [of(&[1], &[2], None), of(&[], &[], Some(3))] {
            let filter = scope.filter::<UserField>();
            assert!(matches!(&filter, Filter::Any(none) if none.is_empty()), "{filter:?}");
        }
    }

    proptest! {
        #[test]
        fn a_scope_shows_its_organizations_and_its_customers_and_nothing_else(
            organizations in prop::collection::vec(ids(), 0..4),
            customers in prop::collection::vec(ids(), 0..4),
            user in prop::option::of(ids()),
            samples in samples(),
        ) {
            let scope = Scope::Limited {
                organizations: organizations.iter().copied().map(OrganizationId::new).collect(),
                customers: customers.iter().copied().map(CustomerId::new).collect(),
                user: user.map(UserId::new),
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
        fn a_user_sees_what_is_their_own_besides(
            organizations in prop::collection::vec(ids(), 0..4),
            user in prop::option::of(ids()),
            samples in samples(),
        ) {
            let scope = Scope::Limited {
                organizations: organizations.iter().copied().map(OrganizationId::new).collect(),
                customers: Vec::new(),
                user: user.map(UserId::new),
            };
            for Sample { organization, customer, .. } in samples {
                let owned = Owned { organization, owner: customer };
                let shown = organizations.contains(&organization) || (user.is_some() && customer == user);
                prop_assert_eq!(scope.filter::<OwnedField>().keeps(&owned), shown);
            }
        }

        #[test]
        fn no_filter_selects_what_its_scope_does_not_show(
            organizations in prop::collection::vec(ids(), 0..3),
            filter in filters(),
            samples in samples(),
        ) {
            let organizations = organizations.into_iter().map(OrganizationId::new).collect();
            let scope = Scope::Limited { organizations, customers: Vec::new(), user: None };
            let selection = Selection::new(&scope, filter.clone());
            for sample in &samples {
                let shown = scope.filter::<SampleField>().keeps(sample);
                prop_assert_eq!(selection.filter().keeps(sample), shown && filter.keeps(sample));
            }
        }
    }

    /// Something that is of an organization, and of somebody if it is anybody's, as memberships are.
    #[derive(Clone)]
    struct Owned {
        organization: Uuid,
        owner: Option<Uuid>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum OwnedField {
        Organization,
        Owner,
    }

    impl Field for OwnedField {
        const ALL: &'static [Self] = &[Self::Organization, Self::Owner];
        const ID: Self = Self::Organization;
        const CREATED: Self = Self::Organization;
        const ORGANIZATION: Option<Self> = Some(Self::Organization);
        const CUSTOMER: Option<Self> = None;
        const OWNER: Option<Self> = Some(Self::Owner);

        fn spec(self) -> Spec {
            match self {
                Self::Organization => Spec::new("organization", Kind::Id),
                Self::Owner => Spec::new("owner", Kind::Id).nullable(),
            }
        }
    }

    impl Listed for Owned {
        type Field = OwnedField;

        fn value(&self, field: OwnedField) -> Value {
            match field {
                OwnedField::Organization => self.organization.into(),
                OwnedField::Owner => self.owner.into(),
            }
        }
    }
}
