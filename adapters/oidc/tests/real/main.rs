//! Sign-in and bearer tokens with a real provider, in a process of its own.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bearer;
mod issuers;
mod sign_in;

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use orderdesk_application::ports::{IdentityError, Voucher};
use orderdesk_domain::Timestamp;
use orderdesk_identity::IdentityProvider;
use orderdesk_oidc::{HttpClient, IssuerUrl};
use tokio::time::{advance, pause, resume};

const REDIRECT_URI: &str = "http://127.0.0.1:4711/api-auth/callback/";

fn http() -> HttpClient {
    HttpClient::new().unwrap()
}

async fn start() -> IdentityProvider {
    IdentityProvider::start(&["http://127.0.0.1/api-auth/callback/"]).await
}

fn url_of(provider: &IdentityProvider) -> IssuerUrl {
    IssuerUrl::parse(provider.issuer()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the provider goes by this clock as well")]
fn seconds_now() -> u64 {
    std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn now() -> Timestamp {
    Timestamp::from_milliseconds(i64::try_from(seconds_now()).unwrap() * 1000).unwrap()
}

/// Lets time pass for the program, and for nobody else.
async fn pass(duration: Duration) {
    pause();
    advance(duration).await;
    resume();
}

/// Why nobody was vouched for, with all causes.
fn reason(outcome: Result<Voucher, IdentityError>) -> String {
    let error = outcome.unwrap_err();
    let mut words = vec![format!("{error:?}"), error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.join(": ")
}

fn assert_refused(outcome: Result<Voucher, IdentityError>, why: &str) {
    assert!(matches!(outcome, Err(IdentityError::Refused(_))), "{outcome:?}");
    let reason = reason(outcome);
    assert!(reason.contains(why), "{reason}");
}

fn assert_unavailable(outcome: Result<Voucher, IdentityError>, why: &str) {
    assert!(matches!(outcome, Err(IdentityError::Unavailable(_))), "{outcome:?}");
    let reason = reason(outcome);
    assert!(reason.contains(why), "{reason}");
}
