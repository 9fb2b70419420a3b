//! Lists of organizations, users, memberships, tokens and of the audit: that every way of finding them finds what
//! the query means, and that there is an index behind what clients may ask for.

use orderdesk_application::Scope;
use orderdesk_application::ports::Store;
use orderdesk_application::query::{Query, Selection};
use orderdesk_application::views::{ApiTokenField, AuditEntryField, MembershipField};
use orderdesk_contract::builders::{Maker, email, identity, odd_texts, text, time};
use orderdesk_contract::kinds::insert;
use orderdesk_domain::{
    Account, Action, Actor, ApiToken, AuditEntry, Membership, Organization, OrganizationId, Resource,
    Standing, TokenName, User, UserId, UserName,
};

use crate::dialect::Dialect;
use crate::plan::FEW;
use crate::tests::Bench;
use crate::tests::checks::{
    comes_in_order, comes_newest_first, is_never_read_from_end_to_end, lists_mean_what_they_say,
};
use crate::tests::plans::explained;

const ORGANIZATIONS: usize = 3;
const USERS: usize = 12;

/// Those who were added to a store.
pub(super) struct People {
    organizations: Vec<OrganizationId>,
    users: Vec<UserId>,
}

impl People {
    /// Some of everything: members, guests and invited ones, tokens bound and free, entries with and without an
    /// organization.
    pub(super) async fn move_in<D: Dialect, P>(bench: &Bench<D, P>) -> Self {
        let Bench { store, make, .. } = bench;
        let organizations: Vec<_> = (0..ORGANIZATIONS).map(|_| make.organization()).collect();
        let names = odd_texts();
        let users: Vec<_> = (0..USERS)
            .map(|number| {
                let name = &names[number * 4 % names.len()];
                let account = Account {
                    name: text(UserName::parse, name),
                    email: (number % 3 > 0).then(|| email(&format!("User{}@duka.example", number % 5))),
                    is_staff: number % 4 == 0,
                    is_active: number % 5 != 0,
                };
                let identity = (number % 2 == 0).then(|| identity("https://accounts.example", name));
                User::enrol(UserId::new(make.id()), identity, account)
            })
            .collect();
        insert(store, &organizations).await.unwrap();
        insert(store, &users).await.unwrap();
        let people = Self {
            organizations: organizations.iter().map(Organization::id).collect(),
            users: users.iter().map(User::id).collect(),
        };
        insert(store, &people.memberships(make)).await.unwrap();
        insert(store, &people.tokens(make)).await.unwrap();
        let mut work = store.begin().await.unwrap();
        work.audit_entries().append(&people.entries(make)).await.unwrap();
        work.commit().await.unwrap();
        people
    }

    fn memberships(&self, make: &Maker) -> Vec<Membership> {
        let standings = [Standing::Viewer, Standing::Member, Standing::Admin];
        let numbers = 0..2 * USERS;
        let memberships = numbers.map(|number| {
            let organization = self.organizations[number % ORGANIZATIONS];
            let standing = standings[number * 7 % 5 % standings.len()];
            match number % 4 {
                0 => make.invitation(organization, standing),
                _ => make.membership(organization, self.users[number / 2], standing),
            }
        });
        memberships.collect()
    }

    fn tokens(&self, make: &Maker) -> Vec<ApiToken> {
        let names = odd_texts();
        let tokens = (0..3 * USERS).map(|number| {
            let (token, _) = make.token(self.users[number % 3]);
            let expiry = time(1_767_312_000_000 + [0, 1_000, 5, 1_000][number % 4]);
            ApiToken {
                name: text(TokenName::parse, &names[number * 3 % 20]),
                organization: (number % 4 == 0).then(|| self.organizations[number % ORGANIZATIONS]),
                expires_at: (number % 3 > 0).then_some(expiry),
                ..token
            }
        });
        tokens.collect()
    }

    fn entries(&self, make: &Maker) -> Vec<AuditEntry> {
        let entries = (0..8 * USERS).map(|number| {
            let organization = (number % 7 > 0).then(|| self.organizations[number % ORGANIZATIONS]);
            let entry = make.audit_entry(organization);
            AuditEntry {
                actor: Actor { user: (number % 5 > 0).then(|| self.users[number % 4]), ..entry.actor },
                action: Action::ALL[1 + number % 3],
                resource: Resource::ALL[number % 2],
                object: self.users[number % 6].uuid(),
                ..entry
            }
        });
        entries.collect()
    }

    /// What callers of all sorts may see.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let limited = |organizations: &[OrganizationId], user| Scope::Limited {
            organizations: organizations.to_vec(),
            customers: Vec::new(),
            user,
        };
        let user = Some(self.users[1]);
        vec![
            Scope::Everything,
            limited(&self.organizations[..1], None),
            limited(&self.organizations[..1], user),
            limited(&self.organizations[1..], user),
            limited(&[], user),
            limited(&[], None),
        ]
    }
}

#[tokio::test]
async fn looked_up_or_walked_a_list_is_the_same_page_by_page() {
    let bench = Bench::sqlite(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    lists_mean_what_they_say::<Organization>(session, &people.scopes()).await;
    lists_mean_what_they_say::<User>(session, &people.scopes()).await;
    lists_mean_what_they_say::<Membership>(session, &people.scopes()).await;
    lists_mean_what_they_say::<ApiToken>(session, &people.scopes()).await;
    lists_mean_what_they_say::<AuditEntry>(session, &people.scopes()).await;
}

#[tokio::test]
async fn every_order_is_an_index_in_that_order() {
    let bench = Bench::sqlite(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let [everything, here, _, _, own, _] = people.scopes().try_into().unwrap();
    comes_in_order::<Organization>(session, &everything, "SCAN g").await;
    comes_in_order::<User>(session, &everything, "SCAN u").await;
    comes_in_order::<Membership>(session, &everything, "SCAN m USING INDEX memberships_by_id").await;
    comes_in_order::<Membership>(session, &here, "SEARCH m USING PRIMARY KEY (organization_id=?").await;
    comes_in_order::<Membership>(session, &own, "SEARCH m USING INDEX memberships_of_user (user_id=?").await;
    comes_in_order::<ApiToken>(session, &own, "SEARCH t USING INDEX api_tokens_by_").await;
    comes_in_order::<AuditEntry>(session, &everything, "SCAN a").await;
    comes_in_order::<AuditEntry>(
        session,
        &here,
        "a USING INDEX audit_entries_by_organization (organization_id=?",
    )
    .await;
}

#[tokio::test]
async fn no_filter_reads_a_table_from_end_to_end() {
    let bench = Bench::sqlite(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let [_, here, _, _, own, _] = people.scopes().try_into().unwrap();
    is_never_read_from_end_to_end::<Membership>(session, &here).await;
    is_never_read_from_end_to_end::<Membership>(session, &own).await;
    is_never_read_from_end_to_end::<ApiToken>(session, &own).await;
    is_never_read_from_end_to_end::<AuditEntry>(session, &here).await;
}

#[tokio::test]
async fn what_equals_a_value_comes_newest_first_without_sorting() {
    let bench = Bench::sqlite(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let [_, here, _, _, own, _] = people.scopes().try_into().unwrap();
    let ways = [
        (AuditEntryField::User, "audit_entries_by_user (organization_id=? AND user_id=?"),
        (AuditEntryField::Action, "audit_entries_by_action (organization_id=? AND action=?"),
        (AuditEntryField::Resource, "audit_entries_by_resource (organization_id=? AND resource=?"),
        (AuditEntryField::Object, "audit_entries_by_object (organization_id=? AND object_id=?"),
    ];
    comes_newest_first::<AuditEntry>(session, &here, &ways).await;
    let ways = [
        (MembershipField::User, "memberships_by_user (organization_id=? AND user_id=?"),
        (MembershipField::Email, "memberships_by_email (organization_id=? AND email_folded=? AND email=?"),
        (MembershipField::Role, "memberships_by_role (organization_id=? AND role=?"),
    ];
    comes_newest_first::<Membership>(session, &here, &ways).await;
    let ways = [
        (ApiTokenField::Name, "api_tokens_by_name (user_id=? AND name_folded=? AND name=?"),
        (ApiTokenField::Organization, "api_tokens_by_organization (user_id=? AND organization_id=?"),
        (ApiTokenField::ExpiresAt, "api_tokens_by_expires_at (user_id=? AND expires_at_or_lowest=?"),
    ];
    comes_newest_first::<ApiToken>(session, &own, &ways).await;
}

#[tokio::test]
async fn what_is_asked_for_by_id_is_looked_up_whatever_the_caller_may_see() {
    let bench = Bench::sqlite(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    for scope in people.scopes() {
        let id = people.users[0].uuid();
        let query = Query::first(Selection::<MembershipField>::id(&scope, id), 1);
        let steps = explained::<Membership>(session, &query, FEW).await;
        let ways = ["USING INDEX memberships_by_id (id=?)", "USING PRIMARY KEY (organization_id=? AND id=?)"];
        assert!(ways.iter().any(|way| steps[0] == format!("SEARCH m {way}")), "{scope:?}: {steps:#?}");
        let others = steps[1..].iter().all(|step| step.starts_with("SEARCH") && step.ends_with("LEFT-JOIN"));
        assert!(others, "{scope:?}: {steps:#?}");
    }
}
