//! Who may do what: every operation of the API, by every kind of caller, with what is their own
//! organization's and with what is another's.

use std::collections::BTreeSet;

use orderdesk_e2e::{
    Call, Caller, Cast, Client, Fields as _, Service, Store, customer, email, item, on_every_store, order,
    template,
};
use serde_json::{Value, json};

on_every_store!(
    everybody_may_do_what_the_table_says_and_nothing_else,
    what_is_anothers_is_there_for_its_own_people_alone,
    head_is_allowed_to_whom_get_is,
    options_tell_of_what_the_caller_may_do,
    a_refused_caller_is_not_listened_to,
    absence_is_told_before_permission_and_permission_before_everything_else,
    who_belongs_to_several_organizations_is_in_each_what_they_are_there,
);

/// What is answered to each caller for objects of the callers' own organization: one row for each operation
/// of the OpenAPI document, one column for each of [`Cast::KINDS`].
///
/// Where an organization is to be named, it is the callers' own; of API tokens, the caller's own. The
/// customer is the one to whom the guest is bound.
const OWN: &str = "
                                      ano bad exp dea  str gue vie mem adm sta  r-o o-o bou

GET    /                              401 401 401 401  200 200 200 200 200 200  200 200 200
GET    /me/                           401 401 401 401  200 200 200 200 200 200  200 200 200
GET    /me/organizations/             401 401 401 401  200 200 200 200 200 200  200 403 200

GET    /customers/                    401 401 401 401  200 200 200 200 200 200  200 403 200
POST   /customers/                    401 401 401 401  400 403 403 201 201 201  403 403 201
PUT    /customers/                    401 401 401 401  404 403 403 200 200 200  403 403 200
DELETE /customers/                    401 401 401 401  200 403 403 200 200 200  403 403 200
GET    /customers/{id}/               401 401 401 401  404 200 200 200 200 200  200 403 200
PUT    /customers/{id}/               401 401 401 401  404 403 403 200 200 200  403 403 200
PATCH  /customers/{id}/               401 401 401 401  404 403 403 200 200 200  403 403 200
DELETE /customers/{id}/               401 401 401 401  404 403 403 204 204 204  403 403 204
GET    /customers/{id}/orders/        401 401 401 401  404 200 200 200 200 200  200 403 200

GET    /items/                        401 401 401 401  200 403 200 200 200 200  200 403 200
POST   /items/                        401 401 401 401  400 403 403 201 201 201  403 403 201
PUT    /items/                        401 401 401 401  404 403 403 200 200 200  403 403 200
DELETE /items/                        401 401 401 401  200 403 403 200 200 200  403 403 200
GET    /items/{id}/                   401 401 401 401  404 403 200 200 200 200  200 403 200
PUT    /items/{id}/                   401 401 401 401  404 403 403 200 200 200  403 403 200
PATCH  /items/{id}/                   401 401 401 401  404 403 403 200 200 200  403 403 200
DELETE /items/{id}/                   401 401 401 401  404 403 403 204 204 204  403 403 204

GET    /orders/                       401 401 401 401  200 200 200 200 200 200  200 200 200
POST   /orders/                       401 401 401 401  400 403 403 201 201 201  403 201 201
PUT    /orders/                       401 401 401 401  404 403 403 200 200 200  403 200 200
DELETE /orders/                       401 401 401 401  200 403 403 200 200 200  403 200 200
GET    /orders/{id}/                  401 401 401 401  404 200 200 200 200 200  200 200 200
PUT    /orders/{id}/                  401 401 401 401  404 403 403 200 200 200  403 200 200
PATCH  /orders/{id}/                  401 401 401 401  404 403 403 200 200 200  403 200 200
DELETE /orders/{id}/                  401 401 401 401  404 403 403 204 204 204  403 204 204
GET    /order-totals/                 401 401 401 401  200 200 200 200 200 200  200 200 200
GET    /orders/{id}/events/           401 401 401 401  404 200 200 200 200 200  200 200 200
GET    /orders/{id}/notifications/    401 401 401 401  404 200 200 200 200 200  200 403 200

GET    /notifications/                401 401 401 401  200 200 200 200 200 200  200 403 200
GET    /notifications/{id}/           401 401 401 401  404 200 200 200 200 200  200 403 200
GET    /notifications/{id}/attempts/  401 401 401 401  404 200 200 200 200 200  200 403 200
POST   /notifications/{id}/attempts/  401 401 401 401  404 403 403 409 409 409  403 403 409

GET    /message-templates/            401 401 401 401  200 403 200 200 200 200  200 403 200
POST   /message-templates/            401 401 401 401  400 403 403 403 201 201  403 403 201
GET    /message-templates/{id}/       401 401 401 401  404 403 200 200 200 200  200 403 200
PUT    /message-templates/{id}/       401 401 401 401  404 403 403 403 200 200  403 403 200
PATCH  /message-templates/{id}/       401 401 401 401  404 403 403 403 200 200  403 403 200
DELETE /message-templates/{id}/       401 401 401 401  404 403 403 403 204 204  403 403 204
POST   /message-templates/{id}/previews/ 401 401 401 401  404 403 200 200 200 200  200 403 200

POST   /delivery-reports/{gateway}/{secret}/ 404 404 404 404  404 404 404 404 404 404  404 404 404
POST   /opt-outs/{gateway}/{secret}/  404 404 404 404  404 404 404 404 404 404  404 404 404

GET    /organizations/                401 401 401 401  200 200 200 200 200 200  200 403 200
POST   /organizations/                401 401 401 401  201 201 201 201 201 201  403 403 403
GET    /organizations/{id}/           401 401 401 401  404 200 200 200 200 200  200 403 200
PUT    /organizations/{id}/           401 401 401 401  404 403 403 403 200 200  403 403 200
PATCH  /organizations/{id}/           401 401 401 401  404 403 403 403 200 200  403 403 200
DELETE /organizations/{id}/           401 401 401 401  404 403 403 403 409 409  403 403 409
GET    /organizations/{id}/members/   401 401 401 401  404 200 200 200 200 200  200 403 200
POST   /organizations/{id}/members/   401 401 401 401  404 403 403 403 201 201  403 403 201
GET    /memberships/{id}/             401 401 401 401  404 404 200 200 200 200  200 403 200
PATCH  /memberships/{id}/             401 401 401 401  404 404 403 403 200 200  403 403 200
DELETE /memberships/{id}/             401 401 401 401  404 404 403 403 204 204  403 403 204

GET    /users/                        401 401 401 401  403 403 403 403 403 200  403 403 403
GET    /users/{id}/                   401 401 401 401  403 403 403 403 403 200  403 403 403
PATCH  /users/{id}/                   401 401 401 401  403 403 403 403 403 200  403 403 403
DELETE /users/{id}/                   401 401 401 401  403 403 403 403 403 204  403 403 403

GET    /api-tokens/                   401 401 401 401  200 200 200 200 200 200  200 403 200
POST   /api-tokens/                   401 401 401 401  201 201 201 201 201 201  403 403 201
GET    /api-tokens/{id}/              401 401 401 401  200 200 200 200 200 200  200 403 200
DELETE /api-tokens/{id}/              401 401 401 401  204 204 204 204 204 204  403 403 204

GET    /audit-entries/                401 401 401 401  200 403 403 403 200 200  200 403 200
";

/// The same for objects of the stranger's organization, of every operation that can be about one. Where an
/// organization is to be named, it is the stranger's; API tokens are somebody else's.
const ANOTHERS: &str = "
                                      ano bad exp dea  str gue vie mem adm sta  r-o o-o bou

POST   /customers/                    401 401 401 401  201 403 403 400 400 201  403 403 400
PUT    /customers/                    401 401 401 401  200 403 403 404 404 200  403 403 404
DELETE /customers/                    401 401 401 401  200 403 403 200 200 200  403 403 200
GET    /customers/{id}/               401 401 401 401  200 404 404 404 404 200  404 403 404
PUT    /customers/{id}/               401 401 401 401  200 404 404 404 404 200  404 403 404
PATCH  /customers/{id}/               401 401 401 401  200 404 404 404 404 200  404 403 404
DELETE /customers/{id}/               401 401 401 401  204 404 404 404 404 204  404 403 404
GET    /customers/{id}/orders/        401 401 401 401  200 404 404 404 404 200  404 403 404

POST   /items/                        401 401 401 401  201 403 403 400 400 201  403 403 400
PUT    /items/                        401 401 401 401  200 403 403 404 404 200  403 403 404
DELETE /items/                        401 401 401 401  200 403 403 200 200 200  403 403 200
GET    /items/{id}/                   401 401 401 401  200 403 404 404 404 200  404 403 404
PUT    /items/{id}/                   401 401 401 401  200 403 404 404 404 200  404 403 404
PATCH  /items/{id}/                   401 401 401 401  200 403 404 404 404 200  404 403 404
DELETE /items/{id}/                   401 401 401 401  204 403 404 404 404 204  404 403 404

POST   /orders/                       401 401 401 401  201 403 403 400 400 201  403 400 400
PUT    /orders/                       401 401 401 401  200 403 403 404 404 200  403 404 404
DELETE /orders/                       401 401 401 401  200 403 403 200 200 200  403 200 200
GET    /orders/{id}/                  401 401 401 401  200 404 404 404 404 200  404 404 404
PUT    /orders/{id}/                  401 401 401 401  200 404 404 404 404 200  404 404 404
PATCH  /orders/{id}/                  401 401 401 401  200 404 404 404 404 200  404 404 404
DELETE /orders/{id}/                  401 401 401 401  204 404 404 404 404 204  404 404 404
GET    /orders/{id}/events/           401 401 401 401  200 404 404 404 404 200  404 404 404
GET    /orders/{id}/notifications/    401 401 401 401  200 404 404 404 404 200  404 404 404

GET    /notifications/{id}/           401 401 401 401  200 404 404 404 404 200  404 403 404
GET    /notifications/{id}/attempts/  401 401 401 401  200 404 404 404 404 200  404 403 404
POST   /notifications/{id}/attempts/  401 401 401 401  409 404 404 404 404 409  404 403 404

POST   /message-templates/            401 401 401 401  201 403 403 403 400 201  403 403 400
GET    /message-templates/{id}/       401 401 401 401  200 403 404 404 404 200  404 403 404
PUT    /message-templates/{id}/       401 401 401 401  200 403 404 404 404 200  404 403 404
PATCH  /message-templates/{id}/       401 401 401 401  200 403 404 404 404 200  404 403 404
DELETE /message-templates/{id}/       401 401 401 401  204 403 404 404 404 204  404 403 404
POST   /message-templates/{id}/previews/ 401 401 401 401  200 403 404 404 404 200  404 403 404

GET    /organizations/{id}/           401 401 401 401  200 404 404 404 404 200  404 403 404
PUT    /organizations/{id}/           401 401 401 401  200 404 404 404 404 200  404 403 404
PATCH  /organizations/{id}/           401 401 401 401  200 404 404 404 404 200  404 403 404
DELETE /organizations/{id}/           401 401 401 401  409 404 404 404 404 409  404 403 404
GET    /organizations/{id}/members/   401 401 401 401  200 404 404 404 404 200  404 403 404
POST   /organizations/{id}/members/   401 401 401 401  201 404 404 404 404 201  404 404 404
GET    /memberships/{id}/             401 401 401 401  200 404 404 404 404 200  404 403 404
PATCH  /memberships/{id}/             401 401 401 401  200 404 404 404 404 200  404 403 404
DELETE /memberships/{id}/             401 401 401 401  204 404 404 404 404 204  404 403 404

GET    /users/{id}/                   401 401 401 401  403 403 403 403 403 200  403 403 403
PATCH  /users/{id}/                   401 401 401 401  403 403 403 403 403 200  403 403 403
DELETE /users/{id}/                   401 401 401 401  403 403 403 403 403 204  403 403 403

POST   /api-tokens/                   401 401 401 401  201 400 400 400 400 400  403 403 400
GET    /api-tokens/{id}/              401 401 401 401  404 404 404 404 404 404  404 403 404
DELETE /api-tokens/{id}/              401 401 401 401  404 404 404 404 404 404  404 403 404
";

/// The id of nothing.
const ABSENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// One row of a table.
struct Row {
    method: &'static str,
    path: &'static str,
    /// The status for each of [`Cast::KINDS`].
    statuses: Vec<u16>,
}

impl Row {
    fn status(&self, kind: &str) -> u16 {
        self.statuses[Cast::KINDS.iter().position(|other| *other == kind).unwrap()]
    }
}

fn rows(table: &'static str) -> Vec<Row> {
    let lines = table.lines().skip(2).filter(|line| !line.is_empty());
    let rows = lines.map(|line| {
        let mut words = line.split_whitespace();
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let statuses: Vec<_> = words.map(|status| status.parse().unwrap()).collect();
        assert_eq!(statuses.len(), Cast::KINDS.len(), "{line}");
        Row { method, path, statuses }
    });
    rows.collect()
}

/// The operations of the OpenAPI document, as the tables write them.
async fn operations(service: &Service) -> BTreeSet<String> {
    let document = service.anonymous().get("/api/schema/").await.json(200);
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let path = path.strip_prefix("/api/v1").unwrap();
        methods.names().into_iter().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    operations.collect()
}

/// What the operations are about: an organization, and one object of each kind in it.
struct Place {
    /// Who may do everything there.
    host: Client,
    organization: Value,
    customer: Value,
    item: Value,
    order: Value,
    notification: Value,
    template: Value,
    invitation: Value,
    user: Value,
    /// Whose API tokens those are that are somebody else's, also to the host.
    somebody_else: Client,
    /// Whether API tokens are the callers' own here.
    is_own: bool,
}

impl Place {
    async fn new(host: &Client, customer: Value, is_own: bool, service: &Service, staff: &Client) -> Self {
        let organization = host.organization().await;
        // Somebody who is good for nothing but to be changed by staff.
        let login = if is_own { "extra" } else { "elsewhere" };
        let user = service.guest_of(host, login, "viewer").await.me().await;
        let user = staff.get(&format!("users/{}/", id(&user))).await.json(200);
        let order = host.create("orders", &order(&customer)).await;
        Self {
            item: host.create("items", &item("Soap", "1.00")).await,
            notification: host.notification_of(&order).await,
            template: host.create("message-templates", &template("order.placed")).await,
            order,
            invitation: host.invite(&organization, "awaited", &json!({ "role": "viewer" })).await,
            host: host.clone(),
            organization,
            customer,
            user,
            somebody_else: (**service).clone(),
            is_own,
        }
    }

    /// What is sent in a request that is about a customer, and which customer it is about.
    async fn of_customers(&self, row: &Row, deletes: bool, name: &str) -> (Value, Value) {
        let changed = customer().with("first_name", name);
        let victim =
            if deletes { self.host.create("customers", &customer()).await } else { self.customer.clone() };
        let body = match (row.method, row.path) {
            ("POST", _) => changed.with("organization", self.organization["id"].clone()),
            ("PUT", "/customers/") => json!({ "customers": [changed.with("id", victim["id"].clone())] }),
            ("PUT", _) => changed,
            _ => json!({ "first_name": name }),
        };
        (body, victim)
    }

    /// What is sent in a request that is about an item, and which item it is about.
    async fn of_items(&self, row: &Row, deletes: bool, name: &str, number: usize) -> (Value, Value) {
        let price = format!("{number}.50");
        let (new, changed) = (item(name, &price), item("Soap", &price));
        let victim = if deletes { self.host.create("items", &new).await } else { self.item.clone() };
        let body = match (row.method, row.path) {
            ("POST", _) => new.with("organization", self.organization["id"].clone()),
            ("PUT", "/items/") => json!({ "items": [changed.with("id", victim["id"].clone())] }),
            ("PUT", _) => changed,
            _ => json!({ "price_per_unit": price }),
        };
        (body, victim)
    }

    /// What is sent in a request that is about a message or a template, and which of them it is about.
    async fn of_messages(&self, row: &Row, caller: &Caller, name: &str) -> (Option<Value>, Option<Value>) {
        let status = row.status(caller.kind);
        match row.path {
            "/message-templates/" => {
                if status == 201 {
                    let present = self.host.get("message-templates/?event=order.cancelled").await.json(200);
                    for template in present["message_templates"].as_array().unwrap() {
                        self.host.delete(template["url"].as_str().unwrap()).await.expect(204);
                    }
                }
                let organization = self.organization["id"].clone();
                (Some(template("order.cancelled").with("organization", organization)), None)
            }
            path if path.starts_with("/message-templates/") => {
                let victim = if row.method == "DELETE" && status == 204 {
                    self.host.create("message-templates", &template("order.closed")).await
                } else {
                    self.template.clone()
                };
                (Some(json!({ "text": name })), Some(victim))
            }
            _ => (Some(json!({ "confirm_unknown": true })), Some(self.notification.clone())),
        }
    }

    /// A request by `caller`, the `number`th one, for an operation. What it asks for is always a change. What
    /// is to be deleted is made for it.
    async fn request(&self, row: &Row, caller: &Caller, number: usize) -> Call {
        let Row { method, path, .. } = row;
        let name = format!("{} {number}", if self.is_own { "Here" } else { "There" });
        let organization = &self.organization["id"];
        let deletes = *method == "DELETE" && row.status(caller.kind) < 300;
        let (mut query, mut body, mut object) = (None, None, None);
        match *path {
            "/"
            | "/me/"
            | "/me/organizations/"
            | "/users/"
            | "/audit-entries/"
            | "/notifications/"
            | "/order-totals/"
            | "/delivery-reports/{gateway}/{secret}/"
            | "/opt-outs/{gateway}/{secret}/" => {}
            "/customers/" | "/customers/{id}/" | "/customers/{id}/orders/" => {
                let (changed, victim) = self.of_customers(row, deletes, &name).await;
                query = Some(("code", victim["code"].clone()));
                body = Some(changed);
                object = Some(victim);
            }
            "/items/" | "/items/{id}/" => {
                let (changed, victim) = self.of_items(row, deletes, &name, number).await;
                query = Some(("name", victim["name"].clone()));
                body = Some(changed);
                object = Some(victim);
            }
            path if path.starts_with("/notifications/") || path.starts_with("/message-templates/") => {
                (body, object) = self.of_messages(row, caller, &name).await;
            }
            "/orders/" | "/orders/{id}/" | "/orders/{id}/events/" | "/orders/{id}/notifications/" => {
                let new = order(&self.customer).with("quantity", number + 3);
                let of_its_own = new.clone().with("item", &*name);
                let victim =
                    if deletes { self.host.create("orders", &of_its_own).await } else { self.order.clone() };
                query = Some(("item", victim["item"].clone()));
                body = Some(match (*method, *path) {
                    ("POST", _) => of_its_own.with("organization", organization.clone()),
                    ("PUT", "/orders/") => json!({ "orders": [new.with("id", victim["id"].clone())] }),
                    ("PUT", _) => new,
                    _ => json!({ "quantity": number + 3 }),
                });
                object = Some(victim);
            }
            "/organizations/" | "/organizations/{id}/" => {
                body = Some(json!({ "name": name }));
                object = Some(self.organization.clone());
            }
            "/organizations/{id}/members/" => {
                body = Some(json!({ "email": email(&format!("invited-{number}")), "role": "viewer" }));
                object = Some(self.organization.clone());
            }
            "/memberships/{id}/" => {
                let login = format!("uninvited-{number}");
                object = Some(if deletes {
                    self.host.invite(&self.organization, &login, &json!({ "role": "viewer" })).await
                } else {
                    self.invitation.clone()
                });
                let role = if number.is_multiple_of(2) { "member" } else { "viewer" };
                body = Some(json!({ "role": role }));
            }
            "/users/{id}/" => {
                body = Some(json!({ "name": name }));
                object = Some(self.user.clone());
            }
            "/api-tokens/" | "/api-tokens/{id}/" => {
                let new = json!({ "name": name, "expires_at": "2090-01-01T00:00:00Z" });
                let owner = match caller.kind {
                    _ if self.is_own => &caller.whole,
                    "stranger" => &self.somebody_else,
                    _ => &self.host,
                };
                if path.ends_with("{id}/") {
                    object = Some(owner.create("api-tokens", &new).await);
                }
                let choice = if self.is_own { Value::Null } else { organization.clone() };
                body = Some(new.with("organization", choice));
            }
            _ => panic!("how is {method} {path} to be asked for?"),
        }
        let target = object.map_or_else(|| (*path).to_owned(), |object| path.replace("{id}", id(&object)));
        let target = target.replace("{gateway}", "africas-talking").replace("{secret}", "guess");
        let call = caller.client.call(method, &format!("/api/v1{target}"));
        match (*method, query, body) {
            ("DELETE", Some((field, value)), _) if !path.contains("{id}") => {
                call.query(&[(field, value.as_str().unwrap())])
            }
            ("POST" | "PUT" | "PATCH", _, Some(body)) => call.json(&body),
            _ => call,
        }
    }
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// The callers, and the places: the callers' own and the stranger's.
async fn stage(store: Store) -> (Service, Cast, Place, Place) {
    let service = Service::start_with_issuer(store).await;
    let cast = Cast::on(&service).await;
    let (staff, stranger) = (cast.a("staff"), cast.a("stranger"));
    let own = Place::new(&service, cast.guests_customer.clone(), true, &service, staff).await;
    let theirs = stranger.create("customers", &customer()).await;
    let anothers = Place::new(stranger, theirs, false, &service, staff).await;
    (service, cast, own, anothers)
}

/// Everything that anybody could have changed.
async fn contents(staff: &Client, places: [&Place; 2]) -> Vec<String> {
    let lists = [
        "customers/",
        "items/",
        "orders/",
        "notifications/",
        "message-templates/",
        "organizations/",
        "users/",
        "audit-entries/",
    ];
    let mut lists = lists.map(|list| format!("{list}?limit=100")).to_vec();
    lists.extend(places.map(|place| format!("organizations/{}/members/?limit=100", id(&place.organization))));
    let mut contents = Vec::new();
    for list in lists {
        contents.push(staff.get(&list).await.expect(200).text().to_owned());
    }
    contents
}

/// Lets every caller try every operation in `place`, and compares what they are answered with the table.
/// Those who are refused try first: nothing may come of it.
async fn walk(cast: &Cast, table: &[Row], place: &Place, other: &Place) {
    let staff = cast.a("staff");
    let mut wrong = Vec::new();
    let mut number = 0;
    for caller in &cast.callers {
        let may = |row: &&Row| row.status(caller.kind) < 300;
        let mut requests = Vec::new();
        for row in table.iter().filter(|row| !may(row)) {
            number += 1;
            requests.push((row, place.request(row, caller, number).await));
        }
        let before = contents(staff, [place, other]).await;
        for (row, request) in requests {
            judge(row, caller, request, &mut wrong).await;
        }
        for (before, after) in before.iter().zip(contents(staff, [place, other]).await) {
            assert_eq!(*before, after, "a refused {} has changed something", caller.kind);
        }
        for row in table.iter().filter(may) {
            number += 1;
            let request = place.request(row, caller, number).await;
            let answer = judge(row, caller, request, &mut wrong).await;
            if let ("POST", "/organizations/", Some(founded)) = (row.method, row.path, answer) {
                // Nobody is to be more than they were.
                caller.whole.delete(founded["url"].as_str().unwrap()).await.expect(204);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Sends the request; the answer where it was allowed.
async fn judge(row: &Row, caller: &Caller, request: Call, wrong: &mut Vec<String>) -> Option<Value> {
    let Row { method, path, .. } = row;
    let expected = row.status(caller.kind);
    let answer = request.await;
    if answer.status != expected {
        let kind = caller.kind;
        wrong.push(format!("{method} {path} by {kind}: {} for {expected}: {}", answer.status, answer.text()));
    }
    if answer.status == 401 {
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{method} {path}");
    }
    if answer.status >= 400 {
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body.names(), ["code", "message", "request_id"], "{method} {path}");
        return None;
    }
    serde_json::from_slice(&answer.body).ok()
}

async fn everybody_may_do_what_the_table_says_and_nothing_else(store: Store) {
    let (service, cast, own, anothers) = stage(store).await;
    let table = rows(OWN);
    let told: BTreeSet<_> = table.iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    assert_eq!(told.len(), table.len(), "a row stands twice");
    assert_eq!(told, operations(&service).await);
    walk(&cast, &table, &own, &anothers).await;
}

async fn what_is_anothers_is_there_for_its_own_people_alone(store: Store) {
    let (service, cast, own, anothers) = stage(store).await;
    let table = rows(ANOTHERS);
    let told: BTreeSet<_> = table.iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let known = operations(&service).await;
    assert!(told.is_subset(&known), "{told:?}");
    let of_objects: Vec<_> = known.difference(&told).filter(|operation| operation.contains("{id}")).collect();
    assert!(of_objects.is_empty(), "what of {of_objects:?}?");
    walk(&cast, &table, &anothers, &own).await;
}

async fn head_is_allowed_to_whom_get_is(store: Store) {
    let (_service, cast, own, anothers) = stage(store).await;
    for (table, place) in [(OWN, &own), (ANOTHERS, &anothers)] {
        for row in rows(table).iter().filter(|row| row.method == "GET") {
            let head = Row { method: "HEAD", path: row.path, statuses: row.statuses.clone() };
            for caller in &cast.callers {
                let answer = place.request(&head, caller, 1).await.await;
                assert_eq!(answer.status, row.status(caller.kind), "{} by {}", row.path, caller.kind);
            }
        }
    }
}

async fn options_tell_of_what_the_caller_may_do(store: Store) {
    let (_service, cast, own, anothers) = stage(store).await;
    for (table, place) in [(OWN, &own), (ANOTHERS, &anothers)] {
        let table = rows(table);
        let paths: BTreeSet<_> = table.iter().map(|row| row.path).collect();
        for path in paths {
            let row = |method: &str| table.iter().find(|row| row.path == path && row.method == method);
            for caller in &cast.callers {
                let (kind, any) = (caller.kind, Row { method: "OPTIONS", path, statuses: vec![200; 13] });
                let answer = place.request(&any, caller, 1).await.await;
                let any_row = table.iter().find(|row| row.path == path).unwrap();
                if any_row.status(kind) == 401 {
                    answer.refusal(401, "not_authenticated");
                    continue;
                }
                let told = answer.json(200);
                if row("GET").is_some_and(|row| row.status(kind) == 404) {
                    let nowhere = format!("/api/v1{}", path.replace("{id}", ABSENT));
                    let expected = caller.client.call("OPTIONS", &nowhere).await.json(200);
                    assert_eq!(told, expected, "{path} by {kind}");
                    continue;
                }
                // What is refused for what it says would be allowed otherwise.
                let may = |method: &&str| {
                    row(method).is_some_and(|row| {
                        ![403, 404].contains(&row.status(kind)) || is_of_absent_rows(row, kind)
                    })
                };
                // What can be changed as a whole is told of once.
                let is_told = |method: &&str| *method != "PATCH" || row("PUT").is_none();
                let expected: Vec<_> =
                    ["PATCH", "POST", "PUT"].into_iter().filter(is_told).filter(may).collect();
                assert_eq!(told["actions"].names(), expected, "{path} by {kind}");
            }
        }
    }
}

/// Whether a change of many objects was refused because the caller sees none of those it named, not because
/// the caller may change none.
fn is_of_absent_rows(row: &Row, kind: &str) -> bool {
    row.method == "PUT" && !row.path.contains("{id}") && row.status(kind) == 404
}

async fn a_refused_caller_is_not_listened_to(store: Store) {
    let (_service, cast, own, _) = stage(store).await;
    let large = "x".repeat(2_000_000);
    for kind in ["guest", "viewer", "read-only"] {
        for row in rows(OWN).iter().filter(|row| row.status(kind) == 403 && row.method != "GET") {
            let path = row.path;
            let target = match path {
                "/customers/{id}/" => id(&own.customer),
                "/items/{id}/" => id(&own.item),
                "/orders/{id}/" => id(&own.order),
                "/notifications/{id}/attempts/" => id(&own.notification),
                "/message-templates/{id}/" | "/message-templates/{id}/previews/" => id(&own.template),
                "/memberships/{id}/" => id(&own.invitation),
                "/users/{id}/" => id(&own.user),
                "/api-tokens/{id}/" => continue,
                _ => id(&own.organization),
            };
            let target = format!("/api/v1{}", path.replace("{id}", target));
            for (media_type, body) in [
                ("application/json", "{\"first_name\""),
                ("application/json", large.as_str()),
                ("text/plain", "hello"),
                ("application/json", "{\"nonsense\": 1}"),
            ] {
                let answer = cast.a(kind).call(row.method, &target).body(media_type, body.to_owned()).await;
                answer.refusal(403, "forbidden");
            }
        }
    }
}

async fn absence_is_told_before_permission_and_permission_before_everything_else(store: Store) {
    let (_service, cast, own, anothers) = stage(store).await;
    let (viewer, member) = (cast.a("viewer"), cast.a("member"));
    let (here, there) =
        (format!("customers/{}/", id(&own.customer)), format!("customers/{}/", id(&anothers.customer)));
    let nowhere = &*format!("customers/{ABSENT}/");
    let image = |call: Call| call.header("accept", "image/png");
    let plain = |client: &Client, target: &str| client.call("PATCH", target).body("text/plain", "x");
    for absent in [&*there, nowhere] {
        plain(viewer, absent).await.refusal(404, "not_found");
        image(plain(viewer, absent)).await.refusal(404, "not_found");
        plain(member, absent).await.refusal(404, "not_found");
        member.call("POST", absent).await.refusal(405, "method_not_allowed");
        viewer.get(&format!("{absent}?colour=red")).await.refusal(404, "not_found");
        viewer.delete(absent).header("if-match", "\"7-x\"").await.refusal(404, "not_found");
    }
    // What cannot be had goes before who may have it.
    image(plain(viewer, &here)).await.refusal(406, "not_acceptable");
    plain(viewer, &here).await.refusal(403, "forbidden");
    viewer.delete(&here).header("if-match", "\"7-x\"").await.refusal(403, "forbidden");
    plain(member, &here).await.refusal(415, "unsupported_media_type");
    member.patch(&here, &json!({ "phone": "1" })).header("if-match", "\"7-x\"").await.refusal(400, "invalid");
    member.patch(&here, &json!({})).header("if-match", "\"7-x\"").await.refusal(412, "stale_version");
}

async fn who_belongs_to_several_organizations_is_in_each_what_they_are_there(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let first = service.organization().await;
    let theirs = service.create("customers", &customer()).await;
    service.invite(&first, "amina", &json!({ "role": "viewer" })).await;
    // An administrator of her own organization, and a viewer of the first.
    let amina = service.person("amina").await;
    let own = amina.create("customers", &customer()).await;
    assert_eq!(own["organization"]["name"], "amina", "where she may create");
    assert_eq!(amina.get("customers/").await.json(200)["pagination"]["count"], 2);
    let elsewhere = customer().with("organization", first["id"].clone());
    let message = amina.post("customers/", &elsewhere).await.refusal(403, "forbidden");
    assert!(message.as_str().unwrap().contains(id(&first)), "{message}");

    let change = json!({ "first_name": "Zawadi" });
    amina.patch(own["url"].as_str().unwrap(), &change).await.json(200);
    amina.patch(theirs["url"].as_str().unwrap(), &change).await.refusal(403, "forbidden");
    amina.delete(theirs["url"].as_str().unwrap()).await.refusal(403, "forbidden");
    let actions = async |customer: &Value| {
        amina.call("OPTIONS", customer["url"].as_str().unwrap()).await.json(200)["actions"].clone()
    };
    assert_eq!((actions(&own).await.names(), actions(&theirs).await), (vec!["PUT"], json!({})));

    // All or nothing: one of them is another's.
    let row = |of: &Value| customer().with("id", of["id"].clone());
    let both = json!({ "customers": [row(&own), row(&theirs)] });
    amina.put("customers/", &both).await.refusal(403, "forbidden");
    amina.delete("customers/?all=true").await.refusal(403, "forbidden");
    amina.put("customers/", &json!({ "customers": [row(&own)] })).await.json(200);
    assert_eq!(service.again(&theirs).await, theirs);

    // What is one organization's does not go with what is the other's.
    let mixed = order(&theirs).with("organization", own["organization"]["id"].clone());
    amina.post("orders/", &mixed).await.invalid_only("customer");
    assert_eq!(
        amina.delete(&format!("customers/?code={}", own["code"].as_str().unwrap())).await.json(200),
        json!({ "deleted": 1 })
    );
}
