//! Chromium, with a profile of its own.

use std::process::Stdio;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::connection::Connection;
use crate::installed::installed;
use crate::tab::Tab;

/// The size of a telephone's screen.
pub const PHONE: (u32, u32) = (360, 740);
/// The size of a computer's screen.
pub const SCREEN: (u32, u32) = (1280, 900);

/// Which colours somebody has asked the system for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A Chromium that is a test's own; it ends with the value, and nothing of it is left.
pub struct Browser {
    connection: Arc<Connection>,
    /// Where the service is that is looked at.
    base: String,
    runs_scripts: bool,
}

/// Runs Chromium with a profile that is gone with it. The protocol is spoken on the third and the fourth stream, which the
/// shell makes of those that a child has; Chromium ends when the third does, however the test has come to its end.
const RUN: &str = "\"$@\" 3<&0 4>&1 0</dev/null 1>&2; rm -rf \"$0\" || { sleep 1; rm -rf \"$0\"; }";

/// Without first steps, without anything that it would do by itself on the network, and without a sandbox, which many
/// machines do not let it have: the pages are our own.
const ARGUMENTS: [&str; 12] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--lang=en-GB",
    "--hide-scrollbars",
];

impl Browser {
    /// Starts Chromium to look at the service at `base`: scheme, host and port.
    pub async fn start(base: &str) -> Self {
        Self::launch(base, true).await
    }

    /// The same, for somebody who lets no scripts run.
    pub async fn start_without_scripts(base: &str) -> Self {
        Self::launch(base, false).await
    }

    async fn launch(base: &str, runs_scripts: bool) -> Self {
        // Chromium still writes while it ends, so who waits for that removes the profile.
        let profile = tempfile::tempdir().unwrap().keep();
        let mut command = Command::new("sh");
        command.args(["-c", RUN]).arg(&profile).arg(&installed().await.chromium).args(ARGUMENTS);
        command.arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let connection = Connection::new(process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { connection, base: base.to_owned(), runs_scripts }
    }

    /// Opens an empty tab of the size of a computer's screen. All tabs share the cookies.
    pub async fn tab(&self) -> Tab {
        let target = self.send("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.send("Target.attachToTarget", attach).await;
        let session = attached["sessionId"].as_str().unwrap();
        Tab::open(Arc::clone(&self.connection), session, &self.base, self.runs_scripts).await
    }

    /// Opens a tab and signs in with an API token, by the form that is there for it.
    pub async fn sign_in(&self, token: &str) -> Tab {
        let tab = self.tab().await;
        tab.visit("/").await;
        tab.follow("Sign in").await;
        tab.fill("API token", token).await;
        tab.press("Sign in").await;
        assert_eq!(tab.title().await, "Home");
        tab
    }

    async fn send(&self, method: &str, parameters: Value) -> Value {
        let answer = self.connection.try_send(None, method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}
