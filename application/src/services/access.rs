//! Setting up, and finding out who calls.

use std::sync::Arc;

use orderdesk_domain::{
    Account, ApiToken, Charter, Credential, Currency, EmailAddress, ExternalIdentity, Member, Membership,
    MembershipId, Organization, OrganizationId, OrganizationName, SecretDigest, SessionLimits, SessionSecret,
    Standing, TimeZone, TokenId, TokenName, TokenScopes, TokenSecret, User, UserId, UserName,
};

use crate::error::{Error, Problem, Result};
use crate::idempotency::KEPT_FOR;
use crate::ports::{Bearer, Presented, Proof, StoreError, TokenVerifier, Unique, UnitOfWork};
use crate::principal::{Grant, Principal};
use crate::query::{Filter, Query, Selection};
use crate::scope::Scope;
use crate::services::desk::Desk;
use crate::services::members::admit;
use crate::services::once::earlier;
use crate::services::organizations::Defaults;
use crate::views::{UserField, UserSummary};

/// What a new store begins with.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The first organization.
    pub organization: OrganizationName,
    /// Its currency.
    pub currency: Currency,
    /// Its time zone.
    pub time_zone: TimeZone,
    /// The name of its administrator.
    pub administrator: UserName,
}

/// Somebody to add from the command line, who will call with a token.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// How the user is shown to others.
    pub name: UserName,
    /// Whether the user may do everything everywhere.
    pub is_staff: bool,
    /// Where the user is to belong, if anywhere.
    pub organization: Option<(OrganizationId, Standing)>,
}

/// Whom the operator lets in, and for how long.
#[derive(Debug, Clone)]
pub struct AccessPolicy {
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// Who is staff, once the provider has verified that the address is theirs.
    pub staff: Vec<EmailAddress>,
    /// What a person's own organization gets.
    pub defaults: Defaults,
}

/// What a caller presents.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An API token.
    Token(TokenSecret),
    /// A session.
    Session(SessionSecret),
    /// A token that an issuer signed.
    Signed(String),
}

impl Credentials {
    fn digest(&self) -> SecretDigest {
        match self {
            Self::Token(secret) => secret.digest(),
            Self::Session(secret) => secret.digest(),
            Self::Signed(token) => SecretDigest::of(token.as_bytes()),
        }
    }
}

/// The use cases of setting up and letting in.
#[derive(Clone)]
pub struct AccessService {
    pub(super) desk: Desk,
    pub(super) policy: Arc<AccessPolicy>,
    verifier: Option<Arc<dyn TokenVerifier>>,
}

impl AccessService {
    /// Works with `desk`. Without a verifier no signed token is accepted.
    pub fn new(desk: Desk, policy: AccessPolicy, verifier: Option<Arc<dyn TokenVerifier>>) -> Self {
        Self { desk, policy: Arc::new(policy), verifier }
    }

    /// Sets up a new store: an organization, its administrator, and a token, whose secret is answered and is to be
    /// had nowhere else. A store that has been set up is left alone and the answer is `None`; of several
    /// programs that start at once, one sets up.
    pub async fn install(&self, installation: &Installation) -> Result<Option<TokenSecret>> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                match work.access().install(self.desk.now()).await {
                    Err(StoreError::AlreadyExists(Unique::Installation)) => return Ok(None),
                    outcome => outcome?,
                }
                let charter = Charter {
                    name: installation.organization.clone(),
                    time_zone: installation.time_zone.clone(),
                    default_currency: installation.currency,
                    quiet_hours: None,
                };
                let organization = Organization::found(OrganizationId::new(self.desk.mint()), charter);
                let account = Account::named(installation.administrator.clone());
                let user = User::enrol(UserId::new(self.desk.mint()), None, account);
                work.organizations().insert(std::slice::from_ref(&organization)).await?;
                work.users().insert(std::slice::from_ref(&user)).await?;
                self.add_member(&mut *work, organization.id(), user.id(), Standing::Admin).await?;
                let secret = self.add_token(&mut *work, user.id()).await?;
                work.commit().await?;
                Ok(Some(secret))
            })
            .await
    }

    /// Makes another token for the oldest user of this name, good for everything that the user may do; its secret is
    /// to be had nowhere else.
    ///
    /// # Errors
    /// `NotFound` where there is no such user.
    pub async fn create_token(&self, user: &UserName) -> Result<TokenSecret> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let named = Filter::equals(UserField::Name, user.as_str());
                let found = work
                    .users()
                    .list(&Query::first(Selection::new(&Scope::Everything, named), 1_000))
                    .await?;
                // The newest come first.
                let user = found.rows.last().ok_or_else(|| Error::from(Problem::NotFound))?;
                let secret = self.add_token(&mut *work, user.user.id()).await?;
                work.commit().await?;
                Ok(secret)
            })
            .await
    }

    /// Adds a user, and makes a token for them.
    ///
    /// # Errors
    /// `OrganizationUnknown`.
    pub async fn add_user(&self, new: &NewUser) -> Result<TokenSecret> {
        let added = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let account = Account { is_staff: new.is_staff, ..Account::named(new.name.clone()) };
            let user = User::enrol(UserId::new(self.desk.mint()), None, account);
            work.users().insert(std::slice::from_ref(&user)).await?;
            if let Some((organization, standing)) = new.organization {
                match admit(&mut *work, organization, standing, self.desk.now()).await {
                    Err(Error::Refused(_)) => return Err(Problem::OrganizationUnknown(organization).into()),
                    outcome => outcome?,
                }
                self.add_member(&mut *work, organization, user.id(), standing).await?;
            }
            let secret = self.add_token(&mut *work, user.id()).await?;
            work.commit().await?;
            Ok(secret)
        });
        let secret = added.await?;
        self.desk.bearers.forget();
        Ok(secret)
    }

    /// Whoever presents this; `None` for what nobody was given, what is worth nothing any more, and whoever was
    /// deactivated. What was found out is believed for a few seconds.
    ///
    /// # Errors
    /// `Unavailable` where the issuer of a signed token would have to be asked and cannot be.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Arc<Principal>>> {
        let (digest, now) = (credentials.digest(), self.desk.now());
        if let Some(known) = self.desk.bearers.recall(&digest, now) {
            return Ok(Some(known));
        }
        let generation = self.desk.bearers.generation();
        let found = match credentials {
            Credentials::Token(_) => self.look_up(Presented::Token(&digest)).await?,
            Credentials::Session(_) => self.look_up(Presented::Session(&digest)).await?,
            Credentials::Signed(token) => self.verify(token).await?,
        };
        let Some(principal) = found.map(Arc::new) else { return Ok(None) };
        self.desk.bearers.usage.note(&principal.credential, now);
        self.desk.bearers.remember(digest, &principal, now, generation);
        Ok(Some(principal))
    }

    /// Writes down when credentials were used.
    pub async fn note_uses(&self) -> Result<()> {
        let uses = self.desk.bearers.usage.take();
        if self.desk.read_only || (uses.tokens.is_empty() && uses.sessions.is_empty()) {
            return Ok(());
        }
        let uses = &uses;
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                work.access().note_uses(uses).await?;
                Ok(work.commit().await?)
            })
            .await
    }

    /// Removes what nobody can use any more: old answers and sessions that have ended.
    pub async fn sweep(&self) -> Result<()> {
        if self.desk.read_only {
            return Ok(());
        }
        let (now, sessions) = (self.desk.now(), self.policy.sessions);
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let seen = earlier(now, sessions.idle);
                work.access().sweep(earlier(now, KEPT_FOR), seen, earlier(now, sessions.lifetime)).await?;
                Ok(work.commit().await?)
            })
            .await
    }

    async fn look_up(&self, presented: Presented<'_>) -> Result<Option<Principal>> {
        let found = self.desk.store.credentials().bearer(presented).await?;
        Ok(found.and_then(|bearer| self.admit(bearer)))
    }

    async fn verify(&self, token: &str) -> Result<Option<Principal>> {
        use crate::ports::IdentityError::{NotAdmitted, Refused, Unavailable};

        let Some(verifier) = &self.verifier else { return Ok(None) };
        let voucher = match verifier.verify(token, self.desk.now()).await {
            Ok(voucher) => voucher,
            Err(error @ (Refused(_) | NotAdmitted)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "a signed token is refused");
                return Ok(None);
            }
            Err(error @ Unavailable(_)) => return Err(error.into()),
        };
        let identity = &voucher.identity;
        let mut found = self.look_up_identity(identity).await?;
        if found.is_none() {
            self.enrol(&voucher).await?;
            found = self.look_up_identity(identity).await?;
        }
        let principal = found.and_then(|bearer| self.admit(bearer));
        let credential = Credential::Issuer(identity.issuer.clone());
        Ok(principal.map(|principal| Principal { credential, expires_at: voucher.expires_at, ..principal }))
    }

    async fn look_up_identity(&self, identity: &ExternalIdentity) -> Result<Option<Bearer>> {
        Ok(self.desk.store.credentials().bearer(Presented::Identity(identity)).await?)
    }

    /// What a bearer may do, if anything at all any more.
    fn admit(&self, bearer: Bearer) -> Option<Principal> {
        let Bearer { user, memberships, proof } = bearer;
        let now = self.desk.now();
        let account = user.account();
        let everything = TokenScopes::everything();
        let (credential, scopes, bound_to, expires_at) = match proof {
            Proof::Token(token) if token.is_expired(now) => return None,
            Proof::Token(token) => {
                (Credential::Token(token.id), token.scopes, token.organization, token.expires_at)
            }
            Proof::Session(session) if !self.policy.sessions.allow(&session, now) => return None,
            Proof::Session(session) => (Credential::Session(session.id), everything, None, None),
            Proof::Identity => (Credential::Local, everything, None, None),
        };
        if !account.is_active {
            return None;
        }
        let grants = memberships.into_iter().map(|(organization, standing)| Grant { organization, standing });
        let reached = grants.filter(|grant| bound_to.is_none_or(|only| grant.organization.id == only));
        Some(Principal {
            user: UserSummary::from(&user),
            is_staff: account.is_staff,
            grants: reached.collect(),
            credential,
            scopes,
            bound_to,
            expires_at,
        })
    }

    async fn add_member(
        &self,
        work: &mut dyn UnitOfWork,
        organization: OrganizationId,
        user: UserId,
        standing: Standing,
    ) -> Result<()> {
        let id = MembershipId::new(self.desk.mint());
        let membership = Membership::grant(id, organization, Member::User(user), standing);
        Ok(work.memberships().insert(&[membership]).await?)
    }

    async fn add_token(&self, work: &mut dyn UnitOfWork, user: UserId) -> Result<TokenSecret> {
        let secret = TokenSecret::generate(self.desk.randomness.bytes());
        let id = TokenId::new(self.desk.mint());
        let token = ApiToken {
            id,
            user,
            // A name of five letters is one.
            name: TokenName::parse("token").map_err(|invalid| StoreError::Backend(invalid.into()))?,
            organization: None,
            scopes: TokenScopes::everything(),
            expires_at: None,
            last_used_at: None,
            digest: secret.digest(),
        };
        work.api_tokens().insert(&[token]).await?;
        Ok(secret)
    }
}
