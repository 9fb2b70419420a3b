//! Authors: who is said to have written something, as long as that user is there.
//!
//! What a user wrote stays when the user goes, and is then by nobody. It may be most of what there is, too much for one
//! transaction to write anew, and nothing leads from a user to it. So documents go on naming the user, and whoever reads
//! them asks who is there, as they do anyway for the sake of the name.

use orderdesk_application::ports::{Record, StoreResult};
use orderdesk_application::views::UserSummary;
use orderdesk_domain::{Customer, Order, OrderEvent, UserId};

use crate::names::{Mentions, Names};
use crate::session::Session;

/// What has an author.
pub(crate) trait Authored: Sized {
    fn author(&self) -> Option<UserId>;

    /// The same, by nobody.
    fn by_nobody(self) -> Self;

    /// The same, by nobody where the author is not among `names`, and the author's name.
    fn by_whom(self, names: &Names) -> (Self, Option<UserSummary>) {
        match names.user(self.author()) {
            Some(author) => (self, Some(author)),
            None => (self.by_nobody(), None),
        }
    }
}

impl Authored for Customer {
    fn author(&self) -> Option<UserId> {
        self.created_by()
    }

    fn by_nobody(self) -> Self {
        let profile = self.profile().clone();
        Self::restore(self.id(), self.organization(), profile, None, self.updated_at(), self.version())
    }
}

impl Authored for Order {
    fn author(&self) -> Option<UserId> {
        self.created_by()
    }

    fn by_nobody(self) -> Self {
        let (line, state) = (self.line().clone(), self.state());
        let (id, organization, customer) = (self.id(), self.organization(), self.customer());
        Self::restore(id, organization, customer, line, state, None, self.updated_at(), self.version())
    }
}

impl Authored for OrderEvent {
    fn author(&self) -> Option<UserId> {
        self.by
    }

    fn by_nobody(self) -> Self {
        Self { by: None, ..self }
    }
}

impl Authored for Record {
    fn author(&self) -> Option<UserId> {
        match self {
            Self::Customer(customer) => customer.author(),
            Self::Order(order) => order.author(),
            Self::OrderEvent(event) => event.author(),
            _ => None,
        }
    }

    fn by_nobody(self) -> Self {
        match self {
            Self::Customer(customer) => Self::Customer(customer.by_nobody()),
            Self::Order(order) => Self::Order(order.by_nobody()),
            Self::OrderEvent(event) => Self::OrderEvent(event.by_nobody()),
            other => other,
        }
    }
}

/// The same records, each by nobody whose author has gone.
pub(crate) async fn by_those_who_are_there(
    records: Vec<Record>,
    session: &mut Session,
) -> StoreResult<Vec<Record>> {
    let mut mentions = Mentions::default();
    mentions.users.extend(records.iter().filter_map(Record::author).map(UserId::uuid));
    if mentions.users.is_empty() {
        return Ok(records);
    }
    let names = Names::of(&mentions, session).await?;
    Ok(records.into_iter().map(|record| record.by_whom(&names).0).collect())
}
