//! Trying a text before anybody is told it.

use orderdesk_application::services::{
    Browse as _, CustomerChoice, NewTemplate, Preview, PreviewRequest, TemplateChange,
};
use orderdesk_application::wording::Unwordable;
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{person, scopes};
use orderdesk_contract::kinds::{count, update};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Action, ApiToken, Encoding, Message, MessageEvent, MessageTemplateId, OrderId, Profile, Resource,
    Segments, Standing,
};
use uuid::Uuid;

use super::number;
use crate::common::{
    TestDesk, catalogue, done, member_of, new_order, new_template, once, refused, row, template,
};

const WORDS: &str =
    "{{ first_name }} {{ second_name }}: {{ quantity }} x {{ item }}, {{ currency }} {{ total }}";

/// A shop that has worded what it tells of new orders, without ever telling it.
async fn trial() -> (TestDesk, Shop, MessageTemplateId) {
    let (desk, shop) = TestDesk::with_shop().await;
    let new = NewTemplate { is_active: false, ..new_template(MessageEvent::OrderPlaced, WORDS) };
    let created = desk.templates().create(&shop.caller(), new, None).await.map(done).unwrap();
    (desk, shop, created.template.id())
}

async fn preview(desk: &TestDesk, caller: &Caller, id: MessageTemplateId, words: Option<&str>) -> Preview {
    let request = PreviewRequest { text: words.map(template), order: None };
    desk.templates().preview(caller, id, request).await.unwrap()
}

async fn order(desk: &TestDesk, shop: &Shop) -> OrderId {
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 3));
    desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap().order.id()
}

fn of(order: OrderId) -> PreviewRequest {
    PreviewRequest { text: None, order: Some(order) }
}

#[tokio::test]
async fn a_template_is_tried_on_somebody_who_does_not_exist() {
    let (desk, shop, id) = trial().await;
    let shown = preview(&desk, &shop.caller(), id, None).await;
    assert_eq!(shown.text.as_str(), "Amina Otieno: 2 x Soap, KES 300.00");
    assert_eq!(shown.segments, Segments { encoding: Encoding::Gsm7, count: 1 });
    assert_eq!(count::<Message>(&*desk.store).await, 0);
    assert_eq!(desk.entries().await.len(), 1, "that it was created");
}

#[tokio::test]
async fn another_text_is_tried_in_its_place() {
    let (desk, shop, id) = trial().await;
    let organization = shop.organization.charter().name.to_string();
    let shown = preview(&desk, &shop.caller(), id, Some("{{ organization }} ({{ customer_code }})")).await;
    assert_eq!(shown.text.as_str(), format!("{organization} (22222)"));
    let shown = preview(&desk, &shop.caller(), id, Some(&"ш".repeat(71))).await;
    assert_eq!(shown.segments, Segments { encoding: Encoding::Ucs2, count: 2 });
    let shown = preview(&desk, &shop.caller(), id, Some(&"a".repeat(161))).await;
    assert_eq!(shown.segments, Segments { encoding: Encoding::Gsm7, count: 2 });
    // What was tried is not kept.
    let kept = desk.templates().find(&shop.caller(), id.uuid()).await.unwrap();
    assert_eq!(kept.template.wording().text.as_str(), WORDS);
}

#[tokio::test]
async fn a_text_that_makes_no_message_is_refused() {
    let (desk, shop, id) = trial().await;
    let request = |words| PreviewRequest { text: Some(template(words)), order: None };
    let refusal = refused(desk.templates().preview(&shop.caller(), id, request("{{ nmae }}")).await);
    assert!(matches!(refusal.as_slice(), [Problem::Unwordable(Unwordable::Template(_))]), "{refusal:?}");
    // The example is of several units, and yet it is told what becomes of one.
    let several = request("{% if several %}Many{% endif %}");
    let refusal = refused(desk.templates().preview(&shop.caller(), id, several).await);
    assert_eq!(refusal, [Problem::Unwordable(Unwordable::Nothing)]);
}

#[tokio::test]
async fn a_template_is_tried_on_an_order_as_it_stands_now() {
    let (desk, shop, id) = trial().await;
    let order = order(&desk, &shop).await;
    let (item, code) = (shop.item.listing().name.to_string(), shop.customer.profile().code);
    let shown = desk.templates().preview(&shop.caller(), id, of(order)).await.unwrap();
    let second_name = &shop.customer.profile().second_name;
    assert_eq!(shown.text.as_str(), format!("Amina {second_name}: 3 x {item}, KES 449.70"));

    let mut renamed = shop.customer.clone();
    let profile = Profile { first_name: person("Njeri"), ..renamed.profile().clone() };
    assert!(renamed.revise(profile, desk.make.now()));
    update(&*desk.store, &shop.customer, &renamed).await.unwrap();
    let words = template("{{ first_name }} {{ customer_code }} {{ order_number }}");
    let request = PreviewRequest { text: Some(words), ..of(order) };
    let shown = desk.templates().preview(&shop.caller(), id, request).await.unwrap();
    let number = number(order);
    assert_eq!(shown.text.as_str(), format!("Njeri {code} {number}"));
}

#[tokio::test]
async fn an_order_that_is_not_there_is_unknown() {
    let (desk, shop, id) = trial().await;
    let theirs = desk.shop().await;
    let elsewhere = order(&desk, &theirs).await;
    for (caller, order) in [
        (shop.caller(), OrderId::new(Uuid::nil())),
        (shop.caller(), elsewhere),
        // Who sees the order still does not see it in this organization.
        (member_of(&[&shop, &theirs]), elsewhere),
        (desk.caller(&desk.staff().await).await, elsewhere),
    ] {
        let refusal = refused(desk.templates().preview(&caller, id, of(order)).await);
        assert_eq!(refusal, [Problem::OrderUnknown(order)]);
        assert_eq!(refusal[0].to_string(), format!("There is no order {order} in this organization."));
    }
    let own = order(&desk, &shop).await;
    let refusal = refused(desk.templates().preview(&theirs.caller(), id, of(own)).await);
    assert_eq!(refusal, [Problem::NotFound], "the template of somebody else");
}

/// A text can say everything about an order: who tries one must be good for reading orders.
#[tokio::test]
async fn a_token_for_templates_alone_does_not_read_orders() {
    let (desk, shop, id) = trial().await;
    let order = order(&desk, &shop).await;
    let limited = async |spelled: &str| {
        let scopes = scopes(spelled);
        desk.limited(&shop.owner, |token| ApiToken { scopes, ..token }).await
    };
    let caller = limited("message-templates:write").await;
    assert!(desk.templates().preview(&caller, id, PreviewRequest::default()).await.is_ok());
    let refusal = refused(desk.templates().preview(&caller, id, of(order)).await);
    assert_eq!(refusal, [Problem::Forbidden(Action::Read, Resource::Orders)]);
    let caller = limited("message-templates:read orders:read").await;
    assert!(desk.templates().preview(&caller, id, of(order)).await.is_ok());
}

#[tokio::test]
async fn a_viewer_tries_and_changes_nothing() {
    let (desk, shop, id) = trial().await;
    let viewer = desk.member(&shop, Standing::Viewer).await;
    preview(&desk, &viewer, id, None).await;
    let change = TemplateChange { is_active: Some(true), ..TemplateChange::default() };
    let forbidden = |action| [Problem::Forbidden(action, Resource::MessageTemplates)];
    let refusal = refused(desk.templates().change(&viewer, row(id.uuid(), change)).await);
    assert_eq!(refusal, forbidden(Action::Change));
    let new = new_template(MessageEvent::OrderClosed, "One");
    let refusal = refused(desk.templates().create(&viewer, new, Some(&once("request-1"))).await);
    assert_eq!(refusal, forbidden(Action::Create));
}
