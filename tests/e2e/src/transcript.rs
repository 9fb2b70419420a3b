//! What a service said, without what differs from one run to another, so that two can be compared byte for byte.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::client::{Call, Client};

/// The headers that say something about the answer's content. The others are about the connection, or the time.
const HEADERS: [&str; 10] = [
    "content-type",
    "content-disposition",
    "location",
    "etag",
    "allow",
    "vary",
    "cache-control",
    "retry-after",
    "www-authenticate",
    "x-request-id",
];

/// The answers of a service to one request after another.
#[derive(Debug)]
pub struct Transcript {
    client: Client,
    text: String,
    placeholders: Placeholders,
    asked: usize,
}

impl Transcript {
    /// Of what `client` is answered.
    pub fn of(client: &Client) -> Self {
        Self { client: client.clone(), text: String::new(), placeholders: Placeholders::default(), asked: 0 }
    }

    /// Asks, writes down what was asked and answered, and shows the body where it is JSON.
    pub async fn ask(&mut self, line: &str, request: impl FnOnce(&Client) -> Call) -> Value {
        self.asked += 1;
        let call = request(&self.client).header("x-request-id", &format!("question-{}", self.asked));
        let answer = call.await;
        let Self { client, text, placeholders, .. } = self;
        let mut write = |line: String| {
            let line = placeholders.replace(&line.replace(client.base(), "<base>"));
            writeln!(text, "{line}").unwrap();
        };
        write(format!("{line}\n{}", answer.status));
        for name in HEADERS {
            for value in answer.headers.get_all(name) {
                write(format!("{name}: {}", value.to_str().unwrap()));
            }
        }
        write(answer.text().to_owned());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// `GET`.
    pub async fn get(&mut self, target: &str) -> Value {
        self.ask(&format!("GET {target}"), |client| client.get(target)).await
    }

    /// A request of any method with a JSON body.
    pub async fn send(&mut self, method: &str, target: &str, body: &Value) -> Value {
        let line = format!("{method} {target} {body}");
        self.ask(&line, |client| client.call(method, target).json(body)).await
    }

    /// Everything that was asked and answered.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What stands in for ids, secrets, cursors and entity tags: the same for the same, numbered as they appear. Times have no
/// numbers, because whether two of them are the same is up to the clock.
#[derive(Debug, Default)]
struct Placeholders {
    known: HashMap<String, String>,
}

impl Placeholders {
    fn replace(&mut self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|character| !in_word(character)).unwrap_or(rest.len());
            if end == 0 {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                replaced.push_str(&rest[..first]);
                rest = &rest[first..];
                continue;
            }
            let (word, after) = rest.split_at(end);
            let kind = if is_time(word) {
                replaced.push_str("<time>");
                rest = after;
                continue;
            } else if is_id(word) {
                Some("id")
            } else if is_secret(word) {
                Some("secret")
            } else if replaced.ends_with("\"next_cursor\":\"") || replaced.ends_with("cursor=") {
                Some("cursor")
            } else if replaced.ends_with("etag: \"") {
                Some("tag")
            } else {
                None
            };
            match kind {
                Some(kind) => {
                    let next =
                        self.known.values().filter(|name| name.starts_with(&format!("<{kind} "))).count() + 1;
                    let name =
                        self.known.entry(word.to_owned()).or_insert_with(|| format!("<{kind} {next}>"));
                    replaced.push_str(name);
                }
                None => replaced.push_str(word),
            }
            rest = after;
        }
        replaced
    }
}

/// What ids, times, cursors and tags are made of.
fn in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.:".contains(character)
}

/// Whether a word has the shape: `0` for a hexadecimal digit, and anything else for itself.
fn has_shape(word: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| if shape == b'0' { byte.is_ascii_hexdigit() } else { byte == shape };
    word.len() == shape.len() && word.bytes().zip(shape.bytes()).all(fits)
}

fn is_id(word: &str) -> bool {
    has_shape(word, "00000000-0000-0000-0000-000000000000")
}

fn is_time(word: &str) -> bool {
    has_shape(word, "0000-00-00T00:00:00.000Z")
}

fn is_secret(word: &str) -> bool {
    word.len() == 35 && word.starts_with("od_")
}
