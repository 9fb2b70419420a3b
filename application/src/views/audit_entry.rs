//! The audit as it is read and listed.

use orderdesk_domain::{Action, AuditEntry, OrganizationId, Resource, UserId};

use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::UserSummary;

/// An entry of the audit, and the name of the one who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntryDetails {
    /// The entry.
    pub entry: AuditEntry,
    /// Who did it, if that user still exists.
    pub user: Option<UserSummary>,
}

/// The fields of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the entry's own fields")]
pub enum AuditEntryField {
    Id,
    Organization,
    User,
    Action,
    Resource,
    Object,
    CreatedAt,
}

impl Field for AuditEntryField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Organization,
        Self::User,
        Self::Action,
        Self::Resource,
        Self::Object,
        Self::CreatedAt,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).nullable().filters(),
            Self::User => Spec::new("user", Kind::Id).nullable().filters(),
            Self::Action => Spec::new("action", Kind::Choice(&Action::NAMES)).filters(),
            Self::Resource => Spec::new("resource", Kind::Choice(&Resource::NAMES)).filters(),
            Self::Object => Spec::new("object", Kind::Id).filters(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for AuditEntryDetails {
    type Field = AuditEntryField;

    fn value(&self, field: AuditEntryField) -> Value {
        let entry = &self.entry;
        match field {
            AuditEntryField::Id => entry.id.uuid().into(),
            AuditEntryField::Organization => entry.organization.map(OrganizationId::uuid).into(),
            AuditEntryField::User => entry.actor.user.map(UserId::uuid).into(),
            AuditEntryField::Action => entry.action.name().into(),
            AuditEntryField::Resource => entry.resource.name().into(),
            AuditEntryField::Object => entry.object.into(),
            AuditEntryField::CreatedAt => entry.id.created_at().into(),
        }
    }
}

impl Entity for AuditEntry {
    const RESOURCE: Resource = Resource::AuditEntries;

    type Field = AuditEntryField;
    type Details = AuditEntryDetails;
}
