//! Answers that are kept, so that a request that is sent again does nothing again (IETF draft
//! "The Idempotency-Key HTTP Header Field").

use std::fmt;

use orderdesk_domain::{Timestamp, UserId};
use thiserror::Error;

/// For how long an answer is kept, in milliseconds: 24 hours.
pub const KEPT_FOR: i64 = 24 * 60 * 60 * 1_000;

/// By which a client knows its own request again: 1 to 255 characters of visible ASCII.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// That a key is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("An idempotency key has 1 to 255 characters, letters, digits and punctuation, in quotes or without.")]
pub struct NotAKey;

impl IdempotencyKey {
    /// Takes a key as it stands, or in double quotes (as a string of RFC 8941, section 3.3.3, without escapes).
    pub fn parse(input: &str) -> Result<Self, NotAKey> {
        let input = input.trim();
        let key = input.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(input);
        let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        if is_plain && (1..=255).contains(&key.len()) { Ok(Self(key.to_owned())) } else { Err(NotAKey) }
    }

    /// The key without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever knows a key could ask for the answer: it stays out of logs.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdempotencyKey(…)")
    }
}

/// SHA-256 of a request: its method, path, query and body.
pub type RequestDigest = [u8; 32];

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Where the new object is.
    pub location: Option<String>,
    /// Its entity tag.
    pub etag: Option<String>,
    /// The body.
    pub body: String,
}

/// An answer with all by which it is found again. Unique by user and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Who asked.
    pub user: UserId,
    /// What the client called it.
    pub key: IdempotencyKey,
    /// What was asked.
    pub request: RequestDigest,
    /// What was answered.
    pub answer: Answer,
    /// When.
    pub kept_at: Timestamp,
}

/// A request that is to be carried out once, and how its outcome is told.
pub struct Once<T> {
    /// What the client calls it.
    pub key: IdempotencyKey,
    /// What is asked.
    pub request: RequestDigest,
    /// What is answered to that outcome. A secret is left out: an answer is kept.
    pub tell: Box<dyn Fn(&T) -> Answer + Send + Sync>,
}

/// What came of a request that is to be carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It has been carried out.
    Done(T),
    /// It had been before, and this was the answer.
    Replayed(Answer),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_means_the_same_in_quotes_and_without() {
        let key = IdempotencyKey::parse("8e03978e-40d5-43dd-bc93-6894a57f9324").unwrap();
        assert_eq!(IdempotencyKey::parse(" \"8e03978e-40d5-43dd-bc93-6894a57f9324\" "), Ok(key.clone()));
        assert_eq!(key.as_str(), "8e03978e-40d5-43dd-bc93-6894a57f9324");
        assert_eq!(format!("{key:?}"), "IdempotencyKey(…)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for input in ["", "\"\"", " ", "a b", "a\"b", "a\\b", "é", &"a".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(input), Err(NotAKey), "{input}");
        }
        assert!(IdempotencyKey::parse(&"a".repeat(255)).is_ok());
    }
}
