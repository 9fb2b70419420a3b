//! Credentials: who presents what, and where that user belongs.

use std::slice::from_ref;

use orderdesk_application::ports::{Bearer, Presented, Proof, Store};
use orderdesk_application::views::OrganizationSummary;
use orderdesk_domain::{Account, CustomerId, ExternalIdentity, Session, Standing, User, UserId};

use crate::Harness;
use crate::builders::{Maker, identity, scopes, time, unknown_digest};
use crate::kinds::{delete, insert, keep, update};
use crate::shop::Shop;

/// Whoever presents this.
async fn bearer(store: &dyn Store, presented: Presented<'_>) -> Option<Bearer> {
    store.credentials().bearer(presented).await.unwrap()
}

/// Keeps a session that has begun.
async fn begin(store: &dyn Store, session: &Session) {
    let mut work = store.begin().await.unwrap();
    work.access().add_session(session).await.unwrap();
    work.commit().await.unwrap();
}

/// A user who is known to an issuer.
fn known(make: &Maker, identity: ExternalIdentity) -> User {
    User::enrol(UserId::new(make.id()), Some(identity), make.account())
}

pub async fn a_bearer_is_found_by_token_session_and_identity(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    // Somebody else, whose credentials and memberships are nobody else's.
    let shop = Shop::open(store, &make).await;
    let theirs = make.token(shop.owner.id()).0;

    let (user, newcomer) = (known(&make, make.identity()), known(&make, make.identity()));
    insert(store, &[user.clone(), newcomer.clone()]).await.unwrap();
    let (mut token, secret) = make.token(user.id());
    token.organization = Some(shop.organization.id());
    token.scopes = scopes("read orders:write");
    token.expires_at = Some(time(1_780_000_000_123));
    token.last_used_at = Some(time(1_770_000_000_456));
    let newcomers = make.token(newcomer.id()).0;
    insert(store, &[theirs.clone(), make.token(user.id()).0, token.clone(), newcomers.clone()])
        .await
        .unwrap();
    let (session, cookie) = make.session(user.id());
    begin(store, &session).await;
    let issued = Session { issuer: Some(make.identity().issuer), ..make.session(newcomer.id()).0 };
    begin(store, &issued).await;

    // What is written last is of the oldest organization.
    let organizations = [make.organization(), make.organization(), make.organization(), make.organization()];
    insert(store, &organizations).await.unwrap();
    let guest = Standing::Guest(CustomerId::new(make.id()));
    let standings = [guest, Standing::Viewer, Standing::Member, Standing::Admin];
    for (organization, standing) in organizations.iter().zip(standings).rev() {
        keep(store, &make.membership(organization.id(), user.id(), standing)).await;
    }
    keep(store, &make.invitation(organizations[0].id(), Standing::Admin)).await;

    let memberships: Vec<_> = organizations.iter().map(OrganizationSummary::from).zip(standings).collect();
    let found = |proof| Some(Bearer { user: user.clone(), memberships: memberships.clone(), proof });
    assert_eq!(bearer(store, Presented::Token(&secret.digest())).await, found(Proof::Token(token)));
    assert_eq!(bearer(store, Presented::Session(&cookie.digest())).await, found(Proof::Session(session)));
    let me = user.identity().as_ref().unwrap();
    assert_eq!(bearer(store, Presented::Identity(me)).await, found(Proof::Identity));

    let found = |proof| Some(Bearer { user: newcomer.clone(), memberships: Vec::new(), proof });
    let (presented, session) = (newcomers.digest, issued.digest);
    assert_eq!(bearer(store, Presented::Token(&presented)).await, found(Proof::Token(newcomers)));
    assert_eq!(bearer(store, Presented::Session(&session)).await, found(Proof::Session(issued)));
    let memberships = vec![(shop.summary(), Standing::Admin)];
    let owner = Bearer { user: shop.owner.clone(), memberships, proof: Proof::Token(theirs.clone()) };
    assert_eq!(bearer(store, Presented::Token(&theirs.digest)).await, Some(owner));
}

pub async fn what_nobody_was_given_finds_nobody(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let nobody = make.identity();
    for presented in [
        Presented::Token(&unknown_digest()),
        Presented::Session(&unknown_digest()),
        Presented::Identity(&nobody),
    ] {
        assert_eq!(bearer(store, presented).await, None, "the store is empty");
    }

    let shop = Shop::open(store, &make).await;
    let user = known(&make, identity("https://accounts.example", "Subject 1"));
    keep(store, &user).await;
    let (token, _) = make.token(shop.owner.id());
    keep(store, &token).await;
    let (session, _) = make.session(user.id());
    begin(store, &session).await;
    for presented in [
        Presented::Token(&unknown_digest()),
        Presented::Session(&unknown_digest()),
        Presented::Token(&session.digest),
        Presented::Session(&token.digest),
        Presented::Identity(&nobody),
        // An identity is what it is to the letter.
        Presented::Identity(&identity("https://accounts.example", "subject 1")),
        Presented::Identity(&identity("https://accounts.example", "Subject 1 ")),
        Presented::Identity(&identity("https://accounts.example", "Subject")),
        Presented::Identity(&identity("https://accounts.example/", "Subject 1")),
        Presented::Identity(&identity("https://Accounts.example", "Subject 1")),
        Presented::Identity(&identity("https://accounts.exampleSubject", " 1")),
    ] {
        assert_eq!(bearer(store, presented).await, None, "{presented:?}");
    }
    assert!(bearer(store, Presented::Token(&token.digest)).await.is_some());
    assert!(bearer(store, Presented::Session(&session.digest)).await.is_some());
    assert!(bearer(store, Presented::Identity(user.identity().as_ref().unwrap())).await.is_some());
}

pub async fn a_bearer_is_what_the_user_is_now(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (mut token, _) = make.token(shop.owner.id());
    // Whether it has expired is not the store's business.
    token.expires_at = Some(time(0));
    keep(store, &token).await;
    let presented = Presented::Token(&token.digest);

    let mut owner = shop.owner.clone();
    owner.revise(Account { is_active: false, is_staff: true, ..make.account() }, make.now());
    update(store, &shop.owner, &owner).await.unwrap();
    let mut renamed = shop.organization.clone();
    renamed.revise(make.charter(), make.now());
    update(store, &shop.organization, &renamed).await.unwrap();
    let mut demoted = shop.membership.clone();
    demoted.reappoint(Standing::Viewer, make.now());
    update(store, &shop.membership, &demoted).await.unwrap();
    let memberships = vec![(OrganizationSummary::from(&renamed), Standing::Viewer)];
    let now = Bearer { user: owner, memberships, proof: Proof::Token(token.clone()) };
    assert_eq!(bearer(store, presented).await, Some(now.clone()));

    assert_eq!(delete(store, &demoted).await.unwrap(), 1);
    assert_eq!(bearer(store, presented).await, Some(Bearer { memberships: Vec::new(), ..now }));
    assert_eq!(delete(store, &token).await.unwrap(), 1);
    assert_eq!(bearer(store, presented).await, None);
    insert(store, from_ref(&token)).await.unwrap();
    assert!(bearer(store, presented).await.is_some());
}
