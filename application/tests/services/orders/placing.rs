//! New orders.

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::ports::Clock as _;
use orderdesk_application::services::{
    Browse as _, CurrencyChoice, CustomerChoice, ItemChange, ItemChoice, LineDraft, NewCustomer, NewItem,
    NewOrder,
};
use orderdesk_application::views::{CustomerSummary, OrderDetails};
use orderdesk_contract::builders::{code, currency, item_name, price};
use orderdesk_contract::kinds::count;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{CustomerId, ItemId, Order, OrderEvent, OrderState, Version};
use uuid::Uuid;

use crate::common::{
    TestDesk, catalogue, done, free_text, item_change, member_of, new_customer, new_item, new_order, refused,
    row,
};

async fn place(desk: &TestDesk, shop: &Shop, line: LineDraft) -> Result<OrderDetails> {
    let new = new_order(CustomerChoice::Id(shop.customer.id()), line);
    desk.orders().place(&shop.caller(), new, None).await.map(done)
}

/// What stands against the line, and that nothing was placed.
async fn refusal(desk: &TestDesk, shop: &Shop, line: LineDraft) -> Vec<Problem> {
    let problems = refused(place(desk, shop, line).await);
    assert_eq!((count::<Order>(&*desk.store).await, count::<OrderEvent>(&*desk.store).await), (0, 0));
    problems
}

#[tokio::test]
async fn an_order_is_pending_and_shows_whose_it_is() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = place(&desk, &shop, free_text("Rope", "20")).await.unwrap();
    assert_eq!(placed.order.state(), OrderState::Pending);
    assert_eq!((placed.order.version(), placed.order.time_placed()), (Version::FIRST, desk.clock.now()));
    assert_eq!(placed.customer, CustomerSummary::from(&shop.customer));
    assert_eq!(placed.organization, shop.summary());
    assert_eq!(placed.created_by, Some(shop.caller().user.clone()));
    let found = desk.orders().find(&shop.caller(), placed.order.id().uuid()).await.unwrap();
    assert_eq!(found, placed, "what is answered is what is stored");
}

mod customers {
    use super::*;

    async fn placed_for(desk: &TestDesk, shop: &Shop, choice: CustomerChoice) -> Result<OrderDetails> {
        desk.orders().place(&shop.caller(), new_order(choice, free_text("Rope", "20")), None).await.map(done)
    }

    #[tokio::test]
    async fn a_customer_is_named_by_id_by_code_or_by_both() {
        let (desk, shop) = TestDesk::with_shop().await;
        let (id, code) = (shop.customer.id(), shop.customer.profile().code);
        for choice in [CustomerChoice::Id(id), CustomerChoice::Code(code), CustomerChoice::Both(id, code)] {
            let placed = placed_for(&desk, &shop, choice).await.unwrap();
            assert_eq!(placed.order.customer(), id, "{choice:?}");
        }
    }

    #[tokio::test]
    async fn a_code_that_is_not_the_customers_is_refused() {
        let (desk, shop) = TestDesk::with_shop().await;
        let other =
            desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap().customer;
        let choice = CustomerChoice::Both(shop.customer.id(), other.profile().code);
        let refusal = refused(placed_for(&desk, &shop, choice).await);
        assert_eq!(refusal, [Problem::CustomerCodeDisagrees(shop.customer.profile().code)]);
    }

    #[tokio::test]
    async fn a_customer_that_is_not_there_is_refused() {
        let (desk, shop) = TestDesk::with_shop().await;
        let (id, code) = (CustomerId::new(Uuid::nil()), code("NOONE"));
        for (choice, problem) in [
            (CustomerChoice::Id(id), Problem::CustomerUnknown(id)),
            (CustomerChoice::Code(code), Problem::CustomerCodeUnknown(code)),
            (CustomerChoice::Both(id, code), Problem::CustomerUnknown(id)),
        ] {
            assert_eq!(refused(placed_for(&desk, &shop, choice).await), [problem]);
        }
    }

    #[tokio::test]
    async fn a_customer_of_another_of_the_callers_organizations_is_refused() {
        let (desk, shop) = TestDesk::with_shop().await;
        let other = desk.shop().await;
        let caller = member_of(&[&shop, &other]);
        let theirs = other.customer.id();
        let place = async |organization: &Shop| {
            let new = new_order(CustomerChoice::Id(theirs), free_text("Rope", "20"));
            let organization = Some(organization.organization.id());
            desk.orders().place(&caller, NewOrder { organization, ..new }, None).await.map(done)
        };
        assert_eq!(refused(place(&shop).await), [Problem::CustomerUnknown(theirs)]);
        assert_eq!(place(&other).await.unwrap().organization, other.summary());
    }

    #[tokio::test]
    async fn one_code_in_two_organizations_means_the_customer_of_the_named_one() {
        let (desk, shop) = TestDesk::with_shop().await;
        let other = desk.shop().await;
        let code = shop.customer.profile().code;
        let create = NewCustomer { code: Some(code), ..new_customer() };
        let theirs = desk.customers().create(&other.caller(), create, None).await.map(done).unwrap().customer;
        let caller = member_of(&[&shop, &other]);
        for (shop, customer) in [(&shop, shop.customer.id()), (&other, theirs.id())] {
            let new = new_order(CustomerChoice::Code(code), free_text("Rope", "20"));
            let new = NewOrder { organization: Some(shop.organization.id()), ..new };
            assert_eq!(
                desk.orders().place(&caller, new, None).await.map(done).unwrap().order.customer(),
                customer
            );
        }
    }

    #[tokio::test]
    async fn a_member_of_several_organizations_says_which() {
        let (desk, shop) = TestDesk::with_shop().await;
        let other = desk.shop().await;
        let new = new_order(CustomerChoice::Id(shop.customer.id()), free_text("Rope", "20"));
        let refusal = refused(desk.orders().place(&member_of(&[&shop, &other]), new, None).await.map(done));
        assert_eq!(refusal, [Problem::OrganizationRequired(vec![shop.summary(), other.summary()])]);
    }
}

mod items {
    use super::*;

    #[tokio::test]
    async fn an_item_of_the_catalogue_brings_name_price_and_currency() {
        let (desk, shop) = TestDesk::with_shop().await;
        let new = NewItem { currency: Some(currency("USD")), ..new_item("Sugar") };
        let sugar = desk.items().create(&shop.caller(), new, None).await.map(done).unwrap().item;
        let placed = place(&desk, &shop, catalogue(&sugar, 3)).await.unwrap();
        let line = placed.order.line();
        assert_eq!((&line.item, line.item_id), (&item_name("Sugar"), Some(sugar.id())));
        assert_eq!((line.quantity.units(), line.price), (3, price("10", "USD")));
        assert_eq!(line.total().to_string(), "30.00");
    }

    #[tokio::test]
    async fn a_snapshot_stays_when_the_catalogue_changes() {
        let (desk, shop) = TestDesk::with_shop().await;
        let placed = place(&desk, &shop, catalogue(&shop.item, 1)).await.unwrap();
        let dearer = ItemChange {
            name: Some(item_name("Luxury soap")),
            price_per_unit: Some(900.into()),
            ..item_change()
        };
        desk.items().change(&shop.caller(), row(shop.item.id().uuid(), dearer)).await.unwrap();
        let found = desk.orders().find(&shop.caller(), placed.order.id().uuid()).await.unwrap();
        assert_eq!(found, placed);
    }

    #[tokio::test]
    async fn free_text_is_priced_in_the_currency_of_the_organization_by_default() {
        let (desk, shop) = TestDesk::with_shop().await;
        let placed = place(&desk, &shop, free_text("Rope", "20")).await.unwrap();
        assert_eq!((placed.order.line().item_id, placed.order.line().price), (None, price("20", "KES")));
        let in_dollars =
            LineDraft { currency: CurrencyChoice::Is(currency("USD")), ..free_text("Rope", "20") };
        let placed = place(&desk, &shop, in_dollars).await.unwrap();
        assert_eq!(placed.order.line().price, price("20", "USD"));
    }

    #[tokio::test]
    async fn a_price_has_at_most_the_minor_digits_of_its_currency() {
        let (desk, shop) = TestDesk::with_shop().await;
        let yen = LineDraft { currency: CurrencyChoice::Is(currency("JPY")), ..free_text("Rope", "1.5") };
        let problems = refusal(&desk, &shop, yen).await;
        assert!(matches!(problems.as_slice(), [Problem::Price(_)]), "{problems:?}");
    }

    #[tokio::test]
    async fn an_inactive_item_is_refused() {
        let (desk, shop) = TestDesk::with_shop().await;
        let inactive = ItemChange { is_active: Some(false), ..item_change() };
        desk.items().change(&shop.caller(), row(shop.item.id().uuid(), inactive)).await.unwrap();
        let problems = refusal(&desk, &shop, catalogue(&shop.item, 1)).await;
        assert_eq!(problems, [Problem::ItemInactive(shop.item.listing().name.clone())]);
    }

    #[tokio::test]
    async fn an_item_that_is_not_there_is_refused() {
        let (desk, shop) = TestDesk::with_shop().await;
        let nothing = ItemId::new(Uuid::nil());
        let line = LineDraft { item: ItemChoice::Catalogue(nothing, None), ..catalogue(&shop.item, 1) };
        assert_eq!(refusal(&desk, &shop, line).await, [Problem::ItemUnknown(nothing)]);
    }

    #[tokio::test]
    async fn an_item_of_another_of_the_callers_organizations_is_refused() {
        let (desk, shop) = TestDesk::with_shop().await;
        let other = desk.shop().await;
        let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&other.item, 1));
        let new = NewOrder { organization: Some(shop.organization.id()), ..new };
        let refusal = refused(desk.orders().place(&member_of(&[&shop, &other]), new, None).await.map(done));
        assert_eq!(refusal, [Problem::ItemUnknown(other.item.id())]);
    }

    #[tokio::test]
    async fn customer_and_item_are_refused_together() {
        let (desk, shop) = TestDesk::with_shop().await;
        let (customer, item) = (CustomerId::new(Uuid::nil()), ItemId::new(Uuid::nil()));
        let line = LineDraft { item: ItemChoice::Catalogue(item, None), ..catalogue(&shop.item, 1) };
        let outcome = desk
            .orders()
            .place(&shop.caller(), new_order(CustomerChoice::Id(customer), line), None)
            .await
            .map(done);
        assert_eq!(refused(outcome), [Problem::CustomerUnknown(customer), Problem::ItemUnknown(item)]);
    }
}
