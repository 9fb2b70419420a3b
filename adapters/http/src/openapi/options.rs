//! Answers to `OPTIONS`: what can be done at a path and what it takes, drawn from the OpenAPI document.

use poem::Response;
use poem::http::header::ALLOW;
use poem::http::{HeaderValue, Method};
use serde_json::{Map, Value, json};

use super::Document;
use crate::links::{API, Links};

/// The answer for one path; URLs in it begin with a placeholder until a request tells how they do.
#[derive(Debug, Clone)]
pub(crate) struct OptionsAnswer {
    allow: HeaderValue,
    body: Value,
}

/// Stands where a URL begins; it can be in no text of the document.
const BASE: &str = "\u{1}";

impl OptionsAnswer {
    /// Describes `path`, as it stands in the document, for these methods.
    pub(crate) fn new(document: &Document, path: &str, allow: HeaderValue, methods: &[String]) -> Self {
        let operations = &document.value()["paths"][path];
        let named = |method: &str| operations.get(method);
        let first = ["get", "post", "put", "delete"].into_iter().find_map(named);
        let text = |operation: Option<&Value>, key: &str| {
            operation.and_then(|operation| operation[key].as_str()).unwrap_or_default().to_owned()
        };
        let listed = operations["get"]["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let actions: Map<String, Value> = [("POST", "post"), ("PUT", "put"), ("PATCH", "patch")]
            .into_iter()
            .filter_map(|(name, method)| Some((name.to_owned(), fields(document, named(method)?)?)))
            .collect();
        let body = json!({
            "name": text(first, "summary"),
            "description": text(first, "description"),
            "methods": methods,
            "renders": media_types(first.and_then(|operation| operation["responses"]["200"]["content"].as_object())),
            "parses": parsed(operations),
            "actions": actions,
            "filters": filters(listed),
            "ordering": ordering(listed),
        });
        Self { allow, body }
    }

    /// Describes a path that has no place in the document.
    pub(crate) fn beside(name: &str, allow: HeaderValue, methods: &[String]) -> Self {
        let body = json!({
            "name": name, "description": "", "methods": methods, "renders": [], "parses": [], "actions": {}, "filters": {}, "ordering": [],
        });
        Self { allow, body }
    }

    /// The answer to a caller who may do these actions, with links that begin as the request's do.
    pub(crate) fn answer(&self, links: &Links, permitted: &[Method]) -> Response {
        let mut body = self.body.clone();
        let permitted: Vec<_> = permitted.iter().map(Method::as_str).collect();
        if let Some(actions) = body["actions"].as_object_mut() {
            // What can be changed as a whole can be changed in part, field by field the same.
            let is_whole = actions.contains_key("PUT");
            actions.retain(|name, _| permitted.contains(&name.as_str()) && !(is_whole && name == "PATCH"));
        }
        body["permitted_methods"] = permitted.into();
        let placeholder = Value::from(BASE).to_string();
        let body = body.to_string().replace(placeholder.trim_matches('"'), links.base());
        Response::builder().content_type("application/json").header(ALLOW, self.allow.clone()).body(body)
    }
}

fn media_types(content: Option<&Map<String, Value>>) -> Vec<String> {
    content
        .map(|content| content.keys().map(|name| name.split(';').next().unwrap_or(name).to_owned()).collect())
        .unwrap_or_default()
}

fn parsed(operations: &Value) -> Vec<String> {
    let contents = operations.as_object().into_iter().flat_map(Map::values);
    let mut all: Vec<_> =
        contents.flat_map(|operation| media_types(operation["requestBody"]["content"].as_object())).collect();
    all.sort();
    all.dedup();
    all
}

/// The fields that an operation's body has; of a bulk request, those of a row.
fn fields(document: &Document, operation: &Value) -> Option<Value> {
    let content = operation["requestBody"]["content"].as_object()?;
    let reference = content.values().next()?["schema"]["$ref"].as_str()?;
    let schema = document.value().pointer(reference.strip_prefix('#')?)?;
    // A list of objects is the rows of a bulk request; a list of anything else is a field.
    let is_object = |items: &&Value| items.get("properties").is_some();
    let row = schema["properties"].as_object()?.values().find_map(|it| it.get("items").filter(is_object));
    let schema = row.unwrap_or(schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let fields = schema["properties"].as_object()?.iter().map(|(name, property)| {
        let required = required.contains(&Value::String(name.clone()));
        (name.clone(), field(name, property, required))
    });
    Some(Value::Object(fields.collect()))
}

/// What a list can be asked for, as far as that is about its objects.
fn filters(parameters: &[Value]) -> Value {
    let of_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let filters = of_query.filter_map(|parameter| {
        let name = parameter["name"].as_str().filter(|name| !NO_FILTERS.contains(name))?;
        let mut filter = field(name, &parameter["schema"], false);
        filter["help_text"] = parameter["description"].clone();
        Some((name.to_owned(), filter))
    });
    Value::Object(filters.collect())
}

/// Parameters that are about the answer and not about its objects.
const NO_FILTERS: [&str; 10] =
    ["format", "fields", "expand", "ordering", "limit", "offset", "page", "per_page", "cursor", "count"];

/// The fields by which a list can be ordered.
fn ordering(parameters: &[Value]) -> Vec<&str> {
    let ordering = parameters.iter().find(|parameter| parameter["name"] == "ordering");
    let names = ordering.and_then(|it| it["schema"]["items"]["enum"].as_array()).into_iter().flatten();
    names.filter_map(Value::as_str).filter(|name| !name.starts_with('-')).collect()
}

fn field(name: &str, property: &Value, required: bool) -> Value {
    let kind = match (property["type"].as_str(), property["format"].as_str()) {
        _ if property.get("enum").is_some() => "choice",
        (Some("string"), Some("decimal")) => "decimal",
        (Some(kind), _) => kind,
        (None, _) => "field",
    };
    let flag = |key: &str| property[key].as_bool().unwrap_or(false);
    let alternatives = property["anyOf"].as_array();
    let nullable = alternatives.is_some_and(|all| all.iter().any(|one| one["nullable"] == true));
    let mut label = name.replace('_', " ");
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut field = json!({
        "type": kind,
        "required": required,
        "read_only": flag("readOnly"),
        "nullable": nullable || flag("nullable"),
        "label": label,
        "help_text": property["description"],
    });
    let limits = [
        ("min_length", "minLength"),
        ("max_length", "maxLength"),
        ("min_value", "minimum"),
        ("max_value", "maximum"),
        ("choices", "enum"),
    ];
    for (shown, key) in limits {
        if let Some(limit) = property.get(key) {
            field[shown] = limit.clone();
        }
    }
    if let Some(choices) = property["items"].get("enum") {
        field["choices"] = choices.clone();
    }
    if let Some(plural) = source(name) {
        field["source"] = format!("{BASE}{API}{plural}/").into();
    }
    field
}

/// The collection that a reference picks from.
fn source(name: &str) -> Option<&'static str> {
    match name {
        "customer" => Some("customers"),
        "item_id" => Some("items"),
        "order" => Some("orders"),
        "organization" => Some("organizations"),
        _ => None,
    }
}
