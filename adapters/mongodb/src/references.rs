//! References: what an object refers to is there when it is written, and stays.
//!
//! MongoDB does not see to that, so each unit of work does: it looks for what it is going to refer to, unless it has
//! seen it already (what one transaction has seen does not go while it lasts), and writes a [guard](crate::guards)
//! of what could be deleted meanwhile. An [author](crate::author) may go at any time, and needs none.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::bson::doc;
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::{ItemId, Message, Order};
use uuid::Uuid;

use crate::fields::Fields;
use crate::schema::{CUSTOMERS, ITEMS, MESSAGES, ORDERS, ORGANIZATIONS, USERS};
use crate::session::{Search, Session};
use crate::value;

/// What is referred to.
#[derive(Debug, Default)]
pub(crate) struct References {
    pub(crate) organizations: BTreeSet<Uuid>,
    /// Users with whom goes what refers to them.
    pub(crate) users: BTreeSet<Uuid>,
    /// Users who are to be there now.
    pub(crate) authors: BTreeSet<Uuid>,
    /// Customers, each with the organization that it must be of.
    pub(crate) customers: BTreeSet<(Uuid, Uuid)>,
    /// Items, each with the organization that it must be of.
    pub(crate) items: BTreeSet<(Uuid, Uuid)>,
}

impl References {
    /// Those that must not be deleted meanwhile.
    pub(crate) fn guarded(&self) -> BTreeSet<Uuid> {
        let owned = self.customers.iter().chain(&self.items).map(|(id, _)| id);
        owned.chain(&self.organizations).chain(&self.users).copied().collect()
    }
}

/// What is known to be there.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) organizations: BTreeSet<Uuid>,
    pub(crate) users: BTreeSet<Uuid>,
    /// Customers, and the organization of each.
    pub(crate) customers: BTreeMap<Uuid, Uuid>,
    /// Items, and the organization of each.
    pub(crate) items: BTreeMap<Uuid, Uuid>,
    pub(crate) orders: BTreeMap<Uuid, KnownOrder>,
    pub(crate) messages: BTreeMap<Uuid, KnownMessage>,
}

/// What others have to know about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownOrder {
    pub(crate) organization: Uuid,
    pub(crate) customer: Uuid,
    pub(crate) item: Option<Uuid>,
    /// Whether this unit of work has written it.
    pub(crate) written: bool,
}

impl KnownOrder {
    pub(crate) fn of(order: &Order, written: bool) -> Self {
        Self {
            organization: order.organization().uuid(),
            customer: order.customer().uuid(),
            item: order.line().item_id.map(ItemId::uuid),
            written,
        }
    }
}

/// What others have to know about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownMessage {
    pub(crate) organization: Uuid,
    pub(crate) customer: Uuid,
    /// Whether this unit of work has written it.
    pub(crate) written: bool,
}

impl KnownMessage {
    pub(crate) fn of(message: &Message, written: bool) -> Self {
        let letter = message.letter();
        Self { organization: letter.organization.uuid(), customer: letter.customer.uuid(), written }
    }
}

impl Known {
    /// Takes note of a message that was just read.
    pub(crate) fn note_message(&mut self, message: &Message) {
        self.messages.entry(message.id().uuid()).or_insert_with(|| KnownMessage::of(message, false));
    }

    /// Forgets what has been deleted.
    pub(crate) fn forget(&mut self, ids: &BTreeSet<Uuid>) {
        self.organizations.retain(|id| !ids.contains(id));
        self.users.retain(|id| !ids.contains(id));
        self.customers.retain(|id, _| !ids.contains(id));
        self.items.retain(|id, _| !ids.contains(id));
        self.orders.retain(|id, _| !ids.contains(id));
        self.messages.retain(|id, _| !ids.contains(id));
    }

    /// Sees to it that everything that is referred to is there.
    ///
    /// # Errors
    /// `Referenced` where it is not.
    pub(crate) async fn check(&mut self, session: &mut Session, references: &References) -> StoreResult<()> {
        let References { organizations, users, authors, customers, items } = references;
        present(session, ORGANIZATIONS, organizations, &mut self.organizations).await?;
        present(session, USERS, &(users | authors), &mut self.users).await?;
        owned(session, CUSTOMERS, customers, &mut self.customers).await?;
        owned(session, ITEMS, items, &mut self.items).await
    }

    /// Sees to it that these orders are there.
    ///
    /// # Errors
    /// `Referenced` where they are not.
    pub(crate) async fn find_orders(
        &mut self,
        session: &mut Session,
        orders: &BTreeSet<Uuid>,
    ) -> StoreResult<()> {
        let unknown: BTreeSet<_> =
            orders.iter().filter(|id| !self.orders.contains_key(id)).copied().collect();
        let fields = doc! { "organization": 1, "customer": 1, "item_id": 1 };
        for document in session.find(search(ORDERS, &unknown, fields)).await? {
            let fields = Fields::new(ORDERS, &document);
            let order = KnownOrder {
                organization: fields.id("organization")?,
                customer: fields.id("customer")?,
                item: fields.optional_id("item_id")?,
                written: false,
            };
            self.orders.insert(fields.id("_id")?, order);
        }
        all_or_referenced(unknown.iter().all(|id| self.orders.contains_key(id)))
    }

    /// Sees to it that these messages are there.
    ///
    /// # Errors
    /// `Referenced` where they are not.
    pub(crate) async fn find_messages(
        &mut self,
        session: &mut Session,
        messages: &BTreeSet<Uuid>,
    ) -> StoreResult<()> {
        let unknown: BTreeSet<_> =
            messages.iter().filter(|id| !self.messages.contains_key(id)).copied().collect();
        let fields = doc! { "organization": 1, "customer": 1 };
        for document in session.find(search(MESSAGES, &unknown, fields)).await? {
            let fields = Fields::new(MESSAGES, &document);
            let message = KnownMessage {
                organization: fields.id("organization")?,
                customer: fields.id("customer")?,
                written: false,
            };
            self.messages.insert(fields.id("_id")?, message);
        }
        all_or_referenced(unknown.iter().all(|id| self.messages.contains_key(id)))
    }
}

async fn present(
    session: &mut Session,
    collection: &'static str,
    needed: &BTreeSet<Uuid>,
    known: &mut BTreeSet<Uuid>,
) -> StoreResult<()> {
    let unknown: BTreeSet<_> = needed.difference(known).copied().collect();
    for document in session.find(search(collection, &unknown, doc! { "_id": 1 })).await? {
        known.insert(Fields::new(collection, &document).id("_id")?);
    }
    all_or_referenced(unknown.is_subset(known))
}

async fn owned(
    session: &mut Session,
    collection: &'static str,
    needed: &BTreeSet<(Uuid, Uuid)>,
    known: &mut BTreeMap<Uuid, Uuid>,
) -> StoreResult<()> {
    let unknown = needed.iter().map(|(id, _)| *id).filter(|id| !known.contains_key(id)).collect();
    for document in session.find(search(collection, &unknown, doc! { "organization": 1 })).await? {
        let fields = Fields::new(collection, &document);
        known.insert(fields.id("_id")?, fields.id("organization")?);
    }
    all_or_referenced(needed.iter().all(|(id, organization)| known.get(id) == Some(organization)))
}

fn search(collection: &'static str, ids: &BTreeSet<Uuid>, fields: mongodb::bson::Document) -> Search {
    Search {
        collection,
        filter: doc! { "_id": { "$in": value::ids(ids) } },
        limit: Some(u32::try_from(ids.len()).unwrap_or(u32::MAX)),
        fields: Some(fields),
        ..Search::default()
    }
}

fn all_or_referenced(all: bool) -> StoreResult<()> {
    if all { Ok(()) } else { Err(StoreError::Referenced) }
}
