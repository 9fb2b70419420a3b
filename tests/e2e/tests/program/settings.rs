//! Settings: where they come from, and how the program says what is wrong with them.

use orderdesk_e2e::Service;
use orderdesk_e2e::Store;

use super::program;

#[tokio::test]
async fn the_settings_are_shown_with_where_each_comes_from() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("orderdesk.toml"), "listen = \"127.0.0.1:9000\"\nlog = \"warn\"\n")
        .unwrap();
    let check = program(directory.path())
        .variable("ORDERDESK_LOG", "debug")
        .variable("ORDERDESK_THROTTLE", "off")
        .arguments(&["config", "check", "--body-limit", "5"])
        .run()
        .await;
    assert_eq!(check.code, Some(0), "{}", check.errors);
    for line in [
        "listen = 127.0.0.1:9000  # orderdesk.toml",
        "log = debug  # environment",
        "body_limit = 5  # command line",
        "throttle = off  # environment",
        "store = sqlite:orderdesk.db  # default",
        "public_url = (none)  # default",
    ] {
        assert!(check.output.lines().any(|other| other == line), "{line}\n{}", check.output);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_and_by_name() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("orderdesk.toml"), "listne = \"127.0.0.1:9000\"\n").unwrap();
    for command in [["config", "check"].as_slice(), &["serve"], &["migrate"], &["token", "create"]] {
        let ended = program(directory.path())
            .variable("ORDERDESK_SOTRE", "memory")
            .variable("ORDERDESK_BODY_LIMIT", "many")
            .arguments(command)
            .run()
            .await;
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{command:?}");
        for words in ["`listne`", "`ORDERDESK_SOTRE`", "`ORDERDESK_BODY_LIMIT` (environment) is `many`"] {
            assert!(ended.errors.contains(words), "{words}\n{}", ended.errors);
        }
        assert!(
            ended.errors.contains("listen") && ended.errors.contains("ORDERDESK_STORE"),
            "{}",
            ended.errors
        );
    }
    assert!(!directory.path().join("orderdesk.db").exists());
}

#[tokio::test]
async fn an_unknown_flag_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let ended = program(directory.path()).arguments(&["--listne", "127.0.0.1:0"]).run().await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.errors.contains("--listne") && ended.errors.contains("--listen"), "{}", ended.errors);
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_is_named() {
    let directory = tempfile::tempdir().unwrap();
    for store in ["sqlite:no/such/directory/orderdesk.db", "sqlite:."] {
        let arguments = ["--store", store, "--listen", "127.0.0.1:0"];
        let ended = program(directory.path()).arguments(&arguments).run().await;
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
        assert!(
            ended.errors.contains("cannot use the store") && ended.errors.contains("because"),
            "{}",
            ended.errors
        );
    }
    std::fs::write(directory.path().join("text.db"), "this is no database, however long it is\n".repeat(100))
        .unwrap();
    let arguments = ["--store", "sqlite:text.db", "--listen", "127.0.0.1:0"];
    let ended = program(directory.path()).arguments(&arguments).run().await;
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("cannot use the store"), "{}", ended.errors);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let other = Service::start(Store::Memory).await;
    let directory = tempfile::tempdir().unwrap();
    let address = other.address().to_string();
    let ended = program(directory.path()).arguments(&["--listen", &address]).run().await;
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "the token is not printed for nothing");
    assert!(ended.errors.contains(&format!("cannot listen on {address}")), "{}", ended.errors);
    // Nothing was lost: the next start sets the store up.
    let ended = program(directory.path()).serve().await.signal("TERM").await;
    assert!(ended.output.contains("od_"));
}

#[tokio::test]
async fn a_password_is_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let store = "postgres://shop:hunter2@db.example/orders";
    for command in [["config", "check"].as_slice(), &["serve"]] {
        let ended =
            program(directory.path()).variable("ORDERDESK_STORE", store).arguments(command).run().await;
        assert!(!format!("{ended:?}").contains("hunter2"), "{ended:?}");
    }
}
