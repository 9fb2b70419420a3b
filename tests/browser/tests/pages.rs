//! Every page, in light and in dark, on a telephone and on a computer.

use orderdesk_browser::Browser;
use orderdesk_e2e::{Post, Store, customer, item, order, template, until};
use serde_json::json;

#[tokio::test]
async fn nothing_keeps_people_out_of_the_pages() {
    let (service, _post) = Post::start(Store::Memory).await;
    let amina = service.create("customers", &customer()).await;
    let soap = service.create("items", &item("Soap", "149.90")).await;
    let placed = service.create("orders", &order(&amina)).await;
    let closed = service.create("orders", &order(&amina)).await;
    service.patch(closed["url"].as_str().unwrap(), &json!({ "status": "Closed" })).await.expect(200);
    let closing = service.create("message-templates", &template("order.closed")).await;
    until("the text is sent", async || service.notification_of(&placed).await["status"] == "sent").await;
    let text = service.notification_of(&placed).await;

    let browser = Browser::start(service.base()).await;
    let tab = browser.tab().await;
    tab.visit("orders/").await;
    tab.check("somebody who is not known").await;
    tab.follow("Sign in").await;
    tab.check("to sign in").await;
    tab.fill("API token", "od_0").await;
    tab.press("Sign in").await;
    assert_eq!(tab.status(), 401);
    tab.check("to sign in again").await;
    tab.fill("API token", service.token()).await;
    tab.press("Sign in").await;
    assert_eq!(tab.title().await, "Orders", "where somebody wanted to go");

    let path = |object: &serde_json::Value| {
        object["url"].as_str().unwrap().strip_prefix(service.base()).unwrap().to_owned()
    };
    let mut pages = [
        "",
        "orders/",
        "customers/",
        "items/",
        "notifications/",
        "message-templates/",
        "organizations/",
        "api-tokens/",
        "audit-entries/",
        "users/",
        "me/",
        "nowhere/",
        "orders/?status=Odd",
        "orders/?limit=1",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend([&amina, &soap, &placed, &closed, &closing, &text].map(path));
    pages.extend(["events/", "notifications/"].map(|below| path(&placed) + below));
    pages.push(path(&text) + "attempts/");
    pages.push(path(&closing) + "previews/");
    pages.push(path(&service.organization().await));
    pages.push(path(&service.organization().await) + "members/");
    let mut flaws = Vec::new();
    for page in pages {
        tab.visit(&page).await;
        // With all that can be opened.
        tab.ask("{ document.querySelectorAll('details').forEach((it) => { it.open = true }) }").await;
        flaws.extend(tab.flaws(&page).await);
    }
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));

    tab.visit("orders/").await;
    tab.toggle("New order").await;
    tab.fill_in("New order", "Price per unit", "much").await;
    tab.fill_in("New order", "Quantity", "1").await;
    tab.press_in("New order", "Create").await;
    assert_eq!(tab.status(), 400);
    tab.check("a form with errors").await;
}

#[tokio::test]
async fn a_picker_is_used_with_the_keyboard_alone() {
    let (service, _post) = Post::start(Store::Memory).await;
    service.create("items", &item("Soap", "149.90")).await;
    service.create("items", &item("Soap dish", "80.00")).await;
    let browser = Browser::start(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    tab.visit("orders/").await;
    tab.toggle("New order").await;
    tab.ask("{ page.group('Item of the catalogue').querySelector('input[type=search]').focus() }").await;
    assert!(!tab.has_button("Find").await, "suggestions come by themselves");
    tab.type_text("soap").await;
    tab.wait_for("page.within(undefined, '[role=option]').length === 2").await;
    tab.check("suggestions").await;
    tab.key("ArrowDown", 40).await;
    tab.key("ArrowDown", 40).await;
    tab.key("Enter", 13).await;
    let chosen = tab
        .ask("page.group('Item of the catalogue').querySelector('input:checked').parentNode.innerText")
        .await;
    assert!(chosen.as_str().unwrap().contains("Soap"), "{chosen}");
    // Choosing an item fills in what it costs.
    let price = tab.value("Price per unit").await;
    assert!(["149.90", "80.00"].contains(&price.as_str()), "{price}");
    assert_eq!(tab.value("Currency").await, "KES");
    assert_eq!(tab.title().await, "Orders", "Enter has sent nothing");

    // Who opens the suggestions and does not want them closes them.
    tab.type_text("zzz").await;
    tab.wait_for("page.within(undefined, '[role=option]').some((it) => it.innerText === 'Nothing found')")
        .await;
    tab.key("Escape", 27).await;
    assert_eq!(tab.ask("page.within(undefined, '[role=option]').length").await, 0);
}

#[tokio::test]
async fn a_request_is_copied_without_the_credential() {
    let (service, _post) = Post::start(Store::Memory).await;
    for (browser, runs_scripts) in [
        (Browser::start(service.base()).await, true),
        (Browser::start_without_scripts(service.base()).await, false),
    ] {
        let tab = browser.sign_in(service.token()).await;
        tab.visit("orders/?status=Pending").await;
        tab.toggle("As curl").await;
        let text = tab.text().await;
        let expected = format!(
            "curl -H \"Authorization: Bearer $TOKEN\" '{}/api/v1/orders/?status=Pending'",
            service.base()
        );
        assert!(text.contains(&expected), "{text}");
        assert!(!text.contains(service.token()));
        // What takes a script is there where scripts run.
        assert_eq!(tab.has_button("Copy as curl").await, runs_scripts);
    }
}
