//! What one JSON value must be to become a value of the domain.

use orderdesk_domain::{
    Currency, CustomerCode, CustomerId, EmailAddress, Invalid, ItemId, ItemName, MessageEvent, OrderId,
    OrderStatus, OrganizationId, OrganizationName, PersonName, PhoneNumber, Quantity, QuietHours, Resource,
    Role, TemplateText, TimeZone, Timestamp, TokenName, TokenScope, TokenScopes, UserName, Version, money,
};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

/// A type that is parsed from one JSON value, strictly: a string of digits is no number, `3.0` no integer.
pub(crate) trait Check: Sized {
    /// What the OpenAPI document says of such a value.
    fn schema() -> MetaSchema;

    /// The value, or every reason against it.
    fn check(value: &Value) -> Result<Self, Vec<String>>;
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

pub(super) fn expected(wanted: &str, value: &Value) -> Vec<String> {
    vec![format!("Expected {wanted}, but got {}.", kind_of(value))]
}

fn text<'a>(value: &'a Value, wanted: &str) -> Result<&'a str, Vec<String>> {
    value.as_str().ok_or_else(|| expected(wanted, value))
}

fn reasons(invalid: &Invalid) -> Vec<String> {
    invalid.reasons().iter().map(ToString::to_string).collect()
}

/// A string that `parse` understands.
fn parsed<T>(value: &Value, parse: impl Fn(&str) -> Result<T, Invalid>) -> Result<T, Vec<String>> {
    parse(text(value, "a string")?).map_err(|invalid| reasons(&invalid))
}

fn string() -> MetaSchema {
    MetaSchema::new("string")
}

fn name() -> MetaSchema {
    let maximum = orderdesk_domain::text::MAXIMUM_NAME;
    MetaSchema { min_length: Some(1), max_length: Some(maximum), ..string() }
}

fn shown_as(value: &str, schema: MetaSchema) -> MetaSchema {
    MetaSchema { example: Some(Value::String(value.to_owned())), ..schema }
}

macro_rules! name {
    ($($name:ident as $example:literal),+) => {$(
        impl Check for $name {
            fn schema() -> MetaSchema {
                shown_as($example, name())
            }

            fn check(value: &Value) -> Result<Self, Vec<String>> {
                parsed(value, Self::parse)
            }
        }
    )+};
}

name!(
    PersonName as "Wanjiku",
    ItemName as "Soap, 250 g",
    OrganizationName as "Duka la Mtaa",
    UserName as "Amina",
    TokenName as "Stock import"
);

impl Check for EmailAddress {
    fn schema() -> MetaSchema {
        let max_length = Some(orderdesk_domain::email::MAXIMUM_ADDRESS);
        let schema = MetaSchema { max_length, ..MetaSchema::new_with_format("string", "email") };
        shown_as("amina@example.com", schema)
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

impl Check for TimeZone {
    fn schema() -> MetaSchema {
        shown_as("Africa/Nairobi", MetaSchema { min_length: Some(1), ..string() })
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

impl Check for QuietHours {
    fn schema() -> MetaSchema {
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]";
        let pattern = Some(format!("^\\s*{time}\\s*-\\s*{time}\\s*$"));
        shown_as("21:00-07:00", MetaSchema { pattern, ..string() })
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

impl Check for TemplateText {
    fn schema() -> MetaSchema {
        MetaSchema { min_length: Some(1), max_length: Some(Self::MAXIMUM), ..string() }
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

impl Check for CustomerCode {
    fn schema() -> MetaSchema {
        let length = Some(orderdesk_domain::customer::CODE_LENGTH);
        shown_as("AB12C", MetaSchema { min_length: length, max_length: length, ..string() })
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

impl Check for PhoneNumber {
    fn schema() -> MetaSchema {
        let pattern = Some("^\\s*\\+".to_owned());
        shown_as("+254712345678", MetaSchema { pattern, ..MetaSchema::new_with_format("string", "phone") })
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

impl Check for Currency {
    fn schema() -> MetaSchema {
        shown_as("KES", MetaSchema { min_length: Some(3), max_length: Some(3), ..string() })
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        parsed(value, Self::parse)
    }
}

/// An amount of money: a decimal in a string, because a JSON number may lose digits on its way.
impl Check for Decimal {
    fn schema() -> MetaSchema {
        let pattern = Some("^[0-9]+(\\.[0-9]+)?$".to_owned());
        shown_as("149.90", MetaSchema { pattern, ..MetaSchema::new_with_format("string", "decimal") })
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        let text = text(value, "a decimal number as a string, such as \"149.90\"")?;
        money::parse_decimal(text).map_err(|invalid| reasons(&invalid))
    }
}

impl Check for Quantity {
    #[expect(clippy::cast_precision_loss, reason = "the bounds are small")]
    fn schema() -> MetaSchema {
        MetaSchema {
            minimum: Some(Self::MINIMUM as f64),
            maximum: Some(Self::MAXIMUM as f64),
            example: Some(3.into()),
            ..MetaSchema::new("integer")
        }
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        let Value::Number(number) = value else { return Err(expected("a whole number", value)) };
        if number.is_f64() {
            return Err(expected("a whole number", value));
        }
        // A number that fits no i64 is beyond the range like any other.
        Self::new(number.as_i64().unwrap_or(i64::MAX)).map_err(|invalid| reasons(&invalid))
    }
}

impl Check for bool {
    fn schema() -> MetaSchema {
        MetaSchema::new("boolean")
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        value.as_bool().ok_or_else(|| expected("true or false", value))
    }
}

macro_rules! choice {
    ($($choice:ident as $word:literal),+) => {$(
        impl Check for $choice {
            fn schema() -> MetaSchema {
                MetaSchema { enum_items: Self::NAMES.map(Value::from).to_vec(), ..string() }
            }

            fn check(value: &Value) -> Result<Self, Vec<String>> {
                let name = text(value, "a string")?;
                Self::from_name(name).ok_or_else(|| {
                    vec![format!("{name:?} is not a {}; choose one of {}.", $word, Self::NAMES.join(", "))]
                })
            }
        }
    )+};
}

choice!(OrderStatus as "status", Role as "role", MessageEvent as "event");

impl Check for Timestamp {
    fn schema() -> MetaSchema {
        shown_as("2026-01-31T09:30:00Z", MetaSchema::new_with_format("string", "date-time"))
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        crate::listing::parse_time(text(value, "a time as a string")?).map_err(|reason| vec![reason])
    }
}

/// Every scope that there is.
fn every_scope() -> impl Iterator<Item = String> {
    let general = ["read", "write"].map(str::to_owned);
    let special = Resource::NAMES.iter().flat_map(|name| [format!("{name}:read"), format!("{name}:write")]);
    general.into_iter().chain(special)
}

impl Check for TokenScopes {
    fn schema() -> MetaSchema {
        let one = MetaSchema { enum_items: every_scope().map(Value::from).collect(), ..string() };
        MetaSchema {
            items: Some(Box::new(MetaSchemaRef::Inline(Box::new(one)))),
            min_items: Some(1),
            max_items: Some(every_scope().count()),
            unique_items: Some(true),
            example: Some(serde_json::json!(["orders:write", "customers:read"])),
            ..MetaSchema::new("array")
        }
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        let scopes = value.as_array().ok_or_else(|| expected("a list of scopes", value))?;
        // More can only be repetitions, and an answer must not grow beyond its request.
        let maximum = every_scope().count();
        if scopes.len() > maximum {
            return Err(vec![format!("Ensure there are no more than {maximum} scopes.")]);
        }
        let (mut good, mut refused) = (Vec::new(), Vec::new());
        for (position, scope) in scopes.iter().enumerate() {
            match parsed(scope, TokenScope::parse) {
                Ok(scope) => good.push(scope),
                Err(reasons) => {
                    refused.extend(
                        reasons.into_iter().map(|reason| format!("Scope {}: {reason}", position + 1)),
                    );
                }
            }
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        Self::new(good).map_err(|_| vec!["Name at least one scope, such as read.".to_owned()])
    }
}

impl Check for Version {
    fn schema() -> MetaSchema {
        MetaSchema { minimum: Some(1.0), ..MetaSchema::new("integer") }
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        let version = value.as_i64().and_then(Self::new);
        version.ok_or_else(|| vec!["Expected the version that GET showed, a whole number from 1.".to_owned()])
    }
}

impl Check for Uuid {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "uuid")
    }

    fn check(value: &Value) -> Result<Self, Vec<String>> {
        let text = text(value, "a UUID")?;
        crate::listing::parse_uuid(text).ok_or_else(|| vec![format!("{text:?} is not a UUID.")])
    }
}

macro_rules! reference {
    ($($id:ident),+) => {$(
        /// A reference: an id, or an object with an `id`, as `GET` shows it.
        impl Check for $id {
            fn schema() -> MetaSchema {
                let id = || MetaSchemaRef::Inline(Box::new(Uuid::schema()));
                let mut object = MetaSchema::new("object");
                object.required = vec!["id"];
                object.properties = vec![("id", id())];
                MetaSchema { any_of: vec![id(), MetaSchemaRef::Inline(Box::new(object))], ..MetaSchema::ANY }
            }

            fn check(value: &Value) -> Result<Self, Vec<String>> {
                let id = value.get("id").filter(|_| value.is_object()).unwrap_or(value);
                if id.is_string() {
                    Uuid::check(id).map(Self::new)
                } else {
                    Err(expected("an id, or an object with an id", value))
                }
            }
        }
    )+};
}

reference!(CustomerId, ItemId, OrderId, OrganizationId);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scopes_are_a_list_of_names() {
        let scopes = TokenScopes::check(&json!(["orders:write", " read ", "read"])).unwrap();
        assert_eq!(scopes.spelled(), "read orders:write");
    }

    #[test]
    fn every_scope_that_is_none_is_told_by_its_place() {
        let refused = |value: &Value| TokenScopes::check(value).unwrap_err();
        let reasons = refused(&json!(["read", "orders", 7, "write:orders"]));
        assert_eq!(reasons.len(), 3);
        assert!(
            reasons[0].starts_with("Scope 2: Enter read, write, or either for one resource"),
            "{reasons:?}"
        );
        assert!(reasons[1].starts_with("Scope 3: Expected a string") && reasons[2].starts_with("Scope 4: "));
        assert_eq!(refused(&json!([])), ["Name at least one scope, such as read."]);
        assert_eq!(refused(&json!("read write")), ["Expected a list of scopes, but got a string."]);
    }

    #[test]
    fn the_answer_to_many_scopes_is_short() {
        let many = vec![""; 1_000];
        assert_eq!(
            TokenScopes::check(&json!(many)).unwrap_err(),
            ["Ensure there are no more than 22 scopes."]
        );
        let every: Vec<_> = every_scope().collect();
        assert!(TokenScopes::check(&json!(every)).is_ok());
    }

    #[test]
    fn a_role_is_one_of_three() {
        assert_eq!(Role::check(&json!("admin")), Ok(Role::Admin));
        let reasons = Role::check(&json!("Admin")).unwrap_err();
        assert_eq!(reasons, ["\"Admin\" is not a role; choose one of viewer, member, admin."]);
    }
}
