//! What a filter of orders asks about their customers: found out first, because a document knows only its own fields.
//!
//! A few customers become a list of ids. Where there are too many to name, each order's customer is looked up on the
//! way instead, which finds a page soon, for many orders will do.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Field, Filter, Test, Value};
use uuid::Uuid;

use crate::condition::{CUSTOMER_NOW, test_code};
use crate::fields::Fields;
use crate::schema::CUSTOMERS;
use crate::session::{Search, Session};
use crate::table::{Column, Table};
use crate::value;

/// Up to so many customers are named. As a list they are 300 kB, and looked up in a fraction of a microsecond.
const FEW: u32 = 10_000;

/// The customers that a term asks for.
#[derive(Debug)]
pub(crate) enum Through {
    /// These and no others.
    These(Vec<Uuid>),
    /// Too many to name.
    Many,
}

/// What was found out for the terms of a filter, in the order in which they stand in it.
pub(crate) struct Answers<'t> {
    answers: std::slice::Iter<'t, Through>,
    /// Whether the customer of each order has been looked up.
    pub(crate) looked_up: bool,
}

impl<'t> Answers<'t> {
    pub(crate) fn new(answers: &'t [Through], looked_up: bool) -> Self {
        Self { answers: answers.iter(), looked_up }
    }

    pub(crate) fn next(&mut self) -> Option<&'t Through> {
        self.answers.next()
    }
}

/// The stage that looks up the customer of each order.
pub(crate) fn lookup() -> Document {
    doc! { "$lookup": {
        "from": CUSTOMERS, "localField": "customer", "foreignField": "_id", "as": CUSTOMER_NOW,
    } }
}

/// Finds out what `filter` asks about customers.
pub(crate) async fn ask<E: Table>(
    session: &mut Session,
    filter: &Filter<E::Field>,
) -> StoreResult<Vec<Through>> {
    let mut terms = Vec::new();
    collect::<E>(filter, &mut terms);
    let home = home(filter);
    let mut answers = Vec::with_capacity(terms.len());
    for term in terms {
        let mut asked = test_code(term);
        if let Some(home) = home {
            asked.insert("organization", value::id(home));
        }
        let search = Search {
            collection: CUSTOMERS,
            filter: asked,
            limit: Some(FEW + 1),
            fields: Some(doc! { "_id": 1 }),
            ..Search::default()
        };
        let found = session.find(search).await?;
        answers.push(if found.len() > FEW as usize {
            Through::Many
        } else {
            let ids = found.iter().map(|document| Fields::new(CUSTOMERS, document).id("_id"));
            Through::These(ids.collect::<StoreResult<_>>()?)
        });
    }
    Ok(answers)
}

fn collect<'f, E: Table>(filter: &'f Filter<E::Field>, terms: &mut Vec<&'f Test>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| collect::<E>(part, terms)),
        Filter::Is(term) if E::column(term.field()) == Column::CustomerCode => terms.push(term.test()),
        Filter::Is(_) => {}
    }
}

/// The one organization of all that `filter` keeps, if it says so.
fn home<F: Field>(filter: &Filter<F>) -> Option<Uuid> {
    match filter {
        Filter::All(parts) => parts.iter().find_map(home),
        Filter::Is(term) if Some(term.field()) == F::ORGANIZATION => match term.test() {
            Test::Equals(Value::Id(id)) => Some(*id),
            _ => None,
        },
        Filter::Any(_) | Filter::Is(_) => None,
    }
}
