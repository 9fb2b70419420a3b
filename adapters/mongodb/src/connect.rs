//! Reaching the servers, and refusing those on which the store cannot stand.

use std::net::IpAddr;

use mongodb::bson::{Document, doc};
use mongodb::options::{ClientOptions, ReadPreference, SelectionCriteria, ServerAddress, Tls, TlsOptions};
use mongodb::{Client, Database};
use orderdesk_application::ports::{StoreError, StoreResult};
use thiserror::Error;

use crate::errors::classify;
use crate::primary::Primary;
use crate::settings::MongoSettings;
use crate::shared::Shared;

/// The database where the URL names none, and what the servers know the program by.
const NAME: &str = "orderdesk";

/// The wire protocol of MongoDB 6.0, which has all that the store asks for.
const OLDEST_WIRE_VERSION: i32 = 17;

/// Why a store cannot be opened.
#[derive(Debug, Error)]
pub enum MongoOpenError {
    /// The URL is none. What it is instead is not shown: it may have a password in it.
    #[error(
        "the address is not a MongoDB URL such as mongodb://user:password@host:27017/orderdesk?replicaSet=rs0; \
         characters like : / ? # [ ] @ % in a user's name or a password have to be percent-encoded"
    )]
    Url,
    /// The URL is one, but says what it cannot mean.
    #[error("the address does not work: {0}")]
    Option(String),
    /// There are no transactions.
    #[error(
        "the MongoDB server at {0} stands alone, and transactions need a replica set: \
         start it with --replSet rs0, and run rs.initiate() once in mongosh"
    )]
    Standalone(String),
    /// The server waits to be told who else is in its replica set.
    #[error(
        "the replica set of the MongoDB server at {0} has not been initiated: run rs.initiate() once in mongosh"
    )]
    Uninitiated(String),
    /// The server lacks what the store needs.
    #[error("the MongoDB server at {0} is too old: version 6.0 is the oldest that will do")]
    TooOld(String),
}

impl From<MongoOpenError> for StoreError {
    fn from(error: MongoOpenError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Connects to what the settings name, and makes sure that it is a replica set.
pub(crate) async fn connect(settings: &MongoSettings) -> StoreResult<Shared> {
    let mut options = options(settings).await?;
    let (primary, handler) = Primary::watched();
    options.sdam_event_handler = Some(handler);
    let name = options.default_database.clone().unwrap_or_else(|| NAME.to_owned());
    let hosts = options.hosts.clone();
    let client = Client::with_options(options.clone()).map_err(classify)?;
    let hello = hello(&client.database("admin")).await;
    match hello {
        Ok(hello) => examine(&hello, &hosts)?,
        Err(error @ StoreError::Unavailable(_)) => return Err(explain(options, error).await),
        Err(error) => return Err(error),
    }
    let database = client.database(&name);
    Ok(Shared::new(client, database, primary, settings))
}

/// What the URL says, and beside it what the store cannot do without: all goes to the primary and counts once a majority
/// has it, whatever the URL says of that.
async fn options(settings: &MongoSettings) -> StoreResult<ClientOptions> {
    let mut options =
        ClientOptions::parse(&settings.url).await.map_err(|error| refusal(&settings.url, &error))?;
    if options.tls.is_none() && !options.hosts.iter().all(is_here) {
        // What crosses a network is encrypted, and the servers have to prove who they are, unless the URL says otherwise.
        options.tls = Some(Tls::Enabled(TlsOptions::default()));
    }
    options.app_name.get_or_insert_with(|| NAME.to_owned());
    // Whoever listens keeps a connection.
    options.max_pool_size = Some(settings.connections.max(1).saturating_add(1));
    options.server_selection_timeout = Some(settings.patience);
    options.connect_timeout = Some(settings.patience);
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    // Each session says what it reads; the driver would let this take its place.
    options.read_concern = None;
    options.retry_reads = Some(true);
    options.retry_writes = Some(true);
    Ok(options)
}

/// Whether what is sent there stays on this machine.
fn is_here(server: &ServerAddress) -> bool {
    // All others are sockets of the file system.
    let ServerAddress::Tcp { host, .. } = server else { return true };
    host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// What is wrong with the URL. The driver's words may hold pieces of it, which it took a password for.
fn refusal(url: &str, error: &mongodb::error::Error) -> StoreError {
    if !url.contains('@') {
        return MongoOpenError::Option(error.kind.to_string()).into();
    }
    match &*error.kind {
        kind @ (mongodb::error::ErrorKind::DnsResolve { .. }
        | mongodb::error::ErrorKind::InvalidTlsConfig { .. }) => {
            MongoOpenError::Option(kind.to_string()).into()
        }
        _ => MongoOpenError::Url.into(),
    }
}

async fn hello(admin: &Database) -> StoreResult<Document> {
    admin.run_command(doc! { "hello": 1 }).await.map_err(classify)
}

fn examine(hello: &Document, hosts: &[ServerAddress]) -> Result<(), MongoOpenError> {
    let host = || hosts.first().map(ToString::to_string).unwrap_or_default();
    if hello.get_bool("isreplicaset").unwrap_or_default() {
        return Err(MongoOpenError::Uninitiated(host()));
    }
    if !hello.contains_key("setName") && !hello.get_str("msg").is_ok_and(|kind| kind == "isdbgrid") {
        return Err(MongoOpenError::Standalone(host()));
    }
    if hello.get_i32("maxWireVersion").unwrap_or_default() < OLDEST_WIRE_VERSION {
        return Err(MongoOpenError::TooOld(host()));
    }
    Ok(())
}

/// Why there is no primary, if a server that can be reached knows it: the driver passes over one that is not of the
/// replica set that it looks for.
async fn explain(mut options: ClientOptions, error: StoreError) -> StoreError {
    options.hosts.truncate(1);
    options.direct_connection = Some(true);
    options.repl_set_name = None;
    options.sdam_event_handler = None;
    let hosts = options.hosts.clone();
    let Ok(client) = Client::with_options(options) else { return error };
    let asked = hello(&client.database("admin")).await;
    client.shutdown().immediate(true).await;
    match asked.map(|hello| examine(&hello, &hosts)) {
        Ok(Err(reason)) => reason.into(),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn is_encrypted(url: &str) -> bool {
        matches!(options(&MongoSettings::new(url)).await.unwrap().tls, Some(Tls::Enabled(_)))
    }

    #[tokio::test]
    async fn what_crosses_a_network_is_encrypted_unless_the_operator_says_otherwise() {
        assert!(is_encrypted("mongodb://db.example/orders?replicaSet=rs0").await);
        assert!(is_encrypted("mongodb://localhost,10.0.0.7:27018").await);
        assert!(is_encrypted("mongodb://localhost/?tls=true").await);
        assert!(!is_encrypted("mongodb://db.example/?tls=false").await);
    }

    #[tokio::test]
    async fn what_stays_on_the_machine_is_not_encrypted() {
        for hosts in ["localhost", "127.0.0.1:27018", "[::1]", "127.0.0.1:1,127.0.0.1:2"] {
            assert!(!is_encrypted(&format!("mongodb://{hosts}/orders")).await, "{hosts}");
        }
    }
}
