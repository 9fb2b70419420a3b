//! Writing down who did what.

use orderdesk_domain::{Action, AuditEntry, AuditEntryId, Currency, Facts, OrganizationId};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::ports::Reader;
use crate::principal::Caller;
use crate::query::{Entity, Field, Listed, Value};
use crate::services::browse::Browse;
use crate::services::desk::Desk;

/// Reads the audit.
#[derive(Clone)]
pub struct AuditService {
    desk: Desk,
}

impl AuditService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }
}

impl Browse for AuditService {
    type Entity = AuditEntry;

    fn reader(&self) -> &dyn Reader<AuditEntry> {
        self.desk.store.audit_entries()
    }
}

impl Desk {
    /// That `caller` created, changed or deleted something now: what it was before, and what it is now.
    pub(super) fn entry<E: Entity>(
        &self,
        caller: &Caller,
        before: Option<&E::Details>,
        after: Option<&E::Details>,
    ) -> Option<AuditEntry> {
        let action = match (before, after) {
            (None, None) => return None,
            (None, Some(_)) => Action::Create,
            (Some(_), Some(_)) => Action::Change,
            (Some(_), None) => Action::Delete,
        };
        let id = |field| after.or(before).and_then(|details| id_of(&details.value(field)));
        Some(AuditEntry {
            id: AuditEntryId::new(self.mint()),
            organization: E::Field::ORGANIZATION.and_then(id).map(OrganizationId::new),
            actor: caller.actor(),
            action,
            resource: E::RESOURCE,
            object: id(E::Field::ID).unwrap_or_default(),
            before: before.map(|details| facts(details, after)),
            after: after.map(|details| facts(details, before)),
        })
    }
}

fn id_of(value: &Value) -> Option<Uuid> {
    match value {
        Value::Id(id) => Some(*id),
        _ => None,
    }
}

/// The fields of an object that are different in `other`; all of them where there is no other.
fn facts<D: Listed>(details: &D, other: Option<&D>) -> Facts {
    let different = |field: &D::Field| other.is_none_or(|other| other.value(*field) != details.value(*field));
    let fields = D::Field::ALL.iter().copied().filter(different);
    let currency = currency(details);
    let facts: Map<_, _> =
        fields.map(|field| (field.spec().name.to_owned(), json(details.value(field), currency))).collect();
    Facts::new(Json::Object(facts).to_string())
}

/// In which currency an object names its amounts, if it names any.
fn currency<D: Listed>(details: &D) -> Option<Currency> {
    let field = D::Field::ALL.iter().copied().find(|field| field.spec().name == "currency")?;
    match details.value(field) {
        Value::Text(code) => Currency::parse(&code).ok(),
        _ => None,
    }
}

/// A value as the API shows it, amounts with all digits of their currency.
fn json(value: Value, currency: Option<Currency>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Id(id) => id.to_string().into(),
        Value::Text(text) => text.into(),
        Value::Integer(number) => number.into(),
        Value::Decimal(mut number) => {
            number.rescale(currency.map_or(number.scale(), Currency::minor_digits));
            number.to_string().into()
        }
        Value::Time(time) => time.to_string().into(),
        Value::Boolean(truth) => truth.into(),
    }
}
