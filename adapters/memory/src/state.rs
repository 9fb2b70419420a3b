//! Everything that is stored, as one value.

use orderdesk_application::idempotency::{IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::{CustomerSummary, OrganizationSummary, UserSummary};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, CustomerId, DeliveryReport, Gateway, GatewayReference, Hold, Item,
    Membership, Message, MessageAttempt, MessageTemplate, OptOut, Order, OrderEvent, Organization,
    OrganizationId, Session, Timestamp, User, UserId,
};
use rpds::HashTrieMapSync;

use crate::table::Table;

/// Cloning it costs the same whatever it holds.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// When the store was set up, if it has been.
    pub(crate) installed: Option<Timestamp>,
    pub(crate) organizations: Table<Organization>,
    pub(crate) users: Table<User>,
    pub(crate) memberships: Table<Membership>,
    pub(crate) api_tokens: Table<ApiToken>,
    pub(crate) sessions: Table<Session>,
    /// What was answered to whom.
    pub(crate) answers: HashTrieMapSync<(UserId, IdempotencyKey), KeptAnswer>,
    pub(crate) customers: Table<Customer>,
    pub(crate) items: Table<Item>,
    pub(crate) orders: Table<Order>,
    pub(crate) order_events: Table<OrderEvent>,
    pub(crate) audit_entries: Table<AuditEntry>,
    pub(crate) messages: Table<Message>,
    pub(crate) message_attempts: Table<MessageAttempt>,
    pub(crate) message_templates: Table<MessageTemplate>,
    pub(crate) opt_outs: Table<OptOut>,
    /// Which gateways send nothing at present.
    pub(crate) holds: HashTrieMapSync<Gateway, Hold>,
    /// What was reported of messages that nobody knew.
    pub(crate) reports: HashTrieMapSync<(Gateway, GatewayReference), DeliveryReport>,
}

impl State {
    pub(crate) fn organization(&self, id: OrganizationId) -> StoreResult<OrganizationSummary> {
        let organization = self.organizations.get(id.uuid());
        organization.map(OrganizationSummary::from).ok_or_else(|| lost(id))
    }

    pub(crate) fn customer(&self, id: CustomerId) -> StoreResult<CustomerSummary> {
        self.customers.get(id.uuid()).map(CustomerSummary::from).ok_or_else(|| lost(id))
    }

    /// Whether the author of something new is there, or there is none.
    pub(crate) fn has_author(&self, id: Option<UserId>) -> bool {
        id.is_none_or(|id| self.users.contains(id.uuid()))
    }

    /// `None` also for a user who has gone since: what has been written about them stays.
    pub(crate) fn user(&self, id: Option<UserId>) -> Option<UserSummary> {
        self.users.get(id?.uuid()).map(UserSummary::from)
    }
}

/// References are checked when they are written, so this never happens.
pub(crate) fn lost(id: impl std::fmt::Debug) -> StoreError {
    StoreError::Corrupt(format!("{id:?} is referred to and not there"))
}
