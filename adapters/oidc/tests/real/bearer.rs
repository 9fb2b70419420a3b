//! Programs and people bring tokens of an issuer.

use std::time::Duration;

use futures_util::future::join_all;
use orderdesk_application::ports::{IdentityError, TokenVerifier as _, Voucher};
use orderdesk_domain::{EmailAddress, UserName};
use orderdesk_identity::IdentityProvider;
use orderdesk_oidc::{IssuerSettings, JwtVerifier};
use serde_json::{Value, json};

use super::{assert_refused, assert_unavailable, http, now, pass, seconds_now, start, url_of};

const AUDIENCE: &str = "https://orders.example";

/// Longer than the keys of an issuer are left alone after one was missing.
const WHILE: Duration = Duration::from_secs(31);
/// Longer than keys are good for without another look.
const LONG_WHILE: Duration = Duration::from_mins(16);

fn settings(provider: &IdentityProvider) -> IssuerSettings {
    IssuerSettings::new(url_of(provider), AUDIENCE)
}

fn verifier(provider: &IdentityProvider) -> JwtVerifier {
    JwtVerifier::new(vec![settings(provider)], &http())
}

/// A token that is right but for this; `null` takes a claim away.
async fn token(provider: &IdentityProvider, change: &Value, header: &Value) -> String {
    let mut claims = json!({
        "iss": provider.issuer(), "sub": "amina", "aud": AUDIENCE,
        "iat": seconds_now(), "nbf": seconds_now(), "exp": seconds_now() + 300,
    });
    let claims_of = claims.as_object_mut().unwrap();
    claims_of.extend(change.as_object().unwrap().clone());
    claims_of.retain(|_, value| !value.is_null());
    provider.sign(&claims, header).await
}

async fn good(provider: &IdentityProvider) -> String {
    token(provider, &json!({}), &json!({})).await
}

async fn verify(verifier: &JwtVerifier, token: &str) -> Result<Voucher, IdentityError> {
    verifier.verify(token, now()).await
}

#[tokio::test]
async fn a_token_of_the_issuer_is_taken() {
    let provider = start().await;
    let verifier = verifier(&provider);
    let claims = json!({
        "aud": ["https://other.example", AUDIENCE],
        "preferred_username": "amina", "email": "amina@duka.example", "email_verified": true,
    });
    let voucher = verify(&verifier, &token(&provider, &claims, &json!({})).await).await.unwrap();
    assert_eq!(voucher.identity.issuer.as_str(), provider.issuer());
    assert_eq!(voucher.identity.subject.as_str(), "amina");
    assert_eq!(voucher.name, Some(UserName::parse("amina").unwrap()));
    assert_eq!(voucher.email, Some(EmailAddress::parse("amina@duka.example").unwrap()));
    let remaining = voucher.expires_at.unwrap().milliseconds() - now().milliseconds();
    assert!((200_000..=300_000).contains(&remaining), "{remaining}");

    // As the provider gives them itself (RFC 9068), to a program.
    let voucher = verify(&verifier, &provider.access_token(AUDIENCE).await).await.unwrap();
    assert_eq!(voucher.identity.subject.as_str(), IdentityProvider::CLIENT_ID);
    let foreign = provider.access_token("https://other.example").await;
    assert_refused(verify(&verifier, &foreign).await, "for somebody else");
}

#[tokio::test]
async fn every_algorithm_is_taken_that_the_issuer_may_use_and_no_other() {
    let provider = start().await;
    let all = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
    let lenient = JwtVerifier::new(
        vec![IssuerSettings {
            algorithms: all.iter().map(|name| name.parse().unwrap()).collect(),
            ..settings(&provider)
        }],
        &http(),
    );
    let usual = verifier(&provider);
    for name in all {
        let token = token(&provider, &json!({}), &json!({ "alg": name })).await;
        assert!(verify(&lenient, &token).await.is_ok(), "{name}");
        if ["RS256", "ES256", "EdDSA"].contains(&name) {
            assert!(verify(&usual, &token).await.is_ok(), "{name}");
        } else {
            assert_refused(verify(&usual, &token).await, "an algorithm that is not expected");
        }
    }
}

#[tokio::test]
async fn what_is_not_right_is_refused() {
    let provider = start().await;
    let verifier = verifier(&provider);
    for (change, header, why) in [
        (json!({}), json!({ "alg": "none" }), "no token that we can read"),
        (json!({}), json!({ "alg": "HS256" }), "an algorithm that is not expected"),
        (json!({}), json!({ "alg": "ES512" }), "no token that we can read"),
        (json!({}), json!({ "kid": "unknown" }), "no such key"),
        (json!({}), json!({ "crit": ["b64"], "b64": false }), "an extension that we do not know"),
        (json!({}), json!({ "typ": "logout+jwt" }), "of a type that is not expected"),
        (json!({ "iss": "https://id.example" }), json!({}), "issuer is not one of ours"),
        (json!({ "iss": format!("{}/", provider.issuer()) }), json!({}), "issuer is not one of ours"),
        (json!({ "iss": [provider.issuer()] }), json!({}), "no token that we can read"),
        (json!({ "aud": "https://other.example" }), json!({}), "for somebody else"),
        (json!({ "aud": [] }), json!({}), "for somebody else"),
        (json!({ "exp": seconds_now() - 61 }), json!({}), "has expired"),
        (json!({ "nbf": seconds_now() + 120 }), json!({}), "not valid yet"),
        (json!({ "iat": seconds_now() + 120 }), json!({}), "not valid yet"),
        (json!({ "sub": "" }), json!({}), "a claim is missing"),
        (json!({ "sub": "a\nb" }), json!({}), "a claim is missing"),
        (json!({ "exp": null }), json!({}), "a claim is missing"),
        (json!({ "sub": null }), json!({}), "a claim is missing"),
        (json!({ "aud": null }), json!({}), "a claim is missing"),
        (json!({ "iss": null }), json!({}), "no token that we can read"),
        (json!({ "exp": "tomorrow" }), json!({}), "a claim is missing"),
    ] {
        let token = token(&provider, &change, &header).await;
        let outcome = verify(&verifier, &token).await;
        assert!(outcome.is_err(), "{change} {header}");
        assert_refused(outcome, why);
    }
    for token in ["", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", "od_0123456789abcdefghjkmnpqrstvwxyz"] {
        assert_refused(verify(&verifier, token).await, "no token that we can read");
    }
}

#[tokio::test]
async fn whoever_changes_a_token_breaks_its_signature() {
    let provider = start().await;
    let verifier = verifier(&provider);
    for alg in ["RS256", "ES256", "EdDSA"] {
        let header = json!({ "alg": alg });
        let mine = token(&provider, &json!({}), &header).await;
        let yours = token(&provider, &json!({ "sub": "admin" }), &header).await;
        let mixed = format!("{}.{}", yours.rsplit_once('.').unwrap().0, mine.rsplit_once('.').unwrap().1);
        assert_refused(verify(&verifier, &mixed).await, "signature is wrong");
        let bare = format!("{}.", mine.rsplit_once('.').unwrap().0);
        assert_refused(verify(&verifier, &bare).await, "signature is wrong");
    }
    // A key is not used for what it is not made for, whatever the token says.
    let ec = token(&provider, &json!({}), &json!({ "alg": "ES256" })).await;
    let header = ec.split_once('.').unwrap().0;
    let kid = jsonwebtoken::decode_header(format!("{header}..")).unwrap().kid;
    let confused = token(&provider, &json!({}), &json!({ "alg": "RS256", "kid": kid })).await;
    assert_refused(verify(&verifier, &confused).await, "an algorithm that is not expected");
}

#[tokio::test]
async fn a_token_that_does_not_name_its_key_may_be_of_any() {
    let provider = start().await;
    let verifier = verifier(&provider);
    for alg in ["RS256", "ES256", "EdDSA"] {
        let token = token(&provider, &json!({}), &json!({ "alg": alg, "kid": null })).await;
        // A name that is null is none.
        assert!(verify(&verifier, &token).await.is_ok(), "{alg}");
    }
}

#[tokio::test]
async fn a_hundred_unknown_keys_at_once_are_asked_for_once_and_then_not_for_a_while() {
    let provider = start().await;
    let verifier = verifier(&provider);
    assert!(verify(&verifier, &good(&provider).await).await.is_ok());
    assert_eq!(provider.requests("/jwks").await, 1);

    let mut tokens = Vec::new();
    for number in 0..100 {
        tokens.push(token(&provider, &json!({}), &json!({ "kid": format!("unknown-{number}") })).await);
    }
    for outcome in join_all(tokens.iter().map(|token| verify(&verifier, token))).await {
        assert_refused(outcome, "no such key");
    }
    assert_eq!(provider.requests("/jwks").await, 2);
    for token in &tokens {
        assert_refused(verify(&verifier, token).await, "no such key");
    }
    assert_eq!(provider.requests("/jwks").await, 2);

    pass(WHILE).await;
    for outcome in join_all(tokens.iter().map(|token| verify(&verifier, token))).await {
        assert_refused(outcome, "no such key");
    }
    assert_eq!(provider.requests("/jwks").await, 3);
    assert!(verify(&verifier, &good(&provider).await).await.is_ok());
}

#[tokio::test]
async fn a_hundred_first_tokens_at_once_ask_for_the_keys_once() {
    let provider = start().await;
    let verifier = verifier(&provider);
    let token = good(&provider).await;
    for outcome in join_all((0..100).map(|_| verify(&verifier, &token))).await {
        assert!(outcome.is_ok(), "{outcome:?}");
    }
    assert_eq!(provider.requests("/jwks").await, 1);
    assert_eq!(provider.requests("/.well-known/openid-configuration").await, 1);
}

#[tokio::test]
async fn new_keys_are_found_at_once_and_old_ones_forgotten_in_time() {
    let provider = start().await;
    let verifier = verifier(&provider);
    let old = good(&provider).await;
    assert!(verify(&verifier, &old).await.is_ok());
    provider.rotate_keys().await;
    // Nobody has said yet that the old key is gone.
    assert!(verify(&verifier, &old).await.is_ok());
    assert!(verify(&verifier, &good(&provider).await).await.is_ok());
    assert_refused(verify(&verifier, &old).await, "no such key");
    assert_eq!(provider.requests("/jwks").await, 2);

    let old = good(&provider).await;
    provider.rotate_keys().await;
    assert!(verify(&verifier, &old).await.is_ok());
    pass(LONG_WHILE).await;
    assert_refused(verify(&verifier, &old).await, "no such key");
    assert!(verify(&verifier, &good(&provider).await).await.is_ok());
}

#[tokio::test]
async fn while_the_issuer_is_down_the_keys_that_it_showed_last_are_good() {
    let mut provider = start().await;
    let verifier = verifier(&provider);
    let (known, other) =
        (good(&provider).await, token(&provider, &json!({}), &json!({ "kid": "unknown" })).await);
    assert!(verify(&verifier, &known).await.is_ok());
    provider.stop().await;
    assert!(verify(&verifier, &known).await.is_ok());
    // Nobody knows whether there is such a key by now.
    assert_unavailable(verify(&verifier, &other).await, "there is no answer");
    assert_unavailable(verify(&verifier, &other).await, "there is no answer");
    pass(LONG_WHILE).await;
    assert!(verify(&verifier, &known).await.is_ok());

    provider.resume().await;
    pass(WHILE).await;
    assert!(verify(&verifier, &good(&provider).await).await.is_ok());
    assert_refused(verify(&verifier, &known).await, "no such key");
}

#[tokio::test]
async fn an_issuer_that_was_down_at_first_is_asked_again_with_the_next_token() {
    let mut provider = start().await;
    let verifier = verifier(&provider);
    let token = good(&provider).await;
    provider.stop().await;
    assert_unavailable(verify(&verifier, &token).await, "there is no answer");
    provider.resume().await;
    assert!(verify(&verifier, &good(&provider).await).await.is_ok());
}

#[tokio::test]
async fn each_issuer_vouches_with_its_own_keys_only() {
    let (here, there) = (start().await, start().await);
    let verifier = JwtVerifier::new(vec![settings(&here), settings(&there)], &http());
    for provider in [&here, &there] {
        let voucher = verify(&verifier, &good(provider).await).await.unwrap();
        assert_eq!(voucher.identity.issuer.as_str(), provider.issuer());
    }
    let forged = token(&here, &json!({ "iss": there.issuer() }), &json!({ "kid": null })).await;
    assert_refused(verify(&verifier, &forged).await, "signature is wrong");
}

#[tokio::test]
async fn only_people_of_the_domains_that_are_set_are_let_in() {
    let provider = start().await;
    let email_domains = vec!["duka.example".to_owned()];
    let verifier = JwtVerifier::new(vec![IssuerSettings { email_domains, ..settings(&provider) }], &http());
    let of = async |email: &str, verified: bool| {
        let claims = json!({ "email": email, "email_verified": verified });
        verify(&verifier, &token(&provider, &claims, &json!({})).await).await
    };
    assert!(of("amina@duka.example", true).await.is_ok());
    assert!(matches!(of("amina@duka.example", false).await, Err(IdentityError::NotAdmitted)));
    assert!(matches!(of("eve@evil.example", true).await, Err(IdentityError::NotAdmitted)));
}
