//! Requests that are carried out once, however often they are sent.

use std::sync::Arc;

use orderdesk_application::error::Result;
use orderdesk_application::idempotency::{Answer, KEPT_FOR, Once, Outcome};
use orderdesk_application::ports::StoreError;
use orderdesk_application::services::{CreatedApiToken, CustomerChoice, NewCustomer, Precondition};
use orderdesk_application::views::CustomerDetails;
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{code, key};
use orderdesk_contract::kinds::{count, delete, keep};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Action, ApiToken, Customer, Item, Membership, Order, OrderEvent, Organization, Resource, Role, Standing,
    Timestamp,
};

use crate::common::{
    FaultyStore, Step, TestDesk, catalogue, done, failed, new_customer, new_item, new_member, new_order,
    new_organization, new_token, once, refused, replayed,
};

/// Has somebody created, under this key.
async fn create(
    desk: &TestDesk,
    caller: &Caller,
    new: NewCustomer,
    once: &Once<CustomerDetails>,
) -> Result<Outcome<CustomerDetails>> {
    desk.customers().create(caller, new, Some(once)).await
}

async fn kept(desk: &TestDesk, caller: &Caller, name: &str) -> Option<Answer> {
    let since = Timestamp::EARLIEST;
    let kept = desk.store.credentials().kept_answer(caller.user.id, &key(name), since).await.unwrap();
    kept.map(|kept| kept.answer)
}

#[tokio::test]
async fn the_same_request_is_answered_again_and_not_carried_out() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, once) = (shop.caller(), once("request-1"));
    let first = create(&desk, &caller, new_customer(), &once).await.map(done).unwrap();
    let answer = (once.tell)(&first);
    let before = desk.records().await;
    for _ in 0..3 {
        desk.clock.advance(60_000);
        assert_eq!(create(&desk, &caller, new_customer(), &once).await.map(replayed).unwrap(), answer);
    }
    assert_eq!(desk.records().await, before);
}

/// As it was answered, whatever has become of it since.
#[tokio::test]
async fn what_was_answered_is_answered_also_when_the_object_is_gone() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, once) = (shop.caller(), once("request-1"));
    let first = create(&desk, &caller, new_customer(), &once).await.map(done).unwrap();
    desk.customers().delete(&caller, first.customer.id(), &Precondition::default()).await.unwrap();
    let again = create(&desk, &caller, new_customer(), &once).await.map(replayed).unwrap();
    assert_eq!(again, (once.tell)(&first));
    assert_eq!(count::<Customer>(&*desk.store).await, 1);
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    create(&desk, &caller, new_customer(), &once("request-1")).await.unwrap();
    let other = Once { request: [8; 32], ..once("request-1") };
    assert_eq!(refused(create(&desk, &caller, new_customer(), &other).await), [Problem::KeyReused]);
    // Also one for something else altogether.
    let other = Once { request: [9; 32], ..once("request-1") };
    let item = desk.items().create(&caller, new_item("Rope"), Some(&other)).await;
    assert_eq!(refused(item), [Problem::KeyReused]);
    assert_eq!((count::<Customer>(&*desk.store).await, count::<Item>(&*desk.store).await), (2, 1));
}

#[tokio::test]
async fn another_key_is_another_request() {
    let (desk, shop) = TestDesk::with_shop().await;
    for name in ["request-1", "request-2", "Request-1"] {
        create(&desk, &shop.caller(), new_customer(), &once(name)).await.map(done).unwrap();
    }
    assert_eq!(count::<Customer>(&*desk.store).await, 4);
}

#[tokio::test]
async fn without_a_key_every_request_is_carried_out() {
    let (desk, shop) = TestDesk::with_shop().await;
    for _ in 0..2 {
        desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    }
    assert_eq!(count::<Customer>(&*desk.store).await, 3);
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, once) = (shop.caller(), once("request-1"));
    let taken = NewCustomer { code: Some(shop.customer.profile().code), ..new_customer() };
    let problem = [Problem::CodeTaken(shop.customer.profile().code)];
    assert_eq!(refused(create(&desk, &caller, taken.clone(), &once).await), problem);
    assert_eq!(refused(create(&desk, &caller, taken.clone(), &once).await), problem);
    delete(&*desk.store, &shop.customer).await.unwrap();
    create(&desk, &caller, taken, &once).await.map(done).unwrap();
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    for step in [Step::Insert, Step::Append, Step::Commit] {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::on(store.clone());
        let shop = desk.shop().await;
        let (caller, once) = (shop.caller(), once("request-1"));
        store.fail(step, 1, || StoreError::Backend("disk full".into()));
        let failure = failed(create(&desk, &caller, new_customer(), &once).await);
        assert!(matches!(failure, StoreError::Backend(_)));
        assert_eq!(kept(&desk, &caller, "request-1").await, None);
        create(&desk, &caller, new_customer(), &once).await.map(done).unwrap();
        assert!(kept(&desk, &caller, "request-1").await.is_some());
    }
}

#[tokio::test]
async fn after_a_day_the_same_request_is_a_new_one() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, once) = (shop.caller(), once("request-1"));
    let first = create(&desk, &caller, new_customer(), &once).await.map(done).unwrap();
    desk.clock.advance(KEPT_FOR);
    create(&desk, &caller, new_customer(), &once).await.map(replayed).unwrap();
    desk.clock.advance(1);
    let second = create(&desk, &caller, new_customer(), &once).await.map(done).unwrap();
    assert_ne!(first.customer.id(), second.customer.id());
    // And so it is kept for another day.
    desk.clock.advance(KEPT_FOR);
    let again = create(&desk, &caller, new_customer(), &once).await.map(replayed).unwrap();
    assert_eq!(again, (once.tell)(&second));
}

#[tokio::test]
async fn after_a_day_a_key_can_be_used_for_another_request() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    create(&desk, &caller, new_customer(), &once("request-1")).await.unwrap();
    desk.clock.advance(KEPT_FOR + 1);
    let other = Once { request: [8; 32], ..once("request-1") };
    create(&desk, &caller, new_customer(), &other).await.map(done).unwrap();
}

#[tokio::test]
async fn the_keys_of_others_are_theirs() {
    let (desk, shop) = TestDesk::with_shop().await;
    let colleague = desk.member(&shop, Standing::Member).await;
    let other = desk.shop().await.caller();
    for caller in [shop.caller(), colleague, other] {
        create(&desk, &caller, new_customer(), &once("request-1")).await.map(done).unwrap();
    }
    assert_eq!(count::<Customer>(&*desk.store).await, 5);
}

/// Whoever sends a request again with another credential of theirs is still the same caller.
#[tokio::test]
async fn a_key_is_its_users_whatever_they_call_with() {
    let (desk, shop) = TestDesk::with_shop().await;
    let once = once("request-1");
    let (first, second) = (desk.caller(&shop.owner).await, desk.caller(&shop.owner).await);
    create(&desk, &first, new_customer(), &once).await.map(done).unwrap();
    create(&desk, &second, new_customer(), &once).await.map(replayed).unwrap();
}

#[tokio::test]
async fn who_may_not_any_more_is_told_so_and_not_what_was_answered() {
    let (desk, shop) = TestDesk::with_shop().await;
    let user = desk.somebody(&[]).await;
    let membership = desk.join(shop.organization.id(), &user, Standing::Member).await;
    let once = once("request-1");
    create(&desk, &desk.caller(&user).await, new_customer(), &once).await.unwrap();
    desk.members().remove(&shop.caller(), membership.id(), &Precondition::default()).await.unwrap();
    let outcome = create(&desk, &desk.caller(&user).await, new_customer(), &once).await;
    assert_eq!(refused(outcome), [Problem::Forbidden(Action::Create, Resource::Customers)]);
}

#[tokio::test]
async fn everything_that_can_be_created_can_be_so_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    for round in 0..3 {
        let name = |name| format!("{name}-1");
        let customer = once(&name("customer"));
        let customer = desk.customers().create(&caller, new_customer(), Some(&customer)).await.unwrap();
        let item = once(&name("item"));
        let item = desk.items().create(&caller, new_item("Rope"), Some(&item)).await.unwrap();
        let order = once(&name("order"));
        let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
        let order = desk.orders().place(&caller, new, Some(&order)).await.unwrap();
        let organization = once(&name("organization"));
        let organizations = desk.organizations();
        let organization = organizations.create(&caller, new_organization("Soko"), Some(&organization));
        let organization = organization.await.unwrap();
        let member = once(&name("member"));
        let new = new_member("juma@duka.example", Role::Viewer);
        let member =
            desk.members().invite(&caller, shop.organization.id(), new, Some(&member)).await.unwrap();
        let token = once(&name("token"));
        let token = desk.api_tokens().create(&caller, new_token("Till"), Some(&token)).await.unwrap();
        let done = [
            matches!(customer, Outcome::Done(_)),
            matches!(item, Outcome::Done(_)),
            matches!(order, Outcome::Done(_)),
            matches!(organization, Outcome::Done(_)),
            matches!(member, Outcome::Done(_)),
            matches!(token, Outcome::Done(_)),
        ];
        assert_eq!(done, [round == 0; 6]);
    }
    let store = &*desk.store;
    assert_eq!((count::<Customer>(store).await, count::<Item>(store).await), (2, 2));
    assert_eq!((count::<Order>(store).await, count::<OrderEvent>(store).await), (1, 1));
    assert_eq!((count::<Organization>(store).await, count::<Membership>(store).await), (2, 3));
    assert_eq!(count::<ApiToken>(store).await, 1);
}

/// What a key answers again must not be a secret that was to be shown once.
#[tokio::test]
async fn the_secret_of_a_token_is_answered_once_and_not_kept() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let shown = |created: &CreatedApiToken| Answer {
        status: 201,
        location: None,
        etag: None,
        body: format!("{{\"name\":\"{}\",\"token\":null}}", created.details.token.name),
    };
    let once = || Once { key: key("request-1"), request: [7; 32], tell: Box::new(shown) };
    let create = async || desk.api_tokens().create(&caller, new_token("Till"), Some(&once())).await.unwrap();
    let created = done(create().await);
    let answer = replayed(create().await);
    assert_eq!(answer.body, "{\"name\":\"Till\",\"token\":null}");
    assert_eq!(kept(&desk, &caller, "request-1").await, Some(answer));
    assert!(!format!("{:?}", desk.records().await).contains(created.secret.reveal()));
    assert_eq!(count::<ApiToken>(&*desk.store).await, 1);
}

/// Sends the same request fifty times at once, by two programs on one store, and answers what came of each.
async fn fifty<T, F>(send: impl Fn(usize) -> F) -> Vec<Result<Outcome<T>>>
where
    T: Send + 'static,
    F: Future<Output = Result<Outcome<T>>> + Send + 'static,
{
    let tasks: Vec<_> = (0..50).map(|number| tokio::spawn(send(number))).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// That one was carried out, and all were answered the same.
fn one_and_the_same<T: std::fmt::Debug>(once: &Once<T>, outcomes: Vec<Result<Outcome<T>>>) {
    let mut carried_out = 0;
    let mut answers = outcomes.into_iter().map(|outcome| match outcome.unwrap() {
        Outcome::Done(outcome) => {
            carried_out += 1;
            (once.tell)(&outcome)
        }
        Outcome::Replayed(answer) => answer,
    });
    let first = answers.next().unwrap();
    assert!(answers.all(|answer| answer == first));
    assert_eq!(carried_out, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_equal_requests_at_once_one_is_carried_out_and_all_are_answered_the_same() {
    let store = Arc::new(FaultyStore::default());
    let desks = [TestDesk::on(store.clone()), TestDesk::on(store.clone())];
    let shop: Shop = desks[0].shop().await;
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    let outcomes = fifty(|number| {
        let (orders, caller, new) = (desks[number % 2].orders(), shop.caller(), new.clone());
        async move { orders.place(&caller, new, Some(&once("request-1"))).await }
    });
    one_and_the_same(&once("request-1"), outcomes.await);
    assert_eq!((count::<Order>(&*store).await, count::<OrderEvent>(&*store).await), (1, 1));
    assert_eq!(desks[0].entries().await.len(), 1);
}

/// What stands against a twin is what the first has just done: it is no refusal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_that_take_the_same_code_at_once_none_is_told_that_it_is_taken() {
    let (desk, shop) = TestDesk::with_shop().await;
    let outcomes = fifty(|_| {
        let (customers, caller) = (desk.customers(), shop.caller());
        let new = NewCustomer { code: Some(code("AB12Z")), ..new_customer() };
        async move { customers.create(&caller, new, Some(&once("request-1"))).await }
    });
    one_and_the_same(&once("request-1"), outcomes.await);
    let outcomes = fifty(|_| {
        let (items, caller) = (desk.items(), shop.caller());
        async move { items.create(&caller, new_item("Rope"), Some(&once("request-2"))).await }
    });
    one_and_the_same(&once("request-2"), outcomes.await);
    assert_eq!((count::<Customer>(&*desk.store).await, count::<Item>(&*desk.store).await), (2, 2));
}

/// Sends a request, and the same one again after the first has looked whether it was answered before, and has found that
/// it was not.
async fn with_a_twin(new: NewCustomer) -> (TestDesk, CustomerDetails, Answer) {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let (customers, caller, same) = (desk.customers(), shop.caller(), new.clone());
    store.meanwhile(async move {
        let first = customers.create(&caller, same, Some(&once("request-1"))).await;
        tell.send(first.map(done).unwrap()).unwrap();
    });
    let answer = create(&desk, &shop.caller(), new, &once("request-1")).await.map(replayed).unwrap();
    (desk, told.await.unwrap(), answer)
}

#[tokio::test]
async fn who_loses_against_a_twin_is_answered_as_the_twin_was() {
    // Whether or not what the twin has done stands against doing it again.
    for code in [None, Some(code("AB12Z"))] {
        let (desk, first, answer) = with_a_twin(NewCustomer { code, ..new_customer() }).await;
        assert_eq!(answer, (once("request-1").tell)(&first));
        assert_eq!(count::<Customer>(&*desk.store).await, 2);
        assert_eq!(desk.entries().await.len(), 1);
    }
}

#[tokio::test]
async fn while_a_twin_is_at_work_for_too_long_the_key_is_in_use() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    store.fail(Step::Commit, 8, || StoreError::Retry("deadlock".into()));
    let outcome = create(&desk, &shop.caller(), new_customer(), &once("request-1")).await;
    assert_eq!(refused(outcome), [Problem::KeyInUse]);
    assert!(store.is_spent());
    create(&desk, &shop.caller(), new_customer(), &once("request-1")).await.map(done).unwrap();
}

#[tokio::test]
async fn an_answer_is_kept_with_what_it_answers() {
    let (desk, shop) = TestDesk::with_shop().await;
    // Nothing else was to be created meanwhile under this key.
    keep(&*desk.store, &desk.make.customer(shop.organization.id())).await;
    assert_eq!(kept(&desk, &shop.caller(), "request-1").await, None);
    let once = once("request-1");
    let created = create(&desk, &shop.caller(), new_customer(), &once).await.map(done).unwrap();
    assert_eq!(kept(&desk, &shop.caller(), "request-1").await, Some((once.tell)(&created)));
}
