//! The OpenAPI document: what poem-openapi derives from the handlers, completed with what no handler can say,
//! because it holds for all of them.

use std::collections::HashMap;
use std::marker::PhantomData;

use orderdesk_application::wording::{PLACEHOLDERS, built_in};
use orderdesk_domain::MessageEvent;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{LicenseObject, OpenApi, OpenApiService};
use serde_json::{Map, Value, json};

use super::parameters::{self, OfResource};
use super::permissions;
use super::refusals::{self, Traits};
use crate::links::is_callback;
use crate::problem::Failure;

/// What there is to know before the first call.
const DESCRIPTION: &str = include_str!("description.md");

/// The schemas of whole objects, which `fields` can thin.
const OBJECTS: [&str; 13] = [
    "ApiToken",
    "AuditEntry",
    "Customer",
    "Item",
    "Membership",
    "MessageTemplate",
    "Notification",
    "NotificationAttempt",
    "Order",
    "OrderEvent",
    "Organization",
    "OwnMembership",
    "User",
];

fn description() -> String {
    let placeholders = PLACEHOLDERS.map(|(name, meaning)| format!("| `{name}` | {meaning} |"));
    DESCRIPTION
        .replace("{permissions}", &permissions::table())
        .replace(
            "{placeholders}",
            &format!("| placeholder | what stands there |\n| --- | --- |\n{}", placeholders.join("\n")),
        )
        .replace("{built_in}", built_in(MessageEvent::OrderPlaced))
}

/// What an API says of itself, without an instance that could answer.
struct Described<A>(PhantomData<A>);

impl<A: OpenApi> OpenApi for Described<A> {
    fn meta() -> Vec<MetaApi> {
        A::meta()
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }

    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The OpenAPI document as JSON.
#[derive(Debug, Clone)]
pub(crate) struct Document(Value);

impl Document {
    /// Derives the document of an API.
    pub(crate) fn of<A: OpenApi>() -> Result<Self, Failure> {
        let service =
            OpenApiService::new(Described::<A>(PhantomData), "Order Desk", env!("CARGO_PKG_VERSION"))
                .description(description())
                .license(LicenseObject::new("MIT"));
        let mut document: Value = serde_json::from_str(&service.spec()).map_err(Failure::internal)?;
        complete(&mut document);
        Ok(Self(document))
    }

    /// The document itself.
    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    /// Whether a `GET` of the path answers a list.
    pub(crate) fn lists(&self, path: &str) -> bool {
        self.0["paths"][path]["get"]["responses"]["200"]["content"].get("text/csv").is_some()
    }

    /// Indented JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(&self.0).unwrap_or_default() + "\n"
    }

    /// YAML 1.2.
    pub(crate) fn yaml(&self) -> Result<String, Failure> {
        serde_norway::to_string(&self.0).map_err(Failure::internal)
    }
}

fn object<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Map<String, Value>> {
    value.get_mut(key)?.as_object_mut()
}

fn complete(document: &mut Value) {
    // URLs are relative to wherever the document was read.
    document["servers"] = json!([{ "url": "/" }]);
    document["components"]["securitySchemes"] = security_schemes();
    document["security"] = security("get");
    complete_schemas(document);
    let paths = object(document, "paths").map(std::mem::take).unwrap_or_default();
    for (path, mut operations) in paths {
        let path = format!("{}/", path.trim_end_matches('/'));
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            complete_operation(&path, method, operation);
            if let Some((name, schema)) = name_body(operation) {
                document["components"]["schemas"][name] = schema;
            }
        }
        document["paths"][path] = operations;
    }
    document["components"]["responses"] = refusals::responses();
    write_whole_numbers(document);
}

/// By what a caller is recognised.
fn security_schemes() -> Value {
    json!({
        "ApiToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token, od_…, as /api/v1/api-tokens/ gives it, the first start prints it and \
                            `orderdesk token create` makes more.",
        },
        "SignedToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A JSON Web Token of an issuer that this installation knows.",
        },
        "Session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "orderdesk_session",
            "description": "The session of a browser that has signed in at /api/v1/api-auth/authenticate/. Under https \
                            the cookie is called __Host-orderdesk_session.",
        },
        "CsrfToken": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "Beside a session, for whatever may change something: the value of the cookie orderdesk_csrf, \
                            or under https of __Host-orderdesk_csrf.",
        },
    })
}

/// What a call of this method takes: any one of these.
fn security(method: &str) -> Value {
    let session = match method {
        "get" => json!({ "Session": [] }),
        _ => json!({ "Session": [], "CsrfToken": [] }),
    };
    json!([{ "ApiToken": [] }, { "SignedToken": [] }, session])
}

/// Every field is always there, and null where it has no value; beside each object stands its thinned form.
fn complete_schemas(document: &mut Value) {
    let Some(schemas) = document.get_mut("components").and_then(|it| object(it, "schemas")) else { return };
    for schema in schemas.values_mut() {
        let required: Vec<_> = schema["required"].as_array().cloned().unwrap_or_default();
        let Some(properties) = object(schema, "properties") else { continue };
        for (name, property) in properties.iter_mut() {
            if let Some(property) = property.as_object_mut() {
                property.remove("readOnly");
                if !required.contains(&Value::String(name.clone())) {
                    allow_null(property);
                }
            }
        }
        schema["required"] = properties.keys().cloned().collect::<Vec<_>>().into();
    }
    for name in OBJECTS {
        let Some(mut thinned) = schemas.get(name).cloned() else { continue };
        if let Some(thinned) = thinned.as_object_mut() {
            thinned.remove("required");
            thinned.insert("minProperties".to_owned(), 1.into());
            thinned.insert("description".to_owned(), format!("{name} with the chosen `fields` only.").into());
        }
        schemas.insert(format!("{name}Fields"), thinned);
    }
    schemas.insert("Error".to_owned(), error_schema());
    schemas.insert("Problem".to_owned(), problem_schema());
}

/// Lets a property be null. OpenAPI 3.0 heeds `nullable` only beside a `type`; a reference has none.
fn allow_null(property: &mut Map<String, Value>) {
    if property.contains_key("type") {
        property.insert("nullable".to_owned(), true.into());
        return;
    }
    let description = property.remove("description");
    let whole = Value::Object(std::mem::take(property));
    property.insert("anyOf".to_owned(), json!([whole, { "nullable": true, "enum": [null] }]));
    property.extend(description.map(|text| ("description".to_owned(), text)));
}

/// Writes whole numbers as such: poem-openapi keeps every bound as a float.
fn write_whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
            if let (true, Some(whole)) = (number.is_f64(), whole) {
                #[expect(clippy::cast_possible_truncation, reason = "whole, and far from the bounds of i64")]
                let whole = whole as i64;
                *number = whole.into();
            }
        }
        Value::Array(members) => members.iter_mut().for_each(write_whole_numbers),
        Value::Object(members) => members.values_mut().for_each(write_whole_numbers),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn message_schema() -> Value {
    let reasons = json!({ "type": "array", "items": { "type": "string" } });
    let fields = json!({ "type": "object", "additionalProperties": reasons });
    let rows = json!({ "type": "object", "additionalProperties": {
        "type": "object", "additionalProperties": fields
    } });
    json!({
        "description": "A sentence; or for each field or parameter every reason against it, where those of no field \
                        stand under non_field_errors; or, of a bulk request, the same by the position of the row.",
        "anyOf": [{ "type": "string" }, fields, rows],
    })
}

fn error_schema() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong.",
        "required": ["message", "code", "request_id"],
        "properties": {
            "message": message_schema(),
            "code": { "type": "string", "description": "A stable word for programs.", "example": "invalid" },
            "request_id": { "type": "string", "description": "By which the log knows the request." },
        },
        "example": {
            "message": { "phone": ["Enter a phone number in international format, such as +254712345678."] },
            "code": "invalid",
            "request_id": "5f1c8f3a9f0e4b7c-42",
        },
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "The same in the shape of RFC 9457, for Accept: application/problem+json.",
        "required": ["type", "title", "status", "detail", "message", "code", "request_id"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "message": message_schema(),
            "code": { "type": "string" },
            "request_id": { "type": "string" },
        },
    })
}

/// What holds for every operation of its kind: parameters, headers, refusals.
fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let single = path.ends_with("{id}/");
    let writes_body = operation.get("requestBody").is_some();
    let lists = answers_list(path, method);
    let of_resource = OfResource::at(path);
    let (is_open, is_repeatable) = (is_callback(path), repeats(path, method));
    let mut added = Vec::new();
    if !is_open {
        added.push(parameters::format(if lists { &["json", "csv"] } else { &["json"] }));
    }
    added.push(parameters::request_id());
    match (method, single) {
        ("get", true) => {
            added.extend(of_resource.map(OfResource::projection).unwrap_or_default());
            added.push(parameters::if_none_match());
        }
        ("get", false) if path.ends_with("/order-totals/") => added.extend(parameters::of_totals()),
        ("get", false) => added.extend(of_resource.map(OfResource::list).unwrap_or_default()),
        ("delete", false) => added.extend(of_resource.map(OfResource::deletion).unwrap_or_default()),
        ("post", _) if is_repeatable => added.push(parameters::idempotency_key()),
        ("put" | "patch" | "delete", true) => added.push(parameters::if_match()),
        _ => {}
    }
    if is_open {
        operation["security"] = json!([]);
    } else if method != "get" {
        operation["security"] = security(method);
    }
    if let Some(parameters) = operation.as_object_mut() {
        let parameters = parameters.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.append(&mut added);
        }
    }

    let thins = method == "get";
    let Some(responses) = object(operation, "responses") else { return };
    for response in responses.values_mut() {
        if thins {
            offer_thinned(response);
        }
        response["headers"]["X-Request-Id"] =
            json!({ "description": "The name of this request.", "schema": { "type": "string" } });
    }
    if method == "get" && single {
        let unchanged = json!({ "description": "The client has this representation already.", "headers": {
            "ETag": { "schema": { "type": "string" } }
        } });
        responses.insert("304".to_owned(), unchanged);
    }
    responses.extend(refusals::of_operation(&Traits { method, writes_body, is_open, is_repeatable }));
}

/// Whether a request may be sent again under its key. Gateways have none, and to look at something twice is harmless.
fn repeats(path: &str, method: &str) -> bool {
    method == "post" && !is_callback(path) && !path.ends_with("/previews/")
}

/// Gives the schema of an operation's body a name, which generators of clients call it by.
fn name_body(operation: &mut Value) -> Option<(String, Value)> {
    let words = operation["operationId"].as_str()?.split('_');
    let capitalized = words.map(|word| {
        let mut word = word.to_owned();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        word
    });
    let name = capitalized.collect::<String>() + "Body";
    let content = operation.get_mut("requestBody").and_then(|body| object(body, "content"))?;
    let mut named = None;
    for media_type in content.values_mut() {
        let mut schema = media_type["schema"].take();
        close(&mut schema);
        named = Some(schema);
        media_type["schema"] = json!({ "$ref": format!("#/components/schemas/{name}") });
    }
    Some((name, named?))
}

/// Unknown fields are refused: says so in the schema of a body.
fn close(schema: &mut Value) {
    if schema["type"] == "object" && schema.get("additionalProperties").is_none() {
        schema["additionalProperties"] = false.into();
    }
    for property in object(schema, "properties").into_iter().flat_map(Map::values_mut) {
        if let Some(property) = property.as_object_mut()
            && property.remove("nullable") == Some(true.into())
        {
            allow_null(property);
        }
        if let Some(items) = property.get_mut("items") {
            close(items);
        }
    }
}

/// Where a whole object is answered, the thinned one may be.
fn offer_thinned(value: &mut Value) {
    let thinned = value.get("$ref").and_then(Value::as_str).and_then(|reference| {
        let name = reference.strip_prefix("#/components/schemas/")?;
        OBJECTS.contains(&name).then(|| format!("{reference}Fields"))
    });
    match (thinned, value) {
        (Some(thinned), value) => {
            let whole = value.take();
            *value = json!({ "anyOf": [whole, { "$ref": thinned }] });
        }
        (None, Value::Object(members)) => members.values_mut().for_each(offer_thinned),
        (None, Value::Array(members)) => members.iter_mut().for_each(offer_thinned),
        (None, _) => {}
    }
}

/// Whether this method answers a list at this path.
fn answers_list(path: &str, method: &str) -> bool {
    method == "get" && !path.ends_with("{id}/") && OfResource::at(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation with its path and method.
    fn operations() -> Vec<(String, String, Value)> {
        let document = Document::of::<crate::Api>().unwrap();
        let paths = document.value()["paths"].as_object().unwrap().clone();
        let operations = paths.into_iter().flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().clone();
            operations.into_iter().map(move |(method, operation)| (path.clone(), method, operation))
        });
        operations.collect()
    }

    fn takes(operation: &Value, name: &str) -> bool {
        operation["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == name)
    }

    #[test]
    fn every_list_says_how_to_page_and_everything_else_does_not() {
        let document = Document::of::<crate::Api>().unwrap();
        for (path, method, operation) in operations() {
            let is_list = method == "get" && document.lists(&path);
            assert_eq!(takes(&operation, "cursor"), is_list, "{method} {path}");
        }
    }

    #[test]
    fn every_operation_says_who_may_call_and_how_it_can_be_repeated() {
        for (path, method, operation) in operations() {
            let is_open = path.ends_with("/{gateway}/{secret}/");
            let is_kept = method == "post" && !is_open && !path.ends_with("/previews/");
            let responses = &operation["responses"];
            assert!(responses.get("403").is_some() && responses.get("429").is_some(), "{method} {path}");
            assert_eq!(responses.get("401").is_none(), is_open, "{method} {path}");
            assert_eq!(takes(&operation, "Idempotency-Key"), is_kept, "{method} {path}");
            assert_eq!(responses.get("422").is_some(), is_kept, "{method} {path}");
            if is_open {
                assert_eq!(operation["security"], json!([]), "{method} {path}");
                continue;
            }
            let csrf = operation["security"].as_array().map(|all| all[2]["CsrfToken"].is_array());
            assert_eq!(csrf, (method != "get").then_some(true), "{method} {path}");
        }
    }

    #[test]
    fn every_object_at_an_address_can_be_thinned() {
        for (path, method, operation) in operations() {
            let is_object = method == "get" && path.ends_with("{id}/");
            let text = operation["responses"]["200"].to_string();
            assert!(!is_object || (takes(&operation, "fields") && text.contains("Fields\"")), "{path}");
        }
    }
}
