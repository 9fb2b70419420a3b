//! Setting up, and letting in.

use std::sync::Arc;

use orderdesk_domain::{
    ApiToken, Currency, Membership, Organization, OrganizationId, OrganizationName, Role, TokenId,
    TokenSecret, User, UserId, UserName,
};

use crate::error::{Error, Problem, Result};
use crate::ports::{StoreError, Unique, UnitOfWork};
use crate::principal::Principal;
use crate::services::bearers::Bearers;
use crate::services::desk::Desk;

/// What a new store begins with.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The first organization.
    pub organization: OrganizationName,
    /// Its currency.
    pub currency: Currency,
    /// The name of its administrator.
    pub administrator: UserName,
}

/// The use cases of setting up and letting in.
#[derive(Clone)]
pub struct AccessService {
    desk: Desk,
    bearers: Arc<Bearers>,
}

impl AccessService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk, bearers: Arc::default() }
    }

    /// Sets up a new store: an organization, its administrator, and a token, whose secret is answered and is to be
    /// had nowhere else. A store that has been set up is left alone and the answer is `None`; of several
    /// programs that start at once, one sets up.
    pub async fn install(&self, installation: &Installation) -> Result<Option<TokenSecret>> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let accounts = work.accounts();
                match accounts.install(self.desk.now()).await {
                    Err(StoreError::AlreadyExists(Unique::Installation)) => return Ok(None),
                    outcome => outcome?,
                }
                let organization = Organization::found(
                    OrganizationId::new(self.desk.mint()),
                    installation.organization.clone(),
                    installation.currency,
                );
                let user = User::enrol(UserId::new(self.desk.mint()), installation.administrator.clone());
                accounts.add_organization(&organization).await?;
                accounts.add_user(&user).await?;
                let membership =
                    Membership { user: user.id(), organization: organization.id(), role: Role::Admin };
                accounts.add_membership(&membership).await?;
                let secret = self.add_token(&mut *work, user.id()).await?;
                work.commit().await?;
                Ok(Some(secret))
            })
            .await
    }

    /// Makes another token for the oldest user of this name; its secret is to be had nowhere else.
    ///
    /// # Errors
    /// `NotFound` where there is no such user.
    pub async fn create_token(&self, user: &UserName) -> Result<TokenSecret> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let user = work.accounts().users_named(user).await?.into_iter().next();
                let user = user.ok_or_else(|| Error::from(Problem::NotFound))?;
                let secret = self.add_token(&mut *work, user.id()).await?;
                work.commit().await?;
                Ok(secret)
            })
            .await
    }

    /// Whoever the token acts for; `None` for one that nobody was given. What was found out is believed for a few
    /// seconds.
    pub async fn authenticate(&self, secret: &TokenSecret) -> Result<Option<Arc<Principal>>> {
        let (digest, now) = (secret.digest(), self.desk.now());
        if let Some(known) = self.bearers.recall(&digest, now) {
            return Ok(Some(known));
        }
        let found = self.desk.store.credentials().principal(&digest).await?.map(Arc::new);
        if let Some(principal) = &found {
            self.bearers.remember(digest, principal, now);
        }
        Ok(found)
    }

    async fn add_token(&self, work: &mut dyn UnitOfWork, user: UserId) -> Result<TokenSecret> {
        let secret = TokenSecret::generate(self.desk.randomness.bytes());
        let token = ApiToken { id: TokenId::new(self.desk.mint()), user, digest: secret.digest() };
        work.accounts().add_token(&token).await?;
        Ok(secret)
    }
}
