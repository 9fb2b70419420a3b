//! Claims beside transactions that take their time, and listening to a server that comes and goes.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::slice::from_ref;
use std::time::Duration;

use orderdesk_application::ports::{Announcements, Store, StoreError};
use orderdesk_contract::builders::Maker;
use orderdesk_contract::kinds::{change, insert, stored, update};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{FailureCode, Message, MessageId, MessageStatus, Timestamp};
use orderdesk_mongodb::{MongoSettings, MongoStore};
use orderdesk_servers::PrivateMongodb;
use tokio::time::timeout;

/// Far more than it takes, and far less than a transaction may last.
const SOON: Duration = Duration::from_secs(10);

fn ids<'m>(messages: impl IntoIterator<Item = &'m Message>) -> Vec<MessageId> {
    messages.into_iter().map(Message::id).collect()
}

/// The ids of up to so many messages that are given to a worker, soon.
async fn claim(store: &MongoStore, limit: u32) -> Vec<MessageId> {
    let claim = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, limit);
    ids(&timeout(SOON, claim).await.unwrap().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_passes_by_what_a_transaction_holds() {
    let kept = orderdesk_servers::mongodb().await;
    let store = MongoStore::connect(&MongoSettings::new(kept.url())).await.unwrap();
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    let messages: Vec<_> = (0..8).map(|_| make.message(&shop.customer)).collect();
    insert(&store, &messages).await.unwrap();
    let (held, free) = messages.split_at(3);

    let mut work = store.begin().await.unwrap();
    for message in held {
        let mut failed = message.clone();
        failed.fail(None, FailureCode::TooOld.into(), make.now()).unwrap();
        work.messages().update(&[change(message, &failed)]).await.unwrap();
    }
    // Among others that are free, and where all that come first are held.
    assert_eq!(claim(&store, 4).await, ids(&free[..4]));
    assert_eq!(claim(&store, 1).await, ids(&free[4..]));
    assert_eq!(claim(&store, 10).await, []);
    work.rollback().await.unwrap();
    assert_eq!(claim(&store, 10).await, ids(held));
    for message in &messages {
        let now = stored(&store, message).await.unwrap();
        assert_eq!((now.status(), now.version().number()), (MessageStatus::Sending, 2));
    }
}

/// Whether something is heard, soon.
async fn hears(announcements: &mut Box<dyn Announcements>) -> bool {
    timeout(SOON, announcements.next()).await.unwrap().is_ok()
}

#[tokio::test]
async fn what_comes_to_be_queued_is_heard_and_nothing_else() {
    let kept = orderdesk_servers::mongodb().await;
    let store = MongoStore::connect(&MongoSettings::new(kept.url())).await.unwrap();
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    let mut heard = store.outbox().listen().await.unwrap().unwrap();
    let message = make.message(&shop.customer);
    insert(&store, from_ref(&message)).await.unwrap();
    assert!(hears(&mut heard).await);

    // What comes to an end is not heard; what is queued again after it is.
    let mut other = store.outbox().listen().await.unwrap().unwrap();
    let mut failed = message.clone();
    failed.fail(None, FailureCode::TooOld.into(), make.now()).unwrap();
    update(&store, &message, &failed).await.unwrap();
    insert(&store, from_ref(&make.customer(shop.organization.id()))).await.unwrap();
    let quiet = timeout(Duration::from_millis(300), other.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    let mut again = failed.clone();
    again.requeue(false, Timestamp::LATEST, make.now()).unwrap();
    update(&store, &failed, &again).await.unwrap();
    assert!(hears(&mut other).await);
    assert!(hears(&mut heard).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_listens_hears_of_a_server_that_is_gone_for_good() {
    let mut server = PrivateMongodb::start(1).await;
    let patience = Duration::from_secs(1);
    let settings = MongoSettings { patience, ..MongoSettings::new(server.url()) };
    let store = MongoStore::connect(&settings).await.unwrap();
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    let mut heard = store.outbox().listen().await.unwrap().unwrap();
    server.kill(0).await;
    let over = timeout(SOON, heard.next()).await.unwrap();
    assert!(matches!(over, Err(StoreError::Unavailable(_))), "{over:?}");
    let claimed = timeout(SOON, store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 1)).await.unwrap();
    assert!(matches!(claimed, Err(StoreError::Unavailable(_))), "{claimed:?}");

    server.resume(0).await;
    server.primary().await;
    let mut heard = store.outbox().listen().await.unwrap().unwrap();
    let message = make.message(&shop.customer);
    insert(&store, from_ref(&message)).await.unwrap();
    assert!(hears(&mut heard).await);
    assert_eq!(claim(&store, 1).await, [message.id()]);
}
