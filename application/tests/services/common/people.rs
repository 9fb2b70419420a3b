//! People who call, let in by the door that everybody takes.

use orderdesk_application::Caller;
use orderdesk_application::services::{AccessService, Credentials};
use orderdesk_contract::kinds::{change, keep};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Account, ApiToken, Membership, OrganizationId, SessionSecret, Standing, TokenSecret, User, UserId,
};

use super::desk::TestDesk;

impl TestDesk {
    /// Somebody who belongs to organizations as is said, put into the store past the services.
    pub(crate) async fn somebody(&self, standings: &[(&Shop, Standing)]) -> User {
        let user = self.make.user();
        keep(&*self.store, &user).await;
        for (shop, standing) in standings {
            self.join(shop.organization.id(), &user, *standing).await;
        }
        user
    }

    /// Somebody who may do everything everywhere and belongs nowhere.
    pub(crate) async fn staff(&self) -> User {
        let account = Account { is_staff: true, ..self.make.account() };
        let user = User::enrol(UserId::new(self.make.id()), None, account);
        keep(&*self.store, &user).await;
        user
    }

    /// Makes `user` belong, and the organization count one more.
    pub(crate) async fn join(
        &self,
        organization: OrganizationId,
        user: &User,
        standing: Standing,
    ) -> Membership {
        let membership = self.make.membership(organization, user.id(), standing);
        let found = self.organization(organization).await;
        let mut now = found.clone();
        now.admit(standing, self.make.now());
        let mut work = self.store.begin().await.unwrap();
        work.memberships().insert(std::slice::from_ref(&membership)).await.unwrap();
        work.organizations().update(&[change(&found, &now)]).await.unwrap();
        work.commit().await.unwrap();
        membership
    }

    /// A token of `user` that is good for everything.
    pub(crate) async fn token(&self, user: &User) -> TokenSecret {
        self.token_with(user, |token| token).await.1
    }

    /// A token of `user` as `limit` makes it.
    pub(crate) async fn token_with(
        &self,
        user: &User,
        limit: impl FnOnce(ApiToken) -> ApiToken,
    ) -> (ApiToken, TokenSecret) {
        let (token, secret) = self.make.token(user.id());
        let token = limit(token);
        keep(&*self.store, &token).await;
        (token, secret)
    }

    /// `user` with a token that is good for everything.
    pub(crate) async fn caller(&self, user: &User) -> Caller {
        self.limited(user, |token| token).await
    }

    /// `user` with a token as `limit` makes it.
    pub(crate) async fn limited(&self, user: &User, limit: impl FnOnce(ApiToken) -> ApiToken) -> Caller {
        let (_, secret) = self.token_with(user, limit).await;
        let_in(&self.access(), &secret).await.unwrap()
    }

    /// Somebody of this standing in `shop`.
    pub(crate) async fn member(&self, shop: &Shop, standing: Standing) -> Caller {
        let user = self.somebody(&[(shop, standing)]).await;
        self.caller(&user).await
    }
}

/// Whoever presents this token.
pub(crate) async fn let_in(access: &AccessService, secret: &TokenSecret) -> Option<Caller> {
    enter(access, &Credentials::Token(secret.clone())).await
}

/// Whoever comes back with this session.
pub(crate) async fn come_back(access: &AccessService, secret: &SessionSecret) -> Option<Caller> {
    enter(access, &Credentials::Session(secret.clone())).await
}

async fn enter(access: &AccessService, credentials: &Credentials) -> Option<Caller> {
    let principal = access.authenticate(credentials).await.unwrap()?;
    Some(Caller { principal, address: None })
}
