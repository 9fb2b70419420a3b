//! The process of a server.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::{PATIENCE, PAUSE};

/// A server that runs. It is killed with the value.
pub(super) struct Process {
    child: Child,
    /// Where it writes the number of its process, which is not the child's where it runs in a container.
    number: PathBuf,
    /// What it said.
    log: PathBuf,
}

impl Process {
    /// Starts a server, which writes the number of its process into the first line of a file.
    pub(super) fn start(mut command: Command, number: PathBuf, log: PathBuf) -> Self {
        let output = File::options().create(true).append(true).open(&log).unwrap();
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        Self { child: command.spawn().unwrap(), number, log }
    }

    /// Waits until a question about the server, which runs, is answered with yes.
    pub(super) async fn until<F: Future<Output = bool>>(&mut self, mut question: impl FnMut() -> F) {
        let asking = async {
            while !question().await {
                assert!(self.child.try_wait().unwrap().is_none(), "the server ended:\n{}", self.said());
                sleep(PAUSE).await;
            }
        };
        let ready = timeout(PATIENCE, asking).await.is_ok();
        assert!(ready, "the server is not ready after {PATIENCE:?}:\n{}", self.said());
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Tells the server to end, and waits until it has.
    pub(super) async fn stop(mut self) {
        signal("INT", &[self.number()]).await;
        timeout(PATIENCE, self.child.wait()).await.expect("the server does not end").unwrap();
    }

    /// Kills the server and every process that it started, and waits until all are gone.
    pub(super) async fn kill(mut self) {
        let number = self.number();
        let mut numbers = children(number);
        numbers.push(number);
        signal("KILL", &numbers).await;
        timeout(PATIENCE, self.child.wait()).await.expect("the server does not end").unwrap();
        while numbers.iter().any(|number| Path::new("/proc").join(number.to_string()).exists()) {
            sleep(PAUSE).await;
        }
    }

    fn number(&self) -> u32 {
        let content = fs::read_to_string(&self.number).unwrap();
        content.lines().next().unwrap().trim().parse().unwrap()
    }
}

/// The processes that one has started.
fn children(parent: u32) -> Vec<u32> {
    let processes =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter(|process| parent_of(*process) == Some(parent)).collect()
}

/// Which process has started this one; `None` where it has ended.
fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the state and the parent follow it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Sends a signal. A process may be gone already.
async fn signal(name: &str, processes: &[u32]) {
    let processes = processes.iter().map(u32::to_string);
    // The shell's own `kill`: a minimal system has no other.
    let script = "for process; do kill -s \"$0\" \"$process\"; done";
    Command::new("sh")
        .args(["-c", script, name])
        .args(processes)
        .stderr(Stdio::null())
        .status()
        .await
        .unwrap();
}
