//! Values that several resources show.

use orderdesk_application::views::{CustomerSummary, OrganizationSummary, UserSummary};
use orderdesk_domain::{Action, Cost, Credential, Money, Resource, Role, Timestamp, TokenSecret};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use uuid::Uuid;

use super::{CustomerTransport, Transport as _};
use crate::links::Links;

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

    pub(super) fn name(&self) -> &str {
        &self.name
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
    pub(super) fn name(&self) -> &str {
        &self.name
    }

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

/// A customer beside what refers to them, in a few words.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "CustomerSummary")]
pub(crate) struct CustomerReference {
    /// The customer's identity.
    id: Uuid,
    /// Where the customer stands.
    url: String,
    /// The customer's present code.
    code: String,
    /// The customer's present first name.
    first_name: String,
    /// The customer's present second name.
    second_name: String,
}

impl CustomerReference {
    pub(super) fn new(customer: &CustomerSummary, links: &Links) -> Self {
        Self {
            id: customer.id.uuid(),
            url: links.object(CustomerTransport::PATH, customer.id.uuid()),
            code: customer.code.to_string(),
            first_name: customer.first_name.to_string(),
            second_name: customer.second_name.to_string(),
        }
    }

    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn into_code(self) -> String {
        self.code
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
        serializer.collect_str(&self.0)
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

/// What a gateway charges, shown as a decimal string as fine as it is, and no coarser than a coin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge(pub(crate) Cost);

impl Serialize for Charge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

shown_as_string!(Charge, "decimal", "0.80");

/// A secret that is shown this once.
#[derive(Debug, Clone)]
pub(crate) struct Revealed(pub(crate) TokenSecret);

impl Serialize for Revealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.reveal())
    }
}

shown_as_string!(Revealed, "token", "od_5q55snzr99mpax6qm2skjwky35vpv26f");

/// What a spreadsheet takes for the beginning of a formula, the full-width forms included.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Free text in a cell of CSV: what a spreadsheet would run as a formula is made text by an apostrophe in front,
/// as OWASP advises ("CSV injection").
pub(super) fn free_text(text: String) -> Cow<'static, str> {
    if text.starts_with(FORMULA_SIGNS) { format!("'{text}").into() } else { text.into() }
}

/// An id in a cell of CSV.
pub(super) fn id_cell(id: Option<Uuid>) -> Cow<'static, str> {
    id.map(|id| id.to_string()).unwrap_or_default().into()
}

/// A time in a cell of CSV.
pub(super) fn time_cell(time: Instant) -> Cow<'static, str> {
    time.0.to_string().into()
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

choice! {
    /// What a member of an organization is called.
    RoleTransport of Role as "Role"
}

choice! {
    /// What was done.
    ActionTransport of Action as "Action"
}

choice! {
    /// With what it was done.
    ResourceTransport of Resource as "Resource"
}

/// A kind of credential, by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind(&'static str);

impl Kind {
    const NAMES: [&'static str; 4] = Credential::KINDS;

    pub(super) const fn name(self) -> &'static str {
        self.0
    }
}

choice! {
    /// What kind of credential somebody presented.
    CredentialKind of Kind as "CredentialKind"
}

/// By what a caller was recognised.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Credential")]
pub(crate) struct CredentialReference {
    /// What kind of credential it was.
    pub(super) kind: CredentialKind,
    /// Which one: the id of the token or of the session, or the issuer; null for the command line.
    pub(super) id: Option<String>,
}

impl From<&Credential> for CredentialReference {
    fn from(credential: &Credential) -> Self {
        Self { kind: CredentialKind(Kind(credential.kind())), id: credential.name() }
    }
}
