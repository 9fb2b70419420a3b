//! A database of a test's own: new, nobody else's, and gone with its value.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use mongodb::bson::{Document, doc};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, Row as _};

async fn connect_postgres(url: &str) -> sqlx::Result<PgConnection> {
    PgConnection::connect(url).await
}

async fn connect_mongodb(url: &str) -> mongodb::Database {
    mongodb::Client::with_uri_str(url).await.unwrap().default_database().unwrap()
}

#[tokio::test]
async fn what_one_postgres_database_holds_is_not_in_another() {
    let (first, second) = (orderdesk_servers::postgres().await, orderdesk_servers::postgres().await);
    let mut connection = connect_postgres(first.url()).await.unwrap();
    connection.execute("CREATE TABLE things (id integer)").await.unwrap();
    let mut connection = connect_postgres(second.url()).await.unwrap();
    let tables = connection.fetch_one("SELECT to_regclass('things')::text").await.unwrap();
    assert_eq!(tables.get::<Option<String>, _>(0), None);
}

#[tokio::test]
async fn a_postgres_database_goes_with_its_value_while_it_is_in_use() {
    let database = orderdesk_servers::postgres().await;
    let url = database.url().to_owned();
    let connection = connect_postgres(&url).await.unwrap();
    drop(database);
    let error = connect_postgres(&url).await.unwrap_err();
    assert_eq!(error.into_database_error().unwrap().code().unwrap(), "3D000");
    drop(connection);
}

#[tokio::test]
async fn a_postgres_database_goes_when_the_test_fails() {
    let database = orderdesk_servers::postgres().await;
    let url = database.url().to_owned();
    let failing = tokio::spawn(async move {
        let _database = database;
        panic!("as a test does that fails");
    });
    assert!(failing.await.unwrap_err().is_panic());
    let error = connect_postgres(&url).await.unwrap_err();
    assert_eq!(error.into_database_error().unwrap().code().unwrap(), "3D000");
}

#[tokio::test]
async fn what_one_mongodb_database_holds_is_not_in_another() {
    let (first, second) = (orderdesk_servers::mongodb().await, orderdesk_servers::mongodb().await);
    let (first, second) = (connect_mongodb(first.url()).await, connect_mongodb(second.url()).await);
    first.collection::<Document>("things").insert_one(doc! {}).await.unwrap();
    assert!(second.list_collection_names().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_mongodb_database_goes_with_its_value_while_it_is_in_use() {
    let database = orderdesk_servers::mongodb().await;
    let connected = connect_mongodb(database.url()).await;
    connected.collection::<Document>("things").insert_one(doc! {}).await.unwrap();
    drop(database);
    assert!(connected.list_collection_names().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_mongodb_servers_are_a_replica_set() {
    let database = orderdesk_servers::mongodb().await;
    let client = connect_mongodb(database.url()).await.client().clone();
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let things = client.default_database().unwrap().collection::<Document>("things");
    things.insert_one(doc! {}).session(&mut session).await.unwrap();
    session.commit_transaction().await.unwrap();
}
