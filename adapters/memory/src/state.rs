//! Everything that is stored, as one value.

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::{CustomerSummary, OrganizationSummary, UserSummary};
use orderdesk_domain::{
    ApiToken, Customer, CustomerId, Item, Order, OrderEvent, Organization, OrganizationId, Role, Timestamp,
    TokenDigest, TokenId, User, UserId,
};
use rpds::{HashTrieMapSync, RedBlackTreeMapSync};

use crate::table::Table;

/// Cloning it costs the same whatever it holds.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// When the store was set up, if it has been.
    pub(crate) installed: Option<Timestamp>,
    pub(crate) organizations: RedBlackTreeMapSync<OrganizationId, Organization>,
    pub(crate) users: RedBlackTreeMapSync<UserId, User>,
    pub(crate) memberships: RedBlackTreeMapSync<(UserId, OrganizationId), Role>,
    pub(crate) tokens: RedBlackTreeMapSync<TokenId, ApiToken>,
    /// The bearer of each token, by what is presented.
    pub(crate) bearers: HashTrieMapSync<TokenDigest, UserId>,
    pub(crate) customers: Table<Customer>,
    pub(crate) items: Table<Item>,
    pub(crate) orders: Table<Order>,
    pub(crate) order_events: Table<OrderEvent>,
}

impl State {
    pub(crate) fn organization(&self, id: OrganizationId) -> StoreResult<OrganizationSummary> {
        let organization = self.organizations.get(&id);
        organization.map(OrganizationSummary::from).ok_or_else(|| lost(id))
    }

    pub(crate) fn customer(&self, id: CustomerId) -> StoreResult<CustomerSummary> {
        self.customers.get(id.uuid()).map(CustomerSummary::from).ok_or_else(|| lost(id))
    }

    /// Whether the author of something new is there, or there is none.
    pub(crate) fn has_author(&self, id: Option<UserId>) -> bool {
        id.is_none_or(|id| self.users.contains_key(&id))
    }

    /// `None` also for a user who has gone since: writing something keeps nobody from leaving.
    pub(crate) fn user(&self, id: Option<UserId>) -> Option<UserSummary> {
        self.users.get(&id?).map(UserSummary::from)
    }
}

/// References are checked when they are written, so this never happens.
pub(crate) fn lost(id: impl std::fmt::Debug) -> StoreError {
    StoreError::Corrupt(format!("{id:?} is referred to and not there"))
}
