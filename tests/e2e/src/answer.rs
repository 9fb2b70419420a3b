//! An answer, and what every answer of its kind must be.

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The request's line, for the message of a failed test.
    line: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Answer {
    pub(crate) async fn read(line: String, response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { line, status, headers, body: response.bytes().await? })
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The value of a header that may stand only once, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next().map(|value| value.to_str().unwrap());
        assert_eq!(values.next(), None, "{}: {name} stands twice", self.line);
        first
    }

    /// The members of a header that is a list, in lower case.
    pub fn members(&self, name: &str) -> Vec<String> {
        let values = self.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        values.flat_map(|value| value.split(',')).map(|member| member.trim().to_lowercase()).collect()
    }

    /// Makes sure of the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{}\n{body}", self.line);
        self
    }

    /// The body of a successful answer in JSON: an object, as every body is.
    #[track_caller]
    pub fn json(self, status: u16) -> Value {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{}", answer.line);
        let value: Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(value.is_object(), "{}: {value}", answer.line);
        value
    }

    /// The message of a refusal, which must have the one shape of all refusals.
    #[track_caller]
    pub fn refusal(self, status: u16, code: &str) -> Value {
        let id = self.header("x-request-id").expect("no X-Request-Id").to_owned();
        let line = self.line.clone();
        let mut body = self.json(status);
        assert_eq!(
            (body["code"].as_str(), body["request_id"].as_str()),
            (Some(code), Some(id.as_str())),
            "{line}\n{body}"
        );
        assert_eq!(body.as_object().unwrap().len(), 3, "{line}\n{body}");
        body["message"].take()
    }

    /// The reasons against each field of a refused request, which must be 400.
    #[track_caller]
    pub fn invalid(self) -> Value {
        let line = self.line.clone();
        let message = self.refusal(400, "invalid");
        assert!(message.is_object(), "{line}: {message}");
        message
    }

    /// The reasons against the only field or parameter that is wrong; the status must be 400.
    #[track_caller]
    pub fn invalid_only(self, field: &str) -> String {
        let line = self.line.clone();
        let message = self.invalid();
        let fields: Vec<_> = message.as_object().unwrap().keys().collect();
        assert_eq!(fields, [field], "{line}: {message}");
        let reasons = message[field].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap());
        reasons.collect::<Vec<_>>().join(" ")
    }
}
