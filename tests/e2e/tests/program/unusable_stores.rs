//! A store that cannot be used is told in a few clear words, and the program does not start.

use std::net::{Ipv4Addr, TcpListener};

use orderdesk_e2e::{Outcome, Store, on_every_lasting_store};
use orderdesk_servers::{PrivateMongodb, PrivatePostgres, execute, set_field};

use tokio::net::TcpSocket;

use super::Site;

on_every_lasting_store!(an_old_schema_is_refused_where_it_is_not_to_be_changed);

/// Starts the program, which must refuse to run and say all of `words`.
async fn refused(site: &Site, arguments: &[&str], words: &[&str]) -> Outcome {
    let program = site.program().arguments(arguments).variable("ORDERDESK_LISTEN", "127.0.0.1:0");
    // Where a panic or an error wants to show its way through the code, it may.
    let ended = program.variable("RUST_BACKTRACE", "1").run().await;
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
    assert!(ended.errors.contains("orderdesk: cannot use the store"), "{}", ended.errors);
    for word in words {
        assert!(ended.errors.contains(word), "{word}\n{}", ended.errors);
    }
    for word in ["panicked", "backtrace", "hunter2", PrivatePostgres::PASSWORD] {
        assert!(!ended.errors.contains(word), "{word}\n{}", ended.errors);
    }
    assert!(ended.errors.lines().count() <= 6, "{}", ended.errors);
    ended
}

async fn an_old_schema_is_refused_where_it_is_not_to_be_changed(store: Store) {
    let site = Site::new(store).await;
    refused(&site, &["--no-migrate"], &["migrations"]).await;
    // Nothing was changed by the attempt.
    refused(&site, &["--no-migrate"], &["migrations"]).await;
    let migrated = site.program().arguments(&["migrate"]).run().await;
    assert_eq!(migrated.code, Some(0), "{}", migrated.errors);
    site.program().arguments(&["--no-migrate"]).serve().await.signal("TERM").await;
}

#[tokio::test]
async fn postgres_with_a_newer_schema_is_refused() {
    let site = Site::new(Store::Postgres).await;
    site.program().serve().await.signal("TERM").await;
    execute(&site.setting, "INSERT INTO schema_migrations (version, name) VALUES (9999, 'from the future')")
        .await;
    refused(&site, &[], &["9999", "newer program"]).await;
    refused(&site, &["--no-migrate"], &["9999", "newer program"]).await;
}

#[tokio::test]
async fn postgres_with_another_programs_tables_is_left_alone() {
    let site = Site::new(Store::Postgres).await;
    execute(&site.setting, "CREATE TABLE customers (name text)").await;
    refused(&site, &[], &["another program"]).await;
    execute(&site.setting, "INSERT INTO customers (name) VALUES ('theirs')").await;
}

#[tokio::test]
async fn postgres_with_a_wrong_password_is_refused() {
    let server = PrivatePostgres::start().await;
    let site = Site::at(server.url().replace(PrivatePostgres::PASSWORD, "hunter2"));
    refused(&site, &[], &["127.0.0.1", "password authentication failed"]).await;
    Site::at(server.url()).program().serve().await;
}

#[tokio::test]
async fn a_postgres_database_that_does_not_exist_is_refused() {
    let server = PrivatePostgres::start().await;
    let site = Site::at(server.url().replace("/orderdesk", "/no_such_database"));
    refused(&site, &[], &["no_such_database", "does not exist"]).await;
}

#[tokio::test]
async fn a_postgres_database_that_is_read_only_is_refused() {
    for is_set_up in [false, true] {
        let site = Site::new(Store::Postgres).await;
        if is_set_up {
            site.program().serve().await.signal("TERM").await;
        }
        let name = site.setting.rsplit('/').next().unwrap();
        let statement = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
        execute(&site.setting, &statement).await;
        refused(&site, &[], &[name, "read-only"]).await;
    }
}

#[tokio::test]
async fn a_host_where_nobody_listens_is_named() {
    // Taken, and not listened on.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for scheme in ["postgres", "mongodb"] {
        let site = Site::at(format!("{scheme}://shop:hunter2@{address}/orders"));
        refused(&site, &[], &[&address, "refused"]).await;
    }
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() {
    for scheme in ["postgres", "mongodb"] {
        let site = Site::at(format!("{scheme}://shop:hunter2@no-such-host.invalid/orders"));
        refused(&site, &[], &["no-such-host.invalid"]).await;
    }
}

#[tokio::test]
async fn a_host_that_says_nothing_is_not_waited_for_long() {
    // The system accepts the connection; nobody ever answers.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = silent.local_addr().unwrap();
    for scheme in ["postgres", "mongodb"] {
        let site = Site::at(format!("{scheme}://shop:hunter2@{address}/orders"));
        refused(&site, &[], &[&address.to_string()]).await;
    }
}

#[tokio::test]
async fn mongodb_with_a_newer_schema_is_refused() {
    let site = Site::new(Store::Mongodb).await;
    site.program().serve().await.signal("TERM").await;
    set_field(&site.setting, "schema", "version", 9999).await;
    refused(&site, &[], &["9999", "newer program"]).await;
    refused(&site, &["--no-migrate"], &["9999", "newer program"]).await;
}

#[tokio::test]
async fn mongodb_with_another_programs_collections_is_left_alone() {
    let site = Site::new(Store::Mongodb).await;
    set_field(&site.setting, "customers", "name", 1).await;
    refused(&site, &[], &["another program"]).await;
}

#[tokio::test]
async fn mongodb_with_a_wrong_password_is_refused() {
    let servers = PrivateMongodb::start_secured().await;
    let site = Site::at(servers.url().replace(PrivateMongodb::PASSWORD, "hunter2"));
    refused(&site, &[], &["uthentication"]).await;
    Site::at(servers.url()).program().serve().await;
}
