//! A shop with something of everything in it, for somebody to try their hand at.

use orderdesk_application::Caller;
use orderdesk_application::services::CustomerChoice;
use orderdesk_contract::kinds::{append_attempts, keep};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    ApiToken, AuditEntry, FailureCode, Item, Membership, Message, MessageState, MessageTemplate, Order,
    Standing, TokenScopes, User, UserId,
};

use crate::common::{TestDesk, catalogue, done, new_order};

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// A guest of the customer who has ordered.
    Guest,
    Viewer,
    Member,
    Admin,
    /// Somebody who may do everything everywhere, and belongs nowhere.
    Staff,
    /// The administrator of another organization.
    Stranger,
    /// Somebody who belongs nowhere.
    Nobody,
}

impl Who {
    pub(super) const ALL: [Self; 7] =
        [Self::Guest, Self::Viewer, Self::Member, Self::Admin, Self::Staff, Self::Stranger, Self::Nobody];
}

pub(super) struct World {
    pub(super) desk: TestDesk,
    pub(super) shop: Shop,
    /// By the shop's customer, of the shop's item.
    pub(super) order: Order,
    /// Of the shop, and nobody has ordered it.
    pub(super) spare_item: Item,
    /// Of another viewer of the shop.
    pub(super) membership: Membership,
    /// The one whom it makes belong.
    pub(super) colleague: User,
    /// Of the colleague.
    pub(super) their_token: ApiToken,
    /// About the order.
    pub(super) entry: AuditEntry,
    /// To the shop's customer; it has failed, after one attempt.
    pub(super) message: Message,
    /// Of the shop.
    pub(super) template: MessageTemplate,
}

impl World {
    pub(super) async fn new() -> Self {
        let (desk, shop) = TestDesk::with_shop().await;
        let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
        let order = desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap().order;
        let spare_item = desk.make.item(shop.organization.id());
        keep(&*desk.store, &spare_item).await;
        let colleague = desk.somebody(&[]).await;
        let membership = desk.join(shop.organization.id(), &colleague, Standing::Viewer).await;
        let (their_token, _) = desk.token_with(&colleague, |token| token).await;
        let entry = desk.entries().await.pop().unwrap().entry;
        let failed = MessageState::Failed(FailureCode::NotServed.into());
        let message = desk.make.message_in(&shop.customer, failed);
        keep(&*desk.store, &message).await;
        append_attempts(&*desk.store, &[desk.make.attempt(message.id())]).await.unwrap();
        let template = desk.make.template(shop.organization.id());
        keep(&*desk.store, &template).await;
        Self { desk, shop, order, spare_item, membership, colleague, their_token, entry, message, template }
    }

    /// Somebody like that, with a token that is good for everything.
    pub(super) async fn enter(&self, who: Who) -> Caller {
        self.enter_with(who, &TokenScopes::everything()).await
    }

    /// Somebody like that, with a token that is good for this.
    pub(super) async fn enter_with(&self, who: Who, scopes: &TokenScopes) -> Caller {
        let user = match who {
            Who::Guest => self.desk.somebody(&[(&self.shop, Standing::Guest(self.shop.customer.id()))]).await,
            Who::Viewer => self.desk.somebody(&[(&self.shop, Standing::Viewer)]).await,
            Who::Member => self.desk.somebody(&[(&self.shop, Standing::Member)]).await,
            Who::Admin => self.desk.somebody(&[(&self.shop, Standing::Admin)]).await,
            Who::Staff => self.desk.staff().await,
            Who::Stranger => self.desk.shop().await.owner,
            Who::Nobody => self.desk.somebody(&[]).await,
        };
        self.desk.limited(&user, |token| ApiToken { scopes: scopes.clone(), ..token }).await
    }

    /// A token of this user, besides the one with which they call.
    pub(super) async fn another_token(&self, user: UserId) -> ApiToken {
        let (token, _) = self.desk.make.token(user);
        keep(&*self.desk.store, &token).await;
        token
    }
}
