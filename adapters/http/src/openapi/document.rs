//! The OpenAPI document: what poem-openapi derives from the handlers, completed with what no handler can say,
//! because it holds for all of them.

use std::collections::HashMap;
use std::marker::PhantomData;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{LicenseObject, OpenApi, OpenApiService};
use serde_json::{Map, Value, json};

use super::parameters;
use crate::problem::Failure;
use crate::transports::{CustomerTransport, ItemTransport, OrderEventTransport, OrderTransport, Transport};

/// What there is to know before the first call.
const DESCRIPTION: &str = include_str!("description.md");

/// The schemas of whole objects, which `fields` can thin.
const OBJECTS: [&str; 4] = ["Customer", "Item", "Order", "OrderEvent"];

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
                .description(DESCRIPTION)
                .license(LicenseObject::new("MIT"));
        let mut document: Value = serde_json::from_str(&service.spec()).map_err(Failure::internal)?;
        complete(&mut document);
        Ok(Self(document))
    }

    /// The document itself.
    pub(crate) fn value(&self) -> &Value {
        &self.0
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
    document["components"]["securitySchemes"] = json!({
        "ApiToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token, od_…, as the first start prints it and `orderdesk token create` makes more.",
        }
    });
    document["security"] = json!([{ "ApiToken": [] }]);
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
    let responses = REFUSALS.iter().map(|refusal| (refusal.name.to_owned(), refusal.response()));
    document["components"]["responses"] = Value::Object(responses.collect());
    write_whole_numbers(document);
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
    let lists = method == "get" && collection(path).is_some();
    let mut added = parameters::common(if lists { &["json", "csv"] } else { &["json"] });
    match (method, single) {
        ("get", true) => {
            added.extend(projection(path));
            added.push(parameters::if_none_match());
        }
        ("get", false) if lists => added.extend(list(path)),
        ("delete", false) => added.extend(deletion(path)),
        ("put" | "patch" | "delete", true) => added.push(parameters::if_match()),
        _ => {}
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
    for refusal in REFUSALS.iter().filter(|refusal| refusal.befalls(method, writes_body)) {
        let reference = json!({ "$ref": format!("#/components/responses/{}", refusal.name) });
        responses.insert(refusal.status.to_string(), reference);
    }
}

/// A refusal as every operation that it can befall documents it.
struct Refusal {
    status: u16,
    name: &'static str,
    description: &'static str,
}

const fn refusal(status: u16, name: &'static str, description: &'static str) -> Refusal {
    Refusal { status, name, description }
}

const REFUSALS: [Refusal; 15] = [
    refusal(400, "BadRequest", "The request is malformed, or a parameter or field is not acceptable."),
    refusal(401, "Unauthorized", "There are no credentials, or nobody is known by them."),
    refusal(404, "NotFound", "There is no such object, or the caller may not see it."),
    refusal(405, "MethodNotAllowed", "The path does not allow the method; Allow names those it does."),
    refusal(406, "NotAcceptable", "No acceptable media type can be had here."),
    refusal(408, "RequestTimeout", "The request did not arrive in time."),
    refusal(
        409,
        "Conflict",
        "The state of an object does not allow the change, or something unique is taken.",
    ),
    refusal(412, "PreconditionFailed", "The object has changed since the version that the client knows."),
    refusal(413, "ContentTooLarge", "The body is larger than the limit."),
    refusal(414, "UriTooLong", "The URL is too long."),
    refusal(415, "UnsupportedMediaType", "The body is not of a media type that is read here."),
    refusal(429, "TooManyRequests", "Too many requests; Retry-After says when to come again."),
    refusal(431, "RequestHeaderFieldsTooLarge", "The head of the request is too large."),
    refusal(500, "InternalServerError", "Something went wrong on our side."),
    refusal(
        503,
        "ServiceUnavailable",
        "The store is away, or the request took too long; Retry-After says when to come again.",
    ),
];

impl Refusal {
    fn befalls(&self, method: &str, writes_body: bool) -> bool {
        match self.status {
            409 => method != "get",
            412 => matches!(method, "put" | "patch" | "delete"),
            413 | 415 => writes_body,
            _ => true,
        }
    }

    fn response(&self) -> Value {
        let text = || json!({ "schema": { "type": "string" } });
        let mut headers = json!({ "X-Request-Id": text() });
        match self.status {
            401 => headers["WWW-Authenticate"] = text(),
            405 => headers["Allow"] = text(),
            415 => {
                headers["Accept"] = text();
                headers["Accept-Patch"] = text();
            }
            429 | 503 => headers["Retry-After"] = json!({ "schema": { "type": "integer" } }),
            _ => {}
        }
        json!({
            "description": self.description,
            "headers": headers,
            "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/Error" } },
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
            },
        })
    }
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
    if schema["type"] == "object" {
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

/// The plural name of the resource that the collection at `path` holds.
fn collection(path: &str) -> Option<&str> {
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    (!last.starts_with('{') && last != "v1").then_some(last)
}

fn list(path: &str) -> Vec<Value> {
    match collection(path) {
        Some(CustomerTransport::PLURAL) => parameters::of_list::<CustomerTransport>(),
        Some(ItemTransport::PLURAL) => parameters::of_list::<ItemTransport>(),
        Some(OrderTransport::PLURAL) => parameters::of_list::<OrderTransport>(),
        Some(OrderEventTransport::PLURAL) => parameters::of_list::<OrderEventTransport>(),
        _ => Vec::new(),
    }
}

fn deletion(path: &str) -> Vec<Value> {
    match collection(path) {
        Some(CustomerTransport::PLURAL) => parameters::of_deletion::<CustomerTransport>(),
        Some(ItemTransport::PLURAL) => parameters::of_deletion::<ItemTransport>(),
        Some(OrderTransport::PLURAL) => parameters::of_deletion::<OrderTransport>(),
        _ => Vec::new(),
    }
}

fn projection(path: &str) -> Vec<Value> {
    match collection(path.trim_end_matches("{id}/")) {
        Some(CustomerTransport::PLURAL) => parameters::of_projection::<CustomerTransport>(),
        Some(ItemTransport::PLURAL) => parameters::of_projection::<ItemTransport>(),
        Some(OrderTransport::PLURAL) => parameters::of_projection::<OrderTransport>(),
        _ => Vec::new(),
    }
}
