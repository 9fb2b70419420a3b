//! Reaching the server.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr as _;
use std::time::Duration;

use orderdesk_application::ports::{StoreError, StoreResult};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions as _, Executor as _, Row as _};
use thiserror::Error;
use tokio::time::timeout;

use crate::postgres::settings::PostgresSettings;
use crate::postgres::{Postgres, errors, listener};

/// How many prepared statements a connection keeps.
const PREPARED: usize = 256;

/// Why a database cannot be used.
#[derive(Debug, Error)]
pub enum PostgresOpenError {
    /// The URL makes no sense. What it is may hold a password.
    #[error(
        "the address of the PostgreSQL database is no URL such as postgres://user:password@host/database"
    )]
    Url(#[source] sqlx::Error),
    /// The server has no such database.
    #[error("{0} does not exist; an administrator can make it: CREATE DATABASE")]
    NoDatabase(Place),
    /// The server cannot be reached, or does not let anybody in.
    #[error("cannot connect to {place}")]
    Connect {
        /// Where it is.
        place: Place,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// Somebody is there, and does not answer as a server does.
    #[error("{place} does not answer within {} seconds", patience.as_secs_f32())]
    Silent {
        /// Where it is.
        place: Place,
        /// How long it was waited for.
        patience: Duration,
    },
    /// The database keeps text in an encoding in which not every text can be written.
    #[error("{place} has the encoding {encoding}; it has to be UTF8")]
    Encoding {
        /// Where it is.
        place: Place,
        /// The encoding.
        encoding: String,
    },
    /// The database takes no changes.
    #[error("{0} is read-only: a standby, or set so (default_transaction_read_only)")]
    ReadOnly(Place),
}

impl From<PostgresOpenError> for StoreError {
    fn from(error: PostgresOpenError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A database as an operator knows it, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    user: String,
    database: String,
    server: String,
}

impl Place {
    fn of(options: &PgConnectOptions) -> Self {
        let user = options.get_username().to_owned();
        // Without a name, the server takes the user's.
        let database = options.get_database().map_or_else(|| user.clone(), str::to_owned);
        let server = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Self { user, database, server }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, database, server } = self;
        write!(formatter, "the PostgreSQL database \"{database}\" on {server} (as user \"{user}\")")
    }
}

impl Postgres {
    /// Reads the settings. Nothing is connected yet.
    pub(super) fn new(settings: &PostgresSettings) -> Result<Self, PostgresOpenError> {
        let url = settings.url.as_str();
        let options = PgConnectOptions::from_str(url).map_err(PostgresOpenError::Url)?;
        let options = if says_how_to_encrypt(url) { options } else { protected(options) };
        let options = options.application_name("orderdesk").statement_cache_capacity(PREPARED);
        // The text of a statement for a thousand rows is a log by itself.
        let options = options.disable_statement_logging();
        let patience = settings.patience;
        let listening = listener::pool(options.clone(), patience);
        Ok(Self { options, patience, listening })
    }

    fn place(&self) -> Place {
        Place::of(&self.options)
    }

    pub(super) async fn open(&self) -> StoreResult<PgConnection> {
        let silent = |_| PostgresOpenError::Silent { place: self.place(), patience: self.patience };
        Ok(timeout(self.patience, self.connect()).await.map_err(silent)??)
    }

    async fn connect(&self) -> Result<PgConnection, PostgresOpenError> {
        let failed = |source| match errors::code(&source) {
            Some(errors::NO_DATABASE) => PostgresOpenError::NoDatabase(self.place()),
            _ => PostgresOpenError::Connect { place: self.place(), source },
        };
        let mut connection = self.options.connect().await.map_err(failed)?;
        // Nobody waits longer than a request may take, so nothing is to run on for longer. And whatever the operator
        // has set: what runs outside of transactions sees what was committed before it, and never has to be run again.
        let patience = self.patience.as_millis();
        let limits = format!(
            "SET default_transaction_isolation = 'read committed'; \
             SET lock_timeout = {patience}; SET statement_timeout = '60s'; \
             SET idle_in_transaction_session_timeout = '60s'"
        );
        connection.execute(sqlx::AssertSqlSafe(limits)).await.map_err(failed)?;
        Ok(connection)
    }

    /// Makes sure that what is going to be stored can be.
    pub(super) async fn examine(&self) -> StoreResult<()> {
        let mut connection = self.open().await?;
        let question = "SELECT current_setting('server_encoding'), current_setting('transaction_read_only')";
        let failed = |source| PostgresOpenError::Connect { place: self.place(), source };
        let answer = connection.fetch_one(question).await.map_err(failed)?;
        let encoding: String = answer.try_get(0).map_err(failed)?;
        let read_only: String = answer.try_get(1).map_err(failed)?;
        if encoding != "UTF8" {
            return Err(PostgresOpenError::Encoding { place: self.place(), encoding }.into());
        }
        if read_only == "on" {
            return Err(PostgresOpenError::ReadOnly(self.place()).into());
        }
        Ok(())
    }
}

fn says_how_to_encrypt(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|parameter| parameter.starts_with("sslmode=") || parameter.starts_with("ssl-mode="))
}

/// What crosses a network is encrypted, and the server has to prove who it is. What stays on the machine crosses none.
fn protected(options: PgConnectOptions) -> PgConnectOptions {
    let host = options.get_host();
    let is_here = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback());
    options.ssl_mode(if is_here { PgSslMode::Disable } else { PgSslMode::VerifyFull })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> &'static str {
        match Postgres::new(&PostgresSettings::new(url)).unwrap().options.get_ssl_mode() {
            PgSslMode::Disable => "disable",
            PgSslMode::Require => "require",
            PgSslMode::VerifyFull => "verify-full",
            _ => "another",
        }
    }

    #[test]
    fn a_server_elsewhere_has_to_prove_who_it_is() {
        assert_eq!(mode("postgres://u:p@db.example/orders"), "verify-full");
        assert_eq!(mode("postgres://u:p@10.0.0.7:5433/orders?application_name=x"), "verify-full");
    }

    #[test]
    fn what_stays_on_the_machine_is_not_encrypted() {
        for host in ["localhost", "127.0.0.1:5433", "[::1]", "%2Fvar%2Frun%2Fpostgresql"] {
            assert_eq!(mode(&format!("postgres://u:p@{host}/orders")), "disable", "{host}");
        }
    }

    #[test]
    fn the_operator_has_the_last_word() {
        assert_eq!(mode("postgres://u:p@db.example/orders?sslmode=require"), "require");
        assert_eq!(mode("postgres://u:p@localhost/orders?a=b&sslmode=verify-full"), "verify-full");
    }

    #[test]
    fn a_database_is_named_without_its_password() {
        let postgres =
            Postgres::new(&PostgresSettings::new("postgres://amina:hunter2@db.example/orders")).unwrap();
        let place = postgres.place().to_string();
        assert_eq!(place, "the PostgreSQL database \"orders\" on db.example:5432 (as user \"amina\")");
        assert!(!format!("{postgres:?}").contains("hunter2"));
    }
}
