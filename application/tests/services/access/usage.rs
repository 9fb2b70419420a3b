//! When credentials were used, and what is swept.

use std::sync::Arc;

use orderdesk_application::ports::{Clock as _, Hit, StoreError};
use orderdesk_contract::kinds::{delete, stored};
use orderdesk_domain::{ApiToken, Timestamp};

use crate::common::{FaultyStore, IDLE, LIFETIME, Step, TestDesk, come_back, failed, let_in};

const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn last_use(desk: &TestDesk, token: &ApiToken) -> Option<Timestamp> {
    stored(&*desk.store, token).await.unwrap().last_used_at
}

#[tokio::test]
async fn the_last_use_of_a_token_is_written_down_now_and_then() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (token, secret) = desk.token_with(&shop.owner, |token| token).await;
    let (unused, _) = desk.token_with(&shop.owner, |token| token).await;
    let access = desk.access();
    let_in(&access, &secret).await.unwrap();
    let used_at = desk.clock.advance(5_000);
    let_in(&access, &secret).await.unwrap();
    assert_eq!(last_use(&desk, &token).await, None, "a call alone writes nothing");

    access.note_uses().await.unwrap();
    assert_eq!(last_use(&desk, &token).await, Some(used_at));
    assert_eq!(last_use(&desk, &unused).await, None);
    desk.clock.advance(60_000);
    access.note_uses().await.unwrap();
    assert_eq!(last_use(&desk, &token).await, Some(used_at), "nobody has called since");
}

#[tokio::test]
async fn where_nobody_called_nothing_is_written() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    desk.access().note_uses().await.unwrap();
    assert_eq!(store.begun(), 0);
}

#[tokio::test]
async fn nothing_is_written_down_or_swept_while_nothing_may_be_written() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone()).read_only();
    let user = desk.somebody(&[]).await;
    let secret = desk.token(&user).await;
    store.begun();
    assert!(let_in(&desk.access(), &secret).await.is_some(), "reading goes on");
    desk.access().note_uses().await.unwrap();
    desk.access().sweep().await.unwrap();
    assert_eq!(store.begun(), 0);
}

#[tokio::test]
async fn the_use_of_a_token_that_is_gone_is_forgotten() {
    let (desk, shop) = TestDesk::with_shop().await;
    let [(gone, first), (token, second)] = [
        desk.token_with(&shop.owner, |token| token).await,
        desk.token_with(&shop.owner, |token| token).await,
    ];
    for secret in [&first, &second] {
        let_in(&desk.access(), secret).await.unwrap();
    }
    delete(&*desk.store, &gone).await.unwrap();
    desk.access().note_uses().await.unwrap();
    assert_eq!(last_use(&desk, &token).await, Some(desk.clock.now()));
}

#[tokio::test]
async fn writing_down_uses_outlasts_lost_races() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let user = desk.somebody(&[]).await;
    let (token, secret) = desk.token_with(&user, |token| token).await;
    let_in(&desk.access(), &secret).await.unwrap();
    store.fail(Step::Commit, 2, || StoreError::Retry("deadlock".into()));
    desk.access().note_uses().await.unwrap();
    assert!(last_use(&desk, &token).await.is_some() && store.is_spent());
}

/// The ones whose use could not be written down call again and are noted again; the store's failure is reported.
#[tokio::test]
async fn uses_that_could_not_be_written_down_are_reported() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let user = desk.somebody(&[]).await;
    let secret = desk.token(&user).await;
    let_in(&desk.access(), &secret).await.unwrap();
    store.fail(Step::Commit, 1, || StoreError::Unavailable("no route".into()));
    assert!(matches!(failed(desk.access().note_uses().await), StoreError::Unavailable(_)));
}

#[tokio::test]
async fn sessions_that_nobody_can_use_any_more_are_swept_and_others_are_not() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let secret = desk.token(&shop.owner).await;
    let open = async || access.sign_in_with_token(&secret, None).await.unwrap();
    let idle = open().await;
    desk.clock.advance(IDLE - 1);
    let fresh = open().await;
    desk.clock.advance(2);
    access.sweep().await.unwrap();
    // Swept or not is all the same to who comes back; the clock set back tells.
    desk.clock.advance(-10_000);
    assert!(come_back(&access, &idle).await.is_none());
    assert!(come_back(&access, &fresh).await.is_some());
}

#[tokio::test]
async fn sessions_that_are_too_old_are_swept_although_they_were_used() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let session = access.sign_in_with_token(&desk.token(&shop.owner).await, None).await.unwrap();
    for _ in 0..19 {
        desk.clock.advance(LIFETIME / 20);
        assert!(come_back(&access, &session).await.is_some());
        access.note_uses().await.unwrap();
    }
    desk.clock.advance(LIFETIME / 20 + 1);
    access.sweep().await.unwrap();
    desk.clock.advance(-10_000);
    assert!(come_back(&access, &session).await.is_none());
}

#[tokio::test]
async fn old_answers_are_swept_and_others_are_not() {
    let (desk, shop) = TestDesk::with_shop().await;
    let mut work = desk.store.begin().await.unwrap();
    let answer = desk.make.answer(shop.owner.id());
    work.access().keep_answer(&answer).await.unwrap();
    work.commit().await.unwrap();
    let is_kept = async || {
        let since = Timestamp::EARLIEST;
        let kept = desk.store.credentials().kept_answer(answer.user, &answer.key, since).await;
        kept.unwrap().is_some()
    };
    desk.clock.advance(answer.kept_at.milliseconds() + DAY - desk.clock.now().milliseconds());
    desk.access().sweep().await.unwrap();
    assert!(is_kept().await);
    desk.clock.advance(1);
    desk.access().sweep().await.unwrap();
    assert!(!is_kept().await);
}

#[tokio::test]
async fn sweeping_leaves_the_windows_of_those_who_call_too_often() {
    let desk = TestDesk::new();
    let limiter = desk.store.rate_limiter();
    let hits = [Hit { key: "anon:203.0.113.7".to_owned(), period: 60_000 }];
    limiter.count(&hits, desk.clock.now()).await.unwrap();
    desk.clock.advance(59_999);
    desk.access().sweep().await.unwrap();
    assert_eq!(limiter.count(&hits, desk.clock.now()).await.unwrap()[0].calls, 2);
}
