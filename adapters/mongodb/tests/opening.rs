//! Opening a database: what is made, what is brought up to date, and what is refused with which words.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::error::Error as _;
use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};
use mongodb::{Client, Database};
use orderdesk_application::ports::{Record, Store as _, StoreError, StoreResult};
use orderdesk_domain::Timestamp;
use orderdesk_mongodb::{MongoSettings, MongoStore};
use orderdesk_servers::PrivateMongodb;

fn without_migration(url: &str) -> MongoSettings {
    MongoSettings { migrate: false, ..MongoSettings::new(url) }
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

/// The database, past the store.
async fn database(url: &str) -> Database {
    Client::with_uri_str(url).await.unwrap().default_database().unwrap()
}

async fn collections(url: &str) -> Vec<String> {
    let mut names = database(url).await.list_collection_names().await.unwrap();
    names.sort();
    names
}

#[tokio::test]
async fn migrations_are_applied_once() {
    let kept = orderdesk_servers::mongodb().await;
    let settings = MongoSettings::new(kept.url());
    assert_eq!(MongoStore::migrate(&settings).await.unwrap(), ["initial", "access", "messages"]);
    assert_eq!(MongoStore::migrate(&settings).await.unwrap(), [""; 0]);
    MongoStore::connect(&without_migration(kept.url())).await.unwrap().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_open_a_new_database_at_once_one_migrates_and_all_go_on() {
    let kept = orderdesk_servers::mongodb().await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let settings = MongoSettings::new(kept.url());
            tokio::spawn(async move {
                let applied = MongoStore::migrate(&settings).await?;
                MongoStore::connect(&settings).await?.ready().await?;
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
    let kept = orderdesk_servers::mongodb().await;
    let words = refusal(MongoStore::connect(&without_migration(kept.url())).await);
    assert!(words.ends_with("not up to date, migrations are pending: initial, access, messages"), "{words}");
    assert_eq!(collections(kept.url()).await, [""; 0], "nothing was written");
}

#[tokio::test]
async fn a_migration_that_was_interrupted_is_made_up_for() {
    let kept = orderdesk_servers::mongodb().await;
    let schema = database(kept.url()).await.collection::<Document>("schema");
    schema.insert_one(doc! { "_id": "orderdesk", "version": 0_i64 }).await.unwrap();
    let words = refusal(MongoStore::connect(&without_migration(kept.url())).await);
    assert!(words.ends_with("migrations are pending: initial, access, messages"), "{words}");
    let applied = MongoStore::migrate(&MongoSettings::new(kept.url())).await.unwrap();
    assert_eq!(applied, ["initial", "access", "messages"]);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let kept = orderdesk_servers::mongodb().await;
    let settings = MongoSettings::new(kept.url());
    MongoStore::migrate(&settings).await.unwrap();
    let schema = database(kept.url()).await.collection::<Document>("schema");
    schema.update_one(doc! {}, doc! { "$set": { "version": 7_i64 } }).await.unwrap();
    for settings in [settings, without_migration(kept.url())] {
        let words = refusal(MongoStore::connect(&settings).await);
        assert!(words.contains("has schema version 7, and this program knows versions up to 3"), "{words}");
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let kept = orderdesk_servers::mongodb().await;
    let recipes = database(kept.url()).await.collection::<Document>("recipes");
    recipes.insert_one(doc! { "name": "Ugali" }).await.unwrap();
    let words = refusal(MongoStore::connect(&MongoSettings::new(kept.url())).await);
    assert!(words.contains("belongs to another program"), "{words}");
    assert_eq!(collections(kept.url()).await, ["recipes"]);
}

#[tokio::test]
async fn a_database_whose_filling_was_not_finished_is_refused_until_it_is_filled() {
    let kept = orderdesk_servers::mongodb().await;
    let settings = MongoSettings::new(kept.url());
    MongoStore::migrate(&settings).await.unwrap();
    // As a program that was killed leaves it.
    let left = database(kept.url()).await;
    let schema = left.collection::<Document>("schema");
    schema.update_one(doc! {}, doc! { "$set": { "filling": "begun" } }).await.unwrap();
    left.collection::<Document>("orders").insert_one(doc! { "_id": 1 }).await.unwrap();

    let unfinished = "a transfer into this database did not finish: run it again";
    let words = refusal(MongoStore::connect(&settings).await);
    assert!(words.ends_with(unfinished), "{words}");
    let store = MongoStore::connect_to_fill(&settings).await.unwrap();
    assert!(refusal(store.begin().await.map(drop)).ends_with(unfinished));
    assert!(refusal(store.snapshot().await.map(drop)).ends_with(unfinished));
    assert!(refusal(store.ready().await).ends_with(unfinished));

    let mut filling = store.fill().await.unwrap();
    filling.add(vec![Record::Installation(Timestamp::LATEST)]).await.unwrap();
    assert!(refusal(MongoStore::connect(&settings).await).ends_with(unfinished), "it is being filled");
    filling.finish().await.unwrap();
    store.ready().await.unwrap();
    MongoStore::connect(&settings).await.unwrap().ready().await.unwrap();
    assert_eq!(left.collection::<Document>("orders").count_documents(doc! {}).await.unwrap(), 0);
    assert_eq!(left.collection::<Document>("installation").count_documents(doc! {}).await.unwrap(), 1);
}

#[tokio::test]
async fn whoever_claimed_a_database_to_fill_it_and_went_away_has_it_not_emptied() {
    let kept = orderdesk_servers::mongodb().await;
    let settings = MongoSettings::new(kept.url());
    MongoStore::migrate(&settings).await.unwrap();
    let left = database(kept.url()).await;
    let schema = left.collection::<Document>("schema");
    schema.update_one(doc! {}, doc! { "$set": { "filling": "claimed" } }).await.unwrap();
    left.collection::<Document>("users").insert_one(doc! { "_id": 1 }).await.unwrap();
    let store = MongoStore::connect_to_fill(&settings).await.unwrap();
    assert!(matches!(store.fill().await.map(drop), Err(StoreError::NotEmpty)));
    assert_eq!(left.collection::<Document>("users").count_documents(doc! {}).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_refused_without_showing_it() {
    for (url, expected) in [
        ("orders.db", "the address does not work"),
        ("mongodb://", "the address does not work"),
        ("mongodb://shop:se:cr@et@127.0.0.1/orderdesk", "is not a MongoDB URL"),
        ("mongodb://shop:secret/et@127.0.0.1/orderdesk", "is not a MongoDB URL"),
        ("mongodb://shop:secret@127.0.0.1:port/orderdesk", "is not a MongoDB URL"),
    ] {
        let words = refusal(MongoStore::connect(&MongoSettings::new(url)).await);
        assert!(words.contains(expected), "{url}: {words}");
        assert!(!words.contains("se:cr") && !words.contains("secret"), "{words}");
    }
    let settings = MongoSettings::new("mongodb://shop:secret@127.0.0.1/orderdesk");
    assert!(!format!("{settings:?}").contains("secret"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_not_waited_for_long() {
    let mut settings = MongoSettings::new("mongodb://shop:secret@127.0.0.1:1/orderdesk?replicaSet=rs0");
    settings.patience = Duration::from_millis(300);
    let began = Instant::now();
    let words = refusal(MongoStore::connect(&settings).await);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(words.contains("127.0.0.1:1") && words.contains("refused"), "{words}");
    assert!(!words.contains("secret"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_of_no_replica_set_is_refused_with_what_to_do() {
    let alone = PrivateMongodb::start_alone(false).await;
    let uninitiated = PrivateMongodb::start_alone(true).await;
    for (server, expected) in [
        (&alone, "stands alone, and transactions need a replica set: start it with --replSet rs0"),
        (&uninitiated, "has not been initiated: run rs.initiate() once in mongosh"),
    ] {
        for url in [server.url(), server.url().replace("replicaSet=rs0", "")] {
            let patience = Duration::from_secs(1);
            let words =
                refusal(MongoStore::connect(&MongoSettings { patience, ..MongoSettings::new(url) }).await);
            assert!(words.contains(expected), "{words}");
            assert!(words.contains("the MongoDB server at 127.0.0.1:"), "{words}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_name_and_not_shown() {
    let server = PrivateMongodb::start_secured().await;
    MongoStore::connect(&MongoSettings::new(server.url())).await.unwrap().close().await.unwrap();
    let wrong = server.url().replace(PrivateMongodb::PASSWORD, "wrong-horse");
    let words = refusal(MongoStore::connect(&MongoSettings::new(wrong)).await);
    assert!(words.contains("Authentication failed"), "{words}");
    assert!(!words.contains("wrong-horse"), "{words}");
    let nobody = server.url().replace(&format!("shop:{}@", PrivateMongodb::PASSWORD), "");
    let words = refusal(MongoStore::connect(&MongoSettings::new(nobody)).await);
    assert!(words.contains("requires authentication"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_is_missed_in_time_and_found_again() {
    let mut server = PrivateMongodb::start(1).await;
    let patience = Duration::from_secs(2);
    let settings = MongoSettings { patience, ..MongoSettings::new(server.url()) };
    let store = MongoStore::connect(&settings).await.unwrap();
    store.ready().await.unwrap();
    server.kill(0).await;
    refusal(store.ready().await);
    let began = Instant::now();
    refusal(store.begin().await.map(drop));
    assert!(began.elapsed() < patience * 3, "{:?}", began.elapsed());
    refusal(store.snapshot().await.map(drop));
    server.resume(0).await;
    server.primary().await;
    let mut work = store.begin().await.unwrap();
    work.access().install(Timestamp::LATEST).await.unwrap();
    work.commit().await.unwrap();
    store.ready().await.unwrap();
}

#[tokio::test]
async fn a_closed_store_answers_no_more() {
    let kept = orderdesk_servers::mongodb().await;
    let store = MongoStore::connect(&MongoSettings::new(kept.url())).await.unwrap();
    store.close().await.unwrap();
    assert!(refusal(store.begin().await.map(drop)).contains("closed"));
    assert!(refusal(store.ready().await).contains("closed"));
    assert!(refusal(store.close().await).contains("closed"));
}
