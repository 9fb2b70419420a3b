//! People who call: those for whom an identity provider vouches, and their tokens. All of them come in by the
//! doors that real ones come in by.
//!
//! One provider serves all tests of a binary. It knows nobody: whoever a test names, with whatever claims, it
//! vouches for.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use orderdesk_identity::IdentityProvider;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;

use crate::client::Client;
use crate::service::Service;

/// For whom the provider signs.
const AUDIENCE: &str = "orders.example";

/// Nobody's test lasts until then: the 16th of March 2096, in seconds.
const NEVER: u64 = 3_982_000_000;

/// Longer than it takes to ask for a token that lasts so long.
const MOMENT: Duration = Duration::from_secs(2);

/// Where the provider's own client works: the runtimes of tests end with them, and take their connections
/// along.
static LASTING: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

async fn provider() -> &'static IdentityProvider {
    static PROVIDER: OnceCell<IdentityProvider> = OnceCell::const_new();
    let start = || async {
        LASTING.spawn(IdentityProvider::start(&["http://127.0.0.1/api/v1/api-auth/callback/"])).await.unwrap()
    };
    PROVIDER.get_or_init(start).await
}

/// The file of identity providers for a service that takes this one's word.
pub(crate) async fn issuer_file() -> String {
    format!("[[issuer]]\nissuer = '{}'\naudience = '{AUDIENCE}'\n", provider().await.issuer())
}

/// The address of who signs in by this name.
pub fn email(login: &str) -> String {
    format!("{login}@people.example")
}

/// A token by which the provider vouches for who signs in by this name, with these claims besides: by default
/// the name, and [`email`], verified.
pub async fn vouch_for(login: &str, claims: &Value) -> String {
    let mut all = json!({
        "iss": provider().await.issuer(), "aud": AUDIENCE, "sub": login, "exp": NEVER,
        "name": login, "email": email(login), "email_verified": true,
    });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    let sign = async move { provider().await.sign(&all, &json!({})).await };
    LASTING.spawn(sign).await.unwrap()
}

impl Service {
    /// Who signs in by this name: a user, with an organization of the same name, from the first call on.
    pub async fn person(&self, login: &str) -> Client {
        self.with_token(&vouch_for(login, &json!({})).await)
    }

    /// Somebody who is invited into an organization by `host`, has come, and belongs nowhere else.
    pub async fn guest_of(&self, host: &Client, login: &str, role: &str) -> Client {
        host.invite(&host.organization().await, login, &json!({ "role": role })).await;
        let client = self.person(login).await;
        client.leave_home(login).await;
        client
    }

    /// A member of the service's first organization, and of no other, in this role.
    pub async fn member(&self, login: &str, role: &str) -> Client {
        self.guest_of(self, login, role).await
    }
}

impl Client {
    /// The organization to which the caller belongs, who belongs to one.
    pub async fn organization(&self) -> Value {
        let list = self.get("organizations/").await.json(200);
        let [only] = list["organizations"].as_array().unwrap().as_slice() else { panic!("{list}") };
        only.clone()
    }

    /// Invites who signs in by this name into an organization, and answers the invitation.
    pub async fn invite(&self, organization: &Value, login: &str, body: &Value) -> Value {
        let mut body = body.clone();
        body["email"] = email(login).into();
        let members = format!("organizations/{}/members", organization["id"].as_str().unwrap());
        self.create(&members, &body).await
    }

    /// Deletes the organization that the first call of who signs in by this name has made.
    pub async fn leave_home(&self, login: &str) {
        let own = self.get("organizations/").query(&[("name", login)]).await.json(200);
        let url =
            own["organizations"][0]["url"].as_str().unwrap_or_else(|| panic!("{login} has no home: {own}"));
        self.delete(url).await.expect(204);
    }

    /// Who the caller is.
    pub async fn me(&self) -> Value {
        self.get("me/").await.json(200)
    }

    /// A new API token of the caller's. It lasts as long as the caller's own credential, unless `body` says
    /// otherwise.
    pub async fn create_api_token(&self, body: &Value) -> Value {
        let mut body = body.clone();
        if body.get("expires_at").is_none() {
            body["expires_at"] = self.me().await["expires_at"].take();
        }
        self.create("api-tokens", &body).await
    }

    /// The same user with an API token, made as `body` says beside its name; see
    /// [`Client::create_api_token`].
    pub async fn with_api_token(&self, body: &Value) -> Self {
        let mut body = body.clone();
        body["name"] = "script".into();
        self.with_token(self.create_api_token(&body).await["token"].as_str().unwrap())
    }

    /// The same user with an API token that is good for everything, and expires soon after.
    pub async fn with_api_token_for_a_moment(&self) -> Self {
        let now = self.create_api_token(&json!({ "name": "what time is it" })).await;
        let now: Timestamp = now["created_at"].as_str().unwrap().parse().unwrap();
        let soon = (now + MOMENT).to_string();
        self.with_api_token(&json!({ "scopes": ["write"], "expires_at": soon })).await
    }
}
