//! Sessions and uses: they begin, are seen, and end, each by itself or all of a user's, and time sweeps the rest.

use std::slice::from_ref;

use orderdesk_application::ports::{
    AccessRepository, Presented, Proof, Store, StoreError, StoreResult, Unique, Uses,
};
use orderdesk_domain::{
    ApiToken, Issuer, SecretDigest, Session, SessionId, Timestamp, TokenId, User, UserId,
};

use crate::Harness;
use crate::builders::{Maker, id_at, text, time, unknown_digest};
use crate::kinds::{insert, keep, stored};
use crate::outcome::assert_fails;

/// Does something about callers in a unit of work of its own.
async fn within<T>(
    store: &dyn Store,
    act: impl AsyncFnOnce(&mut dyn AccessRepository) -> StoreResult<T>,
) -> StoreResult<T> {
    let mut work = store.begin().await?;
    let outcome = act(work.access()).await?;
    work.commit().await?;
    Ok(outcome)
}

async fn add(store: &dyn Store, sessions: &[Session]) {
    for session in sessions {
        within(store, async |access| access.add_session(session).await).await.unwrap();
    }
}

/// The session whose secret has this digest.
async fn found(store: &dyn Store, digest: &SecretDigest) -> Option<Session> {
    let bearer = store.credentials().bearer(Presented::Session(digest)).await.unwrap()?;
    match bearer.proof {
        Proof::Session(session) => Some(session),
        proof => panic!("{proof:?} is no session"),
    }
}

async fn newcomer(store: &dyn Store, make: &Maker) -> User {
    let user = make.user();
    keep(store, &user).await;
    user
}

/// A session of `user` that began and was last seen then.
fn session(make: &Maker, user: UserId, begun: u64, seen: i64) -> Session {
    Session { id: SessionId::new(id_at(begun, 0)), seen_at: time(seen), ..make.session(user).0 }
}

pub async fn every_field_of_a_session_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = newcomer(store, &make).await;
    let longest = format!("https://accounts.example/{}", "\u{1f9ba}".repeat(475));
    for issuer in [None, Some("https://accounts.example/O'Brien?a=%20&b=_"), Some(&longest)] {
        for seen_at in [Timestamp::EARLIEST, time(-1), time(1_780_000_000_123), Timestamp::LATEST] {
            let issuer = issuer.map(|issuer| text(Issuer::parse, issuer));
            let session = Session { issuer, seen_at, ..make.session(user.id()).0 };
            add(store, from_ref(&session)).await;
            assert_eq!(found(store, &session.digest).await, Some(session));
        }
    }
}

pub async fn a_session_is_there_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = newcomer(store, &make).await;
    let (session, _) = make.session(user.id());
    add(store, from_ref(&session)).await;
    let same_id = Session { id: session.id, ..make.session(user.id()).0 };
    let same_digest = Session { digest: session.digest, ..make.session(user.id()).0 };
    for again in [same_id, same_digest] {
        let outcome = within(store, async |access| access.add_session(&again).await).await;
        assert_fails!(outcome, StoreError::AlreadyExists(Unique::Id));
    }
    assert_eq!(found(store, &session.digest).await, Some(session));
}

pub async fn a_session_ends_once_and_alone(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = newcomer(store, &make).await;
    let [session, other] = [make.session(user.id()).0, make.session(user.id()).0];
    add(store, &[session.clone(), other.clone()]).await;
    let end = async |digest: &SecretDigest| {
        within(store, async |access| access.end_session(digest).await).await.unwrap()
    };
    assert_eq!(end(&unknown_digest()).await, None);
    assert_eq!(end(&session.digest).await, Some(session.clone()));
    assert_eq!(end(&session.digest).await, None);
    assert_eq!(found(store, &session.digest).await, None);
    assert_eq!(found(store, &other.digest).await, Some(other));
    // Whoever signs in gets another in the same unit of work.
    let next = make.session(user.id()).0;
    let replaced = within(store, async |access| {
        access.add_session(&next).await?;
        access.end_session(&next.digest).await
    });
    assert_eq!(replaced.await.unwrap(), Some(next), "own writes are visible");
}

pub async fn all_sessions_of_a_user_end_and_nobody_elses(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [user, other] = [newcomer(store, &make).await, newcomer(store, &make).await];
    let theirs: Vec<_> = (0..3).map(|_| make.session(user.id()).0).collect();
    let others = make.session(other.id()).0;
    add(store, &theirs).await;
    add(store, from_ref(&others)).await;
    for _ in 0..2 {
        within(store, async |access| access.end_sessions_of(user.id()).await).await.unwrap();
        for session in &theirs {
            assert_eq!(found(store, &session.digest).await, None);
        }
        assert_eq!(found(store, &others.digest).await.as_ref(), Some(&others));
    }
}

pub async fn a_use_is_never_set_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = newcomer(store, &make).await;
    let (token, _) = make.token(user.id());
    let idle = make.token(user.id()).0;
    insert(store, &[token.clone(), idle.clone()]).await.unwrap();
    let session = Session { seen_at: time(100), ..make.session(user.id()).0 };
    let quiet = Session { seen_at: time(100), ..make.session(user.id()).0 };
    add(store, &[session.clone(), quiet.clone()]).await;

    // At first the token has never been used.
    for (at, latest_use, latest_seen) in [(50, 50, 100), (500, 500, 500), (499, 500, 500), (501, 501, 501)] {
        let (at, nothing) = (time(at), make.id());
        let uses = Uses {
            tokens: vec![(TokenId::new(nothing), at), (token.id, at)],
            sessions: vec![(session.id, at), (SessionId::new(nothing), at)],
        };
        within(store, async |access| access.note_uses(&uses).await).await.unwrap();
        let used = ApiToken { last_used_at: Some(time(latest_use)), ..token.clone() };
        assert_eq!(stored(store, &token).await, Some(used));
        let seen = Session { seen_at: time(latest_seen), ..session.clone() };
        assert_eq!(found(store, &session.digest).await, Some(seen));
    }
    within(store, async |access| access.note_uses(&Uses::default()).await).await.unwrap();
    assert_eq!(stored(store, &idle).await, Some(idle));
    assert_eq!(found(store, &quiet.digest).await, Some(quiet));
}

pub async fn thousands_of_uses_are_noted_in_one_call(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = newcomer(store, &make).await;
    let tokens: Vec<_> = (0..1_000).map(|_| make.token(user.id()).0).collect();
    insert(store, &tokens).await.unwrap();
    let sessions: Vec<_> = (0..300).map(|_| make.session(user.id()).0).collect();
    within(store, async |access| {
        for session in &sessions {
            access.add_session(session).await?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let later = make.now();
    let gone = (0..4_000).map(|_| make.id());
    let mut uses = Uses {
        tokens: gone.map(|id| (TokenId::new(id), later)).collect(),
        sessions: sessions.iter().map(|session| (session.id, later)).collect(),
    };
    uses.tokens.extend(tokens.iter().map(|token| (token.id, later)));
    within(store, async |access| access.note_uses(&uses).await).await.unwrap();
    for token in tokens.iter().step_by(111).chain(tokens.last()) {
        assert_eq!(stored(store, token).await.unwrap().last_used_at, Some(later));
    }
    for session in sessions.iter().step_by(111).chain(sessions.last()) {
        assert_eq!(found(store, &session.digest).await.unwrap().seen_at, later);
    }
}

pub async fn a_sweep_ends_what_was_not_seen_or_began_long_ago(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = newcomer(store, &make).await;
    let good = [session(&make, user.id(), 1_000, 5_000), session(&make, user.id(), 9_000, 90_000)];
    let idle = session(&make, user.id(), 6_000, 4_999);
    let old = session(&make, user.id(), 999, 90_000);
    add(store, &good).await;
    add(store, &[idle.clone(), old.clone()]).await;
    for _ in 0..2 {
        let sweep = within(store, async |access| access.sweep(time(0), time(5_000), time(1_000)).await);
        sweep.await.unwrap();
        for gone in [&idle, &old] {
            assert_eq!(found(store, &gone.digest).await, None);
        }
        for left in &good {
            assert_eq!(found(store, &left.digest).await.as_ref(), Some(left));
        }
    }
}
