//! The process of a provider.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};

/// Longer than a provider takes to start, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait before looking again whether it is there.
const PAUSE: Duration = Duration::from_millis(20);

/// Below those that the system gives to outgoing connections: nobody takes one while its provider is down.
const PORTS: std::ops::Range<u16> = 15_000..30_000;

/// A port that a provider may take.
pub(crate) fn some_port() -> u16 {
    fastrand::u16(PORTS)
}

/// Starts a provider and waits until it listens; `None` where somebody else has the port. It ends with the
/// value, and also where the test itself is killed: then its standard input ends.
pub(crate) async fn start(port: u16, redirect_uris: &[String], log: &Path) -> Option<Child> {
    let (node, script) = installed().await;
    let output = File::create(log).unwrap();
    let mut command = Command::new(node);
    command.arg(script).arg(port.to_string()).args(redirect_uris).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(output.try_clone().unwrap()).stderr(output);
    let mut child = command.spawn().unwrap();
    let said = || fs::read_to_string(log).unwrap_or_default();
    let listening = async {
        while !said().contains("listening") {
            if child.try_wait().unwrap().is_some() {
                assert!(said().contains("EADDRINUSE"), "the provider ended:\n{}", said());
                return None;
            }
            sleep(PAUSE).await;
        }
        Some(())
    };
    let Ok(listens) = timeout(PATIENCE, listening).await else {
        panic!("the provider is not ready after {PATIENCE:?}:\n{}", said())
    };
    listens.map(|()| child)
}

/// The program that runs the provider, and its script.
async fn installed() -> &'static (PathBuf, PathBuf) {
    static INSTALLED: OnceCell<(PathBuf, PathBuf)> = OnceCell::const_new();
    INSTALLED.get_or_init(install).await
}

async fn install() -> (PathBuf, PathBuf) {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/install"));
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    assert!(output.status.success(), "no provider:\n{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let (node, script) = lines.trim_end().split_once('\n').expect("two lines");
    (node.into(), script.into())
}
