//! Everything that the store holds, record by record: how each kind is counted, read in order and added.

use orderdesk_application::Scope;
use orderdesk_application::ports::{Record, RecordKind, StoreError, StoreResult};
use orderdesk_application::query::{
    Entity, Field as _, Filter, Key, Order as ListOrder, Query, Selection, Value,
};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, OptOut,
    Order, OrderEvent, Organization, User,
};

use crate::dialect::Dialect;
use crate::listing::rows;
use crate::plain;
use crate::plan::FEW;
use crate::repository::insert;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Plain, Table};
use crate::tables::Installation;

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
        RecordKind::AuditEntry => AuditEntry::TABLE,
        RecordKind::MessageTemplate => MessageTemplate::TABLE,
        RecordKind::Message => Message::TABLE,
        RecordKind::MessageAttempt => MessageAttempt::TABLE,
        RecordKind::OptOut => OptOut::TABLE,
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
    /// The page of one kind, each record taken out of its details.
    macro_rules! page {
        ($kind:ident, $object:ident) => {
            objects::<D, $kind>(session, last, limit, |details| Record::$kind(details.$object)).await
        };
    }
    match kind {
        RecordKind::Installation if last.is_some() => Ok(Vec::new()),
        RecordKind::Installation => {
            let found = plain::read(session, plain::select::<Installation>()).await?;
            Ok(found.into_iter().map(|Installation(at)| Record::Installation(at)).collect())
        }
        RecordKind::Organization => page!(Organization, organization),
        RecordKind::User => page!(User, user),
        RecordKind::Customer => page!(Customer, customer),
        RecordKind::Membership => page!(Membership, membership),
        RecordKind::ApiToken => page!(ApiToken, token),
        RecordKind::Item => page!(Item, item),
        RecordKind::Order => page!(Order, order),
        RecordKind::OrderEvent => page!(OrderEvent, event),
        RecordKind::AuditEntry => page!(AuditEntry, entry),
        RecordKind::MessageTemplate => page!(MessageTemplate, template),
        RecordKind::Message => page!(Message, message),
        RecordKind::MessageAttempt => page!(MessageAttempt, attempt),
        RecordKind::OptOut => {
            let found = plain::read(session, opt_outs(last, limit)).await?;
            Ok(found.into_iter().map(Record::OptOut).collect())
        }
    }
}

fn opt_outs(last: Option<&Record>, limit: u32) -> Statement {
    let mut statement = plain::select::<OptOut>();
    if let Some(last) = last {
        statement.push(" WHERE id > ").bind(last.key());
    }
    statement.push(" ORDER BY id LIMIT ").number(limit);
    statement
}

/// A page of the list of everything, the oldest first.
pub(crate) fn oldest_first<E: Entity>(last: Option<&Record>, limit: u32) -> StoreResult<Query<E::Field>> {
    let order = ListOrder::new(&[Key { field: E::Field::ID, descending: false }]);
    let order = order.map_err(|misfit| StoreError::Backend(misfit.into()))?;
    let position = |last: &Record| order.position(vec![Value::Id(last.key())]);
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
            plain::add(session, &installations).await
        }
        RecordKind::Organization => insert(session, &all!(Record::Organization)).await,
        RecordKind::User => insert(session, &all!(Record::User)).await,
        RecordKind::Membership => insert(session, &all!(Record::Membership)).await,
        RecordKind::ApiToken => insert(session, &all!(Record::ApiToken)).await,
        RecordKind::Customer => insert(session, &all!(Record::Customer)).await,
        RecordKind::Item => insert(session, &all!(Record::Item)).await,
        RecordKind::Order => insert(session, &all!(Record::Order)).await,
        RecordKind::OrderEvent => insert(session, &all!(Record::OrderEvent)).await,
        RecordKind::AuditEntry => insert(session, &all!(Record::AuditEntry)).await,
        RecordKind::MessageTemplate => insert(session, &all!(Record::MessageTemplate)).await,
        RecordKind::Message => insert(session, &all!(Record::Message)).await,
        RecordKind::MessageAttempt => insert(session, &all!(Record::MessageAttempt)).await,
        RecordKind::OptOut => plain::add(session, &all!(Record::OptOut)).await,
    }
}
