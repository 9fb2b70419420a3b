//! Moving house: from store to store, to a file and from one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use orderdesk_e2e::{Client, Fields as _, Outcome, Store, customer, item, on_every_lasting_store, order};
use serde_json::{Value, json};

use super::Site;

on_every_lasting_store!(
    everything_moves_there_and_back,
    a_store_that_is_not_empty_is_left_as_it_is,
    a_file_that_is_wrong_leaves_nothing_behind,
);

/// A site with a store of this kind in which there is something of everything.
async fn stocked(store: Store) -> Site {
    let site = Site::new(store).await;
    let running = site.program().serve().await;
    let client = site.client(&running);
    let owner = client.create("customers", &customer().with("phone", "+254798765432")).await;
    client.create("items", &item("Soap, 250 g", "149.90")).await;
    for number in 0..3 {
        let placed = client.create("orders", &order(&owner)).await;
        let path = format!("orders/{}/", placed["id"].as_str().unwrap());
        client.patch(&path, &json!({ "quantity": 4 })).await.json(200);
        if number > 0 {
            let status = if number == 1 { "Closed" } else { "Cancelled" };
            client.patch(&path, &json!({ "status": status })).await.json(200);
        }
    }
    assert_eq!(running.signal("TERM").await.code, Some(0));
    site
}

/// Runs a command of the program, which must succeed.
async fn done(site: &Site, arguments: &[&str]) -> Outcome {
    let outcome = site.program().arguments(arguments).run().await;
    assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.errors);
    outcome
}

/// Runs a command of the program, which must refuse and say all of `words`.
async fn refused(site: &Site, arguments: &[&str], words: &[&str]) -> Outcome {
    let outcome = site.program().arguments(arguments).variable("RUST_BACKTRACE", "1").run().await;
    assert_eq!((outcome.code, outcome.output.as_str()), (Some(1), ""), "{arguments:?}: {}", outcome.errors);
    for word in words {
        assert!(outcome.errors.contains(word), "{arguments:?}: {word}\n{}", outcome.errors);
    }
    for word in ["panicked", "backtrace", "hunter2", "98765432", "Amina"] {
        assert!(!outcome.errors.contains(word), "{arguments:?}: {word}\n{}", outcome.errors);
    }
    assert!(outcome.errors.lines().count() <= 6, "{}", outcome.errors);
    outcome
}

/// Everything in a store, as it is exported.
async fn held(site: &Site, store: &str) -> String {
    done(site, &["export", "--from", store, "-"]).await.output
}

/// How many of this kind the table of a move shows.
fn row<'t>(table: &'t str, kind: &str) -> &'t str {
    let row = table.lines().find(|row| row.split_whitespace().next() == Some(kind));
    row.expect(kind).split_whitespace().last().unwrap()
}

/// All that the lists show, wherever the service listens.
async fn lists(client: &Client) -> Vec<Value> {
    let mut lists = Vec::new();
    for list in ["customers", "items", "orders"] {
        let text = client.get(&format!("{list}/?limit=100")).await.expect(200).text().to_owned();
        lists.push(serde_json::from_str(&text.replace(client.base(), "")).unwrap());
    }
    lists
}

async fn everything_moves_there_and_back(store: Store) {
    let old = stocked(Store::Sqlite).await;
    let running = old.program().serve().await;
    let shown = lists(&old.client(&running)).await;
    assert_eq!(running.signal("TERM").await.code, Some(0));
    // That the token was used is written down by then.
    let before = held(&old, &old.setting).await;

    // There,
    let new = Site::new(store).await;
    let moved = done(&old, &["transfer", "--from", &old.setting, "--to", &new.setting]).await;
    for (kind, count) in [
        ("installation", "1"),
        ("api_token", "1"),
        ("customer", "1"),
        ("item", "1"),
        ("order", "3"),
        ("order_event", "8"),
        ("audit_entry", "10"),
        ("total", "31"),
    ] {
        assert_eq!(row(&moved.output, kind), count, "{}", moved.output);
    }
    assert!(
        moved.errors.contains("Moved 31 records") && moved.errors.contains("verified"),
        "{}",
        moved.errors
    );
    assert_eq!(moved.errors.lines().count(), 1, "no bar where there is no terminal: {}", moved.errors);
    assert_eq!(held(&old, &new.setting).await, before);

    // back,
    done(&old, &["transfer", "--from", &new.setting, "--to", "sqlite:back.db"]).await;
    assert_eq!(held(&old, "sqlite:back.db").await, before);

    // and there by way of a file.
    done(&old, &["export", "everything.ndjson"]).await;
    let file = old.directory.path().join("everything.ndjson");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let third = Site::new(store).await;
    done(&third, &["import", file.to_str().unwrap()]).await;
    assert_eq!(held(&third, &third.setting).await, before);

    // Whoever had a token has it still, and finds everything in its place.
    let token = fs::read_to_string(old.directory.path().join("token")).unwrap();
    for site in [new, third] {
        let running = site.program().serve().await;
        let client = running.client().with_token(token.trim());
        assert_eq!(lists(&client).await, shown);
        let owner = client.get("customers/").await.json(200)["customers"][0].clone();
        let placed = client.create("orders", &order(&owner)).await;
        let newest = client.column("orders/?limit=1", "id").await;
        assert_eq!(newest, [placed["id"].clone()]);
        let events = format!("orders/{}/events/", shown[2]["orders"][0]["id"].as_str().unwrap());
        assert_eq!(client.column(&events, "event").await, ["cancelled", "changed", "placed"]);
        assert_eq!(running.signal("TERM").await.code, Some(0));
        assert!(!site.directory.path().join("token").exists(), "it is not set up once more");
    }
}

async fn a_store_that_is_not_empty_is_left_as_it_is(store: Store) {
    let old = stocked(Store::Sqlite).await;
    let new = stocked(store).await;
    let before = held(&new, &new.setting).await;
    let words = ["is not empty", "it was left as it is"];
    refused(&old, &["transfer", "--from", &old.setting, "--to", &new.setting], &words).await;
    done(&old, &["export", "everything.ndjson"]).await;
    refused(&old, &["import", "--to", &new.setting, "everything.ndjson"], &words).await;
    assert_eq!(held(&new, &new.setting).await, before);
    let same = ["transfer", "--from", &new.setting, "--to", &new.setting];
    refused(&new, &same, &["are the same"]).await;
}

async fn a_file_that_is_wrong_leaves_nothing_behind(store: Store) {
    let old = stocked(Store::Sqlite).await;
    let whole = held(&old, &old.setting).await;
    let site = Site::new(store).await;
    let file = |name: &str| site.directory.path().join(name);
    let customer_id = whole.lines().find(|line| line.contains("\"customer\"")).unwrap();
    let customer_id = customer_id.split('"').nth(7).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let number = |kind: &str| {
        1 + lines.iter().position(|line| line.starts_with(&format!("{{\"kind\":\"{kind}\""))).unwrap()
    };
    let (order, last) = (number("order"), number("end"));
    let without = |line: usize| {
        let kept = lines.iter().enumerate().filter(|(index, _)| index + 1 != line).map(|(_, text)| *text);
        kept.collect::<Vec<_>>().join("\n") + "\n"
    };
    for (name, text, words) in [
        ("version", whole.replacen("\"version\":3", "\"version\":4", 1), ["line 1: ", "newer program"]),
        ("cut", whole[..whole.len() - 200].to_owned(), [&*format!("line {last}: "), "it is not complete"]),
        ("no end", without(last), [&format!("line {last}: "), "it is not complete"]),
        (
            "fewer",
            without(number("audit_entry")),
            [&format!("line {}: ", last - 1), "there are 9 records of the kind audit_entry"],
        ),
        ("changed", whole.replace("Amina", "Anima"), [&format!("line {last}: "), "`sha256`"]),
        (
            "phone",
            whole.replace("+2547", "2547"),
            [&format!("line {}: `phone`: ", number("customer")), "international format"],
        ),
        (
            "reference",
            whole.replacen(
                &format!("\"customer_id\":\"{customer_id}"),
                "\"customer_id\":\"01a1fc39-8c53-769c-8ffd-c27b8a9b5d05",
                1,
            ),
            [&format!("line {order} cannot be kept"), "it refers to something that is not there"],
        ),
        ("something else", "id,name\n1,Amina\n".to_owned(), ["line 1: ", "not an export"]),
    ] {
        fs::write(file(name), text).unwrap();
        refused(&site, &["import", name], &words).await;
    }
    refused(&site, &["import", "nowhere"], &["cannot read nowhere", "No such file"]).await;
    // Nothing of all these is there, so that what is in order can be.
    fs::write(file("whole"), &whole).unwrap();
    done(&site, &["import", "whole"]).await;
    assert_eq!(held(&site, &site.setting).await, whole);
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_export_is_for_its_owner_only_and_replaces_nothing() {
    let site = stocked(Store::Sqlite).await;
    let before = names(site.directory.path());
    done(&site, &["export", "everything.ndjson"]).await;
    let file = site.directory.path().join("everything.ndjson");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&file, "precious").unwrap();
    refused(&site, &["export", "everything.ndjson"], &["everything.ndjson is there already"]).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    fs::remove_file(&file).unwrap();
    refused(&site, &["export", "none/everything.ndjson"], &["cannot be written", "No such file"]).await;
    assert_eq!(names(site.directory.path()), before);
}

#[tokio::test]
async fn an_export_can_be_piped_into_an_import() {
    let old = stocked(Store::Sqlite).await;
    let exported = done(&old, &["export", "-"]).await;
    assert_eq!(row(&exported.errors, "total"), "31", "{}", exported.errors);
    let new = Site::new(Store::Sqlite).await;
    let file = new.directory.path().join("piped");
    fs::write(&file, &exported.output).unwrap();
    let imported = new.program().arguments(&["import", "-"]).input(&file).run().await;
    assert_eq!(imported.code, Some(0), "{}", imported.errors);
    assert_eq!(row(&imported.output, "total"), "31", "{}", imported.output);
    assert_eq!(held(&new, &new.setting).await, exported.output);
}

#[tokio::test]
async fn a_store_that_cannot_be_a_source_is_told_and_not_made() {
    let site = Site::new(Store::Sqlite).await;
    let before = names(site.directory.path());
    refused(&site, &["export", "everything.ndjson"], &["there is no database", "orderdesk migrate"]).await;
    let missing = ["transfer", "--from", "sqlite:old.db", "--to", "sqlite:new.db"];
    refused(&site, &missing, &["old.db", "there is no database"]).await;
    let forgotten = ["transfer", "--from", "memory", "--to", "sqlite:new.db"];
    refused(&site, &forgotten, &["nothing to be moved"]).await;
    let password =
        ["transfer", "--from", "postgres://shop:hunter2@127.0.0.1:1/orders", "--to", "sqlite:new.db"];
    refused(&site, &password, &["cannot read the store postgres://…@127.0.0.1:1/orders"]).await;
    let malformed =
        ["transfer", "--from", "postgers://shop:hunter2@127.0.0.1/orders", "--to", "sqlite:new.db"];
    refused(&site, &malformed, &["`--from` is `postgers:…`; expected sqlite:PATH"]).await;
    assert_eq!(names(site.directory.path()), before);
}
