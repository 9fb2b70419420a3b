//! What customers are told, as organizations word it.

use std::sync::Arc;

use orderdesk_application::Problem;
use orderdesk_application::ports::{StoreError, Unique};
use orderdesk_application::query::Filter;
use orderdesk_application::services::{
    Browse as _, CustomerChoice, ListRequest, NewTemplate, Precondition, Row, TemplateChange,
};
use orderdesk_application::views::{MessageTemplateDetails, MessageTemplateField};
use orderdesk_application::wording::Unwordable;
use orderdesk_contract::kinds::{count, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Action, MessageEvent, MessageTemplate, Resource, Standing};
use serde_json::{Value as Json, json};

use super::{messages, told};
use crate::common::{
    FaultyStore, Step, TestDesk, all, catalogue, done, equals, failed, member_of, new_order, new_template,
    on_version, once, refused, replayed, row, template,
};

const PLACED: MessageEvent = MessageEvent::OrderPlaced;

async fn create(desk: &TestDesk, shop: &Shop, event: MessageEvent, words: &str) -> MessageTemplateDetails {
    desk.templates().create(&shop.caller(), new_template(event, words), None).await.map(done).unwrap()
}

async fn change(
    desk: &TestDesk,
    shop: &Shop,
    template: &MessageTemplateDetails,
    change: TemplateChange,
) -> MessageTemplateDetails {
    let row = row(template.template.id().uuid(), change);
    desk.templates().change(&shop.caller(), row).await.unwrap()
}

/// What a customer of the shop is told of a new order.
async fn tell(desk: &TestDesk, shop: &Shop) -> Option<String> {
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    let order = desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap().order.id();
    let about_it = messages(desk).await.into_iter().find(|it| it.letter().order == order);
    about_it.map(|it| it.letter().text.as_str().to_owned())
}

fn words(words: &str) -> TemplateChange {
    TemplateChange { text: Some(template(words)), ..TemplateChange::default() }
}

#[tokio::test]
async fn a_template_is_kept_as_it_was_worded() {
    let (desk, shop) = TestDesk::with_shop().await;
    let new = NewTemplate { is_active: false, ..new_template(PLACED, " Asante {{ first_name }} ") };
    let created = desk.templates().create(&shop.caller(), new, None).await.map(done).unwrap();
    assert_eq!(created.template.wording().text.as_str(), "Asante {{ first_name }}");
    assert!(!created.template.wording().is_active);
    assert_eq!((created.template.event(), created.template.version().number()), (PLACED, 1));
    assert_eq!(created.organization, shop.summary());
    let found = desk.templates().find(&shop.caller(), created.template.id().uuid()).await.unwrap();
    assert_eq!(found, created);
}

#[tokio::test]
async fn a_template_is_changed_in_part_and_told_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let ours = tell(&desk, &shop).await.unwrap();
    assert!(ours.starts_with("Hello Amina"), "{ours}");
    let created = create(&desk, &shop, PLACED, "One").await;
    assert_eq!(tell(&desk, &shop).await.as_deref(), Some("One"));
    let changed = change(&desk, &shop, &created, words("Two")).await;
    assert_eq!(changed.template.version().number(), 2);
    assert!(changed.template.wording().is_active);
    assert_eq!(tell(&desk, &shop).await.as_deref(), Some("Two"));
    let off = TemplateChange { is_active: Some(false), ..TemplateChange::default() };
    let changed = change(&desk, &shop, &changed, off).await;
    assert_eq!(changed.template.wording().text, template("Two"));
    assert_eq!(tell(&desk, &shop).await, None);
    let id = changed.template.id();
    desk.templates().delete(&shop.caller(), id, &Precondition::default()).await.unwrap();
    assert_eq!(tell(&desk, &shop).await.map(|text| text.starts_with("Hello Amina")), Some(true));
    // What had been queued says what it said.
    let texts: Vec<_> = told(&desk).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts[1..3], ["One", "Two"]);
}

/// Another program remembers for a moment what was worded before.
#[tokio::test]
async fn elsewhere_a_change_is_told_within_five_seconds() {
    let (desk, shop) = TestDesk::with_shop().await;
    let elsewhere = desk.elsewhere();
    let created = create(&desk, &shop, PLACED, "One").await;
    assert_eq!(tell(&elsewhere, &shop).await.as_deref(), Some("One"));
    change(&desk, &shop, &created, words("Two")).await;
    desk.clock.advance(3_999);
    assert_eq!(tell(&elsewhere, &shop).await.as_deref(), Some("One"), "or else each order would ask");
    desk.clock.advance(1_001);
    assert_eq!(tell(&elsewhere, &shop).await.as_deref(), Some("Two"));
    // A clock that is set back does not make it last.
    let changed = change(&desk, &shop, &created, words("Three")).await;
    desk.clock.advance(-60_000);
    assert_eq!(tell(&elsewhere, &shop).await.as_deref(), Some("Three"));
    assert_eq!(changed.template.version().number(), 3);
}

#[tokio::test]
async fn one_organization_does_not_word_for_another() {
    let desk = TestDesk::new();
    let (here, there) = (desk.shop().await, desk.shop().await);
    create(&desk, &here, PLACED, "Here").await;
    create(&desk, &there, PLACED, "There").await;
    assert_eq!(tell(&desk, &here).await.as_deref(), Some("Here"));
    assert_eq!(tell(&desk, &there).await.as_deref(), Some("There"));
    assert_eq!(desk.templates().list(&here.caller(), all()).await.unwrap().count, Some(1));
}

#[tokio::test]
async fn there_is_one_template_for_an_event() {
    let desk = TestDesk::new();
    let (shop, other) = (desk.shop().await, desk.shop().await);
    let first = create(&desk, &shop, PLACED, "One").await;
    let again = desk.templates().create(&shop.caller(), new_template(PLACED, "Two"), None).await;
    let problems = refused(again);
    assert_eq!(problems, [Problem::EventTaken(PLACED)]);
    assert_eq!(
        problems[0].to_string(),
        "This organization has a template for order.placed already; change that one."
    );
    create(&desk, &shop, MessageEvent::OrderClosed, "Closed").await;
    create(&desk, &other, PLACED, "Elsewhere").await;
    assert_eq!(stored(&*desk.store, &first.template).await, Some(first.template.clone()));
    // One that is gone is not in the way.
    desk.templates().delete(&shop.caller(), first.template.id(), &Precondition::default()).await.unwrap();
    create(&desk, &shop, PLACED, "Two").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_that_word_one_event_one_does() {
    let (desk, shop) = TestDesk::with_shop().await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (templates, caller) = (desk.templates(), shop.caller());
            let new = new_template(PLACED, &format!("Number {number}"));
            tokio::spawn(async move { templates.create(&caller, new, None).await.map(done) })
        })
        .collect();
    let mut created = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(details) => created.push(details.template),
            outcome => assert_eq!(refused(outcome), [Problem::EventTaken(PLACED)]),
        }
    }
    let [created] = created.try_into().unwrap();
    assert_eq!(stored(&*desk.store, &created).await, Some(created));
    assert_eq!(count::<MessageTemplate>(&*desk.store).await, 1);
}

/// Some stores find out only when they commit.
#[tokio::test]
async fn a_race_for_an_event_that_is_lost_late_is_lost_all_the_same() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    store.fail(Step::Commit, 1, || StoreError::AlreadyExists(Unique::MessageTemplate));
    create(&desk, &shop, PLACED, "One").await;
    assert!(store.is_spent());
    let again = desk.templates().create(&shop.caller(), new_template(PLACED, "Two"), None).await;
    assert_eq!(refused(again), [Problem::EventTaken(PLACED)]);
    store.fail(Step::Insert, 1, || StoreError::Unavailable("no route".into()));
    let fails = desk.templates().create(&shop.caller(), new_template(PLACED, "Two"), None).await;
    assert!(matches!(failed(fails), StoreError::Unavailable(_)));
}

#[tokio::test]
async fn a_text_that_makes_no_message_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let refusal = refused(desk.templates().create(&caller, new_template(PLACED, "{{ nmae }}"), None).await);
    let [Problem::Unwordable(Unwordable::Template(why))] = refusal.as_slice() else { panic!("{refusal:?}") };
    assert!(why.contains("there is no placeholder nmae"), "{why}");
    let nothing = new_template(PLACED, "{# nothing #}");
    assert_eq!(
        refused(desk.templates().create(&caller, nothing, None).await),
        [Problem::Unwordable(Unwordable::Nothing)]
    );
    assert_eq!(count::<MessageTemplate>(&*desk.store).await, 0);
    let created = create(&desk, &shop, PLACED, "One").await;
    let change = row(created.template.id().uuid(), words("{{ nmae }}"));
    let refusal = refused(desk.templates().change(&caller, change).await);
    assert!(matches!(refusal.as_slice(), [Problem::Unwordable(Unwordable::Template(_))]), "{refusal:?}");
    assert_eq!(stored(&*desk.store, &created.template).await, Some(created.template));
}

#[tokio::test]
async fn a_template_stays_where_it_is_and_with_what_it_is_for() {
    let desk = TestDesk::new();
    let (shop, other) = (desk.shop().await, desk.shop().await);
    let created = create(&desk, &shop, PLACED, "One").await;
    let caller = member_of(&[&shop, &other]);
    let same = TemplateChange {
        organization: Some(shop.organization.id()),
        event: Some(PLACED),
        text: Some(template("One")),
        is_active: Some(true),
    };
    let id = created.template.id().uuid();
    assert_eq!(desk.templates().change(&caller, row(id, same)).await.unwrap(), created);
    let moved = TemplateChange {
        organization: Some(other.organization.id()),
        event: Some(MessageEvent::OrderClosed),
        ..words("{{ nmae }}")
    };
    let problems = refused(desk.templates().change(&caller, row(id, moved)).await);
    let [Problem::OrganizationFixed, Problem::EventFixed(PLACED), Problem::Unwordable(_)] =
        problems.as_slice()
    else {
        panic!("{problems:?}")
    };
    assert_eq!(problems[1].to_string(), "A template is for one event; this one is for order.placed.");
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let (desk, shop) = TestDesk::with_shop().await;
    let created = create(&desk, &shop, PLACED, "One").await;
    let (id, caller) = (created.template.id(), shop.caller());
    let stale = Row { precondition: on_version(2), ..row(id.uuid(), words("Two")) };
    assert_eq!(refused(desk.templates().change(&caller, stale).await), [Problem::Stale]);
    assert_eq!(refused(desk.templates().delete(&caller, id, &on_version(2)).await), [Problem::Stale]);
    let current = Row { precondition: on_version(1), ..row(id.uuid(), words("Two")) };
    desk.templates().change(&caller, current).await.unwrap();
    desk.templates().delete(&caller, id, &on_version(2)).await.unwrap();
    assert_eq!(refused(desk.templates().delete(&caller, id, &on_version(2)).await), [Problem::NotFound]);
}

#[tokio::test]
async fn a_change_outlasts_lost_races() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    let created = create(&desk, &shop, PLACED, "One").await;
    store.fail(Step::Update, 2, || StoreError::Conflict);
    store.fail(Step::Commit, 1, || StoreError::Retry("deadlock".into()));
    let changed = change(&desk, &shop, &created, words("Two")).await;
    assert_eq!((changed.template.version().number(), store.is_spent()), (2, true));
    store.fail(Step::Commit, 1, || StoreError::Retry("deadlock".into()));
    desk.templates().delete(&shop.caller(), created.template.id(), &Precondition::default()).await.unwrap();
    assert_eq!(count::<MessageTemplate>(&*desk.store).await, 0);
}

/// What cannot be written down is not believed either.
#[tokio::test]
async fn a_change_that_fails_is_not_told() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    let created = create(&desk, &shop, PLACED, "One").await;
    store.fail(Step::Commit, 1, || StoreError::Backend("disk full".into()));
    let row = row(created.template.id().uuid(), words("Two"));
    failed(desk.templates().change(&shop.caller(), row).await);
    assert_eq!(tell(&desk, &shop).await.as_deref(), Some("One"));
}

#[tokio::test]
async fn every_change_of_a_template_is_written_down() {
    let (desk, shop) = TestDesk::with_shop().await;
    let created = create(&desk, &shop, PLACED, "One").await;
    let changed = change(&desk, &shop, &created, words("Two")).await;
    change(&desk, &shop, &changed, words("Two")).await;
    desk.templates().delete(&shop.caller(), created.template.id(), &Precondition::default()).await.unwrap();
    let entries = desk.entries().await.into_iter().map(|it| it.entry);
    let entries: Vec<_> = entries.filter(|it| it.resource == Resource::MessageTemplates).collect();
    let actions: Vec<_> = entries.iter().map(|it| it.action).collect();
    assert_eq!(
        actions,
        [Action::Create, Action::Change, Action::Delete],
        "and one that changes nothing is none"
    );
    assert!(entries.iter().all(|it| it.organization == Some(shop.organization.id())));
    let facts = |facts: &Option<orderdesk_domain::Facts>| -> Json {
        facts.as_ref().map_or(Json::Null, |facts| serde_json::from_str(facts.as_str()).unwrap())
    };
    let (before, after) = (facts(&entries[1].before), facts(&entries[1].after));
    assert_eq!((before, after), (json!({"text": "One"}), json!({"text": "Two"})));
    let created = facts(&entries[0].after);
    assert_eq!((&created["event"], &created["is_active"]), (&json!("order.placed"), &json!(true)));
}

#[tokio::test]
async fn a_request_that_is_sent_again_words_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let create = async || {
        let new = new_template(PLACED, "One");
        desk.templates().create(&shop.caller(), new, Some(&once("request-1"))).await.unwrap()
    };
    done(create().await);
    replayed(create().await);
    assert_eq!(count::<MessageTemplate>(&*desk.store).await, 1);
}

#[tokio::test]
async fn a_template_goes_where_the_caller_may_word() {
    let desk = TestDesk::new();
    let (here, there) = (desk.shop().await, desk.shop().await);
    let both = member_of(&[&here, &there]);
    let unsaid = desk.templates().create(&both, new_template(PLACED, "One"), None).await;
    assert_eq!(refused(unsaid), [Problem::OrganizationRequired(vec![here.summary(), there.summary()])]);
    let organization = Some(there.organization.id());
    let new = NewTemplate { organization, ..new_template(PLACED, "One") };
    let created = desk.templates().create(&both, new.clone(), None).await.map(done).unwrap();
    assert_eq!(created.organization, there.summary());
    // A member may send, and may not word.
    let member = desk.member(&there, Standing::Member).await;
    let forbidden = [Problem::Forbidden(Action::Create, Resource::MessageTemplates)];
    assert_eq!(refused(desk.templates().create(&member, new, None).await), forbidden);
}

#[tokio::test]
async fn templates_are_filtered_like_every_list() {
    let (desk, shop) = TestDesk::with_shop().await;
    create(&desk, &shop, PLACED, "One").await;
    let new = NewTemplate { is_active: false, ..new_template(MessageEvent::OrderClosed, "Two") };
    desk.templates().create(&shop.caller(), new, None).await.map(done).unwrap();
    let list = async |filter: Filter<MessageTemplateField>| {
        let page = desk.templates().list(&shop.caller(), ListRequest { filter, ..all() }).await.unwrap();
        page.objects.iter().map(|it| it.template.wording().text.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(equals(MessageTemplateField::Event, "order.closed")).await, ["Two"]);
    let active = equals(MessageTemplateField::IsActive, orderdesk_application::query::Value::Boolean(true));
    assert_eq!(list(active).await, ["One"]);
}
