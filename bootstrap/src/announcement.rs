//! Handing over the first token, once: on standard output, or in a file that only its owner can read. Never in the log.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use orderdesk_domain::TokenSecret;
use thiserror::Error;

/// The first token could not be handed over. The store is set up all the same; `orderdesk token create` makes another.
#[derive(Debug, Error)]
pub enum AnnouncementError {
    /// Standard output is closed.
    #[error("cannot print the first token; `orderdesk token create` makes another")]
    Print(#[source] io::Error),
    /// The file is there already, or cannot be written.
    #[error("cannot write the first token to {path}; `orderdesk token create` makes another")]
    Write {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Writes the secret to `file`, or prints it with a call to try.
pub(crate) fn announce(
    secret: &TokenSecret,
    address: SocketAddr,
    file: Option<&Path>,
) -> Result<(), AnnouncementError> {
    match file {
        Some(path) => {
            write(secret, path).map_err(|source| AnnouncementError::Write { path: path.to_owned(), source })
        }
        None => print(secret, address).map_err(AnnouncementError::Print),
    }
}

fn print(secret: &TokenSecret, address: SocketAddr) -> io::Result<()> {
    let token = secret.reveal();
    let mut output = io::stdout().lock();
    writeln!(
        output,
        "\nOrder Desk is set up. The administrator's API token, shown only this once:\n\n    {token}\n\n\
         Try it:\n\n    curl -H 'Authorization: Bearer {token}' http://{}/api/v1/\n",
        reachable(address)
    )?;
    output.flush()
}

/// The address as one types it on the same machine.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

fn write(secret: &TokenSecret, path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    writeln!(file, "{}", secret.reveal())?;
    file.sync_all()
}
