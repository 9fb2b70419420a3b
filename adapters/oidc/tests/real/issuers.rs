//! Issuers that do not answer as they should.

use std::net::TcpListener;
use std::time::Duration;

use orderdesk_application::ports::TokenVerifier as _;
use orderdesk_identity::IdentityProvider;
use orderdesk_oidc::{IssuerSettings, IssuerUrl, JwtVerifier};
use serde_json::json;
use tokio::time::Instant;

use super::{assert_unavailable, http, now, seconds_now, start, url_of};

const CONFIGURATION: &str = "/.well-known/openid-configuration";

/// Verifies a token of an issuer that has not been asked before.
async fn first_token(
    provider: &IdentityProvider,
) -> Result<orderdesk_application::ports::Voucher, orderdesk_application::ports::IdentityError> {
    let verifier = JwtVerifier::new(vec![IssuerSettings::new(url_of(provider), "us")], &http());
    let claims = json!({ "iss": provider.issuer(), "sub": "amina", "aud": "us", "exp": seconds_now() + 300 });
    verifier.verify(&provider.sign(&claims, &json!({})).await, now()).await
}

#[tokio::test]
async fn an_issuer_is_not_believed_that_is_another_or_sends_us_elsewhere() {
    let provider = start().await;
    assert!(first_token(&provider).await.is_ok());
    let jwks = format!("{}/jwks", provider.issuer());
    for (status, headers, body, why) in [
        (200, json!({}), json!({ "issuer": "https://id.example", "jwks_uri": jwks }), "another issuer"),
        (
            200,
            json!({}),
            json!({ "issuer": provider.issuer(), "jwks_uri": "http://id.example/jwks" }),
            "cannot be understood",
        ),
        (200, json!({}), json!({ "issuer": provider.issuer() }), "cannot be understood"),
        (302, json!({ "location": "/elsewhere" }), json!({}), "302"),
        (404, json!({}), json!({}), "404"),
    ] {
        provider.answer(CONFIGURATION, status, &headers, &body.to_string()).await;
        assert_unavailable(first_token(&provider).await, why);
    }
    assert_eq!(provider.requests("/elsewhere").await, 0);
}

#[tokio::test]
async fn keys_are_not_taken_from_an_answer_that_is_none() {
    let provider = start().await;
    for (status, body, why) in [
        (200, r#"{"keys": []}"#.to_owned(), "no key that could be used"),
        (200, r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#.to_owned(), "no key that could be used"),
        (200, "keys".to_owned(), "cannot be understood"),
        (200, format!(r#"{{"keys": [], "more": "{}"}}"#, "a".repeat(1 << 20)), "too large"),
        (503, "{}".to_owned(), "503"),
    ] {
        provider.answer("/jwks", status, &json!({}), &body).await;
        assert_unavailable(first_token(&provider).await, why);
    }
}

/// The clock goes on by itself whenever everybody waits.
#[tokio::test(start_paused = true)]
async fn an_issuer_that_never_answers_is_not_waited_for_longer_than_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", silent.local_addr().unwrap());
    let settings = IssuerSettings::new(IssuerUrl::parse(&issuer).unwrap(), "us");
    let verifier = JwtVerifier::new(vec![settings], &http());
    // {"alg":"RS256"}, and only who is said to have signed it.
    let claims = format!(r#"{{"iss":"{issuer}"}}"#);
    let token = format!(
        "eyJhbGciOiJSUzI1NiJ9.{}.AA",
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims)
    );
    let before = Instant::now();
    assert_unavailable(verifier.verify(&token, now()).await, "there is no answer");
    assert!(before.elapsed() <= Duration::from_secs(6), "{:?}", before.elapsed());
}
