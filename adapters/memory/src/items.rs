//! How items of the catalogue are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::ItemDetails;
use orderdesk_domain::{Item, ItemId, fold};
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for Item {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::ItemName(self.organization(), fold(self.listing().name.as_str()))]
    }
}

impl Stored for Item {
    fn table(state: &State) -> &Table<Self> {
        &state.items
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.items
    }

    fn is_anchored(&self, state: &State) -> bool {
        state.organizations.contains(self.organization().uuid())
    }

    fn details(&self, state: &State) -> StoreResult<ItemDetails> {
        Ok(ItemDetails { item: self.clone(), organization: state.organization(self.organization())? })
    }
}

impl Removable for Item {
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        let ordered = |item: ItemId| ids.contains(&item.uuid());
        if state.orders.values().any(|order| order.line().item_id.is_some_and(ordered)) {
            return Err(StoreError::Referenced);
        }
        Ok(())
    }
}
