//! Messages, attempts to send them, and templates: what was written comes back, refers to what is there, is there once,
//! and goes with what it belongs to.

use std::slice::from_ref;

use orderdesk_application::Scope;
use orderdesk_application::ports::{StoreError, Unique};
use orderdesk_application::query::{Filter, Selection, Test, Value};
use orderdesk_application::views::MessageField;
use orderdesk_domain::{
    AttemptOutcome, Course, Customer, CustomerId, Gateway, Letter, Message, MessageAttempt, MessageAttemptId,
    MessageEvent, MessageId, MessageState, MessageTemplate, MessageTemplateId, MessageText, OrderId,
    Organization, OrganizationId, Profile, TemplateText, Timestamp, Wording,
};

use crate::Harness;
use crate::builders::{
    Maker, code, cost, free_line, message_states, message_text, odd_texts, phone, reference, remark, text,
    time, version,
};
use crate::kinds::{
    Changeable, Writable, append_attempts, count, delete, everything, find, insert, keep, place, stored,
    update,
};
use crate::outcome::assert_fails;
use crate::shop::Shop;

/// A message of this letter.
fn of(make: &Maker, letter: Letter) -> Message {
    Message::queue(MessageId::new(make.id()), letter, make.now())
}

/// The courses that a message can have come, each field at its least, its most and at nothing.
fn courses(at: Timestamp) -> Vec<Course> {
    let plain = Course {
        state: MessageState::Queued { due: at },
        expires_at: at,
        attempts: 0,
        deferrals: 0,
        gateway: None,
        reference: None,
        cost: None,
    };
    let mut courses: Vec<_> =
        message_states(at).into_iter().map(|state| Course { state, ..plain.clone() }).collect();
    for gateway in Gateway::ALL {
        courses.push(Course { gateway: Some(gateway), ..plain.clone() });
    }
    for due in [Timestamp::EARLIEST, time(-1), time(0), Timestamp::LATEST] {
        courses.push(Course { state: MessageState::Queued { due }, expires_at: due, ..plain.clone() });
        courses.push(Course { state: MessageState::Sending { until: due }, ..plain.clone() });
    }
    for count in [1, u32::MAX] {
        courses.push(Course { attempts: count, deferrals: count / 2, ..plain.clone() });
    }
    for name in ["x", "ATXid_0'%_\\\"{}$", &"z".repeat(100)] {
        let reference = Some(reference(name));
        courses.push(Course { gateway: Some(Gateway::Twilio), reference, ..plain.clone() });
    }
    for cost in [cost(0, "KES"), cost(1, "JPY"), cost(7_500, "USD"), cost(i64::MAX, "UYW")] {
        courses.push(Course { cost: Some(cost), ..plain.clone() });
    }
    courses
}

pub async fn every_field_of_a_message_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let phones = ["+254712345678", "+16502530000", "+442070313000"].map(phone);
    for (number, course) in courses(time(1_780_000_000_123)).into_iter().enumerate() {
        let letter = Letter {
            event: MessageEvent::ALL[number % 3],
            to: phones[number % 3].clone(),
            ..make.letter(&shop.customer)
        };
        let (id, at) = (MessageId::new(make.id()), time(1_780_000_000_456));
        let message = Message::restore(id, letter, course, at, version([1, 7, i64::MAX][number % 3]));
        keep(store, &message).await;
        let expected = shop.message_details(&message, &shop.customer);
        assert_eq!(find::<Message>(store, id.uuid()).await, Some(expected));
        let mut work = store.begin().await.unwrap();
        assert_eq!(work.messaging().message(id).await.unwrap(), Some(message));
    }
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.messaging().message(MessageId::new(make.id())).await.unwrap(), None);
}

/// Some stores have words for what is not there: each course becomes each other's successor.
pub async fn an_update_replaces_every_field_of_a_course(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let mut was = make.message(&shop.customer);
    keep(store, &was).await;
    let courses = courses(time(1_780_000_000_123));
    for course in courses.iter().chain(courses.iter().rev()) {
        let letter = was.letter().clone();
        let version = version(was.version().number() + 1);
        let now = Message::restore(was.id(), letter, course.clone(), make.now(), version);
        update(store, &was, &now).await.unwrap();
        let expected = shop.message_details(&now, &shop.customer);
        assert_eq!(find::<Message>(store, now.id().uuid()).await, Some(expected));
        was = now;
    }
}

pub async fn odd_text_of_a_message_comes_back_to_the_letter(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let mut odd = odd_texts();
    odd.push("one\ntwo\n\nthree".to_owned());
    odd.extend(["x", "\u{1f9ba}"].map(|character| character.repeat(MessageText::MAXIMUM)));
    for odd in odd {
        let letter = Letter { text: message_text(&odd), ..make.letter(&shop.customer) };
        let message = of(&make, letter);
        keep(store, &message).await;
        assert_eq!(stored(store, &message).await, Some(message));

        let wording = Wording { text: text(TemplateText::parse, &odd), is_active: true };
        let (id, event) = (MessageTemplateId::new(make.id()), MessageEvent::OrderClosed);
        let template = MessageTemplate::draw_up(id, shop.organization.id(), event, wording);
        keep(store, &template).await;
        assert_eq!(stored(store, &template).await.as_ref(), Some(&template));
        delete(store, &template).await.unwrap();
    }
}

pub async fn every_field_of_an_attempt_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let message = make.message(&shop.customer);
    keep(store, &message).await;
    let plain = MessageAttempt { gateway: None, reference: None, ..make.attempt(message.id()) };
    let mut attempts = vec![plain.clone()];
    let id = || MessageAttemptId::new(make.id());
    for outcome in AttemptOutcome::ALL {
        attempts.push(MessageAttempt { id: id(), outcome, ..plain.clone() });
    }
    for gateway in Gateway::ALL {
        let reference = Some(reference(&"z".repeat(100)));
        attempts.push(MessageAttempt { id: id(), gateway: Some(gateway), reference, ..plain.clone() });
    }
    for odd in odd_texts() {
        let (code, error) = (Some(remark(&odd)), Some(remark(&format!("{odd} {odd}"))));
        attempts.push(MessageAttempt { id: id(), code, ..plain.clone() });
        attempts.push(MessageAttempt { id: id(), error, ..plain.clone() });
    }
    for cost in [cost(0, "KES"), cost(7_500, "USD"), cost(i64::MAX, "UYW")] {
        attempts.push(MessageAttempt { id: id(), cost: Some(cost), ..plain.clone() });
    }
    for finished_at in [Timestamp::EARLIEST, time(-1), Timestamp::LATEST] {
        attempts.push(MessageAttempt { id: id(), finished_at, ..plain.clone() });
    }
    append_attempts(store, &attempts).await.unwrap();
    append_attempts(store, &[]).await.unwrap();
    for attempt in &attempts {
        let found = find::<MessageAttempt>(store, attempt.id.uuid()).await;
        assert_eq!(found, Some(shop.attempt_details(attempt)));
    }
    assert_eq!(count::<MessageAttempt>(store).await, attempts.len() as u64);
}

pub async fn every_field_of_a_template_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    for event in MessageEvent::ALL {
        for is_active in [true, false] {
            let shop = Shop::open(store, &make).await;
            let (id, organization) = (MessageTemplateId::new(make.id()), shop.organization.id());
            let wording = Wording { is_active, ..make.wording() };
            let at = time(1_780_000_000_123);
            let was = MessageTemplate::restore(id, organization, event, wording, at, version(7));
            keep(store, &was).await;
            let found = find::<MessageTemplate>(store, id.uuid()).await;
            assert_eq!(found, Some(shop.template_details(&was)));
            let mut now = was.clone();
            now.revise(Wording { is_active: !is_active, ..make.wording() }, make.now());
            update(store, &was, &now).await.unwrap();
            let found = find::<MessageTemplate>(store, id.uuid()).await;
            assert_eq!(found, Some(shop.template_details(&now)));
        }
    }
}

pub async fn a_message_shows_its_customer_as_the_customer_is_now_and_goes_where_it_went(
    harness: &impl Harness,
) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let message = make.message(&shop.customer);
    keep(store, &message).await;
    let mut renamed = shop.customer.clone();
    let profile = Profile { code: code("NEW00"), phone: phone("+16502530000"), ..make.profile() };
    assert!(renamed.revise(profile, make.now()));
    update(store, &shop.customer, &renamed).await.unwrap();
    let found = find::<Message>(store, message.id().uuid()).await;
    assert_eq!(found, Some(shop.message_details(&message, &renamed)));
}

pub async fn no_message_attempt_or_template_refers_to_what_is_not_there(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let nowhere = OrganizationId::new(make.id());
    let letter = || make.letter(&shop.customer);
    for (letter, what) in [
        (Letter { organization: nowhere, ..letter() }, "an organization that is not there"),
        (Letter { customer: CustomerId::new(make.id()), ..letter() }, "a customer who is not there"),
        (Letter { customer: other.customer.id(), ..letter() }, "another's customer"),
        (Letter { organization: other.organization.id(), ..letter() }, "another organization"),
    ] {
        assert_fails!(insert(store, &[of(&make, letter)]).await, StoreError::Referenced, "{what}");
    }
    assert_fails!(insert(store, &[make.template(nowhere)]).await, StoreError::Referenced);
    let attempt = make.attempt(MessageId::new(make.id()));
    assert_fails!(append_attempts(store, &[attempt]).await, StoreError::Referenced);

    let message = make.message(&shop.customer);
    let both = [make.attempt(message.id()), make.attempt(MessageId::new(make.id()))];
    keep(store, &message).await;
    assert_fails!(append_attempts(store, &both).await, StoreError::Referenced, "one of two");
    assert_eq!(count::<Message>(store).await, 1);
    assert_eq!(count::<MessageAttempt>(store).await, 0);
    assert_eq!(count::<MessageTemplate>(store).await, 0);
}

pub async fn a_customer_is_told_once_of_each_event_of_an_order(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let [order, other] = [OrderId::new(make.id()), OrderId::new(make.id())];
    let about = |order, event| of(&make, Letter { order, event, ..make.letter(&shop.customer) });
    let first = about(order, MessageEvent::OrderPlaced);
    keep(store, &first).await;
    let again = || about(order, MessageEvent::OrderPlaced);
    assert_fails!(insert(store, &[again()]).await, StoreError::AlreadyExists(Unique::Message));
    let twice = || about(other, MessageEvent::OrderPlaced);
    assert_fails!(insert(store, &[twice(), twice()]).await, StoreError::AlreadyExists(Unique::Message));
    keep(store, &about(order, MessageEvent::OrderClosed)).await;
    keep(store, &about(order, MessageEvent::OrderCancelled)).await;
    keep(store, &twice()).await;

    // However far the first has come; only when it is gone, there can be another.
    let come = first.changed(&make);
    update(store, &first, &come).await.unwrap();
    assert_fails!(insert(store, &[again()]).await, StoreError::AlreadyExists(Unique::Message));
    assert_eq!(delete(store, &first).await.unwrap(), 1);
    keep(store, &again()).await;
    assert_eq!(count::<Message>(store).await, 4);
}

pub async fn an_organization_has_one_template_for_each_event(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let of = |organization: &Organization, event| {
        let id = MessageTemplateId::new(make.id());
        MessageTemplate::draw_up(id, organization.id(), event, make.wording())
    };
    let placed = MessageEvent::OrderPlaced;
    let first = of(&shop.organization, placed);
    keep(store, &first).await;
    let again = insert(store, &[of(&shop.organization, placed)]).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::MessageTemplate));
    let twice = [of(&other.organization, placed), of(&other.organization, placed)];
    assert_fails!(insert(store, &twice).await, StoreError::AlreadyExists(Unique::MessageTemplate));
    keep(store, &twice[0]).await;
    keep(store, &of(&shop.organization, MessageEvent::OrderClosed)).await;
    keep(store, &of(&shop.organization, MessageEvent::OrderCancelled)).await;
    assert_eq!(delete(store, &first).await.unwrap(), 1);
    keep(store, &of(&shop.organization, placed)).await;
}

pub async fn an_attempt_is_appended_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let message = make.message(&shop.customer);
    keep(store, &message).await;
    let attempt = make.attempt(message.id());
    append_attempts(store, from_ref(&attempt)).await.unwrap();
    let again = MessageAttempt { id: attempt.id, ..make.attempt(message.id()) };
    assert_fails!(append_attempts(store, &[again]).await, StoreError::AlreadyExists(Unique::Id));
    let found = find::<MessageAttempt>(store, attempt.id.uuid()).await;
    assert_eq!(found, Some(shop.attempt_details(&attempt)));
}

pub async fn messages_and_their_attempts_go_with_their_customer(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let [one, other] = [Customer::another(&shop, &make), Customer::another(&shop, &make)];
    insert(store, &[one.clone(), other.clone()]).await.unwrap();
    let theirs = [make.message(&one), make.message(&one), make.message(&other)];
    let left = make.message(&shop.customer);
    insert(store, &theirs).await.unwrap();
    keep(store, &left).await;
    for message in theirs.iter().chain([&left]) {
        append_attempts(store, &[make.attempt(message.id()), make.attempt(message.id())]).await.unwrap();
    }
    let both = Selection::ids(&Scope::Everything, [one.id().uuid(), other.id().uuid()]);
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.customers().delete(&both).await.unwrap(), 2);
    for gone in &theirs {
        assert_eq!(work.messaging().message(gone.id()).await.unwrap(), None, "within the unit of work");
    }
    work.commit().await.unwrap();
    let found = everything::<Message>(store).await.rows;
    assert_eq!(found, [shop.message_details(&left, &shop.customer)]);
    let attempts = everything::<MessageAttempt>(store).await;
    assert_eq!(attempts.count, Some(2));
    assert!(attempts.rows.iter().all(|details| details.attempt.message == left.id()));
    let due = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 10).await.unwrap();
    assert_eq!(due.iter().map(Message::id).collect::<Vec<_>>(), [left.id()]);
    assert_eq!(delete(store, &shop.customer).await.unwrap(), 1, "what has been sent keeps nobody");
    assert_eq!(count::<MessageAttempt>(store).await, 0);
}

pub async fn attempts_go_with_their_message(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let messages = [make.message(&shop.customer), make.message(&shop.customer)];
    insert(store, &messages).await.unwrap();
    let attempts = messages.each_ref().map(|message| make.attempt(message.id()));
    append_attempts(store, &attempts).await.unwrap();
    assert_eq!(delete(store, &messages[0]).await.unwrap(), 1);
    let left = everything::<MessageAttempt>(store).await.rows;
    assert_eq!(left, [shop.attempt_details(&attempts[1])]);
}

pub async fn a_message_outlives_its_order_and_keeps_neither_order_nor_organization(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, event) = make.order(&shop.customer, free_line("Soap"));
    let message = of(&make, Letter { order: order.id(), ..make.letter(&shop.customer) });
    let mut work = store.begin().await.unwrap();
    work.orders().insert(from_ref(&order)).await.unwrap();
    work.order_events().append(from_ref(&event)).await.unwrap();
    work.messages().insert(from_ref(&message)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(delete(store, &order).await.unwrap(), 1);
    let found = find::<Message>(store, message.id().uuid()).await;
    assert_eq!(found, Some(shop.message_details(&message, &shop.customer)));
    update(store, &message, &message.changed(&make)).await.unwrap();
    let about = Filter::new(MessageField::Order, Test::Equals(Value::Id(order.id().uuid()))).unwrap();
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.messages().count(&Selection::new(&Scope::Everything, about)).await.unwrap(), 1);
    drop(work);
    place(store, &[(order, event)]).await.unwrap();

    let templates = [make.template(shop.organization.id()), make.template(shop.organization.id())];
    let other = Shop::open(store, &make).await;
    let others = make.template(other.organization.id());
    insert(store, &templates).await.unwrap();
    keep(store, &others).await;
    let mut work = store.begin().await.unwrap();
    work.orders().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.customers().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.items().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(delete(store, &shop.organization).await.unwrap(), 1);
    assert_eq!(count::<Message>(store).await, 0);
    let left = everything::<MessageTemplate>(store).await.rows;
    assert_eq!(left, [other.template_details(&others)], "templates go with their organization alone");
}
