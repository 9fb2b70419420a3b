//! What customers are told of is queued with what has happened, once, or not at all.

use std::slice::from_ref;
use std::sync::Arc;

use orderdesk_application::ports::{Clock as _, Store, StoreError};
use orderdesk_application::query::Filter;
use orderdesk_application::services::{
    CustomerChange, CustomerChoice, ItemChoice, LineDraft, OrderChange, Pages, Precondition, StoreSink,
    transfer,
};
use orderdesk_contract::builders::{item_name, person, phone, quantity, text};
use orderdesk_contract::kinds::{change, count, insert, keep, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Charter, Customer, FailureCode, Letter, Listing, Message, MessageEvent, MessageState, MessageStatus,
    MessageTemplate, MessageTemplateId, Order, OrganizationName, Profile, Wording,
};
use orderdesk_memory::MemoryStore;

use super::{messages, number, told};
use crate::common::{
    FaultyStore, Office, Running, Step, TestDesk, WANTED, cancel, catalogue, close, customer_change, done,
    draft, failed, member_of, new_order, on_version, once, only, order_change, pass, refused, refused_rows,
    replayed, row, template,
};

const PLACED: MessageEvent = MessageEvent::OrderPlaced;
const CLOSED: MessageEvent = MessageEvent::OrderClosed;
const CANCELLED: MessageEvent = MessageEvent::OrderCancelled;

/// A shop called Duka with a customer called Amina Otieno and soap at 149.90 KES.
async fn duka(desk: &TestDesk) -> Shop {
    let mut shop = desk.shop().await;
    let mut organization = shop.organization.clone();
    let name = text(OrganizationName::parse, "Duka");
    assert!(organization.revise(Charter { name, ..organization.charter().clone() }, desk.make.now()));
    let mut item = shop.item.clone();
    let soap = Listing { name: item_name("Soap"), ..item.listing().clone() };
    assert!(item.revise(soap, desk.make.now()));
    let mut customer = shop.customer.clone();
    let amina = Profile { second_name: person("Otieno"), ..customer.profile().clone() };
    assert!(customer.revise(amina, desk.make.now()));
    let mut work = desk.store.begin().await.unwrap();
    work.organizations().update(&[change(&shop.organization, &organization)]).await.unwrap();
    work.items().update(&[change(&shop.item, &item)]).await.unwrap();
    work.customers().update(&[change(&shop.customer, &customer)]).await.unwrap();
    work.commit().await.unwrap();
    (shop.organization, shop.item, shop.customer) = (organization, item, customer);
    shop
}

/// Puts a template into the store past the services.
async fn word(desk: &TestDesk, shop: &Shop, event: MessageEvent, words: &str, is_active: bool) {
    let id = MessageTemplateId::new(desk.make.id());
    let wording = Wording { text: template(words), is_active };
    keep(&*desk.store, &MessageTemplate::draw_up(id, shop.organization.id(), event, wording)).await;
}

async fn place(desk: &TestDesk, shop: &Shop, units: i64) -> Order {
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, units));
    desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap().order
}

#[tokio::test]
async fn an_order_is_told_of_once_in_words_of_ours() {
    let desk = TestDesk::new();
    let shop = duka(&desk).await;
    let order = place(&desk, &shop, 1).await;
    let [message] = messages(&desk).await.try_into().unwrap();
    let letter = message.letter();
    assert_eq!(letter.text.as_str(), "Hello Amina, Duka has your order: Soap, KES 149.90. Thank you!");
    assert_eq!((letter.organization, letter.order), (shop.organization.id(), order.id()));
    assert_eq!((letter.customer, letter.event), (shop.customer.id(), PLACED));
    assert_eq!(letter.to, shop.customer.profile().phone);
    let now = desk.clock.now();
    assert_eq!(message.course().state, MessageState::Queued { due: now });
    assert_eq!(message.course().expires_at, desk.clock.later(WANTED));
    assert_eq!(message.id().created_at(), now);
}

#[tokio::test]
async fn an_order_is_told_of_in_words_of_the_organization() {
    let desk = TestDesk::new();
    let shop = duka(&desk).await;
    let words = "{{ first_name }} {{ second_name }} ({{ customer_code }}), {{ organization }}: {{ order_number }}, \
                 {{ quantity }} {{ item }} @ {{ price }} = {{ currency }} {{ total }}{% if several %}!{% endif %}";
    word(&desk, &shop, PLACED, words, true).await;
    let orders = [place(&desk, &shop, 1).await, place(&desk, &shop, 12).await];
    let code = shop.customer.profile().code;
    let [one, twelve] = orders.map(|order| number(order.id()));
    let expected = [
        format!("Amina Otieno ({code}), Duka: {one}, 1 Soap @ 149.90 = KES 149.90"),
        format!("Amina Otieno ({code}), Duka: {twelve}, 12 Soap @ 149.90 = KES 1798.80!"),
    ];
    assert_eq!(told(&desk).await, expected.map(|text| (PLACED, text)));
}

/// What somebody is told of goes to the number that they had then.
#[tokio::test]
async fn a_message_goes_to_the_number_as_it_was() {
    let (desk, shop) = TestDesk::with_shop().await;
    let before = shop.customer.profile().phone.clone();
    place(&desk, &shop, 1).await;
    let moved = CustomerChange { phone: Some(phone("+254733999888")), ..customer_change() };
    desk.customers().change(&shop.caller(), row(shop.customer.id().uuid(), moved)).await.unwrap();
    place(&desk, &shop, 1).await;
    let numbers: Vec<_> = messages(&desk).await.into_iter().map(|it| it.letter().to.clone()).collect();
    assert_eq!(numbers, [before, phone("+254733999888")]);
}

#[tokio::test]
async fn a_template_that_is_not_active_says_nothing() {
    let (desk, shop) = TestDesk::with_shop().await;
    word(&desk, &shop, PLACED, "Asante", false).await;
    place(&desk, &shop, 1).await;
    assert_eq!(told(&desk).await, []);
    assert_eq!(count::<Order>(&*desk.store).await, 1);
}

#[tokio::test]
async fn the_end_of_an_order_is_told_only_where_somebody_wants_that() {
    for end in [close(), cancel()] {
        let desk = TestDesk::new();
        let shop = duka(&desk).await;
        let silent = place(&desk, &shop, 1).await;
        desk.orders().change(&shop.caller(), row(silent.id().uuid(), end.clone())).await.unwrap();
        assert_eq!(told(&desk).await.len(), 1, "nothing but that it was placed");
    }
    for (end, event, words) in [(close(), CLOSED, "is done"), (cancel(), CANCELLED, "is off")] {
        let desk = TestDesk::new();
        let shop = duka(&desk).await;
        word(&desk, &shop, event, &format!("{{{{ quantity }}}} {{{{ item }}}} {words}"), true).await;
        let order = place(&desk, &shop, 2).await;
        desk.clock.advance(7);
        // What is amended in the same request is amended first.
        let line = LineDraft { quantity: Some(quantity(3)), ..draft() };
        let change = OrderChange { line, ..end.clone() };
        desk.orders().change(&shop.caller(), row(order.id().uuid(), change)).await.unwrap();
        assert_eq!(told(&desk).await.pop(), Some((event, format!("3 Soap {words}"))));
        let message = messages(&desk).await.pop().unwrap();
        assert_eq!((message.letter().order, message.id().created_at()), (order.id(), desk.clock.now()));
        // To close what is closed changes nothing.
        desk.orders().change(&shop.caller(), row(order.id().uuid(), end)).await.unwrap();
        assert_eq!(told(&desk).await.len(), 2);
    }
}

#[tokio::test]
async fn what_is_amended_is_not_told_of() {
    let (desk, shop) = TestDesk::with_shop().await;
    for event in MessageEvent::ALL {
        word(&desk, &shop, event, "Asante", true).await;
    }
    let order = place(&desk, &shop, 1).await;
    let line = LineDraft { quantity: Some(quantity(3)), ..draft() };
    let change = row(order.id().uuid(), OrderChange { line, ..order_change() });
    desk.orders().change(&shop.caller(), change).await.unwrap();
    assert_eq!(told(&desk).await, [(PLACED, "Asante".to_owned())]);
}

/// A bulk request goes across organizations, each of which words what it tells, or does not.
#[tokio::test]
async fn orders_that_end_together_are_told_of_one_by_one() {
    let desk = TestDesk::new();
    let shops = [desk.shop().await, desk.shop().await, desk.shop().await];
    word(&desk, &shops[0], CLOSED, "Closed, says the first", true).await;
    word(&desk, &shops[1], CANCELLED, "Cancelled, says the second", true).await;
    let mut rows = Vec::new();
    for shop in &shops {
        for change in [close(), cancel(), order_change()] {
            rows.push(row(place(&desk, shop, 1).await.id().uuid(), change));
        }
    }
    let placed = told(&desk).await.len();
    let caller = member_of(&[&shops[0], &shops[1], &shops[2]]);
    desk.orders().change_all(&caller, &rows).await.unwrap();
    let told = told(&desk).await.split_off(placed);
    let expected = [(CLOSED, "Closed, says the first"), (CANCELLED, "Cancelled, says the second")];
    assert_eq!(told, expected.map(|(event, text)| (event, text.to_owned())));
    let messages = messages(&desk).await.split_off(placed);
    let orders: Vec<_> = messages.iter().map(|it| it.letter().order.uuid()).collect();
    assert_eq!(orders, [rows[0].id, rows[4].id]);
    let customers: Vec<_> = messages.iter().map(|it| it.letter().customer).collect();
    assert_eq!(customers, [shops[0].customer.id(), shops[1].customer.id()]);
}

#[tokio::test]
async fn what_is_refused_is_not_told_of() {
    let (desk, shop) = TestDesk::with_shop().await;
    word(&desk, &shop, CLOSED, "Closed", true).await;
    let [one, other] = [place(&desk, &shop, 1).await, place(&desk, &shop, 1).await];
    let mut rows = [row(one.id().uuid(), close()), row(other.id().uuid(), close())];
    rows[1].precondition = on_version(7);
    refused_rows(desk.orders().change_all(&shop.caller(), &rows).await);
    let line = LineDraft { item: ItemChoice::Text(item_name("Rope")), ..catalogue(&shop.item, 1) };
    let new = new_order(CustomerChoice::Id(shop.customer.id()), line);
    refused(desk.orders().place(&shop.caller(), new, None).await);
    assert_eq!(told(&desk).await.len(), 2);
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_told_of_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let place = async || {
        let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
        desk.orders().place(&shop.caller(), new, Some(&once("request-1"))).await.unwrap()
    };
    done(place().await);
    replayed(place().await);
    replayed(place().await);
    assert_eq!((messages(&desk).await.len(), count::<Order>(&*desk.store).await), (1, 1));
}

#[tokio::test]
async fn the_message_commits_with_what_it_tells_of() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    word(&desk, &shop, CLOSED, "Closed", true).await;
    let new = || new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    for (step, orders) in [(Step::Commit, 0), (Step::Append, 1)] {
        store.fail(step, 1, || StoreError::Backend("disk full".into()));
        failed(desk.orders().place(&shop.caller(), new(), None).await);
        assert_eq!(messages(&desk).await.len(), orders, "{step:?}");
        // A race that is lost is run again, and tells once.
        store.fail(step, 2, || StoreError::Retry("deadlock".into()));
        desk.orders().place(&shop.caller(), new(), None).await.map(done).unwrap();
        assert!(store.is_spent());
        assert_eq!(messages(&desk).await.len(), orders + 1, "{step:?}");
        assert_eq!(count::<Order>(&*desk.store).await, orders as u64 + 1);
    }
    let order = messages(&desk).await[0].letter().order;
    store.fail(Step::Commit, 1, || StoreError::Backend("disk full".into()));
    failed(desk.orders().change(&shop.caller(), row(order.uuid(), close())).await);
    assert_eq!(messages(&desk).await.len(), 2);
    store.fail(Step::Commit, 3, || StoreError::Conflict);
    desk.orders().change(&shop.caller(), row(order.uuid(), close())).await.unwrap();
    assert_eq!(told(&desk).await.pop(), Some((CLOSED, "Closed".to_owned())));
    assert_eq!(messages(&desk).await.len(), 3);
}

/// Nothing is placed that its customer would not hear of because the templates cannot be read.
#[tokio::test]
async fn where_the_words_cannot_be_read_nothing_is_placed() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    store.fail(Step::Read, 1, || StoreError::Unavailable("no route".into()));
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    assert!(matches!(
        failed(desk.orders().place(&shop.caller(), new, None).await),
        StoreError::Unavailable(_)
    ));
    assert_eq!(count::<Order>(&*desk.store).await, 0);
}

/// No order fails because of a template that is none, which can come with moved data.
#[tokio::test]
async fn a_template_that_makes_no_text_gives_way_to_words_of_ours() {
    for words in
        ["{{ nobody }}", "{% if several %}Several{% endif %}", "{% for x in [\"\", 1] %}{% endfor %}"]
    {
        let desk = TestDesk::new();
        let shop = duka(&desk).await;
        word(&desk, &shop, PLACED, words, true).await;
        place(&desk, &shop, 1).await;
        let ours = "Hello Amina, Duka has your order: Soap, KES 149.90. Thank you!".to_owned();
        assert_eq!(told(&desk).await, [(PLACED, ours)], "{words}");
    }
}

/// What the shop's customer is told of the ends of these three orders: a message in every place where one can stand.
fn in_every_state(desk: &TestDesk, shop: &Shop, orders: &[Order; 3]) -> Vec<Message> {
    let later = desk.clock.later(60_000);
    let states = [
        MessageState::Queued { due: later },
        MessageState::Sending { until: later },
        MessageState::Sent,
        MessageState::Delivered,
        MessageState::Failed(FailureCode::NotServed.into()),
        MessageState::Unknown(FailureCode::NoAnswer.into()),
    ];
    let events = orders.iter().flat_map(|order| [CLOSED, CANCELLED].map(|event| (order.id(), event)));
    let made = states.into_iter().zip(events).map(|(state, (order, event))| {
        let message = desk.make.message_in(&shop.customer, state);
        let letter = Letter { order, event, ..message.letter().clone() };
        let (course, at) = (message.course().clone(), message.updated_at());
        Message::restore(message.id(), letter, course, at, message.version())
    });
    made.collect()
}

#[tokio::test]
async fn of_a_deleted_order_what_has_not_been_sent_is_taken_back_and_nothing_else() {
    for together in [false, true] {
        let (desk, shop) = TestDesk::with_shop().await;
        let orders =
            [place(&desk, &shop, 1).await, place(&desk, &shop, 1).await, place(&desk, &shop, 1).await];
        let other = place(&desk, &shop, 1).await;
        let made = in_every_state(&desk, &shop, &orders);
        insert(&*desk.store, &made).await.unwrap();
        let all = messages(&desk).await;
        assert_eq!(all.len(), 10);
        let (caller, any) = (shop.caller(), Precondition::default());
        if together {
            let ids = orders.iter().map(|order| only(order.id().uuid())).collect();
            assert_eq!(desk.orders().delete_matching(&caller, Filter::Any(ids)).await.unwrap(), 3);
        } else {
            for order in &orders {
                desk.orders().delete(&caller, order.id(), &any).await.unwrap();
            }
        }
        for message in &all {
            let is_queued = message.status() == MessageStatus::Queued;
            let stays = !is_queued || message.letter().order == other.id();
            let state = &message.course().state;
            assert_eq!(stored(&*desk.store, message).await.is_some(), stays, "{state:?}");
        }
        // With the customer goes what was told them.
        desk.orders().delete(&caller, other.id(), &any).await.unwrap();
        desk.customers().delete(&caller, shop.customer.id(), &any).await.unwrap();
        assert_eq!(count::<Message>(&*desk.store).await, 0);
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_deleted_keeps_its_message() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    let order = place(&desk, &shop, 1).await;
    store.fail(Step::Commit, 1, || StoreError::Backend("disk full".into()));
    failed(desk.orders().delete(&shop.caller(), order.id(), &Precondition::default()).await);
    assert_eq!(desk.orders().delete_matching(&shop.caller(), Filter::Any(Vec::new())).await.unwrap(), 0);
    assert_eq!(messages(&desk).await.len(), 1);
}

/// Whoever moves house does not want all customers to hear once more of what they have ordered.
#[tokio::test(start_paused = true)]
async fn what_is_moved_is_not_sent_from_where_it_goes() {
    let office = Office::new().await;
    let (desk, shop) = (&office.desk, &office.shop);
    let waiting = office.order().await;
    let order = place(desk, shop, 1).await;
    let on_its_way = office.desk.store.outbox().claim(desk.clock.now(), desk.clock.later(60_000), 1).await;
    let on_its_way = on_its_way.unwrap().pop().unwrap();
    assert_eq!(on_its_way.id(), waiting.id());
    let failed = desk.make.message_in(&shop.customer, MessageState::Failed(FailureCode::NotServed.into()));
    keep(&*desk.store, &failed).await;

    let target = MemoryStore::default();
    let mut snapshot = desk.store.snapshot().await.unwrap();
    let sink = StoreSink::new(target.fill().await.unwrap());
    transfer(&mut Pages::new(&mut *snapshot), Box::new(sink), &mut |_| {}).await.unwrap();
    let there = TestDesk::running_on(Arc::new(target));
    let gateway = office.another();
    let relay = Running::start(there.ports(), from_ref(&gateway), 8);
    pass(60_000).await;
    relay.stop().await.unwrap();
    assert_eq!(gateway.asked(), 0);
    let mut states: Vec<_> =
        messages(&there).await.iter().map(|it| (it.letter().order, it.course().state.clone())).collect();
    states.sort_by_key(|(order, _)| *order);
    let mut expected = vec![
        (waiting.letter().order, MessageState::Unknown(FailureCode::WorkerLost.into())),
        (order.id(), MessageState::Failed(FailureCode::Moved.into())),
        (failed.letter().order, MessageState::Failed(FailureCode::NotServed.into())),
    ];
    expected.sort_by_key(|(order, _)| *order);
    assert_eq!(states, expected);
    assert_eq!(count::<Customer>(&*there.store).await, 1);
}

/// The moment of an order that is told of is the order's own, should the clock have been set back since.
#[tokio::test]
async fn a_message_is_as_old_as_what_it_tells_of() {
    let (desk, shop) = TestDesk::with_shop().await;
    word(&desk, &shop, CLOSED, "Closed", true).await;
    let order = place(&desk, &shop, 1).await;
    desk.clock.advance(-60_000);
    desk.orders().change(&shop.caller(), row(order.id().uuid(), close())).await.unwrap();
    let message = messages(&desk).await.pop().unwrap();
    assert_eq!(message.id().created_at(), order.updated_at());
}
