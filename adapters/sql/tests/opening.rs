//! Opening a database: what is made, what is brought up to date, and what is refused with which words.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};

use orderdesk_application::ports::{Store as _, StoreError, StoreResult};
use orderdesk_sql::{SqliteSettings, SqliteStore};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;

struct Place {
    directory: TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("orders.db");
    Place { directory, path }
}

fn without_migration(path: &Path) -> SqliteSettings {
    SqliteSettings { migrate: false, ..SqliteSettings::new(path) }
}

/// Why the database is not available, in all the words there are.
fn refusal<T>(outcome: StoreResult<T>) -> String {
    match outcome {
        Err(error @ StoreError::Unavailable(_)) => {
            let mut words = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                words = format!("{words}: {error}");
                cause = error.source();
            }
            words
        }
        Err(error) => panic!("unavailable was expected, not {error:?}"),
        Ok(_) => panic!("the database was opened"),
    }
}

/// Runs SQL on the file, past the store.
async fn run(path: &Path, sql: &'static str) {
    let mut connection =
        SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display())).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_missing_file_is_made_for_its_owner_alone() {
    let place = place();
    let store = SqliteStore::connect(&SqliteSettings::new(&place.path)).await.unwrap();
    store.ready().await.unwrap();
    #[cfg(unix)]
    for file in fs::read_dir(&place.directory).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn what_sqlite_would_take_for_no_file_is_one() {
    let place = place();
    for name in [":memory:", "file:orders.db?mode=memory", "a b%20?#é.db"] {
        let path = place.directory.path().join(name);
        let store = SqliteStore::connect(&SqliteSettings::new(&path)).await.unwrap();
        store.close().await.unwrap();
        assert!(path.is_file(), "{name}");
    }
}

#[tokio::test]
async fn migrations_are_applied_once() {
    let place = place();
    let settings = SqliteSettings::new(&place.path);
    assert_eq!(SqliteStore::migrate(&settings).await.unwrap(), ["initial", "access", "messages"]);
    assert_eq!(SqliteStore::migrate(&settings).await.unwrap(), [""; 0]);
    SqliteStore::connect(&without_migration(&place.path)).await.unwrap().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_open_a_new_database_at_once_one_migrates_and_all_go_on() {
    let place = place();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let settings = SqliteSettings::new(&place.path);
            tokio::spawn(async move {
                let applied = SqliteStore::migrate(&settings).await?;
                SqliteStore::connect(&settings).await?.ready().await?;
                StoreResult::Ok(applied.len())
            })
        })
        .collect();
    let mut applied = 0;
    for task in tasks {
        applied += task.await.unwrap().unwrap();
    }
    assert_eq!(applied, 3);
}

#[tokio::test]
async fn pending_migrations_are_named_where_they_may_not_be_run() {
    let place = place();
    fs::write(&place.path, "").unwrap();
    let refusal = refusal(SqliteStore::connect(&without_migration(&place.path)).await);
    assert!(
        refusal.ends_with("not up to date, migrations are pending: initial, access, messages"),
        "{refusal}"
    );
    assert_eq!(fs::read(&place.path).unwrap(), b"", "nothing was written");
}

#[tokio::test]
async fn a_missing_file_is_not_made_where_migrations_may_not_be_run() {
    let place = place();
    let refusal = refusal(SqliteStore::connect(&without_migration(&place.path)).await);
    assert!(refusal.contains("there is no database") && refusal.contains("orders.db"), "{refusal}");
    assert!(!place.path.exists());
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let place = place();
    let settings = SqliteSettings::new(&place.path);
    SqliteStore::migrate(&settings).await.unwrap();
    run(&place.path, "INSERT INTO schema_migrations (version, name) VALUES (7, 'later')").await;
    for settings in [settings, without_migration(&place.path)] {
        let refusal = refusal(SqliteStore::connect(&settings).await);
        assert!(
            refusal.contains("has schema version 7, and this program knows versions up to 3"),
            "{refusal}"
        );
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let place = place();
    run(&place.path, "CREATE TABLE recipes (name TEXT)").await;
    let before = fs::read(&place.path).unwrap();
    let refusal = refusal(SqliteStore::connect(&SqliteSettings::new(&place.path)).await);
    assert!(refusal.contains("belongs to another program"), "{refusal}");
    assert!(fs::read(&place.path).unwrap() == before, "not a byte has changed");
}

#[tokio::test]
async fn what_is_no_database_is_refused_by_name() {
    let place = place();
    fs::write(&place.path, "Dear diary, this is no database, however long it may grow. ".repeat(100))
        .unwrap();
    let words = refusal(SqliteStore::connect(&SqliteSettings::new(&place.path)).await);
    assert!(words.contains("orders.db is not an SQLite database"), "{words}");

    let words = refusal(SqliteStore::connect(&SqliteSettings::new(place.directory.path())).await);
    assert!(words.contains("is a directory; the database is a file"), "{words}");

    let nowhere = place.directory.path().join("missing").join("orders.db");
    let words = refusal(SqliteStore::connect(&SqliteSettings::new(nowhere)).await);
    assert!(words.contains("there is no directory") && words.contains("missing"), "{words}");
}

#[tokio::test]
async fn a_file_that_may_not_be_written_is_refused() {
    let place = place();
    let settings = SqliteSettings::new(&place.path);
    SqliteStore::migrate(&settings).await.unwrap();
    let mut permissions = fs::metadata(&place.path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&place.path, permissions).unwrap();
    let words = refusal(SqliteStore::connect(&settings).await);
    assert!(words.contains("orders.db is read-only"), "{words}");
}

#[tokio::test]
async fn a_closed_store_is_one_whole_file_and_answers_no_more() {
    let place = place();
    let store = SqliteStore::connect(&SqliteSettings::new(&place.path)).await.unwrap();
    store.close().await.unwrap();
    let log = place.directory.path().join("orders.db-wal");
    assert!(fs::metadata(log).map_or(0, |log| log.len()) == 0, "the write-ahead log is in the database");
    assert!(refusal(store.begin().await).contains("closed"));
    assert!(refusal(store.ready().await).contains("closed"));
}
