//! A caller of every kind there is, for tests that compare what each of them may do.

use serde_json::{Value, json};

use crate::body::customer;
use crate::client::Client;
use crate::service::Service;
use crate::wait::until;

/// Somebody who calls, or some program.
pub struct Caller {
    /// What kind of caller it is.
    pub kind: &'static str,
    /// As it calls.
    pub client: Client,
    /// The same user with a credential that is good for everything; for who is nobody, the administrator.
    pub whole: Client,
}

/// Callers of every kind, on a service with two organizations.
///
/// The service's first organization is theirs; the other is the stranger's. All but the stranger belong to no
/// organization but the first, unless it is said.
pub struct Cast {
    /// One caller of each kind, in the order of [`Cast::KINDS`].
    pub callers: Vec<Caller>,
    /// The customer in the first organization to whom the guest is bound.
    pub guests_customer: Value,
}

impl Cast {
    /// The kinds of callers.
    pub const KINDS: [&str; 13] = [
        // Without credentials.
        "anonymous",
        // With a token that nobody was given.
        "bad",
        // With an administrator's token that has expired.
        "expired",
        // A member who was deactivated.
        "deactivated",
        // The administrator of the other organization.
        "stranger",
        // Who belongs, and sees one customer.
        "guest",
        "viewer",
        "member",
        "admin",
        // Who belongs nowhere, and sees everything.
        "staff",
        // With an administrator's token that is good for `read`.
        "read-only",
        // With an administrator's token that is good for `orders:write`.
        "orders-only",
        // With a token that is bound to the first organization, of an administrator there who is a member of
        // the other.
        "bound",
    ];

    /// Lets everybody come to a service that was started with [`Service::start_with_issuer`].
    pub async fn on(service: &Service) -> Self {
        let admin: &Client = service;
        let (first, guests_customer) =
            (admin.organization().await, admin.create("customers", &customer()).await);

        let stranger = service.person("stranger").await;
        let other = stranger.organization().await;

        let binding = json!({ "role": "viewer", "customer": guests_customer["id"] });
        admin.invite(&first, "guest", &binding).await;
        let guest = service.person("guest").await;
        guest.leave_home("guest").await;
        let viewer = service.member("viewer", "viewer").await;
        let member = service.member("member", "member").await;
        let staff = service.person("staff").await;
        staff.leave_home("staff").await;

        admin.invite(&first, "both", &json!({ "role": "admin" })).await;
        stranger.invite(&other, "both", &json!({ "role": "member" })).await;
        let both = service.person("both").await;
        both.leave_home("both").await;
        let bound = json!({ "scopes": ["write"], "organization": first["id"] });
        let bound = both.with_api_token(&bound).await;

        let deactivated = service.member("deactivated", "member").await;
        let user = deactivated.me().await["id"].as_str().unwrap().to_owned();
        staff.delete(&format!("users/{user}/")).await.expect(204);

        let limited = async |scope: &str| admin.with_api_token(&json!({ "scopes": [scope] })).await;
        let (read_only, orders_only) = (limited("read").await, limited("orders:write").await);
        let expired = admin.with_api_token_for_a_moment().await;
        until("the token expires", async || expired.get("me/").await.status == 401).await;

        let same = |client: &Client| (client.clone(), client.clone());
        let clients = [
            (admin.anonymous(), admin.clone()),
            (admin.with_token("od_0123456789abcdefghjkmnpqrstvwxyz"), admin.clone()),
            (expired, admin.clone()),
            (deactivated, admin.clone()),
            same(&stranger),
            same(&guest),
            same(&viewer),
            same(&member),
            same(admin),
            same(&staff),
            (read_only, admin.clone()),
            (orders_only, admin.clone()),
            (bound, both),
        ];
        let callers = Self::KINDS.into_iter().zip(clients);
        let callers = callers.map(|(kind, (client, whole))| Caller { kind, client, whole });
        Self { callers: callers.collect(), guests_customer }
    }

    /// The caller of a kind.
    pub fn a(&self, kind: &str) -> &Client {
        &self.callers.iter().find(|caller| caller.kind == kind).unwrap().client
    }
}
