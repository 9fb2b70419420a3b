//! Databases on the MongoDB servers that the tests share.

use std::time::Duration;

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::Result;
use mongodb::options::ClientOptions;

use crate::database::{Database, Engine, unique_name};
use crate::environment::{unusable, variable};
use crate::url::{with_database, with_parameter};

/// The address of a replica set.
const VARIABLE: &str = "TEST_MONGODB_URL";

/// How long the servers may take to be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// A new, empty database on the replica set of `TEST_MONGODB_URL`.
pub async fn mongodb() -> Database {
    let server = variable(VARIABLE);
    let name = unique_name();
    let mut url = with_database(&server, &name);
    if url.contains('@') && !url.contains("authSource=") {
        // Whoever signs in is known to the database that the variable names, which is another.
        url = with_parameter(&url, "authSource=admin");
    }
    // It comes to be with the first thing that is written into it.
    match ping(&url).await {
        Ok(()) => Database::new(Engine::Mongodb, server, name, url),
        Err(error) => unusable(VARIABLE, error),
    }
}

async fn ping(url: &str) -> Result<()> {
    let client = connect(url).await?;
    client.database("admin").run_command(doc! { "ping": 1 }).await?;
    client.shutdown().immediate(true).await;
    Ok(())
}

/// Drops a database as far as it can.
pub(crate) async fn drop_database(server: &str, name: &str) {
    if let Ok(client) = connect(server).await {
        let _ = client.database(name).drop().await;
        client.shutdown().immediate(true).await;
    }
}

async fn connect(url: &str) -> Result<Client> {
    let mut options = ClientOptions::parse(url).await?;
    options.server_selection_timeout = Some(PATIENCE);
    Client::with_options(options)
}

/// Sets a field of every document of a collection in the MongoDB database at this address, and of a new one where there
/// is none; as an administrator does behind the program's back.
pub async fn set_field(url: &str, collection: &str, field: &str, value: i64) {
    let client = connect(url).await.unwrap();
    let collection = client.default_database().unwrap().collection::<Document>(collection);
    let change = doc! { "$set": { field: value } };
    if collection.update_many(doc! {}, change).await.unwrap().matched_count == 0 {
        collection.insert_one(doc! { field: value }).await.unwrap();
    }
    client.shutdown().immediate(true).await;
}
