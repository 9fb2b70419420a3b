//! What is managed beside the day's business: tokens, templates, members.

use orderdesk_browser::Browser;
use orderdesk_e2e::{Service, Store};

#[tokio::test]
async fn a_token_is_shown_once_and_is_taken_back() {
    let service = Service::start(Store::Memory).await;
    let browser = Browser::start(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    tab.follow_in("Main", "Tokens").await;
    tab.toggle("New token").await;
    tab.fill_in("New token", "Name", "A script").await;
    tab.tick_in("New token", "Scopes", "orders:read").await;
    tab.press_in("New token", "Create").await;
    assert_eq!(tab.status(), 201);
    let shown = tab.ask_text("page.squeezed(document.querySelector('[role=status]').innerText)").await;
    let token = shown.split_whitespace().find(|word| word.starts_with("od_")).unwrap();
    service.with_token(token).get("orders/").await.expect(200);
    service.with_token(token).get("customers/").await.expect(403);
    tab.check("a new token").await;

    tab.follow_in("Main", "Tokens").await;
    let text = tab.text().await;
    assert!(text.contains("A script") && !text.contains(token), "{text}");
    tab.follow("A script").await;
    assert_eq!(tab.title().await, "A script");
    assert!(!tab.text().await.contains(token));
    tab.toggle("Delete").await;
    tab.press("Delete for good").await;
    assert_eq!(tab.title().await, "Api tokens");
    assert!(!tab.text().await.contains("A script"));
    service.with_token(token).get("orders/").await.expect(401);
}

#[tokio::test]
async fn a_template_is_tried_before_it_counts() {
    let service = Service::start(Store::Memory).await;
    for browser in
        [Browser::start(service.base()).await, Browser::start_without_scripts(service.base()).await]
    {
        let tab = browser.sign_in(service.token()).await;
        tab.follow_in("Main", "Templates").await;
        tab.toggle("New template").await;
        tab.select_in("New template", "Event", "order.closed").await;
        tab.fill_in("New template", "Text", "Paid: {{ itm }}").await;
        tab.press_in("New template", "Create").await;
        assert_eq!(tab.status(), 400);
        assert!(tab.text_of("New template").await.contains("itm"));
        tab.fill_in("New template", "Text", "Paid: {{ item }}, {{ total }}").await;
        tab.press_in("New template", "Create").await;
        assert_eq!((tab.status(), tab.title().await.as_str()), (200, "order.closed"));
        let template = tab.address().await;

        tab.toggle("Try it").await;
        tab.press_in("Try it", "Preview").await;
        assert_eq!(tab.status(), 200);
        let shown = tab.ask_text("document.querySelector('[role=status]').innerText").await;
        assert!(shown.starts_with("Paid: ") && shown.contains("segments: 1"), "{shown}");
        tab.follow_in("Breadcrumbs", &template.trim_end_matches('/').rsplit('/').next().unwrap()[..8]).await;
        assert_eq!(tab.title().await, "order.closed");

        tab.toggle("Edit").await;
        tab.fill_in("Edit", "Text", "Thank you!").await;
        tab.tick_box_in("Edit", "Is active").await;
        tab.press_in("Edit", "Save").await;
        assert_eq!(tab.status(), 200);
        let now = service.get(&template).await.json(200);
        assert_eq!((now["text"].as_str(), now["is_active"].as_bool()), (Some("Thank you!"), Some(false)));
        service.delete(&template).await.expect(204);
    }
}

#[tokio::test]
async fn somebody_is_invited_and_let_go() {
    let service = Service::start(Store::Memory).await;
    let browser = Browser::start_without_scripts(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    tab.follow_in("Main", "Organizations").await;
    tab.follow("My organization").await;
    assert_eq!(tab.column("Members", "Role").await, ["admin"]);
    tab.follow_in("Members", "Members").await;
    tab.toggle("Invite somebody").await;
    tab.fill_in("Invite somebody", "Email", "otieno@people.example").await;
    tab.select_in("Invite somebody", "Role", "member").await;
    tab.press_in("Invite somebody", "Invite").await;
    assert_eq!(tab.status(), 200);
    assert!(tab.text().await.contains("otieno@people.example"));

    tab.toggle("Edit").await;
    tab.select_in("Edit", "Role", "viewer").await;
    tab.press_in("Edit", "Save").await;
    assert!(tab.text().await.contains("viewer"));
    tab.toggle("Delete").await;
    tab.press("Delete for good").await;
    assert_eq!(tab.status(), 200);
    tab.follow_in("Main", "Organizations").await;
    tab.follow("My organization").await;
    assert_eq!(tab.column("Members", "Role").await, ["admin"]);
}
