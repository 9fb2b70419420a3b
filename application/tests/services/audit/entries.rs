//! One entry for everything that was done, and none for what was not.

use std::collections::BTreeSet;

use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::{
    Browse as _, CustomerChange, CustomerChoice, ItemChange, ListRequest, MemberChange, OrganizationChange,
    Precondition, UserChange,
};
use orderdesk_application::views::AuditEntryField;
use orderdesk_contract::builders::{item_name, person, text};
use orderdesk_contract::kinds::keep;
use orderdesk_domain::{Action, OrganizationName, Resource, Role, Standing};
use uuid::Uuid;

use crate::common::{
    TestDesk, all, catalogue, close, customer_change, done, item_change, new_customer, new_item, new_member,
    new_order, new_organization, new_token, once, order_change, reappoint, replayed, row, verified,
};

type Told = (Action, Resource, Uuid);

/// What has been written down since this was asked last, the oldest first.
struct Reader<'d> {
    desk: &'d TestDesk,
    read: usize,
}

impl Reader<'_> {
    async fn news(&mut self) -> Vec<Told> {
        let entries = self.desk.entries().await.split_off(self.read);
        self.read += entries.len();
        let told = entries.into_iter().map(|it| it.entry);
        told.map(|entry| (entry.action, entry.resource, entry.object)).collect()
    }
}

fn any() -> Precondition {
    Precondition::default()
}

#[tokio::test]
async fn every_write_of_customers_items_and_orders_is_one_entry() {
    use Action::{Change, Create, Delete};
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, mut audit) = (shop.caller(), Reader { desk: &desk, read: 0 });
    assert_eq!(audit.news().await, []);

    let customer = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap().customer;
    assert_eq!(audit.news().await, [(Create, Resource::Customers, customer.id().uuid())]);
    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    desk.customers().change(&caller, row(customer.id().uuid(), change)).await.unwrap();
    assert_eq!(audit.news().await, [(Change, Resource::Customers, customer.id().uuid())]);

    let item = desk.items().create(&caller, new_item("Rope"), None).await.map(done).unwrap().item;
    assert_eq!(audit.news().await, [(Create, Resource::Items, item.id().uuid())]);
    let change = ItemChange { name: Some(item_name("Cord")), ..item_change() };
    desk.items().change(&caller, row(item.id().uuid(), change)).await.unwrap();
    assert_eq!(audit.news().await, [(Change, Resource::Items, item.id().uuid())]);

    let new = new_order(CustomerChoice::Id(customer.id()), catalogue(&item, 1));
    let order = desk.orders().place(&caller, new, None).await.map(done).unwrap().order.id();
    assert_eq!(audit.news().await, [(Create, Resource::Orders, order.uuid())]);
    desk.orders().change(&caller, row(order.uuid(), close())).await.unwrap();
    assert_eq!(audit.news().await, [(Change, Resource::Orders, order.uuid())]);
    desk.orders().delete(&caller, order, &any()).await.unwrap();
    assert_eq!(audit.news().await, [(Delete, Resource::Orders, order.uuid())]);
    desk.items().delete(&caller, item.id(), &any()).await.unwrap();
    assert_eq!(audit.news().await, [(Delete, Resource::Items, item.id().uuid())]);
    desk.customers().delete(&caller, customer.id(), &any()).await.unwrap();
    assert_eq!(audit.news().await, [(Delete, Resource::Customers, customer.id().uuid())]);
}

#[tokio::test]
async fn every_write_of_organizations_members_users_and_tokens_is_one_entry() {
    use Action::{Change, Create, Delete};
    let (desk, shop) = TestDesk::with_shop().await;
    let user = desk.staff().await;
    let (caller, mut audit) = (desk.caller(&user).await, Reader { desk: &desk, read: 0 });

    let founded = desk.organizations().create(&caller, new_organization("Soko"), None).await;
    let founded = founded.map(done).unwrap().organization.id();
    let membership = desk.members().list(&caller, all()).await.unwrap().objects[0].membership.id();
    let mut news = audit.news().await;
    news.sort();
    let expected =
        [(Create, Resource::Organizations, founded.uuid()), (Create, Resource::Members, membership.uuid())];
    assert_eq!(news, expected, "its founder is its first member");
    let name = Some(text(OrganizationName::parse, "Duka"));
    let change = OrganizationChange { name, ..OrganizationChange::default() };
    desk.organizations().change(&caller, row(founded.uuid(), change)).await.unwrap();
    assert_eq!(audit.news().await, [(Change, Resource::Organizations, founded.uuid())]);
    desk.organizations().delete(&caller, founded, &any()).await.unwrap();
    assert_eq!(audit.news().await, [(Delete, Resource::Organizations, founded.uuid())]);

    let new = new_member("juma@duka.example", Role::Viewer);
    let invited = desk.members().invite(&caller, shop.organization.id(), new, None).await.map(done).unwrap();
    let invited = invited.membership.id();
    assert_eq!(audit.news().await, [(Create, Resource::Members, invited.uuid())]);
    desk.members().change(&caller, row(invited.uuid(), reappoint(Role::Admin))).await.unwrap();
    assert_eq!(audit.news().await, [(Change, Resource::Members, invited.uuid())]);
    desk.members().remove(&caller, invited, &any()).await.unwrap();
    assert_eq!(audit.news().await, [(Delete, Resource::Members, invited.uuid())]);

    desk.users().deactivate(&caller, shop.owner.id(), any()).await.unwrap();
    assert_eq!(audit.news().await, [(Change, Resource::Users, shop.owner.id().uuid())]);

    let token = desk.api_tokens().create(&caller, new_token("Till"), None).await.map(done).unwrap();
    let token = token.details.token.id;
    assert_eq!(audit.news().await, [(Create, Resource::ApiTokens, token.uuid())]);
    desk.api_tokens().revoke(&caller, token, &any()).await.unwrap();
    assert_eq!(audit.news().await, [(Delete, Resource::ApiTokens, token.uuid())]);
}

#[tokio::test]
async fn every_row_of_a_bulk_request_is_one_entry_and_what_stays_as_it_is_is_none() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, mut audit) = (shop.caller(), Reader { desk: &desk, read: 0 });
    let mut customers = vec![shop.customer.id().uuid()];
    for _ in 0..4 {
        let other = desk.make.customer(shop.organization.id());
        keep(&*desk.store, &other).await;
        customers.push(other.id().uuid());
    }
    let rows: Vec<_> = customers
        .iter()
        .enumerate()
        .map(|(index, id)| {
            let name = if index == 2 { "Amina" } else { "Njeri" };
            row(*id, CustomerChange { first_name: Some(person(name)), ..customer_change() })
        })
        .collect();
    desk.customers().change_all(&caller, &rows).await.unwrap();
    let news = audit.news().await;
    let changed: BTreeSet<_> = news.iter().map(|(.., object)| *object).collect();
    let expected: BTreeSet<_> = customers.iter().copied().filter(|id| *id != customers[2]).collect();
    assert_eq!((news.len(), changed), (4, expected));
    assert!(news.iter().all(|(action, ..)| *action == Action::Change));

    desk.customers().delete_matching(&caller, Filter::everything()).await.unwrap();
    let news = audit.news().await;
    let deleted: BTreeSet<_> = news.iter().map(|(.., object)| *object).collect();
    assert_eq!((news.len(), deleted), (5, customers.into_iter().collect()));
    assert!(news.iter().all(|(action, ..)| *action == Action::Delete));
}

#[tokio::test]
async fn what_changes_nothing_is_no_entry() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, mut audit) = (shop.caller(), Reader { desk: &desk, read: 0 });
    let staff = desk.caller(&desk.staff().await).await;
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    let order = desk.orders().place(&caller, new, None).await.map(done).unwrap().order.id();
    audit.news().await;
    desk.customers().change(&caller, row(shop.customer.id().uuid(), customer_change())).await.unwrap();
    desk.items().change(&caller, row(shop.item.id().uuid(), item_change())).await.unwrap();
    desk.orders().change(&caller, row(order.uuid(), order_change())).await.unwrap();
    let same = OrganizationChange::default();
    desk.organizations().change(&caller, row(shop.organization.id().uuid(), same)).await.unwrap();
    let same = MemberChange { role: None, customer: None };
    desk.members().change(&caller, row(shop.membership.id().uuid(), same)).await.unwrap();
    let same = UserChange::default();
    desk.users().change(&staff, row(shop.owner.id().uuid(), same)).await.unwrap();
    let none = Filter::new(orderdesk_application::views::OrderField::Id, Test::In(Vec::new())).unwrap();
    desk.orders().delete_matching(&caller, none).await.unwrap();
    assert_eq!(audit.news().await, []);
}

#[tokio::test]
async fn what_is_only_looked_at_is_no_entry() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = desk.caller(&shop.owner).await;
    desk.customers().list(&caller, all()).await.unwrap();
    desk.customers().find(&caller, shop.customer.id().uuid()).await.unwrap();
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    desk.orders().examine(&caller, &new).await.unwrap();
    desk.access().note_uses().await.unwrap();
    assert_eq!(desk.entries().await, []);
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_one_entry() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let create = async || {
        let once = once("request-1");
        desk.customers().create(&caller, new_customer(), Some(&once)).await.unwrap()
    };
    done(create().await);
    replayed(create().await);
    assert_eq!(desk.entries().await.len(), 1);
}

#[tokio::test]
async fn what_a_sign_in_brings_with_it_is_written_down() {
    use Action::{Change, Create};
    let (desk, shop) = TestDesk::with_shop().await;
    let new = new_member("wanjiku@duka.example", Role::Viewer);
    let invited = desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await;
    let invited = invited.map(done).unwrap().membership.id().uuid();
    let mut audit = Reader { desk: &desk, read: 1 };
    let sign_in = async |address| {
        desk.access().sign_in(&verified("wanjiku", address), None).await.unwrap();
    };
    sign_in("wanjiku@duka.example").await;
    let news = audit.news().await;
    let told: BTreeSet<_> = news.iter().map(|(action, resource, _)| (*action, *resource)).collect();
    let expected = [
        (Create, Resource::Users),
        (Create, Resource::Organizations),
        (Create, Resource::Members),
        (Change, Resource::Members),
    ];
    assert_eq!((news.len(), told), (4, expected.into()));
    assert!(news.contains(&(Change, Resource::Members, invited)));

    sign_in("wanjiku@duka.example").await;
    assert_eq!(audit.news().await, [], "nothing has changed");
    sign_in("kamau@duka.example").await;
    let user = news.iter().find(|(_, resource, _)| *resource == Resource::Users).unwrap().2;
    assert_eq!(audit.news().await, [(Change, Resource::Users, user)]);
}

#[tokio::test]
async fn the_audit_is_filtered_like_every_list() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let customer = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap().customer;
    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    desk.customers().change(&caller, row(customer.id().uuid(), change)).await.unwrap();
    desk.items().create(&caller, new_item("Rope"), None).await.unwrap();
    let list = async |field, value: orderdesk_application::query::Value| {
        let filter = Filter::new(field, Test::Equals(value)).unwrap();
        let page = desk.audit().list(&caller, ListRequest { filter, ..all() }).await.unwrap();
        page.objects.iter().map(|it| (it.entry.action, it.entry.resource)).collect::<Vec<_>>()
    };
    let (create, change) = ((Action::Create, Resource::Customers), (Action::Change, Resource::Customers));
    let rope = (Action::Create, Resource::Items);
    assert_eq!(list(AuditEntryField::Resource, "customers".into()).await, [change, create]);
    assert_eq!(list(AuditEntryField::Action, "create".into()).await, [rope, create]);
    assert_eq!(list(AuditEntryField::Object, customer.id().uuid().into()).await, [change, create]);
    assert_eq!(list(AuditEntryField::User, caller.user.id.uuid().into()).await, [rope, change, create]);
    assert_eq!(list(AuditEntryField::User, Uuid::nil().into()).await, []);
}

/// Entries say what was done, whatever has become of those who did it and of what they did it to.
#[tokio::test]
async fn entries_stay_when_their_objects_go() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = desk.member(&shop, Standing::Member).await;
    let customer = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap().customer;
    desk.customers().delete(&caller, customer.id(), &any()).await.unwrap();
    let page = desk.audit().list(&shop.caller(), all()).await.unwrap();
    assert_eq!(page.count, Some(2));
    assert!(page.objects.iter().all(|it| it.user.as_ref() == Some(&caller.user)));
}
