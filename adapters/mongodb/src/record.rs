//! Records as documents and back.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{Record, RecordKind, StoreResult};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};

use crate::fields::Fields;
use crate::schema::{
    API_TOKENS, AUDIT_ENTRIES, CUSTOMERS, INSTALLATION, ITEMS, MEMBERSHIPS, MESSAGE_ATTEMPTS,
    MESSAGE_TEMPLATES, MESSAGES, OPT_OUTS, ORDER_EVENTS, ORDERS, ORGANIZATIONS, USERS,
};
use crate::session::Search;
use crate::table::Table;
use crate::tables::installation::{self, INSTALLED};
use crate::tables::opt_outs;
use crate::value;

/// Where the records of a kind are.
pub(crate) fn collection(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Installation => INSTALLATION,
        RecordKind::Organization => ORGANIZATIONS,
        RecordKind::User => USERS,
        RecordKind::Membership => MEMBERSHIPS,
        RecordKind::ApiToken => API_TOKENS,
        RecordKind::Customer => CUSTOMERS,
        RecordKind::Item => ITEMS,
        RecordKind::Order => ORDERS,
        RecordKind::OrderEvent => ORDER_EVENTS,
        RecordKind::AuditEntry => AUDIT_ENTRIES,
        RecordKind::MessageTemplate => MESSAGE_TEMPLATES,
        RecordKind::Message => MESSAGES,
        RecordKind::MessageAttempt => MESSAGE_ATTEMPTS,
        RecordKind::OptOut => OPT_OUTS,
    }
}

/// The search for those that follow `last`.
pub(crate) fn following(kind: RecordKind, last: Option<&Record>, limit: u32) -> Search {
    let after = last.map(|last| match last {
        Record::Installation(_) => INSTALLED.into(),
        record => value::id(record.key()),
    });
    Search {
        collection: collection(kind),
        filter: after.map(|after| doc! { "_id": { "$gt": after } }).unwrap_or_default(),
        sort: Some(doc! { "_id": 1 }),
        limit: Some(limit),
        ..Search::default()
    }
}

/// The record that a document holds.
pub(crate) fn restore(kind: RecordKind, document: &Document) -> StoreResult<Record> {
    let fields = &Fields::new(collection(kind), document);
    Ok(match kind {
        RecordKind::Installation => Record::Installation(installation::read(fields)?),
        RecordKind::Organization => Record::Organization(<Organization as Table>::read(fields)?),
        RecordKind::User => Record::User(<User as Table>::read(fields)?),
        RecordKind::Membership => Record::Membership(<Membership as Table>::read(fields)?),
        RecordKind::ApiToken => Record::ApiToken(<ApiToken as Table>::read(fields)?),
        RecordKind::Customer => Record::Customer(<Customer as Table>::read(fields)?),
        RecordKind::Item => Record::Item(<Item as Table>::read(fields)?),
        RecordKind::Order => Record::Order(<Order as Table>::read(fields)?),
        RecordKind::OrderEvent => Record::OrderEvent(<OrderEvent as Table>::read(fields)?),
        RecordKind::AuditEntry => Record::AuditEntry(<AuditEntry as Table>::read(fields)?),
        RecordKind::MessageTemplate => Record::MessageTemplate(<MessageTemplate as Table>::read(fields)?),
        RecordKind::Message => Record::Message(<Message as Table>::read(fields)?),
        RecordKind::MessageAttempt => Record::MessageAttempt(<MessageAttempt as Table>::read(fields)?),
        RecordKind::OptOut => Record::OptOut(opt_outs::read(fields)?),
    })
}
