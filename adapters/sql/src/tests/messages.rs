//! Lists of messages, of attempts and of templates, and how SQLite finds what is left to do.

use orderdesk_application::Scope;
use orderdesk_application::query::{Field, Filter, Key, Order as ListOrder, Query, Selection, Test, Value};
use orderdesk_application::views::{MessageAttemptField, MessageField};
use orderdesk_contract::builders::{Maker, message_states, time};
use orderdesk_contract::kinds::{append_attempts, insert};
use orderdesk_domain::{
    Customer, CustomerId, Gateway, Letter, Message, MessageAttempt, MessageEvent, MessageTemplate, OrderId,
    OrganizationId, Timestamp,
};

use crate::dialect::Dialect;
use crate::listing::rows;
use crate::messaging::{called, unsettled};
use crate::outbox::{backlog, claiming, costs, first_due, overdue};
use crate::plan::FEW;
use crate::sqlite::Sqlite;
use crate::statement::Statement;
use crate::tests::Bench;
use crate::tests::checks::{
    comes_in_order, comes_newest_first, is_never_read_from_end_to_end, lists_mean_what_they_say, newest,
};
use crate::tests::plans::{explained, scans, sorts, steps};

/// When the messages are due.
const THEN: Timestamp = Timestamp::EARLIEST;

/// Whose messages were added to a store.
pub(super) struct Texts {
    organizations: [OrganizationId; 2],
    customers: Vec<CustomerId>,
}

impl Texts {
    /// A message of every status about every event, to customers of two organizations, with attempts and templates.
    pub(super) async fn move_in<D: Dialect, P>(bench: &Bench<D, P>) -> Self {
        let Bench { store, make, shop, .. } = bench;
        let other = make.organization();
        insert(store, std::slice::from_ref(&other)).await.unwrap();
        let organizations = [shop.organization.id(), other.id()];
        let customers: Vec<_> = (0..5).map(|number| make.customer(organizations[number % 2])).collect();
        insert(store, &customers).await.unwrap();
        let messages = messages(make, &customers);
        insert(store, &messages).await.unwrap();
        let attempts = messages.iter().filter(|message| message.course().attempts > 0);
        let attempts: Vec<_> = attempts.map(|message| make.attempt(message.id())).collect();
        append_attempts(store, &attempts).await.unwrap();
        for organization in organizations {
            let templates = MessageEvent::ALL.map(|_| make.template(organization));
            insert(store, &templates).await.unwrap();
        }
        Self { organizations, customers: customers.iter().map(Customer::id).collect() }
    }

    /// What callers of all sorts may see.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let limited = |organizations: &[OrganizationId], customers: &[CustomerId]| Scope::Limited {
            organizations: organizations.to_vec(),
            customers: customers.to_vec(),
            user: None,
        };
        vec![
            Scope::Everything,
            limited(&self.organizations[..1], &[]),
            limited(&self.organizations, &[]),
            limited(&[], &self.customers[..1]),
            limited(&self.organizations[1..], &self.customers[..2]),
        ]
    }
}

fn messages(make: &Maker, customers: &[Customer]) -> Vec<Message> {
    let states = message_states(THEN);
    let orders: Vec<_> = customers.iter().map(|_| OrderId::new(make.id())).collect();
    let messages = states.into_iter().enumerate().map(|(number, state)| {
        let customer = &customers[number % customers.len()];
        let made = make.message_in(customer, state);
        let event = MessageEvent::ALL[number % 3];
        // The first messages to each customer are about one order.
        let order =
            if number < 3 * customers.len() { orders[number % orders.len()] } else { made.letter().order };
        let letter = Letter { event, order, ..made.letter().clone() };
        Message::restore(made.id(), letter, made.course().clone(), made.updated_at(), made.version())
    });
    messages.collect()
}

fn equal<F: Field>(field: F, value: impl Into<Value>) -> Filter<F> {
    Filter::new(field, Test::Equals(value.into())).unwrap()
}

#[tokio::test]
async fn looked_up_or_walked_a_list_is_the_same_page_by_page() {
    let bench = Bench::sqlite(1).await;
    let scopes = Texts::move_in(&bench).await.scopes();
    let session = &mut *bench.store.readers().lease().await.unwrap();
    lists_mean_what_they_say::<Message>(session, &scopes).await;
    lists_mean_what_they_say::<MessageAttempt>(session, &scopes).await;
    lists_mean_what_they_say::<MessageTemplate>(session, &scopes).await;
}

#[tokio::test]
async fn every_order_is_an_index_in_that_order() {
    let bench = Bench::sqlite(1).await;
    let scopes = Texts::move_in(&bench).await.scopes();
    let session = &mut *bench.store.readers().lease().await.unwrap();
    comes_in_order::<Message>(session, &scopes[1], "SEARCH m USING ").await;
    comes_in_order::<MessageTemplate>(session, &scopes[1], "SEARCH t USING ").await;
    let message = newest::<MessageAttempt>(&Scope::Everything, Filter::everything());
    let id = rows::<Sqlite, MessageAttempt>(session, &message, FEW).await.unwrap()[0].attempt.message;
    for scope in &scopes {
        for descending in [false, true] {
            let filter = equal(MessageAttemptField::Message, id.uuid());
            let order = ListOrder::new(&[Key { field: MessageAttemptField::CreatedAt, descending }]).unwrap();
            let query = Query { order, ..Query::first(Selection::new(scope, filter), 21) };
            let steps = explained::<MessageAttempt>(session, &query, FEW).await;
            let found = steps.iter().any(|step| step.starts_with("SEARCH a USING PRIMARY KEY (message_id=?"));
            assert!(found && !scans(&steps) && !sorts(&steps), "{scope:?}: {steps:#?}");
        }
    }
}

#[tokio::test]
async fn no_filter_reads_a_table_from_end_to_end() {
    let bench = Bench::sqlite(1).await;
    let scopes = Texts::move_in(&bench).await.scopes();
    let session = &mut *bench.store.readers().lease().await.unwrap();
    for scope in &scopes[1..] {
        is_never_read_from_end_to_end::<Message>(session, scope).await;
    }
    is_never_read_from_end_to_end::<MessageTemplate>(session, &scopes[1]).await;
}

#[tokio::test]
async fn what_equals_a_value_comes_newest_first_without_sorting() {
    let bench = Bench::sqlite(1).await;
    let scopes = Texts::move_in(&bench).await.scopes();
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let ways = [
        (MessageField::Customer, "messages_by_customer (customer_id=?"),
        (MessageField::Event, "messages_by_event (organization_id=? AND event=?"),
        (MessageField::Status, "messages_by_status (organization_id=? AND status=?"),
    ];
    comes_newest_first::<Message>(session, &scopes[1], &ways).await;
    comes_newest_first::<Message>(session, &scopes[3], &ways[..1]).await;
}

#[tokio::test]
async fn what_is_queued_of_an_organization_is_not_looked_for_among_what_all_have_queued() {
    let bench = Bench::sqlite(1).await;
    let scopes = Texts::move_in(&bench).await.scopes();
    let session = &mut *bench.store.readers().lease().await.unwrap();
    for status in ["queued", "sending", "unknown"] {
        let filter = equal(MessageField::Status, status);
        for few in [0, 1_000] {
            let query = newest::<Message>(&scopes[1], filter.clone());
            let steps = explained::<Message>(session, &query, few).await;
            let way = "SEARCH m USING INDEX messages_by_status (organization_id=? AND status=?)";
            assert_eq!(steps[0], way, "{steps:#?}");
        }
    }
}

#[tokio::test]
async fn what_an_order_has_led_to_is_looked_up() {
    let bench = Bench::sqlite(1).await;
    let scopes = Texts::move_in(&bench).await.scopes();
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let query = newest::<Message>(&scopes[1], equal(MessageField::Order, bench.make.id()));
    let steps = explained::<Message>(session, &query, FEW).await;
    let way = "SEARCH m USING INDEX messages_by_order (organization_id=? AND order_id=?)";
    assert_eq!(steps[0], way, "{steps:#?}");
}

#[tokio::test]
async fn what_is_left_to_do_is_found_by_indexes_of_its_own() {
    let bench = Bench::sqlite(1).await;
    let texts = Texts::move_in(&bench).await;
    // The writer has seen the schema come into being, statistics and all.
    let session = &mut *bench.store.writers().lease().await.unwrap();
    let now = time(1_780_000_000_000);
    let number = bench.make.phone();
    let ways: [(Statement, &[&str]); 6] = [
        (
            claiming::<Sqlite>(now, now, 100),
            &[
                "SEARCH messages USING COVERING INDEX messages_due (due_at<?)",
                "SEARCH messages USING INDEX messages_by_id (id=?)",
            ],
        ),
        (first_due(), &["messages USING COVERING INDEX messages_due"]),
        (
            overdue(now, 100),
            &[
                "SEARCH messages USING COVERING INDEX messages_leased (lease_ends_at<?)",
                "SEARCH messages USING INDEX messages_expiring (expires_at<?)",
                "SEARCH m USING INDEX messages_by_id (id=?)",
            ],
        ),
        (unsettled(&number, now, 10), &["SEARCH m USING INDEX messages_unsettled (phone=? AND id>?)"]),
        (
            called(Gateway::Twilio, &bench.make.reference()),
            &["SEARCH m USING INDEX messages_by_reference (gateway=? AND reference=?)"],
        ),
        (
            costs::<Sqlite>(&Selection::new(&texts.scopes()[1], Filter::everything())),
            &["SEARCH m USING COVERING INDEX messages_by_cost (organization_id=?)"],
        ),
    ];
    for (statement, expected) in ways {
        let text = format!("{statement:?}");
        let steps = steps(session, statement).await;
        for way in expected {
            assert!(steps.iter().any(|step| step.contains(way)), "{way}: {steps:#?} {text}");
        }
        let sorts_all = sorts(&steps) && !text.contains("lost UNION ALL");
        assert!(!sorts_all, "{steps:#?}");
    }
    let steps = steps(session, backlog()).await;
    assert!(!steps.iter().any(|step| step == "SCAN messages"), "{steps:#?}");
}
