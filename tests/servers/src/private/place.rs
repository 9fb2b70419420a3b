//! Where a private server is: its directory, its port and the account that it runs as.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::environment::variable;

/// Below those that the system gives to outgoing connections: nobody takes one while its server is down.
const PORTS: std::ops::Range<u16> = 15_000..30_000;

/// A directory that goes with the test, and who may write there.
pub(super) struct Place {
    directory: TempDir,
    /// The account that servers run as; `None` where it is the test's own.
    account: Option<(u32, u32)>,
}

impl Place {
    pub(super) fn new() -> Self {
        let parent = PathBuf::from(variable("TEST_SERVERS_DIRECTORY"));
        let directory = TempDir::new_in(&parent).unwrap();
        // Where the tests run as root, the servers must not.
        let owner = parent.metadata().unwrap();
        let foreign = owner.uid() != directory.path().metadata().unwrap().uid();
        let account = foreign.then(|| (owner.uid(), owner.gid()));
        let place = Self { directory, account };
        place.hand_over(place.path());
        place
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A file with this content, for the servers alone.
    pub(super) fn write(&self, name: &str, content: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        self.hand_over(&path);
        path
    }

    /// A new directory.
    pub(super) fn create(&self, name: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir(&path).unwrap();
        self.hand_over(&path);
        path
    }

    fn hand_over(&self, path: &Path) {
        if let Some((user, group)) = self.account {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// A command of the servers' account.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).kill_on_drop(true);
        // What runs in a container is of the account already, which may not start one.
        let contained = program.parent().is_some_and(|directory| directory.ends_with("containers"));
        if let Some((user, group)) = self.account.filter(|_| !contained) {
            command.uid(user).gid(group);
        }
        command
    }
}

/// A port that nobody listens on.
pub(super) fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(PORTS);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
