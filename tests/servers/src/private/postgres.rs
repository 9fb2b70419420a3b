//! A PostgreSQL server that is a test's own.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use super::place::{Place, free_port};
use super::process::Process;
use crate::environment::variable;

/// A server with one database, an account that needs a password, and everything that keeps its data safe. It ends with
/// the value.
pub struct PrivatePostgres {
    process: Option<Process>,
    port: u16,
    data: PathBuf,
    place: Place,
}

impl PrivatePostgres {
    /// The password of its account.
    pub const PASSWORD: &str = "correct-horse";

    /// Makes a server and starts it.
    pub async fn start() -> Self {
        let place = Place::new();
        let data = place.path().join("data");
        let password = place.write("password", Self::PASSWORD);
        let mut command = place.command(&program("initdb"));
        command.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
        command.arg("--no-sync").arg("--pgdata").arg(&data).arg("--pwfile").arg(password);
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut server = Self { process: None, port: free_port(), data, place };
        server.resume().await;
        let mut connection = PgConnection::connect(&server.database("postgres")).await.unwrap();
        connection.execute("CREATE DATABASE orderdesk").await.unwrap();
        connection.close().await.unwrap();
        server
    }

    /// Starts the server after it was stopped or killed, and waits until it serves.
    pub async fn resume(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let mut command = self.place.command(&program("postgres"));
        command.arg("-D").arg(&self.data);
        let port = format!("port={}", self.port);
        // Shared memory in files: a server that is killed leaves none behind on the machine.
        let memory = "dynamic_shared_memory_type=mmap";
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", memory, &port] {
            command.args(["-c", setting]);
        }
        let number = self.data.join("postmaster.pid");
        let mut process = Process::start(command, number, self.place.path().join("log"));
        let url = self.database("postgres");
        process.until(async || PgConnection::connect(&url).await.is_ok()).await;
        self.process = Some(process);
    }

    /// Lets the server end in order. Whoever is connected is not asked.
    pub async fn stop(&mut self) {
        self.process.take().expect("it does not run").stop().await;
    }

    /// Kills all of its processes at once, as if the power had gone.
    pub async fn kill(&mut self) {
        self.process.take().expect("it does not run").kill().await;
    }

    /// The address of the database, which is empty at first.
    pub fn url(&self) -> String {
        self.database("orderdesk")
    }

    fn database(&self, name: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{name}", Self::PASSWORD, self.port)
    }
}

fn program(name: &str) -> PathBuf {
    Path::new(&variable("TEST_POSTGRES_BIN")).join(name)
}
