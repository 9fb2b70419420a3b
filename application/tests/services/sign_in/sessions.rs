//! How long a session lasts, and how it ends.

use orderdesk_contract::builders::text;
use orderdesk_domain::{Issuer, SessionSecret};

use crate::common::{IDLE, ISSUER, LIFETIME, TestDesk, come_back, voucher};

/// A desk, and the session of somebody who has just signed in.
async fn session() -> (TestDesk, SessionSecret) {
    let desk = TestDesk::new();
    let secret = desk.access().sign_in(&voucher("wanjiku"), None).await.unwrap();
    (desk, secret)
}

async fn is_open(desk: &TestDesk, secret: &SessionSecret) -> bool {
    come_back(&desk.access(), secret).await.is_some()
}

#[tokio::test]
async fn a_session_without_calls_ends() {
    let (desk, secret) = session().await;
    desk.clock.advance(IDLE - 1);
    assert!(is_open(&desk, &secret).await);
    let (desk, secret) = session().await;
    desk.clock.advance(IDLE);
    assert!(!is_open(&desk, &secret).await);
}

#[tokio::test]
async fn calls_keep_a_session_open() {
    let (desk, secret) = session().await;
    for _ in 0..5 {
        desk.clock.advance(IDLE - 1);
        assert!(is_open(&desk, &secret).await);
        desk.access().note_uses().await.unwrap();
    }
    desk.clock.advance(IDLE);
    assert!(!is_open(&desk, &secret).await);
}

#[tokio::test]
async fn a_session_ends_some_time_after_the_sign_in_whatever_happens() {
    let (desk, secret) = session().await;
    for _ in 0..19 {
        desk.clock.advance(LIFETIME / 20);
        assert!(is_open(&desk, &secret).await);
        desk.access().note_uses().await.unwrap();
    }
    desk.clock.advance(LIFETIME / 20 - 1);
    assert!(is_open(&desk, &secret).await);
    desk.access().note_uses().await.unwrap();
    // What was found out a moment ago is believed for four seconds.
    desk.clock.advance(4_000);
    assert!(!is_open(&desk, &secret).await);
}

#[tokio::test]
async fn who_signs_out_is_out_at_once_and_the_provider_that_vouched_is_told() {
    let (desk, secret) = session().await;
    assert!(is_open(&desk, &secret).await);
    let ended = desk.access().sign_out(&secret).await.unwrap();
    assert_eq!(ended, Some(text(Issuer::parse, ISSUER)));
    assert!(!is_open(&desk, &secret).await);
    assert_eq!(desk.access().sign_out(&secret).await.unwrap(), None, "there is nothing left to end");
}

#[tokio::test]
async fn to_sign_out_ends_no_other_session() {
    let (desk, here) = session().await;
    let elsewhere = desk.access().sign_in(&voucher("wanjiku"), None).await.unwrap();
    let other = desk.access().sign_in(&voucher("njeri"), None).await.unwrap();
    desk.access().sign_out(&here).await.unwrap();
    assert!(is_open(&desk, &elsewhere).await && is_open(&desk, &other).await);
}

/// Whoever has got hold of a session before the sign-in has nothing of it afterwards.
#[tokio::test]
async fn a_sign_in_begins_another_session_and_ends_the_one_before() {
    let (desk, before) = session().await;
    assert!(is_open(&desk, &before).await);
    let after = desk.access().sign_in(&voucher("wanjiku"), Some(&before)).await.unwrap();
    assert_ne!(before, after);
    assert!(!is_open(&desk, &before).await && is_open(&desk, &after).await);
}

#[tokio::test]
async fn a_session_before_that_is_none_is_no_hindrance() {
    let desk = TestDesk::new();
    let made_up = SessionSecret::generate([9; 32]);
    let secret = desk.access().sign_in(&voucher("wanjiku"), Some(&made_up)).await.unwrap();
    assert!(is_open(&desk, &secret).await && !is_open(&desk, &made_up).await);
}
