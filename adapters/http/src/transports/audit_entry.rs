//! The audit over HTTP.

use std::borrow::Cow;

use orderdesk_application::views::AuditEntryDetails;
use orderdesk_domain::{AuditEntry, Facts, OrganizationId};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::Transport;
use super::common::{
    ActionTransport, CredentialReference, Instant, ResourceTransport, UserReference, free_text, id_cell,
    time_cell,
};
use crate::links::Links;

/// Fields of an object as they were, or as they became.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct FactsTransport(Value);

impl From<&Facts> for FactsTransport {
    fn from(facts: &Facts) -> Self {
        // What was written down is JSON.
        Self(serde_json::from_str(facts.as_str()).unwrap_or_default())
    }
}

impl FactsTransport {
    /// The fields in a cell of CSV: as the text of a JSON object.
    fn cell(facts: Option<&Self>) -> Cow<'static, str> {
        free_text(facts.map(|facts| facts.0.to_string()).unwrap_or_default())
    }
}

impl Type for FactsTransport {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "Facts".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let anything = Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)));
        let schema = MetaSchema { additional_properties: Some(anything), ..MetaSchema::new("object") };
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ToJSON for FactsTransport {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }
}

/// Only shown, never read; the derive of the entry wants it all the same.
impl ParseFromJSON for FactsTransport {
    fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
        Err(ParseError::custom("this value is only shown"))
    }
}

/// Who did what, when, from where, and what it changed. It stays when its object goes.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AuditEntry")]
pub(crate) struct AuditEntryTransport {
    /// The entry's identity.
    id: Uuid,
    /// To whom the object belongs or belonged; null for what belongs to no organization.
    organization: Option<Uuid>,
    /// Who did it; null for the service itself, or where that user is gone.
    user: Option<UserReference>,
    /// By what the user was recognised.
    credential: CredentialReference,
    /// From which address the user called; null on the command line.
    address: Option<String>,
    /// What was done.
    action: ActionTransport,
    /// With what kind of object.
    resource: ResourceTransport,
    /// With which object.
    object: Uuid,
    /// What the object was, of what has changed; null for something new.
    before: Option<FactsTransport>,
    /// What the object became, of what has changed; null for what is gone.
    after: Option<FactsTransport>,
    /// When it was done.
    created_at: Instant,
}

impl Transport for AuditEntryTransport {
    type Entity = AuditEntry;

    const PLURAL: &'static str = "audit_entries";
    const PATH: &'static str = "audit-entries";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "organization",
        "user",
        "credential",
        "address",
        "action",
        "resource",
        "object",
        "before",
        "after",
        "created_at",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization_id",
        "user_id",
        "user_name",
        "credential_kind",
        "credential_id",
        "address",
        "action",
        "resource",
        "object",
        "before",
        "after",
        "created_at",
    ];

    fn new(details: &AuditEntryDetails, _: &Links) -> Self {
        let entry = &details.entry;
        Self {
            id: entry.id.uuid(),
            organization: entry.organization.map(OrganizationId::uuid),
            user: details.user.as_ref().map(Into::into),
            credential: (&entry.actor.credential).into(),
            address: entry.actor.address.map(|address| address.to_string()),
            action: ActionTransport(entry.action),
            resource: ResourceTransport(entry.resource),
            object: entry.object,
            before: entry.before.as_ref().map(Into::into),
            after: entry.after.as_ref().map(Into::into),
            created_at: Instant(entry.id.created_at()),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        let name = self.user.as_ref().map(|user| user.name().to_owned());
        vec![
            self.id.to_string().into(),
            id_cell(self.organization),
            UserReference::id_cell(self.user),
            free_text(name.unwrap_or_default()),
            self.credential.kind.0.name().into(),
            free_text(self.credential.id.unwrap_or_default()),
            self.address.unwrap_or_default().into(),
            self.action.0.name().into(),
            self.resource.0.name().into(),
            self.object.to_string().into(),
            FactsTransport::cell(self.before.as_ref()),
            FactsTransport::cell(self.after.as_ref()),
            time_cell(self.created_at),
        ]
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_domain::{Action, Actor, AuditEntryId, Credential, Issuer, Resource};

    use super::*;

    fn entry(issuer: &str) -> AuditEntryDetails {
        let actor = Actor {
            user: None,
            credential: Credential::Issuer(Issuer::parse(issuer).unwrap()),
            address: Some("2001:db8::7".parse().unwrap()),
        };
        let entry = AuditEntry {
            id: AuditEntryId::new(Uuid::from_u128(1)),
            organization: None,
            actor,
            action: Action::Create,
            resource: Resource::ApiTokens,
            object: Uuid::from_u128(2),
            before: None,
            after: Some(Facts::new(r#"{"name":"=1+1","price":"1.50"}"#.to_owned())),
        };
        AuditEntryDetails { entry, user: None }
    }

    fn shown(issuer: &str) -> AuditEntryTransport {
        AuditEntryTransport::new(&entry(issuer), &Links::new(&poem::Request::default()))
    }

    #[test]
    fn an_entry_shows_what_was_written_down() {
        let shown = serde_json::to_value(shown("https://id.example")).unwrap();
        assert_eq!(shown["credential"], serde_json::json!({ "kind": "issuer", "id": "https://id.example" }));
        assert_eq!(shown["after"], serde_json::json!({ "name": "=1+1", "price": "1.50" }));
        assert_eq!(
            (&shown["before"], &shown["user"], &shown["organization"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        let words = ["address", "action", "resource"].map(|name| shown[name].as_str().unwrap().to_owned());
        assert_eq!(words, ["2001:db8::7", "create", "api-tokens"]);
        let fields: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected = AuditEntryTransport::FIELDS.to_vec();
        expected.sort_unstable();
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_line_of_csv_has_its_facts_as_json_and_runs_nothing() {
        let cells = shown("=HYPERLINK(1)").cells();
        let column = |name| AuditEntryTransport::COLUMNS.iter().position(|column| *column == name).unwrap();
        assert_eq!(cells.len(), AuditEntryTransport::COLUMNS.len());
        assert_eq!(cells[column("after")], r#"{"name":"=1+1","price":"1.50"}"#);
        assert_eq!(cells[column("before")], "");
        assert_eq!(cells[column("credential_id")], "'=HYPERLINK(1)");
    }
}
