//! What an entry says of what was before and what is after.

use orderdesk_application::ports::Clock as _;
use orderdesk_application::services::{
    CustomerChange, CustomerChoice, ItemChange, OrderChange, OrganizationChange, Precondition, UserChange,
};
use orderdesk_application::{Caller, services::LineDraft};
use orderdesk_contract::builders::{code, item_name, person, quantity, scopes};
use orderdesk_domain::{Action, AuditEntry, Credential, Facts, Resource, Role, Standing};
use serde_json::{Value as Json, json};

use crate::common::{
    TestDesk, catalogue, close, customer_change, done, draft, item_change, new_customer, new_item,
    new_member, new_order, new_organization, new_token, reappoint, row,
};

/// The newest entry, with what it says of before and after.
async fn newest(desk: &TestDesk) -> (AuditEntry, Json, Json) {
    let entry = desk.entries().await.pop().unwrap().entry;
    let read = |facts: &Option<Facts>| {
        facts.as_ref().map_or(Json::Null, |facts| serde_json::from_str(facts.as_str()).unwrap())
    };
    let (before, after) = (read(&entry.before), read(&entry.after));
    (entry, before, after)
}

#[tokio::test]
async fn an_entry_says_who_did_it_with_which_credential_from_where_and_when() {
    let (desk, shop) = TestDesk::with_shop().await;
    let address = "203.0.113.7".parse().ok();
    let caller = Caller { address, ..desk.caller(&shop.owner).await };
    let created = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap();
    let (entry, ..) = newest(&desk).await;
    assert_eq!(entry.actor.user, Some(shop.owner.id()));
    assert_eq!(entry.actor.credential, caller.credential);
    assert!(matches!(entry.actor.credential, Credential::Token(_)));
    assert_eq!(entry.actor.address, address);
    assert_eq!(entry.id.created_at(), desk.clock.now());
    assert_eq!(entry.organization, Some(shop.organization.id()));
    assert_eq!(entry.object, created.customer.id().uuid());
    let shown = desk.entries().await.pop().unwrap();
    assert_eq!(shown.user, Some(caller.user.clone()));
}

#[tokio::test]
async fn something_new_is_written_down_whole() {
    let (desk, shop) = TestDesk::with_shop().await;
    let new = orderdesk_application::services::NewCustomer { code: Some(code("AB12Z")), ..new_customer() };
    let created = desk.customers().create(&shop.caller(), new, None).await.map(done).unwrap();
    let (entry, before, after) = newest(&desk).await;
    assert_eq!((entry.action, entry.resource, before), (Action::Create, Resource::Customers, Json::Null));
    let expected = json!({
        "id": created.customer.id().to_string(),
        "organization": shop.organization.id().to_string(),
        "code": "AB12Z",
        "first_name": "Wanjiku",
        "second_name": "Kamau",
        "phone": "+254722000111",
        "created_at": created.customer.id().created_at().to_string(),
    });
    assert_eq!(after, expected);
}

#[tokio::test]
async fn a_change_is_written_down_as_what_is_different() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    desk.customers().change(&caller, row(shop.customer.id().uuid(), change)).await.unwrap();
    let (entry, before, after) = newest(&desk).await;
    assert_eq!((entry.action, entry.resource), (Action::Change, Resource::Customers));
    assert_eq!((before, after), (json!({"first_name": "Amina"}), json!({"first_name": "Njeri"})));

    let change = ItemChange {
        name: Some(item_name("Rope")),
        price_per_unit: Some(20.into()),
        is_active: Some(false),
        ..item_change()
    };
    desk.items().change(&caller, row(shop.item.id().uuid(), change)).await.unwrap();
    let (_, before, after) = newest(&desk).await;
    let name = shop.item.listing().name.as_str();
    assert_eq!(before, json!({"name": name, "price_per_unit": "149.90", "is_active": true}));
    assert_eq!(after, json!({"name": "Rope", "price_per_unit": "20.00", "is_active": false}));
}

#[tokio::test]
async fn one_request_that_amends_and_closes_an_order_is_one_entry() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 2));
    let order = desk.orders().place(&caller, new, None).await.map(done).unwrap().order;
    let (entry, before, after) = newest(&desk).await;
    assert_eq!((entry.action, entry.resource, before), (Action::Create, Resource::Orders, Json::Null));
    assert_eq!((&after["quantity"], &after["status"]), (&json!(2), &json!("Pending")));

    let entries = desk.entries().await.len();
    desk.clock.advance(1_000);
    let line = LineDraft { quantity: Some(quantity(9)), ..draft() };
    let change = OrderChange { line, ..close() };
    let closed = desk.orders().change(&caller, row(order.id().uuid(), change)).await.unwrap().order;
    assert_eq!(desk.entries().await.len(), entries + 1);
    let (_, before, after) = newest(&desk).await;
    let closed_at = closed.state().time_closed().unwrap().to_string();
    assert_eq!(before, json!({"quantity": 2, "status": "Pending", "time_closed": null}));
    assert_eq!(after, json!({"quantity": 9, "status": "Closed", "time_closed": closed_at}));
}

#[tokio::test]
async fn what_is_gone_is_written_down_whole() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.customers().delete(&shop.caller(), shop.customer.id(), &Precondition::default()).await.unwrap();
    let (entry, before, after) = newest(&desk).await;
    assert_eq!((entry.action, entry.object), (Action::Delete, shop.customer.id().uuid()));
    assert_eq!(entry.organization, Some(shop.organization.id()));
    assert_eq!(before["first_name"], json!("Amina"));
    assert_eq!(before["code"], json!(shop.customer.profile().code.as_str()));
    assert_eq!(after, Json::Null);
}

#[tokio::test]
async fn what_belongs_to_no_organization_is_written_down_as_that() {
    let (desk, shop) = TestDesk::with_shop().await;
    let scopes = scopes("read orders:write");
    let new = orderdesk_application::services::NewApiToken { scopes, ..new_token("Till") };
    let created = desk.api_tokens().create(&shop.caller(), new, None).await.map(done).unwrap();
    let (entry, _, after) = newest(&desk).await;
    assert_eq!((entry.organization, entry.resource), (None, Resource::ApiTokens));
    assert_eq!(entry.object, created.details.token.id.uuid());
    assert_eq!((&after["name"], &after["scopes"]), (&json!("Till"), &json!("read orders:write")));
    assert_eq!(after.get("digest"), None);

    let staff = desk.caller(&desk.staff().await).await;
    let change = UserChange { is_staff: Some(true), ..UserChange::default() };
    desk.users().change(&staff, row(shop.owner.id().uuid(), change)).await.unwrap();
    let (entry, before, after) = newest(&desk).await;
    assert_eq!((entry.organization, entry.actor.user), (None, Some(staff.user.id)));
    assert_eq!((before, after), (json!({"is_staff": false}), json!({"is_staff": true})));
}

#[tokio::test]
async fn another_role_and_another_name_are_written_down() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let user = desk.somebody(&[]).await;
    let membership = desk.join(shop.organization.id(), &user, Standing::Viewer).await;
    desk.members().change(&caller, row(membership.id().uuid(), reappoint(Role::Admin))).await.unwrap();
    let (entry, before, after) = newest(&desk).await;
    assert_eq!((entry.action, entry.resource), (Action::Change, Resource::Members));
    assert_eq!((before, after), (json!({"role": "viewer"}), json!({"role": "admin"})));
    // To be bound to a customer is to be less than a viewer.
    let bind = orderdesk_application::services::MemberChange {
        role: Some(Role::Viewer),
        customer: Some(Some(shop.customer.id())),
    };
    desk.members().change(&caller, row(membership.id().uuid(), bind)).await.unwrap();
    let (_, before, after) = newest(&desk).await;
    let customer = shop.customer.id().to_string();
    assert_eq!(before, json!({"role": "admin", "customer": null}));
    assert_eq!(after, json!({"role": "viewer", "customer": customer}));

    let name = Some(orderdesk_contract::builders::text(orderdesk_domain::OrganizationName::parse, "Soko"));
    let was = shop.organization.charter().name.to_string();
    let change = OrganizationChange { name, ..OrganizationChange::default() };
    desk.organizations().change(&caller, row(shop.organization.id().uuid(), change)).await.unwrap();
    let (entry, before, after) = newest(&desk).await;
    assert_eq!(entry.organization, Some(shop.organization.id()));
    assert_eq!((before, after), (json!({"name": was}), json!({"name": "Soko"})));
}

/// The names of the fields are those of the API, and so are the forms of their values.
#[tokio::test]
async fn values_are_written_down_as_the_api_shows_them() {
    let (desk, shop) = TestDesk::with_shop().await;
    let created = desk.items().create(&shop.caller(), new_item("Rope"), None).await.map(done).unwrap();
    let (_, _, after) = newest(&desk).await;
    assert_eq!(after["is_active"], json!(true));
    assert_eq!(after["price_per_unit"], json!("10.00"));
    assert_eq!(after["created_at"], json!(created.item.id().created_at().to_string()));
    let new = new_member("juma@duka.example", Role::Viewer);
    desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
    let (_, _, after) = newest(&desk).await;
    assert_eq!((&after["email"], &after["user"]), (&json!("juma@duka.example"), &Json::Null));
    let founded = desk.organizations().create(&shop.caller(), new_organization("Soko"), None).await;
    let founded = founded.map(done).unwrap().organization;
    let (entry, _, after) = newest(&desk).await;
    assert_eq!((entry.organization, entry.object), (Some(founded.id()), founded.id().uuid()));
    assert_eq!(after["default_currency"], json!("UGX"));
}
