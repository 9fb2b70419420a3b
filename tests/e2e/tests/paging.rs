//! Pages of a list, in both dialects.

use orderdesk_e2e::{Fields as _, Service, Store, item, on_every_store};
use serde_json::{Value, json};

on_every_store!(
    a_page_has_twenty_objects_unless_said_otherwise,
    a_page_says_where_it_stands,
    limit_and_offset_are_page_and_per_page_in_other_words,
    the_links_lead_through_the_list_and_back,
    links_keep_every_other_parameter,
    a_page_beyond_the_end_is_empty,
    counting_can_be_left_out,
    the_two_dialects_do_not_mix,
    numbers_out_of_range_are_refused,
    a_parameter_may_stand_once,
    an_unknown_parameter_is_refused_with_those_there_are,
);

/// A service with this many items, named `00`, `01` and so on.
async fn service(store: Store, items: usize) -> Service {
    let service = Service::start(store).await;
    for number in 0..items {
        service.create("items", &item(&format!("{number:02}"), "1")).await;
    }
    service
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn a_page_has_twenty_objects_unless_said_otherwise(store: Store) {
    let service = service(store, 21).await;
    let page = service.get("items/").await.json(200);
    assert_eq!(page.names(), ["items", "pagination"]);
    assert_eq!((names(&page).len(), names(&page)[0]), (20, "20"), "the newest first");
    assert_eq!(page["pagination"]["count"], 21);
    assert_eq!(page["pagination"]["limit"], 20);
}

async fn a_page_says_where_it_stands(store: Store) {
    let service = service(store, 5).await;
    let page = service.get("items/?limit=2&offset=2&ordering=name").await.json(200);
    assert_eq!(names(&page), ["02", "03"]);
    let pagination = page["pagination"].clone().without("next").without("prev").without("next_cursor");
    assert_eq!(pagination, json!({ "count": 5, "limit": 2, "offset": 2, "page": 2, "per_page": 2 }));
    // The page is offset / limit + 1, rounded down.
    let page = service.get("items/?limit=2&offset=3").await.json(200);
    assert_eq!((&page["pagination"]["offset"], &page["pagination"]["page"]), (&json!(3), &json!(2)));
    let empty = Service::start(store).await.get("items/").await.json(200);
    let nothing = json!({ "count": 0, "limit": 20, "offset": 0, "page": 1, "per_page": 20, "next": null, "prev": null, "next_cursor": null });
    assert_eq!(empty, json!({ "items": [], "pagination": nothing }));
}

async fn limit_and_offset_are_page_and_per_page_in_other_words(store: Store) {
    let service = service(store, 5).await;
    for (first, second) in [
        ("limit=2&offset=2", "per_page=2&page=2"),
        ("limit=2", "per_page=2"),
        ("limit=20&offset=0", "page=1"),
        ("limit=3&offset=3", "page=2&per_page=3"),
    ] {
        let first = service.get(&format!("items/?{first}")).await.json(200);
        let second = service.get(&format!("items/?{second}")).await.json(200);
        assert_eq!(first["items"], second["items"]);
        for name in ["count", "limit", "offset", "page", "per_page", "next_cursor"] {
            assert_eq!(first["pagination"][name], second["pagination"][name], "{name}");
        }
    }
}

async fn the_links_lead_through_the_list_and_back(store: Store) {
    let service = service(store, 5).await;
    for start in [
        "items/?limit=2&ordering=name",
        "items/?per_page=2&ordering=name",
        "items/?ordering=name&page=1&per_page=2",
    ] {
        let first = service.get(start).await.json(200);
        let mut seen = vec![names(&first).join(" ")];
        let mut page = first;
        while let Some(next) = page["pagination"]["next"].as_str() {
            page = service.get(next).await.json(200);
            seen.push(names(&page).join(" "));
        }
        assert_eq!(seen, ["00 01", "02 03", "04"], "{start}");
        let mut seen = vec![names(&page).join(" ")];
        while let Some(prev) = page["pagination"]["prev"].as_str() {
            page = service.get(prev).await.json(200);
            seen.push(names(&page).join(" "));
        }
        assert_eq!(seen, ["04", "02 03", "00 01"], "{start}");
    }
    // A page that does not begin at a whole number of pages has one before it all the same.
    let page = service.get("items/?limit=3&offset=1&ordering=name").await.json(200);
    let page = service.get(page["pagination"]["prev"].as_str().unwrap()).await.json(200);
    assert_eq!(names(&page), ["00", "01", "02"]);
}

async fn links_keep_every_other_parameter(store: Store) {
    let service = service(store, 5).await;
    let query = "is_active=true&fields=name&name__icontains=0&ordering=-name&count=false&limit=2";
    let page = service.get(&format!("items/?{query}")).await.json(200);
    let next = page["pagination"]["next"].as_str().unwrap();
    assert!(next.starts_with(&service.url("items/?")), "{next}");
    let kept: Vec<_> = next.split_once('?').unwrap().1.split('&').collect();
    for parameter in query.split('&') {
        assert!(kept.contains(&parameter), "{next}");
    }
    let page = service.get(next).await.json(200);
    assert_eq!(page["items"], json!([{ "name": "02" }, { "name": "01" }]));
    let odd = service
        .get("items/")
        .query(&[("limit", "1"), ("name__icontains", "0"), ("search", "0")])
        .await
        .json(200);
    service.get(odd["pagination"]["next"].as_str().unwrap()).await.json(200);
}

async fn a_page_beyond_the_end_is_empty(store: Store) {
    let service = service(store, 3).await;
    for query in ["offset=3", "offset=9223372036854775807", "page=2", "page=4294967295&per_page=100"] {
        let page = service.get(&format!("items/?{query}")).await.json(200);
        assert_eq!(page["items"], json!([]), "{query}");
        assert_eq!(
            (&page["pagination"]["count"], &page["pagination"]["next"]),
            (&json!(3), &Value::Null),
            "{query}"
        );
    }
}

async fn counting_can_be_left_out(store: Store) {
    let service = service(store, 3).await;
    let page = service.get("items/?count=false&limit=2").await.json(200);
    assert_eq!(page["pagination"]["count"], Value::Null);
    assert!(page["pagination"]["next"].is_string());
    assert_eq!(service.get("items/?count=true").await.json(200)["pagination"]["count"], 3);
    service.get("items/?count=maybe").await.invalid_only("count");
}

async fn the_two_dialects_do_not_mix(store: Store) {
    let service = service(store, 0).await;
    for (query, field) in [
        ("limit=2&page=1", "page"),
        ("offset=2&page=1", "page"),
        ("limit=2&per_page=2", "per_page"),
        ("offset=2&per_page=2", "per_page"),
    ] {
        let reason = service.get(&format!("items/?{query}")).await.invalid_only(field);
        assert!(reason.contains("not both"), "{query}: {reason}");
    }
}

async fn numbers_out_of_range_are_refused(store: Store) {
    let service = service(store, 0).await;
    for (name, values) in [
        ("limit", ["0", "-1", "101", "abc", "1.0", "1e1", "", "+1", "99999999999999999999"]),
        ("per_page", ["0", "-1", "101", "abc", "1.0", "1e1", "", "+1", "99999999999999999999"]),
        ("offset", ["-1", "-0", "x", "1.5", "1e1", "", "+1", "9223372036854775808", "99999999999999999999"]),
        ("page", ["0", "-1", "x", "1.5", "1e1", "", "+1", "4294967296", "99999999999999999999"]),
    ] {
        for value in values {
            let reason = service.get("items/").query(&[(name, value)]).await.invalid_only(name);
            assert!(reason.contains("whole number from"), "{name}={value}: {reason}");
        }
    }
}

async fn a_parameter_may_stand_once(store: Store) {
    let service = service(store, 0).await;
    let reason = service.get("items/?name=a&name=b").await.invalid_only("name");
    assert!(reason.contains("name__in=a,b") || reason.contains("once"), "{reason}");
    let reason = service.get("orders/?status=Pending&status=Closed").await.invalid_only("status");
    assert!(reason.contains("status__in="), "{reason}");
    service.get("items/?limit=1&limit=1").await.invalid_only("limit");
}

async fn an_unknown_parameter_is_refused_with_those_there_are(store: Store) {
    let service = service(store, 1).await;
    let reason = service.get("items/?colour=red").await.invalid_only("colour");
    for name in ["name__icontains", "limit", "ordering", "search", "fields"] {
        assert!(reason.contains(name), "{reason}");
    }
    for target in [
        "?x=1",
        "customers/?Code=AB12C",
        "orders/?quantity__icontains=1",
        "items/?name__regex=x",
        "items/?id=1",
    ] {
        assert_eq!(
            service.get(target).await.invalid().as_object().map(serde_json::Map::len),
            Some(1),
            "{target}"
        );
    }
    let id = service.column("items/", "id").await[0].as_str().unwrap().to_owned();
    service.get(&format!("items/{id}/?limit=1")).await.invalid_only("limit");
    service.delete(&format!("items/{id}/?force=true")).await.invalid_only("force");
    service.post("items/?dry_run=true", &item("Soap", "1")).await.invalid_only("dry_run");
}
