//! A client that sends what a test says and judges nothing.

use std::net::SocketAddr;
use std::pin::Pin;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::answer::Answer;

/// A client of one service.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Client {
    /// A client without credentials.
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, base: format!("http://{address}"), token: None }
    }

    /// The same client with this token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same client without credentials.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The token that the client presents.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("this client has no token")
    }

    /// What the service's URLs begin with: scheme, host and port.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The absolute URL of `target`: a URL as it is, a path from the root if it begins with a slash, a path within
    /// the API otherwise.
    pub fn url(&self, target: &str) -> String {
        if target.starts_with("http://") {
            target.to_owned()
        } else if target.starts_with('/') {
            format!("{}{target}", self.base)
        } else {
            format!("{}/api/v1/{target}", self.base)
        }
    }

    /// A request of any method.
    pub fn call(&self, method: &str, target: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let line = format!("{method} {target}");
        let request = self.http.request(method, self.url(target));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        Call { request, line }
    }

    /// `GET`.
    pub fn get(&self, target: &str) -> Call {
        self.call("GET", target)
    }

    /// `POST` with a JSON body.
    pub fn post(&self, target: &str, body: &Value) -> Call {
        self.call("POST", target).json(body)
    }

    /// `PUT` with a JSON body.
    pub fn put(&self, target: &str, body: &Value) -> Call {
        self.call("PUT", target).json(body)
    }

    /// `PATCH` with a JSON body.
    pub fn patch(&self, target: &str, body: &Value) -> Call {
        self.call("PATCH", target).json(body)
    }

    /// `DELETE`.
    pub fn delete(&self, target: &str) -> Call {
        self.call("DELETE", target)
    }

    /// Creates an object in a collection, which must succeed, and answers it.
    pub async fn create(&self, plural: &str, body: &Value) -> Value {
        self.post(&format!("{plural}/"), body).await.json(201)
    }

    /// What the object that `shown` shows looks like now.
    pub async fn again(&self, shown: &Value) -> Value {
        self.get(shown["url"].as_str().unwrap()).await.json(200)
    }

    /// The message about an order about which there is one.
    pub async fn notification_of(&self, order: &Value) -> Value {
        let list =
            self.get(&format!("orders/{}/notifications/", order["id"].as_str().unwrap())).await.json(200);
        let [only] = list["notifications"].as_array().unwrap().as_slice() else { panic!("{list}") };
        only.clone()
    }

    /// One field of every object on the page at `target`, in order.
    pub async fn column(&self, target: &str, field: &str) -> Vec<Value> {
        let page = self.get(target).await.json(200);
        let (_, rows) = page.as_object().unwrap().iter().find(|(name, _)| *name != "pagination").unwrap();
        rows.as_array().unwrap().iter().map(|row| row[field].clone()).collect()
    }
}

/// A request that is sent once it is awaited.
#[must_use]
#[derive(Debug)]
pub struct Call {
    request: RequestBuilder,
    line: String,
}

impl Call {
    /// With one more header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    /// With parameters, which are encoded as needed.
    pub fn query(self, parameters: &[(&str, &str)]) -> Self {
        let line = format!("{} {parameters:?}", self.line);
        Self { request: self.request.query(parameters), line }
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        Self { request: self.request.json(body), line: format!("{} {body}", self.line) }
    }

    /// With a body as it is, said to be of this media type.
    pub fn body(self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        let request = self.request.header(reqwest::header::CONTENT_TYPE, media_type);
        Self { request: request.body(body), ..self }
    }

    /// The answer; `None` where the service is gone before all of it has come.
    pub async fn try_send(self) -> Option<Answer> {
        Answer::read(self.line, self.request.send().await.ok()?).await.ok()
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let line = self.line.clone();
            let response = self.request.send().await.unwrap_or_else(|error| panic!("{line}: {error:?}"));
            Answer::read(self.line, response).await.unwrap_or_else(|error| panic!("{line}: {error:?}"))
        })
    }
}
