//! A provider that is a test's own.

use std::path::PathBuf;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Child;

use crate::process::{some_port, start};

/// A provider on this machine, with keys of its own. It ends with the value.
pub struct IdentityProvider {
    process: Option<Child>,
    port: u16,
    issuer: String,
    redirect_uris: Vec<String>,
    /// What it says.
    log: PathBuf,
    http: Client,
    _directory: TempDir,
}

impl IdentityProvider {
    /// The client that has a secret.
    pub const CLIENT_ID: &str = "orderdesk";
    /// Its secret.
    pub const CLIENT_SECRET: &str = "correct-horse";
    /// A client that has none.
    pub const PUBLIC_CLIENT_ID: &str = "orderdesk-public";

    /// Starts a provider whose clients may be returned to at these addresses, on any port of this machine.
    /// After signing out, browsers may also be sent to the root of their site.
    pub async fn start(redirect_uris: &[&str]) -> Self {
        let redirect_uris: Vec<_> = redirect_uris.iter().map(ToString::to_string).collect();
        let directory = TempDir::new().unwrap();
        let log = directory.path().join("log");
        let (process, port) = loop {
            let port = some_port();
            if let Some(process) = start(port, &redirect_uris, &log).await {
                break (Some(process), port);
            }
        };
        let issuer = format!("http://127.0.0.1:{port}");
        let http = Client::builder().no_proxy().build().unwrap();
        Self { process, port, issuer, redirect_uris, log, http, _directory: directory }
    }

    /// As what it signs, and where it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Ends it, with all that it knows.
    pub async fn stop(&mut self) {
        self.process.take().expect("it does not run").kill().await.unwrap();
    }

    /// Starts it again where it was, as if for the first time: with other keys, and without accounts and
    /// settings.
    pub async fn resume(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let process = start(self.port, &self.redirect_uris, &self.log).await;
        self.process = Some(process.expect("somebody else took its port"));
    }

    /// Exchanges all of its keys for new ones.
    pub async fn rotate_keys(&self) {
        self.ask("rotate", &json!({})).await;
    }

    /// Signs these claims, whatever they are. The header may name another algorithm than RS256: an asymmetric
    /// one, `none`, which signs nothing, or HS256, for which the secret is the public RSA key; and anything
    /// else that a header has.
    pub async fn sign(&self, claims: &Value, header: &Value) -> String {
        let token = self.ask("sign", &json!({ "claims": claims, "header": header })).await;
        token.as_str().unwrap().to_owned()
    }

    /// Says who it is that signs in by this name: claims beside `sub`, which is the name.
    pub async fn set_account(&self, login: &str, claims: &Value) {
        self.ask("account", &json!({ "login": login, "claims": claims })).await;
    }

    /// Changes settings of `oidc-provider`.
    pub async fn configure(&self, settings: &Value) {
        self.ask("configure", settings).await;
    }

    /// From now on, a path is answered like this, and not by what the provider has to say.
    pub async fn answer(&self, path: &str, status: u16, headers: &Value, body: &str) {
        let answer = json!({ "path": path, "status": status, "headers": headers, "body": body });
        self.ask("answer", &answer).await;
    }

    /// From now on, a path is answered by the provider again.
    pub async fn answer_itself(&self, path: &str) {
        self.ask("answer", &json!({ "path": path })).await;
    }

    /// How often a path has been asked for since it started.
    pub async fn requests(&self, path: &str) -> u64 {
        self.ask("requests", &json!({ "path": path })).await.as_u64().unwrap()
    }

    /// A token that the provider gives the client with a secret for a service, as a JWT (RFC 9068).
    pub async fn access_token(&self, audience: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("resource", audience)];
        let request = self.http.post(format!("{}/token", self.issuer)).form(&form);
        let request = request.basic_auth(Self::CLIENT_ID, Some(Self::CLIENT_SECRET));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let Some(token) = answer.get("access_token").and_then(Value::as_str) else {
            panic!("no token: {answer}")
        };
        token.to_owned()
    }

    async fn ask(&self, what: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}/test/{what}", self.issuer)).json(body);
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }
}
