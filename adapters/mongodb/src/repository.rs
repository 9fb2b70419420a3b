//! Reading and writing within a unit of work.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{
    AccountRepository, Aggregate, Change, Journal, Repository, StoreError, StoreResult,
};
use orderdesk_application::query::{Filter, Query, Rows, Selection};
use orderdesk_domain::{
    ApiToken, Customer, Item, Membership, Order, OrderEvent, Organization, Timestamp, User, UserId, UserName,
};
use uuid::Uuid;

use crate::listing;
use crate::references::References;
use crate::schema::{
    API_TOKENS, INSTALLATION, ITEMS, MEMBERSHIPS, ORDER_EVENTS, ORDERS, ORGANIZATIONS, USERS,
};
use crate::session::Search;
use crate::table::Written;
use crate::tables::{accounts, order_events};
use crate::unit_of_work::{MongoUnitOfWork, Transaction};
use crate::{guards, value};

/// How many ids are in one condition.
const IDS: usize = 10_000;

/// A kind of object that can be deleted.
#[async_trait]
pub(crate) trait Removable: Written {
    /// Makes the objects of these ids ready to go: takes along what belongs to them.
    ///
    /// # Errors
    /// `Referenced` where others refer to one of them.
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()>;
}

#[async_trait]
impl Removable for Customer {
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        transaction.session.write(guards::delete(ids)).await?;
        unreferenced(transaction, doc! { "customer": { "$in": value::ids(ids) } }).await
    }
}

#[async_trait]
impl Removable for Item {
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        transaction.session.write(guards::delete(ids)).await?;
        let search = Search {
            collection: ITEMS,
            filter: doc! { "_id": { "$in": value::ids(ids) } },
            fields: Some(doc! { "organization": 1 }),
            ..Search::default()
        };
        let mut organizations = BTreeSet::new();
        for item in transaction.session.find(search).await? {
            organizations.insert(crate::fields::Fields::new(ITEMS, &item).id("organization")?);
        }
        // The orders of an organization are found by their item, and no other organization's name it.
        let orders = doc! {
            "organization": { "$in": value::ids(&organizations) },
            "item_id": { "$in": value::ids(ids) },
        };
        unreferenced(transaction, orders).await
    }
}

#[async_trait]
impl Removable for Order {
    /// The history of an order goes with it.
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        let theirs = doc! { "order": { "$in": value::ids(ids) } };
        transaction.session.delete(ORDER_EVENTS, theirs).await.map(drop)
    }
}

/// # Errors
/// `Referenced` where there is one of these orders.
async fn unreferenced(transaction: &mut Transaction, orders: Document) -> StoreResult<()> {
    let search = Search {
        collection: ORDERS,
        filter: orders,
        limit: Some(1),
        fields: Some(doc! { "_id": 1 }),
        ..Search::default()
    };
    let referring = transaction.session.find(search).await?;
    if referring.is_empty() { Ok(()) } else { Err(StoreError::Referenced) }
}

#[async_trait]
impl<A: Removable> Repository<A> for MongoUnitOfWork {
    async fn list(&mut self, query: &Query<A::Field>) -> StoreResult<Rows<A::Details>> {
        let query = query.clone();
        self.step(move |transaction| Box::pin(async move { list::<A>(transaction, &query).await })).await
    }

    async fn count(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        let filter = selection.filter().clone();
        self.step(move |transaction| {
            Box::pin(async move { listing::count::<A>(&mut transaction.session, &filter).await })
        })
        .await
    }

    async fn insert(&mut self, objects: &[A]) -> StoreResult<()> {
        let objects = objects.to_vec();
        self.step(move |transaction| Box::pin(async move { insert(transaction, &objects).await })).await
    }

    async fn update(&mut self, changes: &[Change<A>]) -> StoreResult<()> {
        let changes = changes.to_vec();
        self.step(move |transaction| Box::pin(async move { update(transaction, &changes).await })).await
    }

    async fn delete(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        let filter = selection.filter().clone();
        self.step(move |transaction| Box::pin(async move { delete::<A>(transaction, &filter).await })).await
    }
}

async fn list<A: Removable>(
    transaction: &mut Transaction,
    query: &Query<A::Field>,
) -> StoreResult<Rows<A::Details>> {
    let rows = listing::list::<A>(&mut transaction.session, query).await?;
    for details in &rows.rows {
        A::note(details, &mut transaction.known);
    }
    Ok(rows)
}

async fn insert<A: Removable>(transaction: &mut Transaction, objects: &[A]) -> StoreResult<()> {
    let mut references = References::default();
    for object in objects {
        object.refer(&mut references);
    }
    transaction.refer(&references).await?;
    let documents = objects.iter().map(whole);
    transaction.session.insert(A::COLLECTION, documents.collect()).await?;
    for object in objects {
        object.note_written(&mut transaction.known);
    }
    Ok(())
}

/// The document of an object.
pub(crate) fn whole<A: Written>(object: &A) -> Document {
    let mut document = object.fixed();
    document.extend(object.changing());
    document
}

/// Fewer documents found than there are changes means that some object was not there at that version.
async fn update<A: Removable>(transaction: &mut Transaction, changes: &[Change<A>]) -> StoreResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut references = References::default();
    for change in changes {
        change.now.refer_anew(&transaction.known, &mut references);
    }
    transaction.refer(&references).await?;
    let updates = changes.iter().map(|Change { was, now }| {
        let which = doc! { "_id": value::id(Aggregate::id(now)), "version": was.number() };
        doc! { "q": which, "u": { "$set": now.changing() } }
    });
    let command = doc! { "update": A::COLLECTION, "updates": updates.collect::<Vec<_>>() };
    if transaction.session.write(command).await? != changes.len() as u64 {
        return Err(StoreError::Conflict);
    }
    for change in changes {
        change.now.note_written(&mut transaction.known);
    }
    Ok(())
}

async fn delete<A: Removable>(transaction: &mut Transaction, filter: &Filter<A::Field>) -> StoreResult<u64> {
    let mut deleted = 0;
    for ids in listing::ids::<A>(&mut transaction.session, filter).await?.chunks(IDS) {
        let ids = ids.iter().copied().collect();
        A::let_go(&ids, transaction).await?;
        let theirs = doc! { "_id": { "$in": value::ids(&ids) } };
        deleted += transaction.session.delete(A::COLLECTION, theirs).await?;
        transaction.known.forget(&ids);
    }
    Ok(deleted)
}

#[async_trait]
impl Journal<OrderEvent> for MongoUnitOfWork {
    async fn append(&mut self, entries: &[OrderEvent]) -> StoreResult<()> {
        let entries = entries.to_vec();
        self.step(move |transaction| Box::pin(async move { append(transaction, &entries).await })).await
    }
}

/// The item that an order then named may be gone: history tells what was.
async fn append(transaction: &mut Transaction, entries: &[OrderEvent]) -> StoreResult<()> {
    let mut references = References::default();
    references.users.extend(entries.iter().filter_map(|entry| entry.by).map(UserId::uuid));
    transaction.refer(&references).await?;
    let orders = entries.iter().map(|entry| entry.order.uuid()).collect();
    let Transaction { session, known, .. } = transaction;
    known.find_orders(session, &orders).await?;

    // Two transactions get into each other's way where they write the same document: an order's entry and its deletion
    // are to. Usually the order changes with its entry.
    let unwritten = orders.iter().filter(|id| known.orders.get(id).is_some_and(|order| !order.written));
    let unwritten: Vec<_> = unwritten.copied().collect();
    if !unwritten.is_empty() {
        let touch = doc! {
            "q": { "_id": { "$in": value::ids(&unwritten) } }, "u": { "$inc": { "touched": 1_i64 } }, "multi": true,
        };
        session.write(doc! { "update": ORDERS, "updates": [touch] }).await?;
    }
    let documents = entries.iter().map(|entry| {
        let order = known.orders.get(&entry.order.uuid()).ok_or(StoreError::Referenced)?;
        Ok(order_events::document(entry, order))
    });
    session.insert(ORDER_EVENTS, documents.collect::<StoreResult<_>>()?).await
}

impl MongoUnitOfWork {
    /// A call that adds one document.
    async fn add(
        &mut self,
        collection: &'static str,
        document: Document,
        references: References,
    ) -> StoreResult<()> {
        self.step(move |transaction| {
            Box::pin(async move { transaction.add(collection, document, &references).await })
        })
        .await
    }
}

#[async_trait]
impl AccountRepository for MongoUnitOfWork {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        self.add(INSTALLATION, accounts::installation(at), References::default()).await
    }

    async fn add_organization(&mut self, organization: &Organization) -> StoreResult<()> {
        self.add(ORGANIZATIONS, accounts::organization(organization), References::default()).await
    }

    async fn add_user(&mut self, user: &User) -> StoreResult<()> {
        self.add(USERS, accounts::user(user), References::default()).await
    }

    async fn add_membership(&mut self, membership: &Membership) -> StoreResult<()> {
        let mut references = References::default();
        references.users.insert(membership.user.uuid());
        references.organizations.insert(membership.organization.uuid());
        self.add(MEMBERSHIPS, accounts::membership(membership), references).await
    }

    async fn add_token(&mut self, token: &ApiToken) -> StoreResult<()> {
        let mut references = References::default();
        references.users.insert(token.user.uuid());
        self.add(API_TOKENS, accounts::token(token), references).await
    }

    async fn users_named(&mut self, name: &UserName) -> StoreResult<Vec<User>> {
        let search = Search {
            collection: USERS,
            filter: doc! { "name": name.as_str() },
            sort: Some(doc! { "_id": 1 }),
            ..Search::default()
        };
        let users = self.step(move |transaction| Box::pin(transaction.session.find(search))).await?;
        users.iter().map(accounts::restore_user).collect()
    }
}
