//! How users are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::UserDetails;
use orderdesk_domain::{Customer, Order, OrderEvent, User, UserId};
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for User {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn keys(&self) -> Vec<Key> {
        self.identity().clone().map(Key::Identity).into_iter().collect()
    }
}

impl Stored for User {
    fn table(state: &State) -> &Table<Self> {
        &state.users
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.users
    }

    fn is_anchored(&self, _: &State) -> bool {
        true
    }

    fn details(&self, _: &State) -> StoreResult<UserDetails> {
        Ok(UserDetails { user: self.clone() })
    }
}

impl Removable for User {
    /// What lets somebody in goes with them; what they have written stays, and is nobody's.
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        let goes = |user: UserId| ids.contains(&user.uuid());
        state.memberships.remove_all(|membership| membership.member().user().is_some_and(goes));
        state.api_tokens.remove_all(|token| goes(token.user));
        state.sessions.remove_all(|session| goes(session.user));
        let answers: Vec<_> = state.answers.keys().filter(|(user, _)| goes(*user)).cloned().collect();
        for key in &answers {
            state.answers.remove_mut(key);
        }
        state
            .customers
            .replace_all(|customer| customer.created_by().filter(|by| goes(*by)).map(|_| orphaned(customer)));
        state.orders.replace_all(|order| order.created_by().filter(|by| goes(*by)).map(|_| unsigned(order)));
        state.order_events.replace_all(|event| {
            event.by.filter(|by| goes(*by)).map(|_| OrderEvent { by: None, ..event.clone() })
        });
        Ok(())
    }
}

/// The same customer, created by nobody that is known.
fn orphaned(customer: &Customer) -> Customer {
    let (profile, at) = (customer.profile().clone(), customer.updated_at());
    Customer::restore(customer.id(), customer.organization(), profile, None, at, customer.version())
}

/// The same order, entered by nobody that is known.
fn unsigned(order: &Order) -> Order {
    Order::restore(
        order.id(),
        order.organization(),
        order.customer(),
        order.line().clone(),
        order.state(),
        None,
        order.updated_at(),
        order.version(),
    )
}
