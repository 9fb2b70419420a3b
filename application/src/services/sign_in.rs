//! Signing in and out: what becomes of people for whom a provider vouches.

use orderdesk_domain::{
    Account, Charter, Credential, EmailAddress, Issuer, Membership, Organization, OrganizationName, Session,
    SessionId, SessionSecret, TokenScopes, TokenSecret, User, UserId, UserName,
};

use crate::error::{Problem, Result};
use crate::ports::{Change, StoreError, UnitOfWork, Voucher};
use crate::principal::{Caller, Principal};
use crate::query::{Filter, Query, Selection};
use crate::scope::Scope;
use crate::services::access::{AccessService, Credentials};
use crate::services::members::admit;
use crate::services::organizations::found;
use crate::views::{MembershipDetails, MembershipField, UserDetails, UserField, UserSummary};

/// The most invitations that one sign-in accepts; the next one accepts more.
const MOST_INVITATIONS: u32 = 100;

impl AccessService {
    /// Signs a person in for whom a provider vouches. At the first time that makes a user, with an organization of
    /// their own. Invitations to the verified address take effect. The secret of the new session is to be had nowhere
    /// else; the session `before`, of the same browser, ends.
    ///
    /// # Errors
    /// `Deactivated`.
    pub async fn sign_in(&self, voucher: &Voucher, before: Option<&SessionSecret>) -> Result<SessionSecret> {
        let user = self.enrol(voucher).await?;
        self.open_session(user, Some(&voucher.identity.issuer), before).await
    }

    /// Signs a person in who has an API token and no provider.
    ///
    /// # Errors
    /// `NotFound` for a token that is worth nothing; `TokenLimited` for one that is not good for everything and
    /// forever.
    pub async fn sign_in_with_token(
        &self,
        secret: &TokenSecret,
        before: Option<&SessionSecret>,
    ) -> Result<SessionSecret> {
        let principal =
            self.authenticate(&Credentials::Token(secret.clone())).await?.ok_or(Problem::NotFound)?;
        // A session is good for everything: nobody gets more by signing in than the token is good for.
        let is_lasting = principal.bound_to.is_none() && principal.expires_at.is_none();
        let is_good = is_lasting && principal.scopes.include(&TokenScopes::everything());
        if !is_good {
            return Err(Problem::TokenLimited.into());
        }
        self.open_session(principal.user.id, None, before).await
    }

    /// Ends the session, and answers the issuer that vouched for it, if one did.
    pub async fn sign_out(&self, secret: &SessionSecret) -> Result<Option<Issuer>> {
        let digest = &secret.digest();
        let ended = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let ended = work.access().end_session(digest).await?;
            work.commit().await?;
            Ok(ended)
        });
        let ended = ended.await?;
        self.desk.bearers.forget();
        Ok(ended.and_then(|session| session.issuer))
    }

    async fn open_session(
        &self,
        user: UserId,
        issuer: Option<&Issuer>,
        before: Option<&SessionSecret>,
    ) -> Result<SessionSecret> {
        let secret = self.desk.retry(|| async move {
            let secret = SessionSecret::generate(self.desk.randomness.bytes());
            let id = SessionId::new(self.desk.mint());
            let (digest, issuer) = (secret.digest(), issuer.cloned());
            let session = Session { id, user, digest, issuer, seen_at: id.created_at() };
            let mut work = self.desk.begin().await?;
            if let Some(before) = before {
                work.access().end_session(&before.digest()).await?;
            }
            work.access().add_session(&session).await?;
            work.commit().await?;
            Ok(secret)
        });
        let secret = secret.await?;
        self.desk.bearers.forget();
        Ok(secret)
    }

    /// The user for whom a provider vouches, who is one from now on at the latest.
    pub(super) async fn enrol(&self, voucher: &Voucher) -> Result<UserId> {
        let enrolled = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let user = match self.known(&mut *work, voucher).await? {
                Some(user) if !user.account().is_active => return Err(Problem::Deactivated.into()),
                Some(user) => self.recognise(&mut *work, user, voucher).await?,
                None => self.welcome(&mut *work, voucher).await?,
            };
            if let Some(email) = &voucher.email {
                self.accept_invitations(&mut *work, &user, email, voucher).await?;
            }
            work.commit().await?;
            Ok(user.id())
        });
        let user = enrolled.await?;
        self.desk.bearers.forget();
        Ok(user)
    }

    async fn known(&self, work: &mut dyn UnitOfWork, voucher: &Voucher) -> Result<Option<User>> {
        let identity = &voucher.identity;
        let by_issuer = Filter::equals(UserField::Issuer, identity.issuer.as_str());
        let by_subject = Filter::equals(UserField::Subject, identity.subject.as_str());
        let query = Query::first(Selection::new(&Scope::Everything, by_issuer.and(by_subject)), 1);
        Ok(work.users().list(&query).await?.rows.pop().map(|details| details.user))
    }

    /// Takes over what the provider says of a user who is known.
    async fn recognise(&self, work: &mut dyn UnitOfWork, user: User, voucher: &Voucher) -> Result<User> {
        let present = user.account();
        let account = Account {
            email: voucher.email.clone().or_else(|| present.email.clone()),
            is_staff: present.is_staff || self.is_staff(voucher),
            ..present.clone()
        };
        let mut changed = user.clone();
        if changed.revise(account, self.desk.now()) {
            work.users().update(&[Change { was: user.version(), now: changed.clone() }]).await?;
            let caller = caller(&changed, voucher);
            let (was, now) = (UserDetails { user }, UserDetails { user: changed.clone() });
            let entry = self.desk.entry::<User>(&caller, Some(&was), Some(&now));
            work.audit_entries().append(entry.as_slice()).await?;
        }
        Ok(changed)
    }

    /// Makes a user, and an organization of their own.
    async fn welcome(&self, work: &mut dyn UnitOfWork, voucher: &Voucher) -> Result<User> {
        let name = name(voucher)?;
        let account = Account {
            email: voucher.email.clone(),
            is_staff: self.is_staff(voucher),
            ..Account::named(name.clone())
        };
        let user = User::enrol(UserId::new(self.desk.mint()), Some(voucher.identity.clone()), account);
        work.users().insert(std::slice::from_ref(&user)).await?;
        let caller = &caller(&user, voucher);
        let charter = Charter {
            // Names of users and of organizations follow the same rules.
            name: OrganizationName::parse(name.as_str())
                .map_err(|invalid| StoreError::Backend(invalid.into()))?,
            time_zone: self.policy.defaults.time_zone.clone(),
            default_currency: self.policy.defaults.currency,
            quiet_hours: None,
        };
        let founded = found(&self.desk, work, caller, charter).await?;
        let enrolled = self.desk.entry::<User>(caller, None, Some(&UserDetails { user: user.clone() }));
        let founded = self.desk.entry::<Organization>(caller, None, Some(&founded));
        let entries: Vec<_> = enrolled.into_iter().chain(founded).collect();
        work.audit_entries().append(&entries).await?;
        Ok(user)
    }

    /// Makes the user belong wherever the address was invited.
    async fn accept_invitations(
        &self,
        work: &mut dyn UnitOfWork,
        user: &User,
        email: &EmailAddress,
        voucher: &Voucher,
    ) -> Result<()> {
        let invited = Filter::equals(MembershipField::Email, email.as_str());
        let query = Query::first(Selection::new(&Scope::Everything, invited), MOST_INVITATIONS);
        let invitations = work.memberships().list(&query).await?.rows;
        if invitations.is_empty() {
            return Ok(());
        }
        let caller = &caller(user, voucher);
        let theirs = Filter::equals(MembershipField::User, user.id().uuid());
        let present = Query::first(Selection::new(&Scope::Everything, theirs), u32::MAX);
        let present = work.memberships().list(&present).await?.rows;
        let mut entries = Vec::new();
        for was in invitations {
            let organization = was.membership.organization();
            if present.iter().any(|member| member.membership.organization() == organization) {
                let only = Selection::id(&Scope::Everything, was.membership.id().uuid());
                work.memberships().delete(&only).await?;
                entries.extend(self.desk.entry::<Membership>(caller, Some(&was), None));
                continue;
            }
            let now = self.desk.now();
            let mut membership = was.membership.clone();
            membership.accept(user.id(), now);
            admit(work, organization, membership.standing(), now).await?;
            let change = Change { was: was.membership.version(), now: membership.clone() };
            work.memberships().update(&[change]).await?;
            let now = MembershipDetails { membership, user: Some(UserSummary::from(user)), ..was.clone() };
            entries.extend(self.desk.entry::<Membership>(caller, Some(&was), Some(&now)));
        }
        Ok(work.audit_entries().append(&entries).await?)
    }

    fn is_staff(&self, voucher: &Voucher) -> bool {
        voucher.email.as_ref().is_some_and(|email| self.policy.staff.contains(email))
    }
}

/// How somebody is shown to others of whom the provider may say little.
fn name(voucher: &Voucher) -> Result<UserName> {
    let of_address = || {
        let email = voucher.email.as_ref()?;
        UserName::parse(email.as_str().split('@').next().unwrap_or_default()).ok()
    };
    match voucher.name.clone().or_else(of_address) {
        Some(name) => Ok(name),
        None => UserName::parse("New user").map_err(|invalid| StoreError::Backend(invalid.into()).into()),
    }
}

/// The person themselves, as the one who is to have done what a sign-in brings with it.
fn caller(user: &User, voucher: &Voucher) -> Caller {
    Caller::from(Principal {
        user: UserSummary::from(user),
        is_staff: false,
        grants: Vec::new(),
        credential: Credential::Issuer(voucher.identity.issuer.clone()),
        scopes: TokenScopes::everything(),
        bound_to: None,
        expires_at: voucher.expires_at,
    })
}
