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
        self.step(|state| install(state, at))
    }

    async fn add_organization(&mut self, organization: &Organization) -> StoreResult<()> {
        self.step(|state| add_organization(state, organization))
    }

    async fn add_user(&mut self, user: &User) -> StoreResult<()> {
        self.step(|state| add_user(state, user))
    }

    async fn add_membership(&mut self, membership: &Membership) -> StoreResult<()> {
        self.step(|state| add_membership(state, *membership))
    }

    async fn add_token(&mut self, token: &ApiToken) -> StoreResult<()> {
        self.step(|state| add_token(state, token))
    }

    async fn users_named(&mut self, name: &UserName) -> StoreResult<Vec<User>> {
        self.step(|state| Ok(state.users.values().filter(|user| user.name() == name).cloned().collect()))
    }
}

pub(crate) fn install(state: &mut State, at: Timestamp) -> StoreResult<()> {
    match state.installed.replace(at) {
        None => Ok(()),
        Some(_) => Err(StoreError::AlreadyExists(Unique::Installation)),
    }
}

pub(crate) fn add_organization(state: &mut State, organization: &Organization) -> StoreResult<()> {
    add(&mut state.organizations, organization.id(), organization.clone())
}

pub(crate) fn add_user(state: &mut State, user: &User) -> StoreResult<()> {
    add(&mut state.users, user.id(), user.clone())
}

pub(crate) fn add_membership(state: &mut State, membership: Membership) -> StoreResult<()> {
    let Membership { user, organization, role } = membership;
    if !state.users.contains_key(&user) || !state.organizations.contains_key(&organization) {
        return Err(StoreError::Referenced);
    }
    add(&mut state.memberships, (user, organization), role)
}

pub(crate) fn add_token(state: &mut State, token: &ApiToken) -> StoreResult<()> {
    if !state.users.contains_key(&token.user) {
        return Err(StoreError::Referenced);
    }
    if state.bearers.contains_key(&token.digest) {
        return Err(StoreError::AlreadyExists(Unique::Id));
    }
    state.bearers.insert_mut(token.digest, token.user);
    add(&mut state.tokens, token.id, token.clone())
}

fn add<K: Ord, V>(map: &mut RedBlackTreeMapSync<K, V>, id: K, value: V) -> StoreResult<()> {
    if map.contains_key(&id) {
        return Err(StoreError::AlreadyExists(Unique::Id));
    }
    map.insert_mut(id, value);
    Ok(())
}
