//! Entity tags and versions: what spares an answer, and what keeps one change from undoing another.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    every_object_has_a_strong_tag,
    a_tag_changes_with_whatever_is_shown,
    what_the_client_has_is_not_sent_again,
    a_change_on_a_stale_version_is_refused,
    a_tag_of_any_representation_names_the_version,
    a_version_in_the_body_is_a_precondition_as_well,
    a_deletion_can_be_conditional,
    of_two_concurrent_changes_of_one_version_one_succeeds,
);

async fn tag(service: &Service, target: &str) -> String {
    let answer = service.get(target).await.expect(200);
    answer.header("etag").expect("no ETag").to_owned()
}

async fn every_object_has_a_strong_tag(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    for (plural, body) in [("items", item("Soap", "1")), ("orders", order(&customer))] {
        let created = service.post(&format!("{plural}/"), &body).await;
        let at_creation = created.header("etag").unwrap().to_owned();
        let created = created.json(201);
        let url = created["url"].as_str().unwrap();
        let shown = tag(&service, url).await;
        assert_eq!(shown, at_creation);
        assert!(shown.starts_with('"') && shown.ends_with('"') && shown.len() > 2, "{shown}");
        let changed = service.put(url, &created.clone().with("price_per_unit", "2")).await.expect(200);
        assert_ne!(changed.header("etag"), Some(shown.as_str()));
        assert_eq!(changed.header("etag"), Some(tag(&service, url).await.as_str()));
    }
    assert_eq!(service.get("orders/").await.header("etag"), None);
}

async fn a_tag_changes_with_whatever_is_shown(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner)).await;
    let url = placed["url"].as_str().unwrap();
    let before = tag(&service, url).await;
    assert_eq!(tag(&service, url).await, before);
    assert_ne!(tag(&service, &format!("{url}?fields=id,total")).await, before);
    assert_ne!(tag(&service, &format!("{url}?expand=customer")).await, before);
    // An order shows its customer.
    service.patch(owner["url"].as_str().unwrap(), &json!({ "first_name": "Zawadi" })).await.json(200);
    let after = tag(&service, url).await;
    assert_ne!(after, before);
    // The order itself is the same: a change on what was read before goes through.
    service.patch(url, &json!({ "quantity": 5 })).header("if-match", &before).await.json(200);
}

async fn what_the_client_has_is_not_sent_again(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("items", &item("Soap", "1")).await;
    let url = created["url"].as_str().unwrap();
    let tag = tag(&service, url).await;
    for known in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let answer = service.get(url).header("if-none-match", &known).await.expect(304);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
        assert!(answer.header("vary").is_some());
    }
    service.get(url).header("if-none-match", "\"x\"").await.json(200);
    service.get(&format!("{url}?fields=id")).header("if-none-match", &tag).await.json(200);
    service.patch(url, &json!({ "name": "Salt" })).await.json(200);
    service.get(url).header("if-none-match", &tag).await.json(200);
    assert_eq!(service.call("HEAD", url).header("if-none-match", "*").await.status, 304);
}

async fn a_change_on_a_stale_version_is_refused(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("items", &item("Soap", "1")).await;
    let url = created["url"].as_str().unwrap();
    let stale = tag(&service, url).await;
    let changed =
        service.patch(url, &json!({ "price_per_unit": "2" })).header("if-match", &stale).await.json(200);
    for known in
        [stale.as_str(), "\"x\"", "\"\"", "nonsense", "2", &format!("W/{}", tag(&service, url).await)]
    {
        service
            .patch(url, &json!({ "name": "Salt" }))
            .header("if-match", known)
            .await
            .refusal(412, "stale_version");
        let put = service.put(url, &created.clone().without("version")).header("if-match", known);
        put.await.refusal(412, "stale_version");
    }
    assert_eq!(service.again(&created).await, changed);
    let current = tag(&service, url).await;
    for known in [current.clone(), "*".to_owned(), format!("{stale}, {current}")] {
        service.patch(url, &json!({})).header("if-match", &known).await.json(200);
    }
}

async fn a_tag_of_any_representation_names_the_version(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("items", &item("Soap", "1")).await;
    let url = created["url"].as_str().unwrap();
    let thin = tag(&service, &format!("{url}?fields=id")).await;
    service.patch(url, &json!({ "price_per_unit": "2" })).header("if-match", &thin).await.json(200);
    service
        .patch(url, &json!({ "price_per_unit": "3" }))
        .header("if-match", &thin)
        .await
        .refusal(412, "stale_version");
}

async fn a_version_in_the_body_is_a_precondition_as_well(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("items", &item("Soap", "1")).await;
    let url = created["url"].as_str().unwrap();
    let changed = service.patch(url, &json!({ "price_per_unit": "2", "version": 1 })).await.json(200);
    assert_eq!(changed["version"], 2);
    service.patch(url, &json!({ "price_per_unit": "3", "version": 1 })).await.refusal(412, "stale_version");
    service.put(url, &created).await.refusal(412, "stale_version");
    let tag = tag(&service, url).await;
    service.patch(url, &json!({ "version": 1 })).header("if-match", &tag).await.refusal(412, "stale_version");
    service.put(url, &changed.clone().with("name", "Salt")).header("if-match", &tag).await.json(200);
}

async fn a_deletion_can_be_conditional(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner)).await;
    let item = service.create("items", &item("Soap", "1")).await;
    for object in [placed, item, owner] {
        let url = object["url"].as_str().unwrap();
        service.delete(url).header("if-match", "\"7-x\"").await.refusal(412, "stale_version");
        let tag = tag(&service, url).await;
        service.delete(url).header("if-match", &tag).await.expect(204);
    }
}

async fn of_two_concurrent_changes_of_one_version_one_succeeds(store: Store) {
    let service = Service::start(store).await;
    let mut current = service.create("items", &item("Soap", "1")).await;
    let url = current["url"].as_str().unwrap().to_owned();
    for round in 0..20 {
        let change = |name: String| json!({ "name": name, "version": current["version"] });
        let (first, second) = (change(format!("a{round}")), change(format!("b{round}")));
        let (first, second) = tokio::join!(service.patch(&url, &first), service.patch(&url, &second));
        let (winner, loser) = if first.status == 200 { (first, second) } else { (second, first) };
        loser.refusal(412, "stale_version");
        let won: Value = winner.json(200);
        assert_eq!(service.again(&current).await, won);
        current = won;
    }
}
