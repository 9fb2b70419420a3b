//! The services on a store of their own.

use std::sync::Arc;

use orderdesk_application::Principal;
use orderdesk_application::ports::Store;
use orderdesk_application::services::{AccessService, CustomerService, Desk, ItemService, OrderService};
use orderdesk_contract::builders::Maker;
use orderdesk_contract::shop::Shop;
use orderdesk_memory::MemoryStore;

use super::system::{CountingIds, Impatient, ScriptedRandomness, SettableClock};

/// A store and everything that the services need besides.
pub(crate) struct TestDesk {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<SettableClock>,
    pub(crate) randomness: Arc<ScriptedRandomness>,
    /// Makes what is put into the store past the services.
    pub(crate) make: Maker,
    desk: Desk,
}

impl TestDesk {
    /// On a store that holds nothing.
    pub(crate) fn new() -> Self {
        Self::on(Arc::new(MemoryStore::default()))
    }

    /// On this store.
    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        let (clock, randomness) = (Arc::<SettableClock>::default(), Arc::<ScriptedRandomness>::default());
        let desk = Desk {
            store: Arc::clone(&store),
            clock: clock.clone(),
            timer: Arc::new(Impatient),
            ids: Arc::new(CountingIds::default()),
            randomness: randomness.clone(),
            read_only: false,
        };
        Self { store, clock, randomness, make: Maker::default(), desk }
    }

    /// On a store that holds one shop.
    pub(crate) async fn with_shop() -> (Self, Shop) {
        let desk = Self::new();
        let shop = desk.shop().await;
        (desk, shop)
    }

    /// Another shop in the store, of an owner of its own.
    pub(crate) async fn shop(&self) -> Shop {
        Shop::open(&*self.store, &self.make).await
    }

    pub(crate) fn customers(&self) -> CustomerService {
        CustomerService::new(self.desk.clone())
    }

    pub(crate) fn items(&self) -> ItemService {
        ItemService::new(self.desk.clone())
    }

    pub(crate) fn orders(&self) -> OrderService {
        OrderService::new(self.desk.clone())
    }

    pub(crate) fn access(&self) -> AccessService {
        AccessService::new(self.desk.clone())
    }
}

/// The owner of the first shop, as a member of all of them.
pub(crate) fn member_of(shops: &[&Shop]) -> Principal {
    let principals: Vec<_> = shops.iter().map(|shop| shop.principal()).collect();
    let memberships = principals.iter().flat_map(|principal| principal.memberships.clone()).collect();
    Principal { user: principals.first().unwrap().user.clone(), memberships }
}
