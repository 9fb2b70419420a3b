//! The program as a process: its commands, its settings, how it starts and how it ends.

mod commands;
mod durability;
mod first_start;
mod idempotency;
mod instances;
mod log;
mod outages;
mod read_only;
mod settings;
mod stopping;
mod transfer;
mod unusable_stores;

use std::path::Path;

use orderdesk_e2e::{Client, Place, Program, Running, Store};
use tempfile::TempDir;

/// The program, in a directory of its own, with a SQLite database in it unless told otherwise.
pub(crate) fn program(directory: &Path) -> Program {
    // A test that is about rates sets them; and one that is about messages has them sent.
    Program::new(env!("CARGO_BIN_EXE_orderdesk-under-test"), directory)
        .variable("ORDERDESK_THROTTLE", "off")
        .variable("ORDERDESK_SMS_WORKER", "off")
}

/// The token in what the first start prints.
pub(crate) fn token(output: &str) -> &str {
    output.lines().map(str::trim).find(|line| line.starts_with("od_")).expect("no token was printed")
}

/// A store and a directory, for as many runs of the program as a test needs.
pub(crate) struct Site {
    setting: String,
    directory: TempDir,
    /// The store, where it goes with the test.
    _place: Option<Place>,
}

impl Site {
    /// With a new store of this kind.
    pub(crate) async fn new(store: Store) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = store.place(directory.path()).await;
        Self { setting: place.setting().to_owned(), directory, _place: Some(place) }
    }

    /// With the store that this setting names.
    pub(crate) fn at(setting: impl Into<String>) -> Self {
        Self { setting: setting.into(), directory: tempfile::tempdir().unwrap(), _place: None }
    }

    /// The setting that names the store.
    pub(crate) fn setting(&self) -> &str {
        &self.setting
    }

    /// The program on the store. The first start leaves its token in a file.
    pub(crate) fn program(&self) -> Program {
        program(self.directory.path())
            .variable("ORDERDESK_STORE", &self.setting)
            .variable("ORDERDESK_INITIAL_TOKEN_FILE", "token")
    }

    /// A client of the program with the token of the first start.
    pub(crate) fn client(&self, running: &Running) -> Client {
        let token = std::fs::read_to_string(self.directory.path().join("token")).unwrap();
        running.client().with_token(token.trim())
    }
}
