//! Organizations, users, memberships and tokens.

use async_trait::async_trait;
use orderdesk_application::Principal;
use orderdesk_application::ports::{AccountRepository, CredentialReader, StoreError, StoreResult, Unique};
use orderdesk_domain::{
    ApiToken, Membership, Organization, OrganizationId, Timestamp, TokenDigest, User, UserId, UserName,
};
use rpds::RedBlackTreeMapSync;
use uuid::Uuid;

use crate::state::{State, lost};
use crate::store::MemoryStore;
use crate::work::MemoryUnitOfWork;

#[async_trait]
impl CredentialReader for MemoryStore {
    async fn principal(&self, digest: &TokenDigest) -> StoreResult<Option<Principal>> {
        let state = self.state()?;
        state.bearers.get(digest).map(|user| principal(&state, *user)).transpose()
    }
}

fn principal(state: &State, user: UserId) -> StoreResult<Principal> {
    let theirs = (user, OrganizationId::new(Uuid::nil()))..=(user, OrganizationId::new(Uuid::max()));
    let memberships = state
        .memberships
        .range(theirs)
        .map(|((_, organization), role)| Ok((state.organization(*organization)?, *role)))
        .collect::<StoreResult<_>>()?;
    Ok(Principal { user: state.user(Some(user)).ok_or_else(|| lost(user))?, memberships })
}

#[async_trait]
impl AccountRepository for MemoryUnitOfWork {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        self.step(|state| match state.installed.replace(at) {
            None => Ok(()),
            Some(_) => Err(StoreError::AlreadyExists(Unique::Installation)),
        })
    }

    async fn add_organization(&mut self, organization: &Organization) -> StoreResult<()> {
        self.step(|state| add(&mut state.organizations, organization.id(), organization.clone()))
    }

    async fn add_user(&mut self, user: &User) -> StoreResult<()> {
        self.step(|state| add(&mut state.users, user.id(), user.clone()))
    }

    async fn add_membership(&mut self, membership: &Membership) -> StoreResult<()> {
        let &Membership { user, organization, role } = membership;
        self.step(|state| {
            if !state.users.contains_key(&user) || !state.organizations.contains_key(&organization) {
                return Err(StoreError::Referenced);
            }
            add(&mut state.memberships, (user, organization), role)
        })
    }

    async fn add_token(&mut self, token: &ApiToken) -> StoreResult<()> {
        self.step(|state| {
            if !state.users.contains_key(&token.user) {
                return Err(StoreError::Referenced);
            }
            if state.bearers.contains_key(&token.digest) {
                return Err(StoreError::AlreadyExists(Unique::Id));
            }
            state.bearers.insert_mut(token.digest, token.user);
            add(&mut state.tokens, token.id, token.clone())
        })
    }

    async fn users_named(&mut self, name: &UserName) -> StoreResult<Vec<User>> {
        self.step(|state| Ok(state.users.values().filter(|user| user.name() == name).cloned().collect()))
    }
}

fn add<K: Ord, V>(map: &mut RedBlackTreeMapSync<K, V>, id: K, value: V) -> StoreResult<()> {
    if map.contains_key(&id) {
        return Err(StoreError::AlreadyExists(Unique::Id));
    }
    map.insert_mut(id, value);
    Ok(())
}
