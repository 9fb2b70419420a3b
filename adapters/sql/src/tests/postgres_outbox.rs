//! What PostgreSQL does with very many messages, and with many who claim them at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::ports::{Change, Store};
use orderdesk_contract::builders::time;
use orderdesk_contract::kinds::insert;
use orderdesk_domain::{FailureCode, Message, MessageState};
use tokio::time::timeout;

use crate::Postgres;
use crate::outbox::{backlog, claiming, first_due, overdue};
use crate::row::Cells as _;
use crate::session::Session;
use crate::statement::Statement;
use crate::tests::Bench;
use crate::tests::postgres_plans::has;

/// Later than everything.
const NOW: i64 = 1_900_000_000_000;

async fn steps(session: &mut Session<Postgres>, statement: Statement, explain: &str) -> Vec<String> {
    let rows = session.fetch(statement.explained(explain)).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap().unwrap().to_owned()).collect()
}

/// Statistics come late: what they say is that hardly anything was queued when they were taken.
#[tokio::test]
async fn what_is_due_is_found_by_its_index_whatever_the_statistics_say() {
    let bench = Bench::postgres(1).await;
    let Bench { store, make, shop, .. } = &bench;
    let settled: Vec<_> =
        (0..2_000).map(|_| make.message_in(&shop.customer, MessageState::Delivered)).collect();
    insert(store, &settled).await.unwrap();
    // As many as make it seem cheaper to sort them than to take them in their order.
    let queued: Vec<_> = (0..50).map(|_| make.message(&shop.customer)).collect();
    insert(store, &queued).await.unwrap();
    let session = &mut *store.readers().lease().await.unwrap();
    session.run("VACUUM ANALYZE messages").await.unwrap();
    let more = "INSERT INTO messages SELECT organization_id, gen_random_uuid(), gen_random_uuid(), customer_id, event, phone, \
            text, status, due_at + number * interval '1 ms', lease_ends_at, expires_at + number * interval '1 ms', \
            attempts, deferrals, failure_code, failure_remark, gateway, reference, cost, cost_currency, updated_at, \
            version FROM messages CROSS JOIN generate_series(1, 1000) AS number WHERE status = 'queued'";
    session.run(more).await.unwrap();
    let now = time(NOW);
    for plan in ["SET plan_cache_mode = force_custom_plan", "SET plan_cache_mode = force_generic_plan"] {
        session.run(plan).await.unwrap();
        let found =
            steps(session, claiming::<Postgres>(now, now, 100), "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ")
                .await;
        let way = "Index Scan using messages_due on messages messages_1 (actual rows=100 loops=1)";
        assert!(has(&found, way) && !has(&found, "Sort Key: messages_1.due_at"), "{found:#?}");
        let found = steps(session, overdue(now, 100), "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ").await;
        let way = "using messages_expiring on messages messages_1 (actual rows=100 loops=1)";
        assert!(has(&found, way) && !has(&found, "external merge"), "{found:#?}");
        let found = steps(session, first_due(), "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ").await;
        assert!(has(&found, "using messages_due on messages (actual rows=1 loops=1)"), "{found:#?}");
        let found = steps(session, backlog(), "EXPLAIN ").await;
        assert!(!has(&found, "Seq Scan"), "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_is_given_once_at_whatever_isolation() {
    const WORKERS: usize = 8;
    for isolation in [
        "SET default_transaction_isolation = 'read committed'",
        "SET default_transaction_isolation = 'repeatable read'",
        "SET default_transaction_isolation = 'serializable'",
    ] {
        let bench = Bench::postgres(1).await;
        let Bench { store, make, shop, _place: place } = bench;
        let messages: Vec<_> = (0..400).map(|_| make.message(&shop.customer)).collect();
        insert(&store, &messages).await.unwrap();
        let mut sessions = Vec::new();
        for _ in 0..WORKERS {
            let mut session = store.writers().lease().await.unwrap();
            session.run(isolation).await.unwrap();
            sessions.push(session);
        }
        drop(sessions);
        let store = Arc::new(store);
        let workers = (0..WORKERS).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut got = Vec::new();
                loop {
                    let claimed = store.outbox().claim(time(NOW), time(NOW + 1), 7).await.unwrap();
                    if claimed.is_empty() {
                        return got;
                    }
                    got.extend(claimed.iter().map(Message::id));
                }
            })
        });
        let mut all = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            all.extend(worker.await.unwrap());
        }
        assert_eq!(all.len(), messages.len(), "{isolation}");
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), messages.len(), "{isolation}");
        drop(place);
    }
}

#[tokio::test]
async fn what_a_unit_of_work_is_changing_is_passed_by() {
    let bench = Bench::postgres(1).await;
    let Bench { store, make, shop, .. } = &bench;
    let messages: Vec<_> = (0..3).map(|_| make.message(&shop.customer)).collect();
    insert(store, &messages).await.unwrap();
    let mut now = messages[0].clone();
    now.fail(None, FailureCode::TooOld.into(), make.now()).unwrap();
    let mut work = store.begin().await.unwrap();
    work.messages().update(&[Change { was: messages[0].version(), now }]).await.unwrap();
    let claim = store.outbox().claim(time(NOW), time(NOW + 1), 2);
    let claimed = timeout(Duration::from_secs(2), claim).await.expect("nobody is waited for").unwrap();
    let ids: Vec<_> = claimed.iter().map(Message::id).collect();
    assert_eq!(ids, [messages[1].id(), messages[2].id()]);
    work.commit().await.unwrap();
    assert_eq!(store.outbox().claim(time(NOW), time(NOW + 1), 2).await.unwrap(), []);
}
