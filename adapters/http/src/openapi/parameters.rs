//! The parameters and headers of requests in the OpenAPI document, from the same fields that lists read them by.

use orderdesk_application::query::{Entity, Field, Kind, Lookup, Spec};
use serde_json::{Value, json};

use crate::links::API;
use crate::listing::orderable;
use crate::transports::{
    ApiTokenTransport, AuditEntryTransport, CustomerTransport, ItemTransport, MembershipTransport,
    MessageTemplateTransport, NotificationAttemptTransport, NotificationTransport, OrderEventTransport,
    OrderTransport, OrganizationTransport, OwnMembershipTransport, Transport, UserTransport,
};

/// The parameters that requests for objects of one kind take.
#[derive(Clone, Copy)]
pub(super) struct OfResource {
    list: fn() -> Vec<Value>,
    deletion: fn() -> Vec<Value>,
    projection: fn() -> Vec<Value>,
}

impl OfResource {
    fn new<T: Transport>() -> Self {
        Self { list: of_list::<T>, deletion: of_deletion::<T>, projection: of_projection::<T> }
    }

    /// Of what `path` shows: a list, or one object; `None` where it shows something that is no resource.
    pub(super) fn at(path: &str) -> Option<Self> {
        Some(match path.strip_prefix(API)? {
            "customers/" | "customers/{id}/" => Self::new::<CustomerTransport>(),
            "items/" | "items/{id}/" => Self::new::<ItemTransport>(),
            "orders/" | "orders/{id}/" | "customers/{id}/orders/" => Self::new::<OrderTransport>(),
            "orders/{id}/events/" => Self::new::<OrderEventTransport>(),
            "notifications/" | "notifications/{id}/" | "orders/{id}/notifications/" => {
                Self::new::<NotificationTransport>()
            }
            "notifications/{id}/attempts/" => Self::new::<NotificationAttemptTransport>(),
            "message-templates/" | "message-templates/{id}/" => Self::new::<MessageTemplateTransport>(),
            "organizations/" | "organizations/{id}/" => Self::new::<OrganizationTransport>(),
            "organizations/{id}/members/" | "memberships/{id}/" => Self::new::<MembershipTransport>(),
            "me/organizations/" => Self::new::<OwnMembershipTransport>(),
            "users/" | "users/{id}/" => Self::new::<UserTransport>(),
            "api-tokens/" | "api-tokens/{id}/" => Self::new::<ApiTokenTransport>(),
            "audit-entries/" => Self::new::<AuditEntryTransport>(),
            _ => return None,
        })
    }

    /// Everything that a list takes.
    pub(super) fn list(self) -> Vec<Value> {
        (self.list)()
    }

    /// Everything that a deletion by filter takes.
    pub(super) fn deletion(self) -> Vec<Value> {
        (self.deletion)()
    }

    /// `fields` and `expand`.
    pub(super) fn projection(self) -> Vec<Value> {
        (self.projection)()
    }
}

fn parameter(place: &str, name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": place, "required": false, "description": description, "schema": schema })
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    parameter("query", name, description, schema)
}

/// The choice of a representation.
pub(super) fn format(formats: &[&str]) -> Value {
    let format = json!({ "type": "string", "enum": formats });
    query("format", "The representation, whatever Accept says.", &format)
}

/// What every request may be called.
pub(super) fn request_id() -> Value {
    let text = "A name for this request, 1 to 64 of A-Z a-z 0-9 . _ -; one is given otherwise.";
    parameter("header", "X-Request-Id", text, &json!({ "type": "string" }))
}

/// The precondition of a change.
pub(super) fn if_match() -> Value {
    let text = "The ETag that the client knows; 412 if the object's version is another by now.";
    parameter("header", "If-Match", text, &json!({ "type": "string" }))
}

/// What spares an answer.
pub(super) fn if_none_match() -> Value {
    let text = "The ETag that the client knows; 304 if nothing has changed.";
    parameter("header", "If-None-Match", text, &json!({ "type": "string" }))
}

/// By which a request is known again.
pub(super) fn idempotency_key() -> Value {
    let text = "A name of your choice for this request, 1 to 255 characters, in quotes or without. The same request \
                with the same key is carried out once: sent again within 24 hours it is answered as before, with \
                Idempotent-Replayed: true. The key with another request is 422; while the first is being carried out \
                the second waits, and is 409 if that takes too long.";
    let schema = json!({ "type": "string", "minLength": 1, "maxLength": 257 });
    parameter("header", "Idempotency-Key", text, &schema)
}

/// `fields` and `expand`.
fn of_projection<T: Transport>() -> Vec<Value> {
    let mut names = T::FIELDS.to_vec();
    names.extend(T::COLUMNS.iter().filter(|column| !T::FIELDS.contains(column)));
    let names = json!({ "type": "array", "items": { "type": "string", "enum": names }, "minItems": 1 });
    let text = "Show exactly these, separated by commas: top-level fields, or of CSV its columns.";
    let mut fields = query("fields", text, &names);
    fields["explode"] = false.into();
    let expand = T::EXPANDABLE.map(|name| {
        query(
            "expand",
            "Show this reference as a whole object.",
            &json!({ "type": "string", "enum": [name] }),
        )
    });
    [Some(fields), expand].into_iter().flatten().collect()
}

/// Everything that a list takes.
fn of_list<T: Transport>() -> Vec<Value> {
    let mut parameters = of_filters::<<T::Entity as Entity>::Field>();
    let keys: Vec<_> = orderable::<<T::Entity as Entity>::Field>()
        .flat_map(|name| [name.to_owned(), format!("-{name}")])
        .collect();
    let keys = json!({ "type": "array", "items": { "type": "string", "enum": keys }, "minItems": 1 });
    let mut ordering =
        query("ordering", "Order by these fields; a leading - reverses. The newest first without it.", &keys);
    ordering["explode"] = false.into();
    parameters.push(ordering);
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 });
    let offset = json!({ "type": "integer", "minimum": 0 });
    let page = json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX });
    let flag = json!({ "type": "string", "enum": ["true", "false"] });
    parameters.extend([
        query("limit", "How many objects a page has.", &limit),
        query("offset", "How many objects to leave out; the cost grows with it.", &offset),
        query("page", "The number of the page, from 1: the same as offset in other words.", &page),
        query("per_page", "The same as limit, beside page.", &limit),
        query(
            "cursor",
            "Where the page begins, from next_cursor of the page before: the same cost at any depth.",
            &json!({ "type": "string" }),
        ),
        query("count", "Whether to count all that match, which costs more the more do.", &flag),
    ]);
    parameters.extend(of_projection::<T>());
    parameters
}

/// Everything that a deletion by filter takes.
fn of_deletion<T: Transport>() -> Vec<Value> {
    let mut parameters = of_filters::<<T::Entity as Entity>::Field>();
    let flag = json!({ "type": "string", "enum": ["true"] });
    parameters.push(query("all", "Without any filter: delete everything.", &flag));
    parameters
}

/// Everything that adding orders up takes.
pub(super) fn of_totals() -> Vec<Value> {
    of_filters::<<<OrderTransport as Transport>::Entity as Entity>::Field>()
}

fn of_filters<F: Field>() -> Vec<Value> {
    let mut parameters = Vec::new();
    for field in F::ALL {
        let spec = field.spec();
        parameters.extend(spec.lookups().map(|lookup| of_filter(&spec, lookup)));
    }
    let text = "Every one of these words, 1 to 10 separated by blanks, is in one of the searched fields.";
    let searches = F::ALL.iter().any(|field| field.spec().searches);
    parameters.extend(
        searches
            .then(|| query("search", text, &json!({ "type": "string", "minLength": 1, "maxLength": 200 }))),
    );
    parameters
}

fn of_filter(spec: &Spec, lookup: Lookup) -> Value {
    let name = format!("{}{}", spec.name, lookup.suffix());
    let one = match spec.kind {
        Kind::Id => json!({ "type": "string", "format": "uuid" }),
        Kind::Phone if lookup == Lookup::Exact => json!({ "type": "string", "format": "phone" }),
        Kind::Text | Kind::Code | Kind::Phone => {
            json!({ "type": "string", "minLength": 1, "maxLength": 200 })
        }
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Decimal => {
            json!({ "type": "string", "format": "decimal", "pattern": "^-?[0-9]+(\\.[0-9]{1,4})?$" })
        }
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Boolean => json!({ "type": "string", "enum": ["true", "false"] }),
        Kind::Choice(names) => json!({ "type": "string", "enum": names }),
    };
    let several = || json!({ "type": "array", "items": one, "minItems": 1, "maxItems": 100 });
    let (text, schema) = match lookup {
        Lookup::Exact => ("Equal to this.", one),
        Lookup::In => ("Equal to one of these, separated by commas.", several()),
        Lookup::Gt => ("Greater than this.", one),
        Lookup::Gte => ("Greater than or equal to this.", one),
        Lookup::Lt => ("Less than this.", one),
        Lookup::Lte => ("Less than or equal to this.", one),
        Lookup::Icontains => {
            ("Has this in it, ignoring case; looks at every object that the other filters leave.", one)
        }
        Lookup::Istartswith => ("Begins with this, ignoring case.", one),
        Lookup::Isnull => ("Has no value.", json!({ "type": "string", "enum": ["true", "false"] })),
    };
    let mut parameter = query(&name, text, &schema);
    if lookup == Lookup::In {
        parameter["explode"] = false.into();
    }
    parameter
}
