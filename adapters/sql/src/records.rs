//! Everything that the store holds, record by record: how each kind is counted, read in order and added.

use orderdesk_application::Scope;
use orderdesk_application::ports::{Record, RecordKind, StoreError, StoreResult};
use orderdesk_application::query::{
    Entity, Field as _, Filter, Key, Order as ListOrder, Query, Selection, Value,
};
use orderdesk_domain::{ApiToken, Customer, Item, Membership, Order, OrderEvent, Organization, User};

use crate::dialect::Dialect;
use crate::listing::rows;
use crate::plan::FEW;
use crate::repository::insert;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Plain, Table};
use crate::tables::{Installation, add, page as plain_page};
use crate::value::SqlValue;

/// The table in which records of this kind are kept.
fn table(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Installation => Installation::TABLE,
        RecordKind::Organization => Organization::TABLE,
        RecordKind::User => User::TABLE,
        RecordKind::Membership => Membership::TABLE,
        RecordKind::ApiToken => ApiToken::TABLE,
        RecordKind::Customer => Customer::TABLE,
        RecordKind::Item => Item::TABLE,
        RecordKind::Order => Order::TABLE,
        RecordKind::OrderEvent => OrderEvent::TABLE,
    }
}

/// Whether there is no record of this kind.
pub(crate) async fn is_empty<D: Dialect>(session: &mut Session<D>, kind: RecordKind) -> StoreResult<bool> {
    let mut statement = Statement::new("SELECT 1 FROM ");
    statement.push(table(kind)).push(" LIMIT 1");
    Ok(session.fetch(statement).await?.is_empty())
}

/// How many records of this kind there are.
pub(crate) async fn count<D: Dialect>(session: &mut Session<D>, kind: RecordKind) -> StoreResult<u64> {
    let mut statement = Statement::new("SELECT count(*) FROM ");
    statement.push(table(kind));
    let rows = session.fetch(statement).await?;
    let Some(row) = rows.first() else { return Ok(0) };
    Ok(RowReader::new(row, &["count"]).integer()?.unsigned_abs())
}

/// The records that follow `last`, up to `limit` of them.
pub(crate) async fn page<D: Dialect>(
    session: &mut Session<D>,
    kind: RecordKind,
    last: Option<&Record>,
    limit: u32,
) -> StoreResult<Vec<Record>> {
    match kind {
        RecordKind::Installation if last.is_some() => Ok(Vec::new()),
        RecordKind::Installation => {
            plain(session, None, limit, |Installation(at)| Record::Installation(at)).await
        }
        RecordKind::Organization => plain(session, last, limit, Record::Organization).await,
        RecordKind::User => plain(session, last, limit, Record::User).await,
        RecordKind::Membership => plain(session, last, limit, Record::Membership).await,
        RecordKind::ApiToken => plain(session, last, limit, Record::ApiToken).await,
        RecordKind::Customer => {
            objects::<D, Customer>(session, last, limit, |details| Record::Customer(details.customer)).await
        }
        RecordKind::Item => {
            objects::<D, Item>(session, last, limit, |details| Record::Item(details.item)).await
        }
        RecordKind::Order => {
            objects::<D, Order>(session, last, limit, |details| Record::Order(details.order)).await
        }
        RecordKind::OrderEvent => {
            objects::<D, OrderEvent>(session, last, limit, |details| Record::OrderEvent(details.event)).await
        }
    }
}

async fn plain<D: Dialect, P: Plain>(
    session: &mut Session<D>,
    last: Option<&Record>,
    limit: u32,
    record: fn(P) -> Record,
) -> StoreResult<Vec<Record>> {
    let key = |last: &Record| {
        let (first, second) = last.key();
        [first, second].into_iter().take(P::KEY.len()).map(SqlValue::from).collect()
    };
    Ok(plain_page(session, last.map(key), limit).await?.into_iter().map(record).collect())
}

/// A page of the list of everything, the oldest first.
pub(crate) fn oldest_first<E: Entity>(last: Option<&Record>, limit: u32) -> StoreResult<Query<E::Field>> {
    let order = ListOrder::new(&[Key { field: E::Field::ID, descending: false }]);
    let order = order.map_err(|misfit| StoreError::Backend(misfit.into()))?;
    let position = |last: &Record| order.position(vec![Value::Id(last.key().0)]);
    let after = last.map(position).transpose().map_err(|misfit| StoreError::Backend(misfit.into()))?;
    let everything = Selection::new(&Scope::Everything, Filter::everything());
    Ok(Query { order, after, ..Query::first(everything, limit) })
}

async fn objects<D: Dialect, E: Table>(
    session: &mut Session<D>,
    last: Option<&Record>,
    limit: u32,
    record: fn(E::Details) -> Record,
) -> StoreResult<Vec<Record>> {
    let found = rows::<D, E>(session, &oldest_first::<E>(last, limit)?, FEW).await?;
    Ok(found.into_iter().map(record).collect())
}

/// Adds records, all of which are of one kind.
pub(crate) async fn add_all<D: Dialect>(session: &mut Session<D>, records: Vec<Record>) -> StoreResult<()> {
    /// Those of the records that are of one kind, which is all of them.
    macro_rules! all {
        ($kind:path) => {
            records
                .into_iter()
                .filter_map(|record| match record {
                    $kind(it) => Some(it),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
    }
    let Some(kind) = records.first().map(Record::kind) else { return Ok(()) };
    if records.iter().any(|record| record.kind() != kind) {
        return Err(StoreError::Backend("records of several kinds cannot be added at once".into()));
    }
    match kind {
        RecordKind::Installation => {
            let installations: Vec<_> = all!(Record::Installation).into_iter().map(Installation).collect();
            add(session, &installations).await
        }
        RecordKind::Organization => add(session, &all!(Record::Organization)).await,
        RecordKind::User => add(session, &all!(Record::User)).await,
        RecordKind::Membership => add(session, &all!(Record::Membership)).await,
        RecordKind::ApiToken => add(session, &all!(Record::ApiToken)).await,
        RecordKind::Customer => insert(session, &all!(Record::Customer)).await,
        RecordKind::Item => insert(session, &all!(Record::Item)).await,
        RecordKind::Order => insert(session, &all!(Record::Order)).await,
        RecordKind::OrderEvent => insert(session, &all!(Record::OrderEvent)).await,
    }
}
