//! MongoDB servers that are a test's own.

use std::path::Path;
use std::process::Stdio;

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::Result;
use mongodb::options::ClientOptions;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::place::{Place, free_port};
use super::process::Process;
use super::{PATIENCE, PAUSE};
use crate::environment::variable;

/// A replica set. Its servers end with the value.
pub struct PrivateMongodb {
    members: Vec<Member>,
    /// Whether its account must sign in.
    secured: bool,
    /// Whether it is one server of no replica set.
    alone: bool,
    place: Place,
}

struct Member {
    process: Option<Process>,
    port: u16,
}

impl PrivateMongodb {
    /// The password of its account, where it has one.
    pub const PASSWORD: &str = "correct-horse";

    /// Makes a replica set of this many servers and starts it.
    pub async fn start(members: usize) -> Self {
        Self::start_as(members, false).await
    }

    /// Makes a replica set of one server, which lets nobody in without a password.
    pub async fn start_secured() -> Self {
        let set = Self::start_as(1, true).await;
        // The first account may be created by whoever is on the machine.
        let client = connect(&set.address("", "replicaSet=rs0")).await.unwrap();
        let user = doc! { "createUser": "shop", "pwd": Self::PASSWORD, "roles": ["root"] };
        client.database("admin").run_command(user).await.unwrap();
        set
    }

    /// Starts one server that is of no replica set; with `waits`, one that waits to be told of which.
    pub async fn start_alone(waits: bool) -> Self {
        let members = vec![Member { process: None, port: free_port() }];
        let mut server = Self { members, secured: false, alone: !waits, place: Place::new() };
        server.place.create("0");
        server.resume(0).await;
        server
    }

    async fn start_as(members: usize, secured: bool) -> Self {
        let place = Place::new();
        if secured {
            // What the servers of a set know one another by.
            place.write("key", "c2VydmVycyBvZiBvbmUgc2V0");
        }
        let members = (0..members).map(|_| Member { process: None, port: free_port() }).collect();
        let mut set = Self { members, secured, alone: false, place };
        for index in 0..set.members.len() {
            set.place.create(&index.to_string());
            set.resume(index).await;
        }
        let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/replica-set"));
        command.args(set.members.iter().map(|member| member.port.to_string()));
        assert!(command.stdin(Stdio::null()).status().await.unwrap().success());
        set
    }

    /// Starts a server after it was stopped or killed, and waits until it listens.
    pub async fn resume(&mut self, member: usize) {
        let Member { process, port } = self.members.get_mut(member).unwrap();
        assert!(process.is_none(), "it runs already");
        let file = |name: &str| self.place.path().join(format!("{member}{name}"));
        let mut command = self.place.command(Path::new(&variable("TEST_MONGOD")));
        command.args(["--bind_ip", "127.0.0.1", "--port", &port.to_string()]);
        if !self.alone {
            command.args(["--replSet", "rs0"]);
        }
        command.args(["--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64", "--nounixsocket"]);
        command.arg("--dbpath").arg(file("")).arg("--pidfilepath").arg(file(".pid"));
        if self.secured {
            command.arg("--keyFile").arg(self.place.path().join("key"));
        }
        let mut started = Process::start(command, file(".pid"), file(".log"));
        let address = ("127.0.0.1", *port);
        started.until(async || TcpStream::connect(address).await.is_ok()).await;
        *process = Some(started);
    }

    /// Lets a server end in order.
    pub async fn stop(&mut self, member: usize) {
        self.take(member).stop().await;
    }

    /// Kills a server, as if the power had gone.
    pub async fn kill(&mut self, member: usize) {
        self.take(member).kill().await;
    }

    fn take(&mut self, member: usize) -> Process {
        self.members.get_mut(member).unwrap().process.take().expect("it does not run")
    }

    /// Which server is the primary now. Waits until one is.
    pub async fn primary(&self) -> usize {
        let asking = async {
            loop {
                for (index, member) in self.members.iter().enumerate() {
                    if member.process.is_some() && is_primary(member.port).await.unwrap_or(false) {
                        return index;
                    }
                }
                sleep(PAUSE).await;
            }
        };
        timeout(PATIENCE, asking).await.expect("no server becomes primary")
    }

    /// The address of a database in the set, which is empty at first.
    pub fn url(&self) -> String {
        if self.secured {
            let account = format!("shop:{}@", Self::PASSWORD);
            self.address(&account, "replicaSet=rs0&authSource=admin")
        } else {
            self.address("", "replicaSet=rs0")
        }
    }

    fn address(&self, account: &str, parameters: &str) -> String {
        let hosts: Vec<_> = self.members.iter().map(|member| format!("127.0.0.1:{}", member.port)).collect();
        format!("mongodb://{account}{}/orderdesk?{parameters}", hosts.join(","))
    }
}

async fn is_primary(port: u16) -> Result<bool> {
    let client = connect(&format!("mongodb://127.0.0.1:{port}/?directConnection=true")).await?;
    let answer: Document = client.database("admin").run_command(doc! { "hello": 1 }).await?;
    client.shutdown().immediate(true).await;
    Ok(answer.get_bool("isWritablePrimary").unwrap_or(false))
}

async fn connect(url: &str) -> Result<Client> {
    let mut options = ClientOptions::parse(url).await?;
    options.server_selection_timeout = Some(PATIENCE / 10);
    Client::with_options(options)
}
