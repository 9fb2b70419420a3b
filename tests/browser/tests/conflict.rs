//! Two people edit the same.

use orderdesk_browser::Browser;
use orderdesk_e2e::{Service, Store, customer};
use serde_json::json;

#[tokio::test]
async fn who_saves_second_sees_both_versions_and_decides() {
    let service = Service::start(Store::Sqlite).await;
    meet(&Browser::start(service.base()).await, &service).await;
}

#[tokio::test]
async fn who_saves_second_sees_both_versions_and_decides_without_scripts() {
    let service = Service::start(Store::Memory).await;
    meet(&Browser::start_without_scripts(service.base()).await, &service).await;
}

async fn meet(browser: &Browser, service: &Service) {
    let amina = service.create("customers", &customer()).await;
    let url = amina["url"].as_str().unwrap().strip_prefix(service.base()).unwrap();
    let first = browser.sign_in(service.token()).await;
    let second = browser.tab().await;
    for tab in [&first, &second] {
        tab.visit(url).await;
        tab.toggle("Edit").await;
    }
    first.fill_in("Edit", "First name", "Achieng").await;
    first.fill_in("Edit", "Second name", "Odhiambo").await;
    first.press_in("Edit", "Save").await;
    assert_eq!(first.status(), 200);

    second.fill_in("Edit", "First name", "Amani").await;
    second.fill_in("Edit", "Phone", "+254700000001").await;
    second.press_in("Edit", "Save").await;
    assert_eq!(second.status(), 412);
    let shown = second.text_of("Edit").await;
    assert!(shown.contains("Somebody else has changed this"), "{shown}");
    assert_eq!(second.column("Edit", "Field").await, ["First name", "Second name", "Phone"]);
    assert_eq!(second.column("Edit", "Now").await, ["Achieng", "Odhiambo", "+254712345678"]);
    // What was left alone is not put back.
    assert_eq!(second.column("Edit", "Yours").await, ["Amani", "Odhiambo", "+254700000001"]);
    assert_eq!(second.value("First name").await, "Amani");
    assert_eq!(second.value("Second name").await, "Odhiambo");
    assert_eq!(service.again(&amina).await["first_name"], "Achieng", "nothing was overwritten");
    second.check("a conflict").await;

    second.press_in("Edit", "Save").await;
    assert_eq!(second.status(), 200);
    let now = service.again(&amina).await;
    let names = json!([now["first_name"], now["second_name"], now["phone"]]);
    assert_eq!(names, json!(["Amani", "Odhiambo", "+254700000001"]));
}
