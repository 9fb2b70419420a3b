//! What happens when objects are deleted: what goes along, and what stands against it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::{
    ApiToken, Customer, Item, Membership, Message, MessageTemplate, Order, Organization, User,
};
use uuid::Uuid;

use crate::fields::Fields;
use crate::repository::IDS;
use crate::schema::{
    API_TOKENS, CUSTOMERS, ITEMS, KEPT_ANSWERS, MEMBERSHIPS, MESSAGE_ATTEMPTS, MESSAGE_TEMPLATES, MESSAGES,
    ORDER_EVENTS, ORDERS, SESSIONS,
};
use crate::session::Search;
use crate::table::Written;
use crate::tables::kept_answers;
use crate::unit_of_work::Transaction;
use crate::{guards, value};

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
impl Removable for Organization {
    /// Whoever belongs to an organization does so no more, and it tells nobody anything. Its messages went with its
    /// customers.
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        transaction.session.write(guards::delete(ids)).await?;
        let theirs = doc! { "organization": { "$in": value::ids(ids) } };
        for owned in [CUSTOMERS, ITEMS, ORDERS] {
            unreferenced(transaction, owned, theirs.clone()).await?;
        }
        transaction.session.delete(MEMBERSHIPS, theirs.clone()).await?;
        transaction.session.delete(MESSAGE_TEMPLATES, theirs).await.map(drop)
    }
}

#[async_trait]
impl Removable for User {
    /// Nobody acts for a user who is gone.
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        transaction.session.write(guards::delete(ids)).await?;
        for theirs in [MEMBERSHIPS, API_TOKENS, SESSIONS] {
            transaction.session.delete(theirs, doc! { "user": { "$in": value::ids(ids) } }).await?;
        }
        let answers: Vec<_> = ids.iter().map(|user| kept_answers::of_user(*user)).collect();
        transaction.session.delete(KEPT_ANSWERS, doc! { "$or": answers }).await.map(drop)
    }
}

#[async_trait]
impl Removable for Membership {
    async fn let_go(_ids: &BTreeSet<Uuid>, _transaction: &mut Transaction) -> StoreResult<()> {
        Ok(())
    }
}

#[async_trait]
impl Removable for ApiToken {
    async fn let_go(_ids: &BTreeSet<Uuid>, _transaction: &mut Transaction) -> StoreResult<()> {
        Ok(())
    }
}

#[async_trait]
impl Removable for Customer {
    /// What a customer was told goes along.
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        transaction.session.write(guards::delete(ids)).await?;
        let theirs = doc! { "customer": { "$in": value::ids(ids) } };
        unreferenced(transaction, ORDERS, theirs.clone()).await?;
        let search = Search {
            collection: MESSAGES,
            filter: theirs.clone(),
            fields: Some(doc! { "_id": 1 }),
            ..Search::default()
        };
        let messages = transaction.session.find(search).await?;
        let messages = messages.iter().map(|message| Fields::new(MESSAGES, message).id("_id"));
        let messages: Vec<_> = messages.collect::<StoreResult<_>>()?;
        for ids in messages.chunks(IDS) {
            let ids = ids.iter().copied().collect();
            Message::let_go(&ids, transaction).await?;
            transaction.known.forget(&ids);
        }
        transaction.session.delete(MESSAGES, theirs).await.map(drop)
    }
}

#[async_trait]
impl Removable for Message {
    /// The attempts to send a message go with it.
    async fn let_go(ids: &BTreeSet<Uuid>, transaction: &mut Transaction) -> StoreResult<()> {
        let theirs = doc! { "message": { "$in": value::ids(ids) } };
        transaction.session.delete(MESSAGE_ATTEMPTS, theirs).await.map(drop)
    }
}

#[async_trait]
impl Removable for MessageTemplate {
    async fn let_go(_ids: &BTreeSet<Uuid>, _transaction: &mut Transaction) -> StoreResult<()> {
        Ok(())
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
            organizations.insert(Fields::new(ITEMS, &item).id("organization")?);
        }
        // The orders of an organization are found by their item, and no other organization's name it.
        let orders = doc! {
            "organization": { "$in": value::ids(&organizations) },
            "item_id": { "$in": value::ids(ids) },
        };
        unreferenced(transaction, ORDERS, orders).await
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
/// `Referenced` where there is one of these documents.
async fn unreferenced(
    transaction: &mut Transaction,
    collection: &'static str,
    filter: Document,
) -> StoreResult<()> {
    let search =
        Search { collection, filter, limit: Some(1), fields: Some(doc! { "_id": 1 }), ..Search::default() };
    let referring = transaction.session.find(search).await?;
    if referring.is_empty() { Ok(()) } else { Err(StoreError::Referenced) }
}
