//! What `tests/servers/start` says about the servers.

use std::fmt::Display;

/// A variable that `tests/servers/start` sets.
#[expect(clippy::disallowed_methods, reason = "these are no settings of the program")]
pub(crate) fn variable(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!(
            "This test needs a database server, and {name} is not set. ./tests/run starts the servers, and so does \
             `tests/servers/start -- cargo test`; or set {name} to a server of yours."
        ),
    }
}

/// Fails the test because the server that a variable names does not do what it must.
pub(crate) fn unusable(name: &str, error: impl Display) -> ! {
    panic!(
        "The server that {name} names cannot be used: {error}. ./tests/run starts one where {name} is not set, and so \
         does `tests/servers/start -- cargo test`."
    )
}
