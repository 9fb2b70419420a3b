//! Changes of what is ordered.

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::services::{
    Browse as _, CurrencyChoice, CustomerChoice, ItemChange, ItemChoice, LineDraft, OrderChange,
    Precondition, Row,
};
use orderdesk_application::views::OrderDetails;
use orderdesk_contract::builders::{code, currency, item_name, price, quantity};
use orderdesk_contract::kinds::{count, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{CustomerId, Item, ItemId, Order, OrderEvent, OrderLine, OrderRefusal, OrderStatus};
use uuid::Uuid;

use super::pending;
use crate::common::{
    TestDesk, catalogue, close, done, draft, free_text, item_change, member_of, new_item, on_version,
    order_change, refused, row,
};

/// Changes the line, and makes sure that what is answered is what is stored.
async fn amend(desk: &TestDesk, shop: &Shop, order: &Order, line: LineDraft) -> Result<OrderLine> {
    let change = OrderChange { line, ..order_change() };
    let changed = desk.orders().change(&shop.caller(), row(order.id().uuid(), change)).await?;
    assert_eq!(desk.orders().find(&shop.caller(), order.id().uuid()).await?, changed);
    Ok(changed.order.line().clone())
}

/// Makes sure that the order is as it was, with one entry in its history.
async fn is_untouched(desk: &TestDesk, details: &OrderDetails) {
    assert_eq!(stored(&*desk.store, &details.order).await.as_ref(), Some(&details.order));
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 1);
}

async fn sugar(desk: &TestDesk, shop: &Shop) -> Item {
    desk.items().create(&shop.caller(), new_item("Sugar"), None).await.map(done).unwrap().item
}

/// What `GET` shows of the line, put back.
fn shown(line: &OrderLine) -> LineDraft {
    let item = match line.item_id {
        Some(id) => ItemChoice::Catalogue(id, Some(line.item.clone())),
        None => ItemChoice::Text(line.item.clone()),
    };
    LineDraft {
        item,
        quantity: Some(line.quantity),
        price_per_unit: Some(line.price.amount()),
        currency: CurrencyChoice::Is(line.price.currency()),
        whole: true,
    }
}

#[tokio::test]
async fn a_pending_order_takes_another_quantity_and_price() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let at = desk.clock.advance(1_000);
    let price_per_unit = Some(parse_decimal("99.50").unwrap());
    let draft = LineDraft { quantity: Some(quantity(7)), price_per_unit, ..draft() };
    let line = amend(&desk, &shop, &order, draft).await.unwrap();
    let expected = OrderLine { quantity: quantity(7), price: price("99.5", "KES"), ..order.line().clone() };
    assert_eq!(line, expected);
    let now = stored(&*desk.store, &order).await.unwrap();
    assert_eq!((now.version().number(), now.updated_at()), (2, at));
}

#[tokio::test]
async fn what_is_shown_can_be_put_back_and_changes_nothing() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await;
    desk.clock.advance(1_000);
    let (id, code) = (placed.customer.id, placed.customer.code);
    let echo = OrderChange {
        organization: Some(shop.organization.id()),
        customer: Some(CustomerChoice::Both(id, code)),
        line: shown(placed.order.line()),
        status: Some(OrderStatus::Pending),
    };
    for change in [echo, order_change()] {
        let row = row(placed.order.id().uuid(), change);
        assert_eq!(desk.orders().change(&shop.caller(), row).await.unwrap(), placed);
    }
    is_untouched(&desk, &placed).await;
}

#[tokio::test]
async fn a_new_item_takes_a_new_snapshot() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let sugar = sugar(&desk, &shop).await;
    let line =
        amend(&desk, &shop, &order, LineDraft { item: ItemChoice::Catalogue(sugar.id(), None), ..draft() });
    assert_eq!(line.await.unwrap(), OrderLine::of(&sugar, quantity(2)));
}

#[tokio::test]
async fn an_order_put_back_with_another_item_takes_the_items_own_name_and_price() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let sugar = sugar(&desk, &shop).await;
    let item = ItemChoice::Catalogue(sugar.id(), Some(order.line().item.clone()));
    let line = amend(&desk, &shop, &order, LineDraft { item, ..shown(order.line()) }).await.unwrap();
    assert_eq!(line, OrderLine::of(&sugar, quantity(2)));
}

#[tokio::test]
async fn the_same_item_keeps_the_old_snapshot_even_when_it_is_inactive() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let dearer = ItemChange { price_per_unit: Some(900.into()), is_active: Some(false), ..item_change() };
    desk.items().change(&shop.caller(), row(shop.item.id().uuid(), dearer)).await.unwrap();
    let line = amend(&desk, &shop, &order, catalogue(&shop.item, 5)).await.unwrap();
    assert_eq!(line, OrderLine { quantity: quantity(5), ..order.line().clone() });
}

#[tokio::test]
async fn text_and_detaching_clear_the_reference() {
    let (desk, shop) = TestDesk::with_shop().await;
    for item in [ItemChoice::Text(item_name("Rope")), ItemChoice::Detach] {
        let order = pending(&desk, &shop).await.order;
        let line = amend(&desk, &shop, &order, LineDraft { item, ..draft() }).await.unwrap();
        assert_eq!((line.item_id, line.price), (None, order.line().price));
    }
}

#[tokio::test]
async fn a_whole_line_without_a_currency_is_in_the_organizations() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let price_per_unit = Some(parse_decimal("149.90").unwrap());
    let dollars = LineDraft { currency: CurrencyChoice::Is(currency("USD")), price_per_unit, ..draft() };
    assert_eq!(amend(&desk, &shop, &order, dollars).await.unwrap().price, price("149.90", "USD"));
    let kept = amend(&desk, &shop, &order, catalogue(&shop.item, 2)).await.unwrap();
    assert_eq!(kept.price, price("149.90", "USD"), "an item's snapshot keeps its currency");
    let rope = free_text("Rope", "20");
    assert_eq!(amend(&desk, &shop, &order, rope).await.unwrap().price, price("20", "KES"));
}

#[tokio::test]
async fn items_that_cannot_be_chosen_are_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await;
    let inactive = sugar(&desk, &shop).await;
    let change = ItemChange { is_active: Some(false), ..item_change() };
    desk.items().change(&shop.caller(), row(inactive.id().uuid(), change)).await.unwrap();
    let nothing = ItemId::new(Uuid::nil());
    for (item, problem) in
        [(inactive.id(), Problem::ItemInactive(item_name("Sugar"))), (nothing, Problem::ItemUnknown(nothing))]
    {
        let line = LineDraft { item: ItemChoice::Catalogue(item, None), ..draft() };
        assert_eq!(refused(amend(&desk, &shop, &placed.order, line).await), [problem]);
    }
    is_untouched(&desk, &placed).await;
}

#[tokio::test]
async fn an_item_of_another_of_the_callers_organizations_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await;
    let other = desk.shop().await;
    let line = LineDraft { item: ItemChoice::Catalogue(other.item.id(), None), ..draft() };
    let row = row(placed.order.id().uuid(), OrderChange { line, ..order_change() });
    let refusal = refused(desk.orders().change(&member_of(&[&shop, &other]), row).await);
    assert_eq!(refusal, [Problem::ItemUnknown(other.item.id())]);
    is_untouched(&desk, &placed).await;
}

#[tokio::test]
async fn an_order_stays_with_its_organization_and_its_customer() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await;
    let elsewhere = desk.shop().await.organization.id();
    let (nobody, present) = (CustomerId::new(Uuid::nil()), shop.customer.profile().code);
    let wrong_code = code("NOONE");
    let of = |customer| OrderChange { customer: Some(customer), ..order_change() };
    for (change, problems) in [
        (of(CustomerChoice::Id(nobody)), vec![Problem::CustomerFixed]),
        (of(CustomerChoice::Code(wrong_code)), vec![Problem::CustomerCodeFixed(present)]),
        (of(CustomerChoice::Both(placed.customer.id, wrong_code)), vec![Problem::CustomerCodeFixed(present)]),
        (of(CustomerChoice::Both(nobody, present)), vec![Problem::CustomerFixed]),
        (
            OrderChange { organization: Some(elsewhere), ..of(CustomerChoice::Both(nobody, wrong_code)) },
            vec![Problem::OrganizationFixed, Problem::CustomerFixed, Problem::CustomerCodeFixed(present)],
        ),
    ] {
        let row = row(placed.order.id().uuid(), change);
        assert_eq!(refused(desk.orders().change(&shop.caller(), row).await), problems);
    }
    is_untouched(&desk, &placed).await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await;
    let nothing = ItemId::new(Uuid::nil());
    let change = OrderChange {
        customer: Some(CustomerChoice::Id(CustomerId::new(Uuid::nil()))),
        line: LineDraft { item: ItemChoice::Catalogue(nothing, None), ..draft() },
        ..order_change()
    };
    let row = Row { id: placed.order.id().uuid(), precondition: on_version(2), change };
    let refusal = refused(desk.orders().change(&shop.caller(), row).await);
    assert_eq!(refusal, [Problem::Stale, Problem::CustomerFixed, Problem::ItemUnknown(nothing)]);
    is_untouched(&desk, &placed).await;
}

#[tokio::test]
async fn only_a_pending_order_is_amended() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    desk.orders().change(&shop.caller(), row(order.id().uuid(), close())).await.unwrap();
    let more = LineDraft { quantity: Some(quantity(9)), ..draft() };
    let refusal = refused(amend(&desk, &shop, &order, more).await);
    assert_eq!(refusal, [Problem::Order(OrderRefusal::Amendment { status: OrderStatus::Closed })]);
    let same = amend(&desk, &shop, &order, shown(order.line())).await;
    assert_eq!(same.unwrap(), *order.line(), "what is so already is no amendment");
}

#[tokio::test]
async fn a_change_is_made_on_the_wanted_version_only() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let more = async |units, precondition: Precondition| {
        let line = LineDraft { quantity: Some(quantity(units)), ..draft() };
        let change = OrderChange { line, ..order_change() };
        desk.orders().change(&shop.caller(), Row { id: order.id().uuid(), precondition, change }).await
    };
    assert_eq!(more(3, on_version(1)).await.unwrap().order.version().number(), 2);
    assert_eq!(refused(more(4, on_version(1)).await), [Problem::Stale]);
    assert_eq!(refused(more(4, on_version(2).and(Some(order.version()))).await), [Problem::Stale]);
    assert_eq!(more(4, on_version(2)).await.unwrap().order.version().number(), 3);
}
