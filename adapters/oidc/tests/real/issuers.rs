//! Issuers that do not answer as they should.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use orderdesk_application::ports::{IdentityError, TokenVerifier as _, Voucher};
use orderdesk_identity::IdentityProvider;
use orderdesk_oidc::{IssuerSettings, IssuerUrl, JwtVerifier};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::{assert_unavailable, http, now, pass, seconds_now, start, url_of};

const CONFIGURATION: &str = "/.well-known/openid-configuration";

/// Verifies a token of an issuer that has not been asked before.
async fn first_token(provider: &IdentityProvider) -> Result<Voucher, IdentityError> {
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

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_not_waited_for_longer_than_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", silent.local_addr().unwrap());
    let settings = IssuerSettings::new(IssuerUrl::parse(&issuer).unwrap(), "us");
    let verifier = JwtVerifier::new(vec![settings], &http());
    // Nobody gets to look at the signature.
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let token = format!("{}.{}.AA", part(r#"{"alg":"RS256"}"#), part(&format!(r#"{{"iss":"{issuer}"}}"#)));
    let silence = async {
        let (mut connection, _) = silent.accept().await.unwrap();
        connection.read_u8().await.unwrap();
        pass(Duration::from_secs(5)).await;
        connection
    };
    let both = async { tokio::join!(verifier.verify(&token, now()), silence) };
    let (outcome, _connection) = timeout(Duration::from_mins(1), both).await.unwrap();
    assert_unavailable(outcome, "there is no answer");
}
