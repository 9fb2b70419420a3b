//! Values that several resources show.

use orderdesk_application::views::{OrganizationSummary, UserSummary};
use orderdesk_domain::{Money, Timestamp};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use uuid::Uuid;

use crate::listing::format_time;

/// An organization beside what it owns.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OrganizationSummary")]
pub(crate) struct OrganizationReference {
    /// Its identity.
    id: Uuid,
    /// What it calls itself.
    name: String,
}

impl OrganizationReference {
    pub(super) fn id(&self) -> Uuid {
        self.id
    }
}

impl From<&OrganizationSummary> for OrganizationReference {
    fn from(organization: &OrganizationSummary) -> Self {
        Self { id: organization.id.uuid(), name: organization.name.to_string() }
    }
}

/// A user beside what the user wrote.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "UserSummary")]
pub(crate) struct UserReference {
    /// The user's identity.
    id: Uuid,
    /// How the user is shown to others.
    name: String,
}

impl UserReference {
    /// The user in a cell of CSV.
    pub(super) fn id_cell(user: Option<Self>) -> Cow<'static, str> {
        user.map(|user| user.id.to_string()).unwrap_or_default().into()
    }
}

impl From<&UserSummary> for UserReference {
    fn from(user: &UserSummary) -> Self {
        Self { id: user.id.uuid(), name: user.name.to_string() }
    }
}

/// Gives a type that is shown as a string its place in the OpenAPI document.
macro_rules! shown_as_string {
    ($type:ty, $format:literal, $example:literal) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                concat!("string(", $format, ")").into()
            }

            fn schema_ref() -> MetaSchemaRef {
                let example = Some(Value::String($example.to_owned()));
                let schema = MetaSchema { example, ..MetaSchema::new_with_format("string", $format) };
                MetaSchemaRef::Inline(Box::new(schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl ToJSON for $type {
            fn to_json(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }
        }

        /// Only shown, never read; the derive of the objects around it wants it all the same.
        impl ParseFromJSON for $type {
            fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
                Err(ParseError::custom("this value is only shown"))
            }
        }
    };
}

/// A moment, shown in RFC 3339 in UTC to the millisecond.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant(pub(crate) Timestamp);

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_time(self.0))
    }
}

shown_as_string!(Instant, "date-time", "2026-01-31T09:30:00.000Z");

/// An amount of money, shown as a decimal string padded to the currency's minor digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount(pub(crate) Money);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

shown_as_string!(Amount, "decimal", "149.90");

/// What a spreadsheet takes for the beginning of a formula, the full-width forms included.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Free text in a cell of CSV: what a spreadsheet would run as a formula is made text by an apostrophe in front,
/// as OWASP advises ("CSV injection").
pub(super) fn free_text(text: String) -> Cow<'static, str> {
    if text.starts_with(FORMULA_SIGNS) { format!("'{text}").into() } else { text.into() }
}

/// A time in a cell of CSV.
pub(super) fn time_cell(time: Instant) -> Cow<'static, str> {
    format_time(time.0).into()
}

/// Shows a closed set of names of the domain.
macro_rules! choice {
    ($(#[$doc:meta])+ $transport:ident of $domain:ty as $name:literal) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $transport(pub(crate) $domain);

        impl serde::Serialize for $transport {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.name())
            }
        }

        impl Type for $transport {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Reference($name.to_owned())
            }

            fn register(registry: &mut Registry) {
                let enum_items = <$domain>::NAMES.map(Value::from).to_vec();
                registry.create_schema::<Self, _>($name.to_owned(), |_| MetaSchema {
                    enum_items,
                    ..MetaSchema::new("string")
                });
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl ToJSON for $transport {
            fn to_json(&self) -> Option<Value> {
                serde_json::to_value(self).ok()
            }
        }

        /// Only shown, never read; the derive of the objects around it wants it all the same.
        impl ParseFromJSON for $transport {
            fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
                Err(ParseError::custom("this value is only shown"))
            }
        }
    };
}

pub(super) use choice;
