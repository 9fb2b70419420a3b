//! Records as documents and back.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::ports::{Record, RecordKind, StoreResult};
use orderdesk_domain::{Customer, Item, Order, OrderEvent};

use crate::fields::Fields;
use crate::schema::{
    API_TOKENS, CUSTOMERS, INSTALLATION, ITEMS, MEMBERSHIPS, ORDER_EVENTS, ORDERS, ORGANIZATIONS, USERS,
};
use crate::session::Search;
use crate::table::Table;
use crate::tables::accounts;
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
    }
}

/// The search for those that follow `last`.
pub(crate) fn following(kind: RecordKind, last: Option<&Record>, limit: u32) -> Search {
    let after = last.map(|last| match last {
        Record::Installation(at) => accounts::installation(*at).get("_id").cloned().unwrap_or(Bson::Null),
        Record::Membership(membership) => accounts::membership_id(membership),
        record => value::id(record.key().0),
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
        RecordKind::Installation => Record::Installation(accounts::restore_installation(document)?),
        RecordKind::Organization => Record::Organization(accounts::restore_organization(document)?),
        RecordKind::User => Record::User(accounts::restore_user(document)?),
        RecordKind::Membership => Record::Membership(accounts::restore_membership(fields)?),
        RecordKind::ApiToken => Record::ApiToken(accounts::restore_token(document)?),
        RecordKind::Customer => Record::Customer(<Customer as Table>::read(fields)?),
        RecordKind::Item => Record::Item(<Item as Table>::read(fields)?),
        RecordKind::Order => Record::Order(<Order as Table>::read(fields)?),
        RecordKind::OrderEvent => Record::OrderEvent(<OrderEvent as Table>::read(fields)?),
    })
}
