//! Names that are made to do harm are names.

use orderdesk_browser::{Browser, Tab};
use orderdesk_e2e::{Client, Fields as _, Service, Store, customer, item, order, template};
use serde_json::{Value, json};

const NAMES: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}}",
    "javascript:alert(1)",
    "</textarea></title><svg/onload=alert('1')>&lt;",
];

#[tokio::test]
async fn what_looks_like_a_script_is_text_on_every_page() {
    let service = Service::start(Store::Sqlite).await;
    let browser = Browser::start(service.base()).await;
    let tab = browser.sign_in(service.token()).await;
    for name in NAMES {
        let organization = service.create("organizations", &json!({ "name": name })).await;
        let by = |body: Value| body.with("organization", organization["id"].clone());
        let amina = by(customer()).with("first_name", name).with("second_name", name);
        let amina = service.create("customers", &amina).await;
        let thing = service.create("items", &by(item(name, "1.00"))).await;
        let placed = service.create("orders", &by(order(&amina)).with("item", name)).await;
        // A template may have no placeholders but those that there are.
        let text = if name.starts_with("{{") { "{ {7*7} }" } else { name };
        let told =
            service.create("message-templates", &by(template("order.closed")).with("text", text)).await;
        let token = service.create("api-tokens", &json!({ "name": name })).await;

        for (object, list) in [
            (&organization, "organizations/"),
            (&amina, "customers/"),
            (&thing, "items/"),
            (&placed, "orders/"),
            (&told, "message-templates/"),
            (&token, "api-tokens/"),
        ] {
            let expected = if list == "message-templates/" { text } else { name };
            let path = object["url"].as_str().unwrap().strip_prefix(service.base()).unwrap();
            for page in [path, list] {
                tab.visit(page).await;
                assert_eq!(tab.status(), 200);
                shows(&tab, expected, page).await;
            }
            is_in_csv(&service, list, expected).await;
        }
        for page in ["", "audit-entries/", "notifications/", "users/", "me/"] {
            tab.visit(page).await;
            is_harmless(&tab, page).await;
        }

        // What is entered and refused comes back as it was.
        tab.visit("customers/").await;
        tab.toggle("New customer").await;
        for field in ["Code", "First name", "Second name", "Phone"] {
            tab.fill_in("New customer", field, &name[..name.len().min(5)]).await;
        }
        tab.fill_in("New customer", "First name", name).await;
        tab.press_in("New customer", "Create").await;
        assert_eq!(tab.status(), 400);
        assert_eq!(tab.value("First name").await, name);
        is_harmless(&tab, "a refused form").await;

        // So does what is looked for, and what is found.
        tab.visit(&format!("orders/?item={}", encoded(name))).await;
        shows(&tab, name, "a filtered list").await;
        tab.toggle("New order").await;
        tab.pick("New order", "Customer", amina["code"].as_str().unwrap(), name).await;
        is_harmless(&tab, "a picked customer").await;
        tab.visit(&format!("api-auth/authenticate/?next=/{}", encoded(name))).await;
        is_harmless(&tab, "to sign in").await;
        tab.visit(&format!("{}/", encoded(name))).await;
        assert_eq!(tab.status(), 404);
        is_harmless(&tab, "nowhere").await;
    }
}

/// The page has the name as text, and nothing of it as anything else.
async fn shows(tab: &Tab, name: &str, page: &str) {
    let text = tab.text().await;
    assert!(text.contains(name), "{page} without {name}:\n{text}");
    is_harmless(tab, page).await;
}

async fn is_harmless(tab: &Tab, page: &str) {
    let foreign = "[...document.querySelectorAll('img, iframe, object, svg:not(.bar), [onload], [onerror], \
                   script:not([src^=\"/assets/\"]), a[href^=\"javascript:\" i]')].map((it) => it.outerHTML)";
    assert_eq!(tab.ask(foreign).await, json!([]), "{page}");
    tab.assert_quiet(page);
}

async fn is_in_csv(service: &Client, list: &str, name: &str) {
    let csv = service.get(&format!("{list}?format=csv")).await.expect(200);
    let csv = csv.text();
    assert!(csv.contains(&name.replace('"', "\"\"")), "{list}: {csv}");
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
