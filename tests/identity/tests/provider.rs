//! That a provider does what the tests which use it are told.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use orderdesk_identity::{Browser, IdentityProvider};
use serde_json::{Value, json};

const REDIRECT_URI: &str = "http://127.0.0.1/callback";

async fn keys(provider: &IdentityProvider) -> Value {
    let keys = reqwest::get(format!("{}/jwks", provider.issuer())).await.unwrap();
    keys.json().await.unwrap()
}

#[tokio::test]
async fn who_signs_in_comes_back_with_a_code_on_any_port() {
    let provider = IdentityProvider::start(&[REDIRECT_URI]).await;
    let address = format!(
        "{}/auth?client_id={}&response_type=code&scope=openid&state=xyz&code_challenge_method=S256\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        provider.issuer(),
        IdentityProvider::CLIENT_ID
    );
    let back = Browser::default().sign_in(&address, "amina").await;
    assert!(back.as_str().starts_with("http://127.0.0.1:4711/callback?code="), "{back}");
    assert!(back.query_pairs().any(|pair| pair == ("state".into(), "xyz".into())), "{back}");
}

#[tokio::test]
async fn keys_are_exchanged_by_request_and_by_a_new_start() {
    let mut provider = IdentityProvider::start(&[REDIRECT_URI]).await;
    let first = keys(&provider).await;
    assert_eq!(keys(&provider).await, first);
    assert_eq!(provider.requests("/jwks").await, 2);
    provider.rotate_keys().await;
    let second = keys(&provider).await;
    assert_ne!(second, first);
    provider.stop().await;
    assert!(reqwest::get(provider.issuer()).await.unwrap_err().is_connect());
    provider.resume().await;
    assert_ne!(keys(&provider).await, second);
}

#[tokio::test]
async fn a_path_may_be_answered_otherwise_for_a_while() {
    let provider = IdentityProvider::start(&[REDIRECT_URI]).await;
    provider.answer("/jwks", 200, &json!({}), "{}").await;
    assert_eq!(keys(&provider).await, json!({}));
    provider.answer_itself("/jwks").await;
    assert!(keys(&provider).await["keys"].is_array());
}

#[tokio::test]
async fn a_client_gets_a_token_for_a_service() {
    let provider = IdentityProvider::start(&[REDIRECT_URI]).await;
    assert_eq!(provider.access_token("https://orders.example").await.split('.').count(), 3);
}
