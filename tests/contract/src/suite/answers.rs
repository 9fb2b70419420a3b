//! Kept answers: a request that comes again finds what was answered, and of those that come at once one is carried out.

use std::slice::from_ref;
use std::sync::Arc;

use orderdesk_application::idempotency::{Answer, IdempotencyKey, KEPT_FOR, KeptAnswer};
use orderdesk_application::ports::{Store, StoreError, StoreResult, Unique};
use orderdesk_domain::{Customer, Timestamp, UserId};

use crate::Harness;
use crate::builders::{Maker, key, time};
use crate::kinds::{Writable, count, find};
use crate::outcome::{assert_fails, persist, race};
use crate::shop::Shop;

/// How many send the same request at once.
const SENDERS: usize = 20;

/// Keeps an answer in a unit of work of its own.
async fn keep(store: &dyn Store, answer: &KeptAnswer) -> StoreResult<()> {
    let mut work = store.begin().await?;
    work.access().keep_answer(answer).await?;
    work.commit().await
}

/// The answer of any age.
async fn kept(store: &dyn Store, user: UserId, key: &IdempotencyKey) -> Option<KeptAnswer> {
    store.credentials().kept_answer(user, key, Timestamp::EARLIEST).await.unwrap()
}

pub async fn every_field_of_an_answer_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let user = shop.owner.id();
    let odd = "{\"name\":\"Zo\u{eb} \\u0000 \u{1f9ba} O'Brien 100%\",\n \"a\" : 1.0}".to_owned();
    let long = format!("{{\"text\":\"{}\"}}", "\u{390}x".repeat(200_000));
    let bodies = [String::new(), "code,name\r\nAB12Z,\"Tea\"\r\n".to_owned(), odd, long];
    for (number, body) in (0_u8..).zip(bodies) {
        for (location, etag) in [(None, None), (Some("/api/v1/orders/?a=%20"), Some("W/\"1\""))] {
            let answer = KeptAnswer {
                request: std::array::from_fn(|index| number.wrapping_sub(u8::try_from(index).unwrap())),
                answer: Answer {
                    status: [200, 201, 409, 599][usize::from(number)],
                    location: location.map(str::to_owned),
                    etag: etag.map(str::to_owned),
                    body: body.clone(),
                },
                ..make.answer(user)
            };
            keep(store, &answer).await.unwrap();
            assert_eq!(kept(store, user, &answer.key).await, Some(answer));
        }
    }
}

pub async fn an_answer_is_found_by_its_user_and_key_to_the_letter(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let (longest, longest_but_one) = ("k".repeat(255), "k".repeat(254));
    let keys = ["a", "A", "aa", "a%", "a_", "a'b", "$a", "a.b", "{a}", "0", "00", &longest, &longest_but_one];
    let answers = keys.map(|it| KeptAnswer { key: key(it), ..make.answer(shop.owner.id()) });
    for answer in &answers {
        keep(store, answer).await.unwrap();
    }
    for answer in &answers {
        assert_eq!(kept(store, shop.owner.id(), &answer.key).await.as_ref(), Some(answer));
        assert_eq!(kept(store, other.owner.id(), &answer.key).await, None);
    }
    assert_eq!(kept(store, shop.owner.id(), &key("aA")).await, None);
    let theirs = KeptAnswer { key: key("a"), ..make.answer(other.owner.id()) };
    keep(store, &theirs).await.unwrap();
    assert_eq!(kept(store, other.owner.id(), &theirs.key).await.as_ref(), Some(&theirs));
    assert_eq!(kept(store, shop.owner.id(), &theirs.key).await.as_ref(), Some(&answers[0]));
}

pub async fn an_answer_is_kept_for_a_day_and_then_replaced(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = Shop::open(store, &make).await.owner.id();
    let at = 1_780_000_000_000;
    let first = KeptAnswer { kept_at: time(at), ..make.answer(user) };
    keep(store, &first).await.unwrap();
    let since = async |since| store.credentials().kept_answer(user, &first.key, time(since)).await.unwrap();
    assert_eq!(since(at).await.as_ref(), Some(&first));
    assert_eq!(since(at + 1).await, None);

    let again = |kept_at| KeptAnswer { key: first.key.clone(), kept_at: time(kept_at), ..make.answer(user) };
    for kept_at in [at, at - 1, at + KEPT_FOR] {
        let outcome = keep(store, &again(kept_at)).await;
        assert_fails!(outcome, StoreError::AlreadyExists(Unique::IdempotencyKey), "{kept_at}");
        assert_eq!(since(at).await.as_ref(), Some(&first));
    }
    let mut next = again(at + KEPT_FOR + 1);
    next.request = [0xC3; 32];
    next.answer = Answer { status: 200, location: None, etag: None, body: String::new() };
    keep(store, &next).await.unwrap();
    assert_eq!(since(at).await, Some(next));
}

pub async fn what_goes_with_a_second_answer_is_not_done(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let answer = make.answer(shop.owner.id());
    keep(store, &answer).await.unwrap();

    let customer = Customer::another(&shop, &make);
    let mut work = store.begin().await.unwrap();
    work.customers().insert(from_ref(&customer)).await.unwrap();
    let again = work.access().keep_answer(&KeptAnswer { kept_at: make.now(), ..answer.clone() }).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::IdempotencyKey));
    assert!(work.commit().await.is_err());
    assert_eq!(count::<Customer>(store).await, 1);

    let fresh = make.answer(shop.owner.id());
    let mut work = store.begin().await.unwrap();
    work.access().keep_answer(&fresh).await.unwrap();
    assert_fails!(
        work.access().keep_answer(&fresh).await,
        StoreError::AlreadyExists(Unique::IdempotencyKey),
        "own writes are visible"
    );
    drop(work);
    assert_eq!(kept(store, fresh.user, &fresh.key).await, None);
}

/// Has all senders create a customer of their own and keep its answer under one key: one of them does.
async fn one_is_carried_out(
    store: &Arc<dyn Store>,
    make: &Maker,
    shop: &Shop,
    key: &IdempotencyKey,
    kept_at: i64,
) {
    let send = |_| {
        let kept_at = time(kept_at);
        let answer = KeptAnswer { key: key.clone(), kept_at, ..make.answer(shop.owner.id()) };
        let (store, customer) = (Arc::clone(store), Customer::another(shop, make));
        async move {
            let attempt = || async {
                let mut work = store.begin().await?;
                work.customers().insert(from_ref(&customer)).await?;
                work.access().keep_answer(&answer).await?;
                work.commit().await
            };
            let outcome = persist(attempt).await;
            (outcome, customer, answer)
        }
    };
    let outcomes = race((0..SENDERS).map(send)).await;
    let mut carried_out = 0;
    for (outcome, customer, answer) in outcomes {
        let there = find::<Customer>(&**store, customer.id().uuid()).await.is_some();
        match outcome {
            Ok(()) => {
                carried_out += 1;
                assert!(there);
                assert_eq!(kept(&**store, answer.user, key).await, Some(answer));
            }
            Err(StoreError::AlreadyExists(Unique::IdempotencyKey)) => assert!(!there),
            outcome => panic!("{outcome:?}"),
        }
    }
    assert_eq!(carried_out, 1);
}

pub async fn of_twenty_requests_with_one_key_one_is_carried_out(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    let at = 1_780_000_000_000;
    for round in 0..3 {
        one_is_carried_out(&store, &make, &shop, &key(&format!("round-{round}")), at).await;
    }
    // So it is where a day has passed, and all of them find an answer that is too old.
    for day in 1..=3 {
        one_is_carried_out(&store, &make, &shop, &key("round-0"), at + day * (KEPT_FOR + 1)).await;
    }
    assert_eq!(count::<Customer>(&*store).await, 1 + 6);
}

pub async fn a_sweep_removes_answers_of_before(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = Shop::open(store, &make).await.owner.id();
    let [old, young] = [4_999, 5_000].map(|at| KeptAnswer { kept_at: time(at), ..make.answer(user) });
    keep(store, &old).await.unwrap();
    keep(store, &young).await.unwrap();
    for _ in 0..2 {
        let mut work = store.begin().await.unwrap();
        work.access().sweep(time(5_000), Timestamp::EARLIEST, Timestamp::EARLIEST).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(kept(store, user, &old.key).await, None);
        assert_eq!(kept(store, user, &young.key).await.as_ref(), Some(&young));
    }
}
