//! The audit.

use std::net::IpAddr;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{AuditEntryDetails, AuditEntryField};
use orderdesk_domain::{
    Action, Actor, AuditEntry, AuditEntryId, Credential, Facts, OrganizationId, Resource, UserId,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for AuditEntry {
    const TABLE: &'static str = "audit_entries";
    const SOURCE: &'static str = "audit_entries AS a";
    const NAMES: &'static str = " LEFT JOIN users AS u ON u.id = a.user_id";
    const COLUMNS: &'static [&'static str] = &[
        "a.id",
        "a.organization_id",
        "a.user_id",
        "a.credential",
        "a.credential_name",
        "a.address",
        "a.action",
        "a.resource",
        "a.object_id",
        "a.facts_before",
        "a.facts_after",
        "u.name",
    ];
    const HOME: Option<Self::Field> = Some(AuditEntryField::Organization);

    fn column(field: AuditEntryField) -> Column {
        match field {
            AuditEntryField::Id | AuditEntryField::CreatedAt => Column::Own("a.id"),
            AuditEntryField::Organization => Column::Own("a.organization_id"),
            AuditEntryField::User => Column::Own("a.user_id"),
            AuditEntryField::Action => Column::Own("a.action"),
            AuditEntryField::Resource => Column::Own("a.resource"),
            AuditEntryField::Object => Column::Own("a.object_id"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<AuditEntryDetails> {
        let id = AuditEntryId::new(row.uuid()?);
        let organization = row.optional_uuid()?.map(OrganizationId::new);
        let user = row.optional_uuid()?.map(UserId::new);
        let (kind, name) = (row.text()?, row.optional_text()?);
        let credential = Credential::restore(kind, name);
        let credential = credential.ok_or_else(|| row.corrupt("does not go with the kind"))?;
        let address = row.optional_parsed(str::parse::<IpAddr>)?;
        let entry = Self {
            id,
            organization,
            actor: Actor { user, credential, address },
            action: row.named(Action::from_name)?,
            resource: row.named(Resource::from_name)?,
            object: row.uuid()?,
            before: row.optional_text()?.map(facts),
            after: row.optional_text()?.map(facts),
        };
        Ok(AuditEntryDetails { entry, user: parts::author(user, row)? })
    }
}

/// What was written down is shown to the letter.
fn facts(json: &str) -> Facts {
    Facts::new(json.to_owned())
}

impl Written for AuditEntry {
    const FIXED: &'static [&'static str] = &[
        "id",
        "organization_id",
        "user_id",
        "credential",
        "credential_name",
        "address",
        "action",
        "resource",
        "object_id",
        "facts_before",
        "facts_after",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![
            self.id.uuid().into(),
            self.organization.map(OrganizationId::uuid).into(),
            self.actor.user.map(UserId::uuid).into(),
            self.actor.credential.kind().into(),
            self.actor.credential.name().into(),
            self.actor.address.map(|address| address.to_string()).into(),
            self.action.name().into(),
            self.resource.name().into(),
            self.object.into(),
            self.before.as_ref().map(Facts::as_str).into(),
            self.after.as_ref().map(Facts::as_str).into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        Vec::new()
    }
}
