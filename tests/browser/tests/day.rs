//! A day in the shop, from signing in to signing out, with scripts and without.

use orderdesk_browser::{Browser, PHONE, SCREEN};
use orderdesk_e2e::{Client, Post, Store, customer, order};
use serde_json::json;

#[tokio::test]
async fn a_shop_is_run_for_a_day() {
    let (service, _post) = Post::start(Store::Sqlite).await;
    let browser = Browser::start(service.base()).await;
    spend_the_day(&browser, &service, SCREEN).await;
}

#[tokio::test]
async fn a_shop_is_run_for_a_day_on_a_telephone() {
    let (service, _post) = Post::start(Store::Memory).await;
    let browser = Browser::start(service.base()).await;
    spend_the_day(&browser, &service, PHONE).await;
}

#[tokio::test]
async fn a_shop_is_run_for_a_day_without_scripts() {
    let (service, _post) = Post::start(Store::Sqlite).await;
    let browser = Browser::start_without_scripts(service.base()).await;
    spend_the_day(&browser, &service, SCREEN).await;
}

#[tokio::test]
async fn a_shop_is_run_for_a_day_on_a_telephone_without_scripts() {
    let (service, _post) = Post::start(Store::Memory).await;
    let browser = Browser::start_without_scripts(service.base()).await;
    spend_the_day(&browser, &service, PHONE).await;
}

async fn spend_the_day(browser: &Browser, service: &Client, size: (u32, u32)) {
    let tab = browser.sign_in(service.token()).await;
    tab.resize(size).await;
    assert!(tab.text().await.contains("Administrator"));

    tab.follow_in("Main", "Customers").await;
    tab.toggle("New customer").await;
    tab.fill_in("New customer", "Code", "WK001").await;
    tab.fill_in("New customer", "First name", "Wanjiku").await;
    tab.fill_in("New customer", "Second name", "Kamau").await;
    tab.fill_in("New customer", "Phone", "0712").await;
    tab.press_in("New customer", "Create").await;
    // What was wrong stands beside its field, and what was right is kept.
    assert_eq!(tab.status(), 400);
    assert!(tab.text_of("New customer").await.contains("phone number"));
    assert_eq!(tab.value("First name").await, "Wanjiku");
    tab.fill_in("New customer", "Phone", "+254 712 345 678").await;
    tab.press_in("New customer", "Create").await;
    assert_eq!(tab.title().await, "WK001 Wanjiku Kamau");

    tab.follow_in("Main", "Items").await;
    tab.toggle("New item").await;
    tab.fill_in("New item", "Name", "Soap, 250 g").await;
    tab.fill_in("New item", "Price per unit", "149.90").await;
    tab.press_in("New item", "Create").await;
    assert_eq!(tab.title().await, "Soap, 250 g");

    tab.follow_in("Main", "Orders").await;
    tab.toggle("New order").await;
    tab.pick("New order", "Customer", "wanj", "WK001 Wanjiku Kamau").await;
    tab.pick("New order", "Item of the catalogue", "soap", "Soap, 250 g").await;
    assert!(tab.text_of("New order").await.contains("WK001 Wanjiku Kamau"), "what was picked first is kept");
    tab.fill_in("New order", "Quantity", "3").await;
    tab.press_in("New order", "Create").await;
    assert_eq!((tab.status(), tab.title().await.as_str()), (200, "Soap, 250 g"));
    let shown = tab.text().await;
    assert!(shown.contains("KES 449.70") && shown.contains("Pending"), "{shown}");
    assert_eq!(tab.column("Timeline", "What").await, ["placed"]);

    // The text goes out by itself.
    let here = tab.address().await;
    while tab.column("Texts", "Status").await != ["sent"] {
        tab.visit(&here).await;
    }
    let texts = tab.column("Texts", "Text").await;
    assert!(texts[0].starts_with("Hello Wanjiku"), "{texts:?}");

    // Somebody has it open elsewhere while it is closed.
    let stale = browser.tab().await;
    stale.resize(size).await;
    stale.visit(&here).await;
    tab.press("Close order").await;
    assert_eq!(tab.column("Timeline", "What").await, ["closed", "placed"]);
    assert!(!tab.has_button("Close order").await && !tab.has_button("Cancel order").await);
    stale.press("Cancel order").await;
    assert_eq!(stale.status(), 412);
    let rows = (
        stale.column("Edit", "Field").await,
        stale.column("Edit", "Now").await,
        stale.column("Edit", "Yours").await,
    );
    assert_eq!(rows, (vec!["Status".to_owned()], vec!["Closed".to_owned()], vec!["Cancelled".to_owned()]));
    stale.press_in("Edit", "Save").await;
    assert_eq!(stale.status(), 409);
    assert!(
        stale
            .text()
            .await
            .contains("An order that is Closed cannot become Cancelled. Allowed from Closed: none.")
    );

    // So is somebody who writes it by hand.
    tab.toggle("Edit").await;
    tab.toggle_in("Edit", "Raw JSON").await;
    tab.fill_in("Edit", "Body", "{\"status\": \"Cancelled\"}").await;
    tab.press_in("Edit", "PATCH").await;
    assert_eq!(tab.status(), 409);
    assert!(tab.text().await.contains("cannot become Cancelled"));
    assert!(tab.text_of("Edit").await.contains("Edit"));
    assert_eq!(tab.value("Body").await, "{\"status\": \"Cancelled\"}");

    look_through_many(&tab, service).await;

    tab.press("Sign out").await;
    assert_eq!((tab.status(), tab.title().await.as_str()), (401, "Sign in"));
    tab.visit("orders/").await;
    assert_eq!((tab.status(), tab.title().await.as_str()), (401, "Sign in"));
}

/// Filters, sorts and pages a list.
async fn look_through_many(tab: &orderdesk_browser::Tab, service: &Client) {
    let amina = service.create("customers", &customer()).await;
    for quantity in 10..40 {
        let mut body = order(&amina);
        body["quantity"] = json!(quantity);
        service.create("orders", &body).await;
    }
    tab.follow_in("Main", "Orders").await;
    assert!(tab.text_of("List").await.contains("1 to 20 of 31"));
    tab.follow_in("Pages", "Next").await;
    assert!(tab.text_of("List").await.contains("21 to 31 of 31"));
    assert_eq!(tab.column("List", "Status").await.len(), 11);
    tab.follow_in("Pages", "Previous").await;
    assert!(tab.text_of("List").await.contains("1 to 20 of 31"));

    tab.toggle("Filter").await;
    tab.select_in("Filter", "Status", "Pending").await;
    tab.fill_in("Filter", "Quantity from", "15").await;
    tab.press_in("Filter", "Apply").await;
    assert!(tab.text_of("List").await.contains("1 to 20 of 25"));
    // The head of a column sorts by it, and again the other way round, and what was filtered stays so.
    tab.follow_in("List", "Quantity").await;
    let ascending: Vec<_> = (15..35).map(|quantity| quantity.to_string()).collect();
    assert_eq!(tab.column("List", "Quantity").await, ascending);
    tab.follow_in("List", "Quantity").await;
    let descending: Vec<_> = (20..40).rev().map(|quantity| quantity.to_string()).collect();
    assert_eq!(tab.column("List", "Quantity").await, descending);
    tab.follow_in("Pages", "Next").await;
    assert_eq!(tab.column("List", "Quantity").await, ["19", "18", "17", "16", "15"]);
    tab.follow_in("Filter", "Clear").await;
    assert!(tab.text_of("List").await.contains("of 31"));

    // A filter that makes no sense says so.
    tab.toggle("Filter").await;
    tab.fill_in("Filter", "Quantity from", "many").await;
    tab.press_in("Filter", "Apply").await;
    assert_eq!(tab.status(), 400);
    assert!(tab.text().await.contains("quantity__gte"));
}
