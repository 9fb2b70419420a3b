//! The commands beside `serve`.

use std::path::Path;

use orderdesk_e2e::item;
use serde_json::Value;

use super::{program, token};

#[tokio::test]
async fn another_token_can_be_made_while_the_service_runs() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path()).serve().await;
    let made = program(directory.path()).arguments(&["token", "create"]).run().await;
    assert_eq!(made.code, Some(0), "{}", made.errors);
    assert_eq!(made.output, format!("{}\n", made.output.trim()));
    assert!(!made.errors.contains("od_"), "{}", made.errors);
    running.client().with_token(made.output.trim()).get("").await.json(200);
    let by_name =
        program(directory.path()).arguments(&["token", "create", "--user", "Administrator"]).run().await;
    running.client().with_token(by_name.output.trim()).get("").await.json(200);
    let first = running.signal("TERM").await;
    assert_ne!(token(&first.output), made.output.trim());
}

#[tokio::test]
async fn an_entity_tag_does_not_depend_on_whose_token_is_used() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path()).serve().await;
    let mut tags = Vec::new();
    for name in ["Soap", "Salt"] {
        let made = program(directory.path()).arguments(&["token", "create"]).run().await;
        let client = running.client().with_token(made.output.trim());
        client.create("items", &item(name, "1")).await;
        let url = client.column("items/?ordering=created_at", "url").await[0].clone();
        tags.push(client.get(url.as_str().unwrap()).await.header("etag").unwrap().to_owned());
    }
    assert_eq!(tags[0], tags[1]);
}

#[tokio::test]
async fn a_token_for_nobody_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for user in ["Administrator", "Nobody"] {
        let made = program(directory.path()).arguments(&["token", "create", "--user", user]).run().await;
        assert_eq!((made.code, made.output.as_str()), (Some(1), ""));
        assert!(made.errors.contains(&format!("there is no user named {user:?}")), "{}", made.errors);
        program(directory.path()).serve().await.signal("TERM").await;
        if user == "Administrator" {
            let made = program(directory.path()).arguments(&["token", "create", "--user", user]).run().await;
            assert_eq!(made.code, Some(0), "{}", made.errors);
        }
    }
}

#[tokio::test]
async fn the_document_can_be_printed_without_a_store() {
    let directory = tempfile::tempdir().unwrap();
    let printed = program(directory.path()).arguments(&["openapi"]).run().await;
    assert_eq!((printed.code, printed.output), (Some(0), orderdesk_http::openapi_json().unwrap()));
    let printed = program(directory.path()).arguments(&["openapi", "--format", "yaml"]).run().await;
    let yaml: Value = serde_norway::from_str(&printed.output).unwrap();
    assert_eq!(yaml["openapi"], "3.0.0");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_schema_can_be_brought_up_to_date_beforehand() {
    let directory = tempfile::tempdir().unwrap();
    let refused =
        program(directory.path()).arguments(&["--no-migrate", "--listen", "127.0.0.1:0"]).run().await;
    assert_eq!(refused.code, Some(1), "{}", refused.errors);
    let migrated = program(directory.path()).arguments(&["migrate"]).run().await;
    assert_eq!((migrated.code, migrated.output.as_str()), (Some(0), "Applied: initial, access, messages.\n"));
    let running = program(directory.path()).arguments(&["--no-migrate"]).serve().await;
    let ended = running.signal("TERM").await;
    assert_eq!(ended.code, Some(0));
    assert!(token(&ended.output).starts_with("od_"));
}

#[tokio::test]
async fn help_and_version_are_there_for_the_asking() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let help = program(here).arguments(&["--help"]).run().await;
    assert_eq!(help.code, Some(0));
    for word in ["serve", "token", "migrate", "openapi", "config", "--store", "ORDERDESK_STORE", "--listen"] {
        assert!(help.output.contains(word), "{word}\n{}", help.output);
    }
    let version = program(here).arguments(&["--version"]).run().await;
    assert_eq!(version.output, format!("orderdesk {}\n", env!("CARGO_PKG_VERSION")));
    let unknown = program(here).arguments(&["sevre"]).run().await;
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.errors.contains("sevre"), "{}", unknown.errors);
}

#[tokio::test]
async fn a_check_tells_whether_the_service_is_ready() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path()).serve().await;
    let address = running.address().to_string();
    let check = || program(directory.path()).arguments(&["health", "--listen", &address]).run();
    let checked = check().await;
    assert_eq!((checked.code, checked.errors.as_str()), (Some(0), ""));
    running.signal("TERM").await;
    let checked = check().await;
    assert_eq!(checked.code, Some(1));
    assert!(checked.errors.contains(&format!("nothing answers on {address}")), "{}", checked.errors);
}
