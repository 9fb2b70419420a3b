//! Pages of the API, as far as they are about HTTP; tests/browser sees to the rest.

use orderdesk_e2e::{Service, Store, Visitor, customer, on_every_store, order};
use serde_json::json;

on_every_store!(
    a_browser_gets_a_page_and_everybody_else_gets_json,
    a_page_has_the_status_of_what_it_shows,
    names_stand_in_pages_as_text,
    a_form_without_the_csrf_token_changes_nothing,
    json_that_is_posted_to_an_object_is_refused_as_ever,
);

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn a_browser_gets_a_page_and_everybody_else_gets_json(store: Store) {
    let service = Service::start(store).await;
    for (target, accept, kind) in [
        ("orders/", BROWSER, "text/html; charset=utf-8"),
        ("orders/?format=api", "application/json", "text/html; charset=utf-8"),
        ("orders/?format=json", BROWSER, "application/json"),
        ("orders/", "*/*", "application/json"),
        ("orders/", "application/json, text/html;q=0.9", "application/json"),
        ("orders/", "text/csv, text/html;q=0.9", "text/csv; charset=utf-8; header=present"),
    ] {
        let answer = service.get(target).header("accept", accept).await.expect(200);
        assert_eq!(answer.header("content-type"), Some(kind), "{target} {accept}");
        assert!(
            answer.members("vary").iter().any(|it| it.eq_ignore_ascii_case("accept")),
            "{target} {accept}"
        );
    }
    service.get("orders/?format=xml").header("accept", BROWSER).await.invalid_only("format");
    let refused = service.get("orders/").header("accept", "image/png").await.expect(406);
    assert!(refused.text().contains("text/html"), "{}", refused.text());
}

async fn a_page_has_the_status_of_what_it_shows(store: Store) {
    let service = Service::start(store).await;
    let stranger = service.anonymous();
    let page = stranger.get("orders/").header("accept", BROWSER).await.expect(401);
    assert!(page.text().contains("/api/v1/api-auth/authenticate/?next=%2Fapi%2Fv1%2Forders%2F"));
    assert!(page.header("www-authenticate").is_some());
    let absent = "orders/0190a1b2-c3d4-7000-8000-000000000001/";
    service.get(absent).header("accept", BROWSER).await.expect(404);
    service.get("nothing/").header("accept", BROWSER).await.expect(404);
    service.get("orders/?limit=0").header("accept", BROWSER).await.expect(400);
}

async fn names_stand_in_pages_as_text(store: Store) {
    let service = Service::start(store).await;
    let evil = "\"><script>alert(1)</script>";
    let mut named = customer();
    named["first_name"] = json!(evil);
    let customer = service.create("customers", &named).await;
    let placed = service.create("orders", &order(&customer)).await;
    for url in [customer["url"].as_str().unwrap(), placed["url"].as_str().unwrap(), "customers/", "orders/"] {
        let page = service.get(url).header("accept", BROWSER).await.expect(200);
        assert!(!page.text().contains("<script>alert"), "{url}");
        assert!(page.text().contains("&#60;script&#62;alert(1)"), "{url}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    }
}

async fn a_form_without_the_csrf_token_changes_nothing(store: Store) {
    let service = Service::start(store).await;
    let mut visitor = Visitor::new(&service);
    visitor.send_form("api-auth/authenticate/", &[("token", service.token())]).await.expect(303);
    let fields = "code=AB123&first_name=Amina&second_name=Otieno&phone=%2B254712345678";
    let send = async |form: &str| {
        let form =
            visitor.call("POST", "customers/").body("application/x-www-form-urlencoded", form.to_owned());
        form.header("accept", BROWSER).await
    };
    send(fields).await.expect(403);
    assert_eq!(service.get("customers/").await.json(200)["pagination"]["count"], 0);
    let token = visitor.cookie("orderdesk_csrf").unwrap();
    send(&format!("{fields}&csrf_token={token}")).await.expect(303);
    assert_eq!(service.get("customers/").await.json(200)["pagination"]["count"], 1);
}

async fn json_that_is_posted_to_an_object_is_refused_as_ever(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let url = customer["url"].as_str().unwrap();
    service.post(url, &json!({ "_method": "DELETE" })).header("accept", BROWSER).await.expect(405);
    assert_eq!(service.again(&customer).await, customer);
}
