//! People sign in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use orderdesk_application::ports::{IdentityError, IdentityProvider as _, Voucher};
use orderdesk_domain::{EmailAddress, SignInSecret, UserName};
use orderdesk_identity::{Browser, IdentityProvider};
use orderdesk_oidc::{ClientSecret, OidcProvider, ProviderSettings};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    REDIRECT_URI, assert_refused, assert_unavailable, http, now, reason, seconds_now, start, url_of,
};

fn settings(provider: &IdentityProvider) -> ProviderSettings {
    let mut settings = ProviderSettings::new("work", url_of(provider), IdentityProvider::CLIENT_ID);
    settings.client_secret = Some(ClientSecret::new(IdentityProvider::CLIENT_SECRET));
    settings
}

fn secret(number: u8) -> SignInSecret {
    SignInSecret::generate([number; 32])
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap()
}

/// The address with another value of a parameter, as if it were of another sign-in.
fn with_parameter(url: &str, name: &str, other: &str) -> String {
    let mut url = Url::parse(url).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let pairs = pairs
        .into_iter()
        .map(|(key, value)| if key == name { (key, other.to_owned()) } else { (key, value) });
    let pairs: Vec<_> = pairs.collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

/// The code with which somebody comes back who was sent to this address.
async fn code_from(url: &str, login: &str) -> String {
    parameter(&Browser::default().sign_in(url, login).await, "code")
}

/// Signs somebody in, from beginning to end.
async fn sign_in(oidc: &OidcProvider, login: &str) -> Result<Voucher, IdentityError> {
    let url = oidc.authorization_url(&secret(1), REDIRECT_URI).await?;
    oidc.redeem(&code_from(&url, login).await, &secret(1), REDIRECT_URI, now()).await
}

fn amina() -> Value {
    json!({
        "name": "Amina Odhiambo", "email": "Amina@duka.example", "email_verified": true, "hd": "duka.example",
    })
}

async fn provider_with_amina() -> IdentityProvider {
    let provider = start().await;
    provider.set_account("amina", &amina()).await;
    provider
}

#[tokio::test]
async fn a_person_signs_in_and_is_known_by_issuer_and_subject() {
    let provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    let sign_in = secret(7);
    let url = Url::parse(&oidc.authorization_url(&sign_in, REDIRECT_URI).await.unwrap()).unwrap();
    assert_eq!((parameter(&url, "state"), parameter(&url, "nonce")), (sign_in.state(), sign_in.nonce()));
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(sign_in.code_verifier()));
    assert_eq!(parameter(&url, "code_challenge"), challenge);
    assert_eq!(parameter(&url, "scope"), "openid email profile");

    let back = Browser::default().sign_in(url.as_str(), "amina").await;
    assert!(back.as_str().starts_with(REDIRECT_URI), "{back}");
    assert_eq!(parameter(&back, "state"), sign_in.state());
    let code = parameter(&back, "code");
    let voucher = oidc.redeem(&code, &sign_in, REDIRECT_URI, now()).await.unwrap();
    assert_eq!(voucher.identity.issuer.as_str(), provider.issuer());
    assert_eq!(voucher.identity.subject.as_str(), "amina");
    assert_eq!(voucher.name, Some(UserName::parse("Amina Odhiambo").unwrap()));
    assert_eq!(voucher.email, Some(EmailAddress::parse("amina@duka.example").unwrap()));
    assert!(voucher.expires_at.unwrap() > now());

    assert_refused(oidc.redeem(&code, &sign_in, REDIRECT_URI, now()).await, "invalid_grant");
}

#[tokio::test]
async fn what_the_token_says_is_not_asked_for_once_more() {
    let provider = provider_with_amina().await;
    provider.configure(&json!({ "conformIdTokenClaims": false })).await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    let voucher = sign_in(&oidc, "amina").await.unwrap();
    assert_eq!(voucher.name, Some(UserName::parse("Amina Odhiambo").unwrap()));
    assert!(voucher.email.is_some());
    assert_eq!(provider.requests("/me").await, 0);
}

#[tokio::test]
async fn who_has_no_name_and_no_verified_address_is_vouched_for_all_the_same() {
    let provider = start().await;
    provider.set_account("amina", &json!({ "email": "amina@duka.example", "email_verified": false })).await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    let voucher = sign_in(&oidc, "amina").await.unwrap();
    assert_eq!((voucher.name, voucher.email), (None, None));
}

#[tokio::test]
async fn a_code_is_of_no_use_in_another_sign_in() {
    let provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    let url = oidc.authorization_url(&secret(1), REDIRECT_URI).await.unwrap();
    let code = code_from(&url, "amina").await;
    assert_refused(oidc.redeem(&code, &secret(2), REDIRECT_URI, now()).await, "invalid_grant");

    // The provider checks the one, and we the other.
    let other_challenge =
        with_parameter(&url, "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let code = code_from(&other_challenge, "amina").await;
    assert_refused(oidc.redeem(&code, &secret(1), REDIRECT_URI, now()).await, "invalid_grant");
    let code = code_from(&with_parameter(&url, "nonce", &secret(2).nonce()), "amina").await;
    assert_refused(oidc.redeem(&code, &secret(1), REDIRECT_URI, now()).await, "of another sign-in");
}

#[tokio::test]
async fn a_client_proves_itself_as_the_provider_wants_it_to() {
    let provider = provider_with_amina().await;
    provider.configure(&json!({ "clientAuthMethods": ["client_secret_post", "none"] })).await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    assert!(sign_in(&oidc, "amina").await.is_ok());

    let public = ProviderSettings::new("work", url_of(&provider), IdentityProvider::PUBLIC_CLIENT_ID);
    let oidc = OidcProvider::new(public, &http());
    assert!(sign_in(&oidc, "amina").await.is_ok());

    let mut wrong = settings(&provider);
    wrong.client_secret = Some(ClientSecret::new("wrong"));
    let oidc = OidcProvider::new(wrong, &http());
    assert_refused(sign_in(&oidc, "amina").await, "invalid_client");
}

#[tokio::test]
async fn keys_may_be_exchanged_between_two_sign_ins() {
    let provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    assert!(sign_in(&oidc, "amina").await.is_ok());
    provider.rotate_keys().await;
    assert!(sign_in(&oidc, "amina").await.is_ok());
    assert_eq!(provider.requests("/jwks").await, 2);
}

#[tokio::test]
async fn only_people_of_the_domains_that_are_set_are_let_in() {
    let provider = provider_with_amina().await;
    provider.set_account("eve", &json!({ "email": "eve@duka.example", "email_verified": false })).await;
    let mut by_email = settings(&provider);
    by_email.email_domains = vec!["Duka.example".to_owned()];
    let oidc = OidcProvider::new(by_email.clone(), &http());
    assert!(sign_in(&oidc, "amina").await.is_ok());
    assert!(matches!(sign_in(&oidc, "eve").await, Err(IdentityError::NotAdmitted)));

    let mut hosted = settings(&provider);
    hosted.hosted_domain = Some("duka.example".to_owned());
    let oidc = OidcProvider::new(hosted, &http());
    let url = Url::parse(&oidc.authorization_url(&secret(1), REDIRECT_URI).await.unwrap()).unwrap();
    assert_eq!(parameter(&url, "hd"), "duka.example");
    assert!(sign_in(&oidc, "amina").await.is_ok());
    assert!(matches!(sign_in(&oidc, "eve").await, Err(IdentityError::NotAdmitted)));
}

#[tokio::test]
async fn who_signs_out_here_signs_out_there() {
    let provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    let browser = Browser::default();
    let url = oidc.authorization_url(&secret(1), REDIRECT_URI).await.unwrap();
    browser.sign_in(&url, "amina").await;
    // The browser is known there now, by whatever name it calls itself.
    let code = parameter(&browser.sign_in(&url, "eve").await, "code");
    let voucher = oidc.redeem(&code, &secret(1), REDIRECT_URI, now()).await.unwrap();
    assert_eq!(voucher.identity.subject.as_str(), "amina");

    let url_of_end = oidc.end_session_url("http://127.0.0.1/").await.unwrap();
    assert_eq!(browser.sign_out(&url_of_end).await.as_str(), "http://127.0.0.1/");
    let code = parameter(&browser.sign_in(&url, "eve").await, "code");
    let voucher = oidc.redeem(&code, &secret(1), REDIRECT_URI, now()).await.unwrap();
    assert_eq!(voucher.identity.subject.as_str(), "eve");
}

#[tokio::test]
async fn where_there_is_no_way_to_sign_out_there_none_is_shown() {
    let mut provider = start().await;
    provider.configure(&json!({ "features": { "rpInitiatedLogout": { "enabled": false } } })).await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    assert_eq!(oidc.end_session_url("http://127.0.0.1/").await, None);
    let oidc = OidcProvider::new(settings(&provider), &http());
    provider.stop().await;
    assert_eq!(oidc.end_session_url("http://127.0.0.1/").await, None);
}

#[tokio::test]
async fn while_the_provider_is_down_nobody_signs_in_and_then_they_do_again() {
    let mut provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    provider.stop().await;
    let outcome = oidc.authorization_url(&secret(1), REDIRECT_URI).await;
    assert!(matches!(outcome, Err(IdentityError::Unavailable(_))));
    provider.resume().await;
    assert!(sign_in(&oidc, "amina").await.is_ok());

    let url = oidc.authorization_url(&secret(1), REDIRECT_URI).await.unwrap();
    let code = code_from(&url, "amina").await;
    provider.stop().await;
    assert_unavailable(oidc.redeem(&code, &secret(1), REDIRECT_URI, now()).await, "there is no answer");
    provider.resume().await;
    assert!(sign_in(&oidc, "amina").await.is_ok());
}

#[tokio::test]
async fn what_goes_wrong_at_the_provider_is_told_from_what_it_does_not_take() {
    let provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    for (status, unavailable) in
        [(500, true), (503, true), (429, true), (302, true), (400, false), (401, false), (403, false)]
    {
        provider.answer("/token", status, &json!({ "location": "/elsewhere" }), "{}").await;
        let outcome = sign_in(&oidc, "amina").await;
        assert_eq!(
            matches!(outcome, Err(IdentityError::Unavailable(_))),
            unavailable,
            "{status}: {outcome:?}"
        );
        assert_eq!(matches!(outcome, Err(IdentityError::Refused(_))), !unavailable, "{status}: {outcome:?}");
    }
    assert_eq!(provider.requests("/elsewhere").await, 0);
    provider.answer_itself("/token").await;
    provider.answer("/me", 503, &json!({}), "").await;
    assert_unavailable(sign_in(&oidc, "amina").await, "503");
    provider.answer("/me", 200, &json!({}), r#"{"sub": "eve", "name": "Eve"}"#).await;
    assert_refused(sign_in(&oidc, "amina").await, "of another person");
}

#[tokio::test]
async fn no_error_holds_a_secret_a_code_or_a_token() {
    let provider = provider_with_amina().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    for (status, body) in [
        (400, r#"{"error": "code-1234", "error_description": "code-1234"}"#),
        (200, r#"{"id_token": ["code-1234"], "access_token": {"code-1234": 1}}"#),
        (200, r#""code-1234""#),
        (200, r#"{"id_token": "code-1234.code-1234.code-1234"}"#),
        (500, "code-1234"),
    ] {
        provider.answer("/token", status, &json!({}), body).await;
        let reason = reason(oidc.redeem("code-1234", &secret(1), REDIRECT_URI, now()).await);
        for secret in ["1234", IdentityProvider::CLIENT_SECRET, &secret(1).code_verifier()] {
            assert!(!reason.contains(secret), "{reason}");
        }
    }
}

#[tokio::test]
async fn an_identity_token_that_is_not_right_is_refused_even_where_the_provider_gives_it() {
    let provider = start().await;
    let oidc = OidcProvider::new(settings(&provider), &http());
    let good = json!({
        "iss": provider.issuer(), "sub": "amina", "aud": IdentityProvider::CLIENT_ID,
        "nonce": secret(1).nonce(), "iat": seconds_now(), "exp": seconds_now() + 300,
    });
    let redeem = async |change: Value, header: Value| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let token = provider.sign(&claims, &header).await;
        let body = json!({ "id_token": token, "access_token": "none", "token_type": "Bearer" });
        provider.answer("/token", 200, &json!({}), &body.to_string()).await;
        provider.answer("/me", 200, &json!({}), r#"{"sub": "amina"}"#).await;
        oidc.redeem("any", &secret(1), REDIRECT_URI, now()).await
    };
    assert!(redeem(json!({}), json!({})).await.is_ok());
    assert!(redeem(json!({}), json!({ "alg": "ES384" })).await.is_ok());
    for (change, header, why) in [
        (json!({}), json!({ "alg": "none" }), "no token that we can read"),
        (json!({}), json!({ "alg": "HS256" }), "an algorithm that is not expected"),
        (json!({ "aud": "another" }), json!({}), "for somebody else"),
        (json!({ "aud": [IdentityProvider::CLIENT_ID, "another"] }), json!({}), "given to somebody else"),
        (json!({ "iss": "https://id.example" }), json!({}), "issuer is not one of ours"),
        (json!({ "exp": seconds_now() - 61 }), json!({}), "has expired"),
        (json!({ "iat": seconds_now() + 120 }), json!({}), "not valid yet"),
        (json!({ "nonce": null }), json!({}), "of another sign-in"),
        (json!({ "sub": "" }), json!({}), "a claim is missing"),
        (json!({}), json!({ "typ": "logout+jwt" }), "of a type that is not expected"),
    ] {
        assert_refused(redeem(change, header).await, why);
    }
    provider.answer("/token", 200, &json!({}), "{}").await;
    assert_unavailable(oidc.redeem("any", &secret(1), REDIRECT_URI, now()).await, "id_token");
}
