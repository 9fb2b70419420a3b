//! Servers that a test stops, kills and starts again.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use mongodb::bson::{Document, doc};
use orderdesk_servers::{PrivateMongodb, PrivatePostgres};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, Row as _};

#[tokio::test]
async fn postgres_keeps_what_it_had_when_it_is_stopped_or_killed() {
    let mut server = PrivatePostgres::start().await;
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    connection.execute("CREATE TABLE things (id integer)").await.unwrap();
    for number in 0..2 {
        connection.execute("INSERT INTO things VALUES (1)").await.unwrap();
        match number {
            0 => server.stop().await,
            _ => server.kill().await,
        }
        PgConnection::connect(&server.url()).await.unwrap_err();
        server.resume().await;
        connection = PgConnection::connect(&server.url()).await.unwrap();
        let count = connection.fetch_one("SELECT count(*) FROM things").await.unwrap();
        assert_eq!(count.get::<i64, _>(0), number + 1);
    }
}

#[tokio::test]
async fn postgres_lets_nobody_in_without_the_password() {
    let server = PrivatePostgres::start().await;
    let error =
        PgConnection::connect(&server.url().replace(PrivatePostgres::PASSWORD, "wrong")).await.unwrap_err();
    assert_eq!(error.into_database_error().unwrap().code().unwrap(), "28P01");
}

#[tokio::test]
async fn mongodb_keeps_what_it_had_when_it_is_stopped_or_killed() {
    let mut set = PrivateMongodb::start(1).await;
    for number in 0..2 {
        let things = things(&set.url()).await;
        things.insert_one(doc! {}).await.unwrap();
        match number {
            0 => set.stop(0).await,
            _ => set.kill(0).await,
        }
        set.resume(0).await;
        assert_eq!(set.primary().await, 0);
        assert_eq!(self::things(&set.url()).await.count_documents(doc! {}).await.unwrap(), number + 1);
    }
}

#[tokio::test]
async fn mongodb_has_another_primary_when_one_is_killed() {
    let mut set = PrivateMongodb::start(3).await;
    let first = set.primary().await;
    set.kill(first).await;
    assert_ne!(set.primary().await, first);
    set.resume(first).await;
}

#[tokio::test]
async fn mongodb_lets_nobody_in_without_the_password() {
    let set = PrivateMongodb::start_secured().await;
    things(&set.url()).await.insert_one(doc! {}).await.unwrap();
    let wrong = things(&set.url().replace(PrivateMongodb::PASSWORD, "wrong")).await;
    let error = wrong.insert_one(doc! {}).await.unwrap_err();
    assert!(error.to_string().contains("Authentication failed"), "{error}");
}

async fn things(url: &str) -> mongodb::Collection<Document> {
    mongodb::Client::with_uri_str(url).await.unwrap().default_database().unwrap().collection("things")
}
