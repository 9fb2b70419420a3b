//! Signing in with a real identity provider, and signing out.

use orderdesk_e2e::{Service, Store, Visitor, customer, on_every_store};
use orderdesk_identity::{Browser, IdentityProvider};
use serde_json::json;
use tempfile::TempDir;

on_every_store!(
    a_person_signs_in_calls_and_signs_out,
    an_invitation_takes_effect_at_the_next_sign_in,
    who_is_deactivated_is_out_at_once_and_does_not_come_in_again,
    without_a_provider_people_sign_in_with_a_token,
);

const AUTHENTICATE: &str = "api-auth/authenticate/";
const CALLBACK: &str = "http://127.0.0.1/api/v1/api-auth/callback/";
const SESSION: &str = "orderdesk_session";
const SIGN_IN: &str = "orderdesk_sign_in";

/// A service with whose provider people sign in.
struct Site {
    provider: IdentityProvider,
    service: Service,
    _file: TempDir,
}

impl Site {
    async fn start(store: Store) -> Self {
        Self::start_with(store, "", &[]).await
    }

    /// With more in the file of providers, and more settings.
    async fn start_with(store: Store, more: &str, settings: &[(&str, &str)]) -> Self {
        let provider = IdentityProvider::start(&[CALLBACK]).await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("providers.toml");
        let (id, secret) = (IdentityProvider::CLIENT_ID, IdentityProvider::CLIENT_SECRET);
        let entry = format!(
            "[[provider]]\nname = 'work'\nlabel = 'Work'\nissuer = '{}'\nclient_id = '{id}'\n\
             client_secret = '{secret}'\n{more}",
            provider.issuer()
        );
        std::fs::write(&file, entry).unwrap();
        let mut all = vec![("identity_providers", file.to_str().unwrap())];
        all.extend(settings);
        let service = Service::start_with(store, &all).await;
        Self { provider, service, _file: directory }
    }

    async fn account(&self, login: &str) {
        let email = format!("{login}@people.example");
        let claims = json!({ "name": login, "email": email, "email_verified": true });
        self.provider.set_account(login, &claims).await;
    }

    fn visitor(&self) -> Visitor {
        Visitor::new(&self.service)
    }

    /// Goes to the provider and comes back with the address of the callback, which is not opened yet.
    async fn return_of(&self, visitor: &mut Visitor, login: &str) -> String {
        let sent = visitor.open(AUTHENTICATE).await.expect(303);
        let location = sent.header("location").unwrap().to_owned();
        assert!(location.starts_with(self.provider.issuer()), "{location}");
        Browser::default().sign_in(&location, login).await.to_string()
    }

    /// Signs in.
    async fn enter(&self, login: &str) -> Visitor {
        let mut visitor = self.visitor();
        let callback = self.return_of(&mut visitor, login).await;
        visitor.open(&callback).await.expect(303);
        visitor
    }
}

async fn a_person_signs_in_calls_and_signs_out(store: Store) {
    let site = Site::start_with(store, "", &[("staff", "boss@people.example")]).await;
    site.account("amina").await;
    let mut visitor = site.visitor();
    let sent = visitor.open("api-auth/authenticate/?next=/api/v1/orders/%3Fstatus=Pending").await.expect(303);
    let location = sent.header("location").unwrap().to_owned();
    for part in ["code_challenge_method=S256", "response_type=code", "state=", "nonce=", "scope=openid"] {
        assert!(location.contains(part), "{location} has no {part}");
    }
    assert!(visitor.cookie(SIGN_IN).is_some());
    let callback = Browser::default().sign_in(&location, "amina").await;
    let entered = visitor.open(callback.as_str()).await.expect(303);
    assert_eq!(entered.header("location"), Some(&*site.service.url("orders/?status=Pending")));
    for cookie in entered.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("SameSite=Lax"), "{cookie}");
        assert_eq!(cookie.contains("HttpOnly"), !cookie.starts_with("orderdesk_csrf="), "{cookie}");
    }
    assert_eq!(visitor.cookie(SIGN_IN), None);
    // Who came for the first time is a user with an organization of their own.
    let me = visitor.call("GET", "me/").await.json(200);
    assert_eq!((&me["name"], &me["is_staff"]), (&json!("amina"), &json!(false)));
    let own = visitor.call("GET", "organizations/").await.json(200);
    assert_eq!(own["organizations"][0]["name"], "amina");
    assert_eq!(own["organizations"].as_array().unwrap().len(), 1);
    // What changes something has to come from the service's own pages.
    visitor.call("POST", "customers/").json(&customer()).await.refusal(403, "csrf_failed");
    let forged = visitor.call("POST", "customers/").json(&customer()).header("X-CSRFToken", "forged");
    forged.await.refusal(403, "csrf_failed");
    let elsewhere = visitor.change("POST", "customers/", &customer()).header("Origin", "http://evil.example");
    elsewhere.await.refusal(403, "csrf_failed");
    let here = visitor.change("POST", "customers/", &customer()).header("Origin", site.service.base());
    here.await.json(201);
    // A bad bearer is not made up for by a good cookie.
    let bad =
        visitor.call("GET", "me/").header("Authorization", "Bearer od_00000000000000000000000000000000");
    bad.await.refusal(401, "not_authenticated");
    // The same person is the same user, and the old session of the browser has ended.
    let before = visitor.copy();
    let callback = site.return_of(&mut visitor, "amina").await;
    visitor.open(&callback).await.expect(303);
    assert_eq!(visitor.call("GET", "me/").await.json(200)["id"], me["id"]);
    before.call("GET", "me/").await.refusal(401, "not_authenticated");
    // Out.
    visitor.call("GET", "api-auth/logout/").await.refusal(405, "method_not_allowed");
    visitor.copy().send_form("api-auth/logout/", &[]).await.refusal(403, "csrf_failed");
    let session = visitor.copy();
    let token = visitor.cookie("orderdesk_csrf").unwrap().to_owned();
    let left = visitor.send_form("api-auth/logout/", &[("csrf_token", &token)]).await.expect(303);
    assert!(left.header("location").unwrap().starts_with(site.provider.issuer()));
    assert_eq!(visitor.cookie(SESSION), None);
    session.call("GET", "me/").await.refusal(401, "not_authenticated");
    // The address that the operator has named is staff.
    site.account("boss").await;
    let boss = site.enter("boss").await;
    assert_eq!(boss.call("GET", "me/").await.json(200)["is_staff"], true);
    boss.call("GET", "users/").await.json(200);
}

async fn an_invitation_takes_effect_at_the_next_sign_in(store: Store) {
    let site = Site::start(store).await;
    site.account("amina").await;
    let organization = site.service.organization().await;
    site.service.invite(&organization, "amina", &json!({ "role": "viewer" })).await;
    let visitor = site.enter("amina").await;
    let theirs = visitor.call("GET", "organizations/?ordering=created_at").await.json(200);
    let names: Vec<_> = theirs["organizations"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, [&organization["name"], &json!("amina")]);
    let mut body = customer();
    body["organization"] = organization["id"].clone();
    visitor.change("POST", "customers/", &body).await.refusal(403, "forbidden");
}

async fn who_is_deactivated_is_out_at_once_and_does_not_come_in_again(store: Store) {
    let site = Site::start_with(store, "", &[("staff", "boss@people.example")]).await;
    for login in ["amina", "boss"] {
        site.account(login).await;
    }
    let (amina, boss) = (site.enter("amina").await, site.enter("boss").await);
    let id = amina.call("GET", "me/").await.json(200)["id"].as_str().unwrap().to_owned();
    boss.change("DELETE", &format!("users/{id}/"), &json!(null)).await.expect(204);
    amina.call("GET", "me/").await.refusal(401, "not_authenticated");
    let mut visitor = site.visitor();
    let callback = site.return_of(&mut visitor, "amina").await;
    visitor.open(&callback).await.refusal(403, "forbidden");
    assert_eq!(visitor.cookie(SESSION), None);
}

async fn without_a_provider_people_sign_in_with_a_token(store: Store) {
    let service = Service::start(store).await;
    let mut visitor = Visitor::new(&service);
    let page = visitor.open("api-auth/authenticate/?next=/api/v1/customers/").await.expect(200);
    assert!(page.text().contains("name=\"token\"") && page.text().contains("value=\"/api/v1/customers/\""));
    let form = [("token", service.token()), ("next", "/api/v1/customers/")];
    let entered = visitor.send_form(AUTHENTICATE, &form).await.expect(303);
    assert_eq!(entered.header("location"), Some(&*service.url("customers/")));
    visitor.call("GET", "customers/").await.json(200);
    visitor.change("POST", "customers/", &customer()).await.json(201);
    let wrong = [("token", "od_00000000000000000000000000000000")];
    Visitor::new(&service).send_form(AUTHENTICATE, &wrong).await.refusal(401, "not_authenticated");
    let limited = service.with_api_token(&json!({ "scopes": ["read"] })).await;
    let form = [("token", limited.token())];
    Visitor::new(&service).send_form(AUTHENTICATE, &form).await.refusal(403, "forbidden");
    let elsewhere = visitor.call("POST", AUTHENTICATE).header("Origin", "http://evil.example");
    elsewhere.body("application/x-www-form-urlencoded", "token=x").await.refusal(403, "csrf_failed");
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_afterwards() {
    let service = Service::start(Store::Memory).await;
    for next in
        ["//evil.example", "https://evil.example/", "/\\evil.example", "orders/", "javascript:alert(1)"]
    {
        let answer = service.anonymous().get(AUTHENTICATE).query(&[("next", next)]).await;
        answer.invalid_only("next");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_to_this_browsers_question_lets_nobody_in() {
    let site = Site::start(Store::Memory).await;
    site.account("amina").await;
    let mut visitor = site.visitor();
    let callback = site.return_of(&mut visitor, "amina").await;
    // Without the cookie, with another state, with the cookie of another sign-in.
    site.visitor().open(&callback).await.refusal(400, "sign_in_failed");
    let (start, rest) = callback.split_once("state=").unwrap();
    let end = rest.find('&').map_or("", |at| &rest[at..]);
    visitor.copy().open(&format!("{start}state=forged{end}")).await.refusal(400, "sign_in_failed");
    let mut other = site.visitor();
    other.open(AUTHENTICATE).await.expect(303);
    other.open(&callback).await.refusal(400, "sign_in_failed");
    // The code of one sign-in with the state of another: the nonce, and the verifier, are others.
    let mut thief = site.visitor();
    let theirs = site.return_of(&mut thief, "amina").await;
    let code = |url: &str| url.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mixed = theirs.replace(&code(&theirs), &code(&callback));
    thief.open(&mixed).await.refusal(400, "sign_in_failed");
    assert_eq!(thief.cookie(SESSION), None);
}

#[tokio::test]
async fn a_code_is_good_for_one_sign_in() {
    let site = Site::start(Store::Memory).await;
    site.account("amina").await;
    let mut visitor = site.visitor();
    let callback = site.return_of(&mut visitor, "amina").await;
    let mut again = visitor.copy();
    visitor.open(&callback).await.expect(303);
    visitor.call("GET", "me/").await.json(200);
    again.open(&callback).await.refusal(400, "sign_in_failed");
    assert_eq!(again.cookie(SESSION), None);
}

#[tokio::test]
async fn while_the_provider_is_down_nobody_signs_in_and_everybody_stays_in() {
    let mut site = Site::start(Store::Memory).await;
    site.account("amina").await;
    let visitor = site.enter("amina").await;
    let mut other = site.visitor();
    let callback = site.return_of(&mut other, "amina").await;
    site.provider.stop().await;
    visitor.call("GET", "me/").await.json(200);
    let refused = other.open(&callback).await;
    assert!(refused.header("retry-after").is_some());
    refused.refusal(503, "unavailable");
    site.provider.resume().await;
    site.account("amina").await;
    site.enter("amina").await.call("GET", "me/").await.json(200);
}

#[tokio::test]
async fn of_several_providers_one_is_chosen() {
    let more =
        "[[provider]]\nname = 'home'\nlabel = 'Home & <b>'\nissuer = 'http://127.0.0.1:9'\nclient_id = 'x'\n";
    let site = Site::start_with(Store::Memory, more, &[]).await;
    site.account("amina").await;
    let mut visitor = site.visitor();
    let page = visitor.open(AUTHENTICATE).await.expect(200);
    assert!(page.text().contains("?provider=work") && page.text().contains("Home &#38; &#60;b&#62;"));
    // Where to go afterwards is carried along, to the letter.
    let next = "next=%2Fapi%2Fv1%2Forders%2F%3Fstatus%3DPending%26limit%3D5";
    let page = visitor.open(&format!("{AUTHENTICATE}?{next}")).await.expect(200);
    assert!(page.text().contains(&format!("?provider=work&#38;{next}\"")), "{}", page.text());
    let sent = visitor.open("api-auth/authenticate/?provider=work").await.expect(303);
    let location = sent.header("location").unwrap().to_owned();
    let callback = Browser::default().sign_in(&location, "amina").await;
    visitor.open(callback.as_str()).await.expect(303);
    visitor.call("GET", "me/").await.json(200);
    site.visitor().open("api-auth/authenticate/?provider=none").await.invalid_only("provider");
    site.visitor().open("api-auth/authenticate/?provider=home").await.refusal(503, "unavailable");
}

#[tokio::test]
async fn people_of_other_domains_are_not_let_in() {
    let site = Site::start_with(Store::Memory, "email_domains = ['duka.example']\n", &[]).await;
    site.account("amina").await;
    let mut visitor = site.visitor();
    let callback = site.return_of(&mut visitor, "amina").await;
    visitor.open(&callback).await.refusal(403, "not_admitted");
    let claims = json!({ "email": "otieno@duka.example", "email_verified": true });
    site.provider.set_account("otieno", &claims).await;
    site.enter("otieno").await.call("GET", "me/").await.json(200);
    let claims = json!({ "email": "juma@duka.example", "email_verified": false });
    site.provider.set_account("juma", &claims).await;
    let mut visitor = site.visitor();
    let callback = site.return_of(&mut visitor, "juma").await;
    visitor.open(&callback).await.refusal(403, "not_admitted");
}
