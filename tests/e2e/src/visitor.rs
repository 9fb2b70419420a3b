//! Somebody at a browser: keeps the cookies of the service, and follows nothing by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::answer::Answer;
use crate::client::{Call, Client};

/// A browser, as far as the service can tell.
pub struct Visitor {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// Somebody who comes for the first time.
    pub fn new(client: &Client) -> Self {
        Self { client: client.anonymous(), cookies: BTreeMap::new() }
    }

    /// Another browser with the same cookies.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { client: self.client.clone(), cookies: self.cookies.clone() }
    }

    /// The value of a cookie that the browser keeps.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie into the browser.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// A request with the cookies.
    pub fn call(&self, method: &str, target: &str) -> Call {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.client.call(method, target).header("Cookie", &cookies.join("; "))
    }

    /// A request that changes something, as a page of the service makes it.
    pub fn change(&self, method: &str, target: &str, body: &Value) -> Call {
        let token = self.cookie("orderdesk_csrf").unwrap_or_default();
        self.call(method, target).json(body).header("X-CSRFToken", token)
    }

    /// Opens an address and keeps what the answer says about cookies.
    pub async fn open(&mut self, target: &str) -> Answer {
        let answer = self.call("GET", target).await;
        self.keep(&answer);
        answer
    }

    /// Sends a form, and keeps what the answer says about cookies.
    pub async fn send_form(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        let form = reqwest::Url::parse_with_params("http://form/", fields).unwrap();
        let body = form.query().unwrap_or_default().to_owned();
        let answer = self.call("POST", target).body("application/x-www-form-urlencoded", body).await;
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
