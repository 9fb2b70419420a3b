//! Entries of the audit: their fields, as they are written and as they are read.

use std::net::IpAddr;

use orderdesk_domain::{
    Action, Actor, AuditEntry, AuditEntryId, Credential, Facts, OrganizationId, Resource, UserId,
};
use serde::ser::SerializeMap;

use crate::error::Fault;
use crate::fields::{Fields, expected};

pub(crate) fn write_audit_entry<M: SerializeMap>(line: &mut M, entry: &AuditEntry) -> Result<(), M::Error> {
    let actor = &entry.actor;
    line.serialize_entry("id", &entry.id.to_string())?;
    line.serialize_entry("organization_id", &entry.organization.map(|it| it.to_string()))?;
    line.serialize_entry("user_id", &actor.user.map(|user| user.to_string()))?;
    line.serialize_entry("credential", actor.credential.kind())?;
    line.serialize_entry("credential_id", &actor.credential.name())?;
    line.serialize_entry("address", &actor.address.map(|address| address.to_string()))?;
    line.serialize_entry("action", entry.action.name())?;
    line.serialize_entry("resource", entry.resource.name())?;
    line.serialize_entry("object_id", &entry.object.to_string())?;
    line.serialize_entry("before", &entry.before.as_ref().map(Facts::as_str))?;
    line.serialize_entry("after", &entry.after.as_ref().map(Facts::as_str))
}

pub(crate) fn read_audit_entry(fields: &mut Fields<'_>) -> Result<AuditEntry, Fault> {
    let id = fields.id("id", AuditEntryId::new)?;
    let organization = fields.optional_id("organization_id", OrganizationId::new)?;
    let user = fields.optional_id("user_id", UserId::new)?;
    let (kind, name) = (fields.text("credential")?, fields.optional_text("credential_id")?);
    let credential = Credential::restore(&kind, name.as_deref());
    let credential = credential.filter(|credential| credential.name().as_deref() == name.as_deref());
    let credential = credential.ok_or_else(|| {
        let kinds = Credential::KINDS.join(", ");
        expected("credential", &format!("expected one of {kinds}, and in `credential_id` what belongs to it"))
    })?;
    // In the one form of many in which it is written.
    let shortest = |text: &str| text.parse().ok().filter(|address: &IpAddr| address.to_string() == text);
    let address =
        fields.optional("address", "expected an IP address in its shortest form, or null", shortest)?;
    Ok(AuditEntry {
        id,
        organization,
        actor: Actor { user, credential, address },
        action: fields.named("action", Action::from_name, &Action::NAMES)?,
        resource: fields.named("resource", Resource::from_name, &Resource::NAMES)?,
        object: fields.id("object_id", |id| id)?,
        before: facts(fields, "before")?,
        after: facts(fields, "after")?,
    })
}

/// The text of a JSON object, to the letter.
fn facts(fields: &mut Fields<'_>, field: &'static str) -> Result<Option<Facts>, Fault> {
    let Some(text) = fields.optional_text(field)? else { return Ok(None) };
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text) {
        Ok(_) => Ok(Some(Facts::new(text.into_owned()))),
        Err(_) => Err(expected(field, "expected the text of a JSON object, or null")),
    }
}
