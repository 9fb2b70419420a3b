//! The services on a store of their own.

use std::sync::Arc;

use orderdesk_application::ports::{GatewayCallbacks, Store, TokenVerifier};
use orderdesk_application::services::{
    AccessPolicy, AccessService, ApiTokenService, AuditService, Bearers, CallbackSecret, CallbackService,
    CustomerService, Defaults, Desk, ItemService, MemberService, MessageService, OrderService,
    OrganizationService, Post, TemplateService, UserService,
};
use orderdesk_application::{Caller, Principal};
use orderdesk_contract::builders::{Maker, currency, email, time_zone};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::SessionLimits;
use orderdesk_memory::MemoryStore;

use super::system::{CountingIds, Impatient, ScriptedRandomness, SettableClock};

/// For how long a session may be idle, in milliseconds.
pub(crate) const IDLE: i64 = 60 * 60 * 1_000;
/// How long a session lasts in any case.
pub(crate) const LIFETIME: i64 = 10 * IDLE;
/// After how many milliseconds nobody wants a message any more.
pub(crate) const WANTED: i64 = 6 * 60 * 60 * 1_000;
/// What gateways have to know to call back.
pub(crate) const SECRET: &str = "known-to-gateways-only";
/// Whoever has this address is staff.
pub(crate) const STAFF: &str = "boss@duka.example";

/// A store and everything that the services need besides.
pub(crate) struct TestDesk {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<SettableClock>,
    pub(crate) randomness: Arc<ScriptedRandomness>,
    ids: Arc<CountingIds>,
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
        Self::at(Arc::default(), Arc::default(), store)
    }

    /// On this store, with a clock that runs.
    pub(crate) fn running_on(store: Arc<dyn Store>) -> Self {
        Self::at(Arc::new(SettableClock::running()), Arc::default(), store)
    }

    fn at(clock: Arc<SettableClock>, ids: Arc<CountingIds>, store: Arc<dyn Store>) -> Self {
        let randomness = Arc::<ScriptedRandomness>::default();
        let desk = Desk {
            store: Arc::clone(&store),
            clock: clock.clone(),
            timer: Arc::new(Impatient),
            ids: ids.clone(),
            randomness: randomness.clone(),
            bearers: Arc::<Bearers>::default(),
            post: Arc::new(Post::new(WANTED)),
            read_only: false,
        };
        Self { store, clock, ids, randomness, make: Maker::default(), desk }
    }

    /// On a store that holds one shop.
    pub(crate) async fn with_shop() -> (Self, Shop) {
        let desk = Self::new();
        let shop = desk.shop().await;
        (desk, shop)
    }

    /// Another program on the same store. Besides it has the clock in common, and that no identity is minted twice.
    pub(crate) fn elsewhere(&self) -> Self {
        Self::at(Arc::clone(&self.clock), Arc::clone(&self.ids), Arc::clone(&self.store))
    }

    /// What the services work with.
    pub(crate) fn ports(&self) -> Desk {
        self.desk.clone()
    }

    /// While nothing may be written.
    pub(crate) fn read_only(mut self) -> Self {
        self.desk.read_only = true;
        self
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

    pub(crate) fn organizations(&self) -> OrganizationService {
        OrganizationService::new(self.desk.clone(), defaults())
    }

    pub(crate) fn members(&self) -> MemberService {
        MemberService::new(self.desk.clone())
    }

    pub(crate) fn users(&self) -> UserService {
        UserService::new(self.desk.clone())
    }

    pub(crate) fn api_tokens(&self) -> ApiTokenService {
        ApiTokenService::new(self.desk.clone())
    }

    pub(crate) fn audit(&self) -> AuditService {
        AuditService::new(self.desk.clone())
    }

    pub(crate) fn messages(&self) -> MessageService {
        MessageService::new(self.desk.clone())
    }

    pub(crate) fn templates(&self) -> TemplateService {
        TemplateService::new(self.desk.clone())
    }

    /// Understands what these gateways send.
    pub(crate) fn callbacks(&self, gateways: Vec<Arc<dyn GatewayCallbacks>>) -> CallbackService {
        CallbackService::new(self.desk.clone(), Some(CallbackSecret::new(SECRET)), gateways)
    }

    pub(crate) fn access(&self) -> AccessService {
        self.access_with(None)
    }

    /// Lets in whoever presents a token that `verifier` takes.
    pub(crate) fn access_with(&self, verifier: Option<Arc<dyn TokenVerifier>>) -> AccessService {
        let sessions = SessionLimits { idle: IDLE, lifetime: LIFETIME };
        let policy = AccessPolicy { sessions, staff: vec![email(STAFF)], defaults: defaults() };
        AccessService::new(self.desk.clone(), policy, verifier)
    }
}

/// What an organization gets that says nothing else.
fn defaults() -> Defaults {
    Defaults { currency: currency("UGX"), time_zone: time_zone("Africa/Kampala") }
}

/// The owner of the first shop, as an administrator of all of them.
pub(crate) fn member_of(shops: &[&Shop]) -> Caller {
    let principals: Vec<_> = shops.iter().map(|shop| shop.principal()).collect();
    let grants = principals.iter().flat_map(|principal| principal.grants.clone()).collect();
    Caller::from(Principal { grants, ..principals.first().unwrap().clone() })
}
