//! A snapshot that is read for longer than the servers remember.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::error::{Error, ErrorKind};
use mongodb::{Client, ClientSession};
use orderdesk_application::ports::{RecordKind, Store as _, StoreError};
use orderdesk_contract::builders::Maker;
use orderdesk_contract::shop::Shop;
use orderdesk_mongodb::{MongoSettings, MongoStore};
use orderdesk_servers::PrivateMongodb;
use tokio::time::timeout;

/// `SnapshotTooOld`.
const TOO_OLD: i32 = 239;

/// Lets time pass, by writing into another database, until the servers have forgotten what the session shows.
async fn be_forgotten(client: &Client, session: &mut ClientSession) {
    let elsewhere = client.database("elsewhere").collection::<Document>("things");
    let forgotten = async {
        loop {
            elsewhere.insert_one(doc! {}).await.unwrap();
            let looked = elsewhere.find_one(doc! {}).session(&mut *session).await;
            if let Err(Error { kind, .. }) = looked
                && matches!(*kind, ErrorKind::Command(error) if error.code == TOO_OLD)
            {
                break;
            }
        }
    };
    timeout(Duration::from_mins(1), forgotten).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moment_that_is_forgotten_is_shown_as_long_as_nobody_writes() {
    let server = PrivateMongodb::start(1).await;
    let client = Client::with_uri_str(server.url()).await.unwrap();
    let forget = doc! { "setParameter": 1, "minSnapshotHistoryWindowInSeconds": 0 };
    client.database("admin").run_command(forget).await.unwrap();
    client.database("elsewhere").collection::<Document>("things").insert_one(doc! {}).await.unwrap();

    let store = MongoStore::connect(&MongoSettings::new(server.url())).await.unwrap();
    let make = Maker::default();
    Shop::open(&store, &make).await;
    let mut snapshot = store.snapshot().await.unwrap();
    let customers = snapshot.page(RecordKind::Customer, None, 10).await.unwrap();
    assert_eq!(customers.len(), 1);

    for _ in 0..2 {
        let mut session = client.start_session().snapshot(true).await.unwrap();
        let elsewhere = client.database("elsewhere").collection::<Document>("things");
        elsewhere.find_one(doc! {}).session(&mut session).await.unwrap();
        be_forgotten(&client, &mut session).await;
        assert_eq!(snapshot.page(RecordKind::Customer, None, 10).await.unwrap(), customers);
    }

    Shop::open(&store, &make).await;
    let mut session = client.start_session().snapshot(true).await.unwrap();
    let elsewhere = client.database("elsewhere").collection::<Document>("things");
    elsewhere.find_one(doc! {}).session(&mut session).await.unwrap();
    be_forgotten(&client, &mut session).await;
    match snapshot.page(RecordKind::Customer, None, 10).await {
        Err(StoreError::Unavailable(cause)) => {
            let words = cause.to_string();
            assert!(words.contains("set ORDERDESK_READ_ONLY=true on the service, and try again"), "{words}");
        }
        outcome => panic!("{outcome:?}"),
    }
}
