//! The audit. An entry refers to nothing: it stays when its organization, its user and its object go. What an object was
//! and became is kept as text, to be told as it was written.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{AuditEntryDetails, AuditEntryField};
use orderdesk_domain::{
    Action, Actor, AuditEntry, AuditEntryId, Credential, Facts, OrganizationId, Resource, UserId,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::schema::AUDIT_ENTRIES;
use crate::table::{Column, Table};
use crate::value;

impl Table for AuditEntry {
    const COLLECTION: &'static str = AUDIT_ENTRIES;

    fn column(field: AuditEntryField) -> Column {
        match field {
            AuditEntryField::Id | AuditEntryField::CreatedAt => Column::Own("_id"),
            AuditEntryField::Organization => Column::Own("organization"),
            AuditEntryField::User => Column::Own("user"),
            AuditEntryField::Action => Column::Own("action"),
            AuditEntryField::Resource => Column::Own("resource"),
            AuditEntryField::Object => Column::Own("object"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let kind = fields.text("credential_kind")?;
        let credential = Credential::restore(kind, fields.optional_text("credential")?);
        let facts = |json: Option<&str>| json.map(|json| Facts::new(json.to_owned()));
        Ok(Self {
            id: AuditEntryId::new(fields.id("_id")?),
            organization: fields.optional_id("organization")?.map(OrganizationId::new),
            actor: Actor {
                user: fields.optional_id("user")?.map(UserId::new),
                credential: credential
                    .ok_or_else(|| fields.corrupt("credential", "does not go with its kind"))?,
                address: fields.optional_parsed("address", str::parse)?,
            },
            action: fields.named("action", Action::from_name)?,
            resource: fields.named("resource", Resource::from_name)?,
            object: fields.id("object")?,
            before: facts(fields.optional_text("before")?),
            after: facts(fields.optional_text("after")?),
        })
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.users.extend(self.actor.user.map(UserId::uuid));
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<AuditEntryDetails> {
        Ok(AuditEntryDetails { user: names.user(self.actor.user), entry: self })
    }
}

pub(crate) fn document(entry: &AuditEntry) -> Document {
    let Actor { user, credential, address } = &entry.actor;
    doc! {
        "_id": value::id(entry.id.uuid()),
        "organization": value::optional_id(entry.organization.map(OrganizationId::uuid)),
        "user": value::optional_id(user.map(UserId::uuid)),
        "credential_kind": credential.kind(),
        "credential": value::optional_text(credential.name().as_deref()),
        "address": value::optional_text(address.map(|address| address.to_string()).as_deref()),
        "action": entry.action.name(),
        "resource": entry.resource.name(),
        "object": value::id(entry.object),
        "before": value::optional_text(entry.before.as_ref().map(Facts::as_str)),
        "after": value::optional_text(entry.after.as_ref().map(Facts::as_str)),
    }
}
