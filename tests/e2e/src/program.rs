//! The program as a process of its own, where it matters that it is one.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
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

/// The program while it runs.
pub struct Running {
    child: Child,
    address: SocketAddr,
    output: Lines,
    errors: Lines,
}

/// The lines of standard output or standard error, read as they come: a program that nobody listens to waits in the end.
struct Lines {
    coming: mpsc::UnboundedReceiver<String>,
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
    pub async fn serve(self) -> Running {
        self.serve_at(0).await
    }

    /// Starts the program on this port and waits until it serves.
    pub async fn serve_at(mut self, port: u16) -> Running {
        self.command.env("ORDERDESK_LISTEN", format!("127.0.0.1:{port}"));
        let mut running = self.spawn();
        running.address = running.logged("serving").await["address"].as_str().unwrap().parse().unwrap();
        running
    }

    /// Starts the program as a worker beside those that serve, and waits until it takes messages.
    pub async fn work(mut self) -> Running {
        self.command.arg("worker");
        let mut running = self.spawn();
        running.logged("sending messages").await;
        running
    }

    fn spawn(mut self) -> Running {
        self.command.env("ORDERDESK_LOG_FORMAT", "json");
        let mut child = self.command.spawn().unwrap();
        let output = Lines::of(child.stdout.take().unwrap());
        let errors = Lines::of(child.stderr.take().unwrap());
        Running { child, address: SocketAddr::from(([0; 4], 0)), output, errors }
    }
}

impl Lines {
    fn of(stream: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let mut lines = BufReader::new(stream).lines();
        let (read, coming) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(line) = lines.next_line().await.unwrap() {
                // The test may have ended.
                let _ = read.send(line + "\n");
            }
        });
        Self { coming, read: String::new() }
    }

    /// The next line, if there is one more.
    async fn next(&mut self) -> Option<String> {
        let line = timeout(PATIENCE, self.coming.recv()).await;
        let line = line.unwrap_or_else(|_| panic!("nothing is written any more:\n{}", self.read))?;
        self.read.push_str(&line);
        Some(line)
    }

    /// Everything.
    async fn all(mut self) -> String {
        while let Some(line) = self.coming.recv().await {
            self.read.push_str(&line);
        }
        self.read
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

    /// The program's process, as the system knows it.
    pub fn id(&self) -> u32 {
        self.child.id().expect("the program has ended")
    }

    /// The next line of the log with this message.
    pub async fn logged(&mut self, message: &str) -> Value {
        while let Some(line) = self.errors.next().await {
            match serde_json::from_str::<Value>(&line) {
                Ok(entry) if entry["message"] == message => return entry,
                _ => {}
            }
        }
        panic!("no {message:?} in the log:\n{}", self.errors.read)
    }

    /// The next line of standard output.
    pub async fn printed(&mut self) -> String {
        self.output.next().await.unwrap_or_else(|| panic!("no more than\n{}", self.output.read))
    }

    /// Sends a signal such as `TERM` and waits for the end.
    pub async fn signal(self, name: &str) -> Outcome {
        self.send_signal(name).await;
        self.ended().await
    }

    /// Sends a signal such as `TERM`.
    pub async fn send_signal(&self, name: &str) {
        let id = self.id().to_string();
        // The shell's own `kill`: a minimal system has no other.
        let sent =
            Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for the end.
    pub async fn ended(self) -> Outcome {
        let Self { mut child, output, errors, .. } = self;
        let end = async { (output.all().await, errors.all().await, child.wait().await.unwrap()) };
        let (output, errors, status) = timeout(PATIENCE, end).await.expect("the program does not end");
        Outcome { code: status.code(), output, errors }
    }
}
