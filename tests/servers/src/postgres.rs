//! Databases on the PostgreSQL server that the tests share.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::database::{Database, Engine, unique_name};
use crate::environment::{unusable, variable};
use crate::url::with_database;

/// The address of a database from which others are made.
const VARIABLE: &str = "TEST_POSTGRES_URL";

/// The first version that copies a database as it is told, the major number times 10,000.
const KNOWS_STRATEGIES: u32 = 150_000;

/// A new, empty database on the server of `TEST_POSTGRES_URL`.
pub async fn postgres() -> Database {
    let server = variable(VARIABLE);
    let name = unique_name();
    match create(&server, &name).await {
        Ok(()) => {
            let url = with_database(&server, &name);
            Database::new(Engine::Postgres, server, name, url)
        }
        Err(error) => unusable(VARIABLE, error),
    }
}

async fn create(server: &str, name: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    // Copying files takes half as long as writing the copy to the log, where nothing waits for a disk.
    let strategy = match connection.server_version_num() {
        Some(version) if version >= KNOWS_STRATEGIES => "STRATEGY FILE_COPY",
        _ => "",
    };
    let statement = format!("CREATE DATABASE {name} TEMPLATE template0 {strategy}");
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

/// Drops a database as far as it can, whoever is connected to it.
pub(crate) async fn drop_database(server: &str, name: &str) {
    if let Ok(mut connection) = PgConnection::connect(server).await {
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let _ = connection.execute(AssertSqlSafe(statement)).await;
        let _ = connection.close().await;
    }
}

/// Runs a statement in the PostgreSQL database at this address, as an administrator does behind the program's back.
pub async fn execute(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}
