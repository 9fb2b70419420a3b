//! Accounts: organizations, users, memberships and tokens are read as they were written, with what belongs beside them.

use orderdesk_application::ports::Store;
use orderdesk_application::views::{
    ApiTokenDetails, CustomerSummary, MembershipDetails, OrganizationDetails, OrganizationSummary,
    UserDetails, UserSummary,
};
use orderdesk_domain::{
    Account, ApiToken, Charter, Customer, CustomerId, EmailAddress, Member, Members, Membership,
    MembershipId, Organization, OrganizationId, OrganizationName, Resource, Standing, Timestamp, TokenName,
    User, UserId, UserName,
};

use crate::Harness;
use crate::builders::{
    Maker, currency, email, identity, odd_texts, quiet_hours, scopes, text, time, time_zone, version,
};
use crate::kinds::{delete, find, keep, stored, update};
use crate::shop::Shop;

async fn organization_comes_back(store: &dyn Store, organization: &Organization) {
    let details = OrganizationDetails { organization: organization.clone() };
    assert_eq!(find::<Organization>(store, organization.id().uuid()).await, Some(details));
}

async fn user_comes_back(store: &dyn Store, user: &User) {
    let details = UserDetails { user: user.clone() };
    assert_eq!(find::<User>(store, user.id().uuid()).await, Some(details));
}

pub async fn every_field_of_an_organization_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let names = ["Duka", "Duka", "duka"];
    let zones = ["UTC", "America/Argentina/ComodRivadavia", "Africa/Nairobi"];
    let currencies = ["KES", "JPY", "UYW"];
    let hours = [None, Some("00:00-23:59"), Some("21:00-07:00")].map(|hours| hours.map(quiet_hours));
    let counts = [(0, 0), (7, 2), (u32::MAX, u32::MAX)];
    let times = [Timestamp::EARLIEST, time(1_780_000_000_123), Timestamp::LATEST];
    let versions = [1, 7, i64::MAX];
    for (number, name) in names.into_iter().enumerate() {
        let charter = Charter {
            name: text(OrganizationName::parse, name),
            time_zone: time_zone(zones[number]),
            default_currency: currency(currencies[number]),
            quiet_hours: hours[number],
        };
        let (all, administrators) = counts[number];
        let members = Members { all, administrators };
        let (id, version) = (OrganizationId::new(make.id()), version(versions[number]));
        let organization = Organization::restore(id, charter, members, times[number], version);
        keep(store, &organization).await;
        organization_comes_back(store, &organization).await;
    }

    let was = make.organization();
    keep(store, &was).await;
    let charter = Charter {
        name: text(OrganizationName::parse, "Soko"),
        time_zone: time_zone("Asia/Kolkata"),
        default_currency: currency("EUR"),
        quiet_hours: Some(quiet_hours("22:30-06:15")),
    };
    let mut now = was.clone();
    now.revise(charter.clone(), make.now());
    now.admit(Standing::Viewer, make.now());
    now.reappoint(Standing::Viewer, Standing::Admin, make.now()).unwrap();
    update(store, &was, &now).await.unwrap();
    organization_comes_back(store, &now).await;
    let was = now.clone();
    now.revise(Charter { quiet_hours: None, ..charter }, make.now());
    update(store, &was, &now).await.unwrap();
    organization_comes_back(store, &now).await;
}

pub async fn every_field_of_a_user_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let (local, domain) = ("a".repeat(64), format!("{}.{}.example", "b".repeat(63), "c".repeat(63)));
    let longest = format!("{local}@{domain}");
    let emails: [Option<&str>; 4] =
        [None, Some("amina@duka.example"), Some("a'b+c_%d@duka.example"), Some(&longest)];
    for address in emails {
        for (is_staff, is_active) in [(false, true), (true, true), (true, false), (false, false)] {
            for is_known in [false, true] {
                let name = make.account().name;
                let account = Account { name, email: address.map(email), is_staff, is_active };
                let identity = is_known.then(|| make.identity());
                let id = UserId::new(make.id());
                let user = User::restore(id, identity, account, time(1_780_000_000_123), version(7));
                keep(store, &user).await;
                user_comes_back(store, &user).await;
            }
        }
    }

    let was = User::enrol(UserId::new(make.id()), Some(make.identity()), make.account());
    keep(store, &was).await;
    let mut now = was.clone();
    for account in [
        Account { email: Some(make.email()), is_staff: true, is_active: false, ..make.account() },
        Account { email: None, is_staff: false, is_active: true, ..make.account() },
    ] {
        let before = now.clone();
        now.revise(account, make.now());
        update(store, &before, &now).await.unwrap();
        user_comes_back(store, &now).await;
    }
}

pub async fn an_identity_comes_back_to_the_letter(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let longest = format!("https://{}", "a".repeat(492));
    let issuers = ["https://Accounts.example/", "https://accounts.example/?q='%20_", &longest];
    let mut subjects = odd_texts();
    // What a name cannot have: blanks around it, a form that is not normalised, and more than 100 characters.
    subjects.extend([" 1234 ", "\u{212b}"].map(str::to_owned));
    subjects.extend(["x", "\u{1f9ba}"].map(|character| character.repeat(255)));
    for (number, subject) in subjects.iter().enumerate() {
        let identity = identity(issuers[number % issuers.len()], subject);
        let user = User::enrol(UserId::new(make.id()), Some(identity), make.account());
        keep(store, &user).await;
        user_comes_back(store, &user).await;
    }
}

pub async fn odd_names_of_accounts_come_back_to_the_letter(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    for odd in odd_texts() {
        let charter = Charter { name: text(OrganizationName::parse, &odd), ..make.charter() };
        let organization = Organization::found(OrganizationId::new(make.id()), charter);
        keep(store, &organization).await;
        organization_comes_back(store, &organization).await;

        let account = Account { name: text(UserName::parse, &odd), ..make.account() };
        let user = User::enrol(UserId::new(make.id()), None, account);
        keep(store, &user).await;
        user_comes_back(store, &user).await;

        let token = ApiToken { name: text(TokenName::parse, &odd), ..make.token(shop.owner.id()).0 };
        keep(store, &token).await;
        assert_eq!(stored(store, &token).await, Some(token));
    }
}

pub async fn every_field_of_a_membership_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (here, bound) = (shop.organization.id(), shop.customer.id());
    for standing in [Standing::Guest(bound), Standing::Viewer, Standing::Member, Standing::Admin] {
        let user = make.user();
        keep(store, &user).await;
        for member in [Member::User(user.id()), Member::Invited(make.email())] {
            let (id, at) = (MembershipId::new(make.id()), time(1_780_000_000_123));
            let membership = Membership::restore(id, here, member.clone(), standing, at, version(7));
            keep(store, &membership).await;
            let details = MembershipDetails {
                membership,
                organization: shop.summary(),
                user: member.user().map(|_| UserSummary::from(&user)),
                customer: standing.customer().map(|_| CustomerSummary::from(&shop.customer)),
            };
            assert_eq!(find::<Membership>(store, id.uuid()).await, Some(details));
        }
    }
    let found = find::<Membership>(store, shop.membership.id().uuid()).await;
    assert_eq!(found, Some(shop.membership_details()));
}

pub async fn an_update_replaces_every_field_of_a_membership(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let user = make.user();
    keep(store, &user).await;
    let mut membership = make.invitation(shop.organization.id(), Standing::Viewer);
    keep(store, &membership).await;
    let invited: Option<EmailAddress> = membership.member().invited().cloned();
    let steps: [&dyn Fn(&mut Membership); 4] = [
        &|it| assert!(it.reappoint(Standing::Guest(shop.customer.id()), make.now())),
        &|it| it.accept(user.id(), make.now()),
        &|it| assert!(it.reappoint(Standing::Admin, make.now())),
        &|it| assert!(it.reappoint(Standing::Member, make.now())),
    ];
    for step in steps {
        let before = membership.clone();
        step(&mut membership);
        update(store, &before, &membership).await.unwrap();
        assert_eq!(stored(store, &membership).await.as_ref(), Some(&membership));
    }
    assert_eq!(invited.is_some(), membership.member().invited().is_none());
    let details = MembershipDetails {
        membership: membership.clone(),
        organization: shop.summary(),
        user: Some(UserSummary::from(&user)),
        customer: None,
    };
    assert_eq!(find::<Membership>(store, membership.id().uuid()).await, Some(details));
}

pub async fn a_membership_shows_what_it_refers_to_as_it_is_now(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let user = make.user();
    keep(store, &user).await;
    let standing = Standing::Guest(shop.customer.id());
    let guest = make.membership(shop.organization.id(), user.id(), standing);
    keep(store, &guest).await;

    let (mut organization, mut person, mut customer) =
        (shop.organization.clone(), user.clone(), shop.customer.clone());
    organization.revise(make.charter(), make.now());
    update(store, &shop.organization, &organization).await.unwrap();
    person.revise(make.account(), make.now());
    update(store, &user, &person).await.unwrap();
    customer.revise(make.profile(), make.now());
    update(store, &shop.customer, &customer).await.unwrap();
    let now = MembershipDetails {
        membership: guest.clone(),
        organization: OrganizationSummary::from(&organization),
        user: Some(UserSummary::from(&person)),
        customer: Some(CustomerSummary::from(&customer)),
    };
    assert_eq!(find::<Membership>(store, guest.id().uuid()).await.as_ref(), Some(&now));

    // A guest keeps nobody's record from going, and then sees nothing.
    assert_eq!(delete(store, &customer).await.unwrap(), 1);
    let left = MembershipDetails { customer: None, ..now };
    assert_eq!(find::<Membership>(store, guest.id().uuid()).await, Some(left));

    // Nor is it asked whether the customer is there to begin with.
    let stranger = Standing::Guest(CustomerId::new(make.id()));
    let other = make.invitation(shop.organization.id(), stranger);
    keep(store, &other).await;
    assert_eq!(stored(store, &other).await, Some(other));
}

pub async fn every_field_of_a_token_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let every = Resource::NAMES.map(|name| format!("{name}:write {name}:read")).join(" ");
    let times = [None, Some(Timestamp::EARLIEST), Some(time(1_780_000_000_123)), Some(Timestamp::LATEST)];
    for organization in [None, Some(shop.organization.id()), Some(OrganizationId::new(make.id()))] {
        for (number, spelled) in
            ["write", "read", "orders:write customers:read", &every].into_iter().enumerate()
        {
            let token = ApiToken {
                organization,
                scopes: scopes(spelled),
                expires_at: times[number],
                last_used_at: times[(number + 1) % times.len()],
                ..make.token(shop.owner.id()).0
            };
            keep(store, &token).await;
            let bound = organization.filter(|id| *id == shop.organization.id()).map(|_| shop.summary());
            let details = ApiTokenDetails { token, organization: bound };
            let id = details.token.id.uuid();
            assert_eq!(find::<ApiToken>(store, id).await, Some(details));
        }
    }
}

pub async fn an_author_is_shown_as_they_are_called_now(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (id, here) = (CustomerId::new(make.id()), shop.organization.id());
    let customer = Customer::register(id, here, make.profile(), Some(shop.owner.id()));
    keep(store, &customer).await;
    let mut owner = shop.owner.clone();
    owner.revise(make.account(), make.now());
    update(store, &shop.owner, &owner).await.unwrap();
    let found = find::<Customer>(store, id.uuid()).await.unwrap();
    assert_eq!(found.created_by, Some(UserSummary::from(&owner)));
}
