//! Cursors: no object skipped or repeated while others are being added, and each good for its own list only.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    a_walk_sees_every_object_once_while_others_are_added,
    a_walk_agrees_with_the_list_in_every_order,
    a_cursor_page_says_where_it_stands,
    a_cursor_belongs_to_its_filters_and_ordering,
    what_does_not_decide_the_list_may_change,
    a_cursor_stands_alone,
    what_is_no_cursor_is_refused,
);

/// The ids on every page from `start` on, as `next_cursor` leads; `between` is told how many those
/// are so far.
async fn walk(service: &Service, start: &str, mut between: impl AsyncFnMut(usize)) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut page = service.get(start).await.json(200);
    loop {
        let (_, rows) = page.as_object().unwrap().iter().find(|(name, _)| *name != "pagination").unwrap();
        seen.extend(rows.as_array().unwrap().iter().map(|row| row["id"].clone()));
        let Some(cursor) = page["pagination"]["next_cursor"].as_str() else { return seen };
        between(seen.len()).await;
        page = service.get(start).query(&[("cursor", cursor)]).await.json(200);
    }
}

async fn a_walk_sees_every_object_once_while_others_are_added(store: Store) {
    let service = Service::start(store).await;
    for name in ["b", "d", "f", "h", "j", "l"] {
        service.create("items", &item(name, "1")).await;
    }
    for ordering in ["name", "-name", "created_at", "-created_at", "price_per_unit,name", "-price_per_unit"] {
        let before = service.column(&format!("items/?ordering={ordering}&limit=100"), "id").await;
        let seen = walk(&service, &format!("items/?limit=2&ordering={ordering}"), async |number| {
            // Not for ever: where the new come last, each of them makes the walk longer.
            let places: &[&str] = if number < 8 { &["a", "m"] } else { &[] };
            for place in places {
                service.create("items", &item(&format!("{place}{ordering}{number}"), "1")).await;
            }
        })
        .await;
        let old: Vec<_> = seen.iter().filter(|id| before.contains(id)).cloned().collect();
        assert_eq!(old, before, "{ordering}");
        let mut once = seen.clone();
        once.sort_by_key(ToString::to_string);
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{ordering}");
    }
}

async fn a_walk_agrees_with_the_list_in_every_order(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for (item, quantity, status) in [
        ("b", 1, "Closed"),
        ("B", 2, "Pending"),
        ("a", 1, "Cancelled"),
        ("ä", 2, "Pending"),
        ("A", 1, "Closed"),
    ] {
        let placed =
            service.create("orders", &order(&owner).with("item", item).with("quantity", quantity)).await;
        service.patch(placed["url"].as_str().unwrap(), &json!({ "status": status })).await.json(200);
    }
    for ordering in [
        "item",
        "-item",
        "quantity",
        "-quantity,item",
        "status",
        "-status",
        "time_closed",
        "-time_closed",
        "time_closed,-quantity",
        "price_per_unit",
    ] {
        let list = service.column(&format!("orders/?ordering={ordering}"), "id").await;
        for limit in [1, 2, 4] {
            let seen =
                walk(&service, &format!("orders/?ordering={ordering}&limit={limit}"), async |_| ()).await;
            assert_eq!(seen, list, "{ordering} by {limit}");
        }
    }
    let path = format!("customers/{}/orders/?limit=2", owner["id"].as_str().unwrap());
    assert_eq!(walk(&service, &path, async |_| ()).await.len(), 5);
    let of_some = walk(&service, "orders/?status=Pending&limit=1", async |_| ()).await;
    assert_eq!(of_some.len(), 2);
}

/// A service with five items, and the cursor behind the first two by name.
async fn with_cursor(store: Store) -> (Service, String) {
    let service = Service::start(store).await;
    for name in ["a", "b", "c", "d", "e"] {
        service.create("items", &item(name, "1")).await;
    }
    let page = service.get("items/?ordering=name&limit=2&is_active=true").await.json(200);
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap().to_owned();
    (service, cursor)
}

async fn a_cursor_page_says_where_it_stands(store: Store) {
    let (service, cursor) = with_cursor(store).await;
    let page =
        service.get(&format!("items/?ordering=name&limit=2&is_active=true&cursor={cursor}")).await.json(200);
    let pagination = &page["pagination"];
    assert_eq!((&pagination["count"], &pagination["limit"]), (&json!(5), &json!(2)));
    assert_eq!(
        (&pagination["offset"], &pagination["page"], &pagination["prev"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let last = service.get(pagination["next"].as_str().unwrap()).await.json(200);
    assert_eq!(last["items"][0]["name"], "e");
    assert_eq!(
        (&last["pagination"]["next"], &last["pagination"]["next_cursor"]),
        (&Value::Null, &Value::Null)
    );
}

async fn a_cursor_belongs_to_its_filters_and_ordering(store: Store) {
    let (service, cursor) = with_cursor(store).await;
    for list in [
        "items/?ordering=-name&is_active=true",
        "items/?ordering=name",
        "items/?ordering=name&is_active=false",
        "items/?ordering=name&is_active=true&search=a",
        "items/?ordering=name,created_at&is_active=true",
        "items/?is_active=true",
        "customers/?limit=2",
        "orders/?ordering=item",
    ] {
        let reason = service.get(list).query(&[("cursor", cursor.as_str())]).await.invalid_only("cursor");
        assert!(reason.contains("other filters or another ordering"), "{list}: {reason}");
    }
}

async fn what_does_not_decide_the_list_may_change(store: Store) {
    let (service, cursor) = with_cursor(store).await;
    for list in [
        "items/?is_active=true&ordering=name",
        "items/?fields=name&count=false&limit=3&is_active=true&ordering=name",
        "items/?per_page=2&is_active=true&ordering=name",
    ] {
        let page = service.get(list).query(&[("cursor", cursor.as_str())]).await.json(200);
        assert_eq!(page["items"][0]["name"], "c", "{list}");
    }
}

async fn a_cursor_stands_alone(store: Store) {
    let (service, cursor) = with_cursor(store).await;
    for (beside, field) in [("offset=2", "cursor"), ("page=2", "cursor")] {
        let list = format!("items/?ordering=name&is_active=true&{beside}&cursor={cursor}");
        let message = service.get(&list).await.invalid();
        assert!(message.names().contains(&field), "{beside}: {message}");
    }
}

async fn what_is_no_cursor_is_refused(store: Store) {
    let (service, cursor) = with_cursor(store).await;
    let flipped: String = cursor.chars().rev().collect();
    for text in
        ["", "x", "0", "====", "bnVsbA", "e30", &flipped, &cursor[..cursor.len() - 2], &"A".repeat(5_000)]
    {
        let list = service.get("items/?ordering=name&is_active=true").query(&[("cursor", text)]);
        list.await.invalid_only("cursor");
    }
}
