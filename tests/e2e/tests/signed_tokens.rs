//! JWTs of a configured issuer as bearer tokens.

use orderdesk_e2e::{Client, Service, Store};
use orderdesk_identity::IdentityProvider;
use serde_json::{Value, json};
use tempfile::TempDir;

const AUDIENCE: &str = "orders.example";
/// The 16th of March 2096, in seconds; and below it a day in 2001.
const NEVER: u64 = 3_982_000_000;
const LONG_AGO: u64 = 1_000_000_000;

struct Site {
    issuer: IdentityProvider,
    service: Service,
    _file: TempDir,
}

impl Site {
    async fn start() -> Self {
        let issuer = IdentityProvider::start(&[]).await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("providers.toml");
        let entry = format!("[[issuer]]\nissuer = '{}'\naudience = '{AUDIENCE}'\n", issuer.issuer());
        std::fs::write(&file, entry).unwrap();
        let settings = [("identity_providers", file.to_str().unwrap())];
        let service = Service::start_with(Store::Memory, &settings).await;
        Self { issuer, service, _file: directory }
    }

    /// A token with these claims beside good ones; null takes one away.
    async fn token(&self, changed: Value, header: Value) -> String {
        let mut claims = json!({
            "iss": self.issuer.issuer(), "aud": AUDIENCE, "sub": "amina", "exp": NEVER, "name": "Amina",
        });
        let claims_object = claims.as_object_mut().unwrap();
        for (name, value) in changed.as_object().unwrap() {
            if value.is_null() {
                claims_object.remove(name);
            } else {
                claims_object.insert(name.clone(), value.clone());
            }
        }
        self.issuer.sign(&claims, &header).await
    }

    async fn bearer(&self, changed: Value, header: Value) -> Client {
        self.service.with_token(&self.token(changed, header).await)
    }
}

#[tokio::test]
async fn a_good_token_lets_its_subject_in() {
    let site = Site::start().await;
    let bearer = site.bearer(json!({}), json!({})).await;
    let me = bearer.get("me/").await.json(200);
    assert_eq!(me["name"], "Amina");
    assert_eq!(bearer.organization().await["name"], "Amina");
    // Another token of the same subject is the same user.
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let bearer = site.bearer(json!({ "jti": algorithm }), json!({ "alg": algorithm })).await;
        assert_eq!(bearer.get("me/").await.json(200)["id"], me["id"], "{algorithm}");
    }
    let bearer = site.bearer(json!({ "sub": "otieno" }), json!({})).await;
    assert_ne!(bearer.get("me/").await.json(200)["id"], me["id"]);
}

#[tokio::test]
async fn a_bad_token_lets_nobody_in() {
    let site = Site::start().await;
    for (changed, header) in [
        (json!({}), json!({ "alg": "none" })),
        // Signed with what everybody can know: the public key.
        (json!({}), json!({ "alg": "HS256" })),
        (json!({}), json!({ "alg": "RS512" })),
        (json!({}), json!({ "kid": "unknown" })),
        (json!({ "aud": "another.example" }), json!({})),
        (json!({ "aud": null }), json!({})),
        (json!({ "iss": "http://127.0.0.1:9" }), json!({})),
        (json!({ "iss": null }), json!({})),
        (json!({ "exp": LONG_AGO }), json!({})),
        (json!({ "exp": null }), json!({})),
        (json!({ "sub": null }), json!({})),
        (json!({ "nbf": NEVER }), json!({})),
        (json!({ "iat": NEVER }), json!({})),
    ] {
        let answer = site.bearer(changed.clone(), header.clone()).await.get("me/").await;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{changed} {header}");
        answer.refusal(401, "not_authenticated");
    }
    let good = site.token(json!({}), json!({})).await;
    let (head, signature) = good.rsplit_once('.').unwrap();
    let forged: String = signature.chars().rev().collect();
    site.service.with_token(&format!("{head}.{forged}")).get("me/").await.refusal(401, "not_authenticated");
    assert!(site.bearer(json!({}), json!({})).await.get("me/").await.status == 200);
}

#[tokio::test]
async fn keys_may_be_exchanged_and_their_issuer_may_be_away() {
    let mut site = Site::start().await;
    let before = site.bearer(json!({ "jti": "before" }), json!({})).await;
    before.get("me/").await.json(200);
    site.issuer.rotate_keys().await;
    let after = site.bearer(json!({ "jti": "after" }), json!({})).await;
    after.get("me/").await.json(200);
    let unseen = site.bearer(json!({ "jti": "not seen before" }), json!({})).await;
    site.issuer.stop().await;
    unseen.get("me/").await.json(200);
}
