//! The program as a process of its own, where it matters that it is one.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::client::Client;

/// Nothing that the program does by itself takes as long, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command line of the program, with an environment of its own and a directory to run in.
pub struct Program {
    command: Command,
}

/// How the program ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; `None` where a signal ended the program.
    pub code: Option<i32>,
    /// What it wrote on standard output.
    pub output: String,
    /// What it wrote on standard error.
    pub errors: String,
}

/// The program while it serves.
pub struct Running {
    child: Child,
    address: SocketAddr,
    /// The lines of standard error, read as they come: a program that nobody listens to waits in the end.
    errors: mpsc::UnboundedReceiver<String>,
    /// Those that were looked at.
    read: String,
}

impl Program {
    /// The program at `path`, in `directory`, where it finds a settings file if there is one.
    pub fn new(path: &str, directory: &Path) -> Self {
        let mut command = Command::new(path);
        command.env_clear().current_dir(directory).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command }
    }

    /// With these arguments.
    #[must_use]
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With one more variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With this file on standard input.
    #[must_use]
    pub fn input(mut self, file: &Path) -> Self {
        self.command.stdin(std::fs::File::open(file).unwrap());
        self
    }

    /// Runs the program to its end.
    pub async fn run(mut self) -> Outcome {
        let output =
            timeout(PATIENCE, self.command.output()).await.expect("the program does not end").unwrap();
        Outcome {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts the program on a free port and waits until it serves.
    pub async fn serve(mut self) -> Running {
        self.command.env("ORDERDESK_LISTEN", "127.0.0.1:0").env("ORDERDESK_LOG_FORMAT", "json");
        let mut child = self.command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (read, errors) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(line) = lines.next_line().await.unwrap() {
                // The test may have ended.
                let _ = read.send(line + "\n");
            }
        });
        let mut running =
            Running { child, address: SocketAddr::from(([0; 4], 0)), errors, read: String::new() };
        running.address = running.logged("serving").await["address"].as_str().unwrap().parse().unwrap();
        running
    }
}

impl Running {
    /// A client of it, without credentials.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next line of the log with this message.
    pub async fn logged(&mut self, message: &str) -> Value {
        loop {
            let line = timeout(PATIENCE, self.errors.recv()).await.expect("nothing is logged");
            let line = line.unwrap_or_else(|| panic!("no {message:?} in the log:\n{}", self.read));
            self.read.push_str(&line);
            match serde_json::from_str::<Value>(&line) {
                Ok(entry) if entry["message"] == message => return entry,
                _ => {}
            }
        }
    }

    /// Sends a signal such as `TERM` and waits for the end.
    pub async fn signal(self, name: &str) -> Outcome {
        self.send_signal(name).await;
        self.ended().await
    }

    /// Sends a signal such as `TERM`.
    pub async fn send_signal(&self, name: &str) {
        let id = self.child.id().expect("the program has ended").to_string();
        // The shell's own `kill`: a minimal system has no other.
        let sent =
            Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for the end.
    pub async fn ended(mut self) -> Outcome {
        let mut output = String::new();
        let mut stdout = self.child.stdout.take().unwrap();
        let read = async {
            stdout.read_to_string(&mut output).await.unwrap();
            while let Some(line) = self.errors.recv().await {
                self.read.push_str(&line);
            }
            self.child.wait().await.unwrap()
        };
        let status = timeout(PATIENCE, read).await.expect("the program does not end");
        Outcome { code: status.code(), output, errors: self.read }
    }
}
