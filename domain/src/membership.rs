//! Who belongs to an organization, and as what.

use thiserror::Error;

use crate::email::EmailAddress;
use crate::getters::getters;
use crate::identity::{CustomerId, MembershipId, OrganizationId, UserId};
use crate::time::Timestamp;
use crate::version::Version;

/// What a member of an organization is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and writes.
    Member,
    /// Also manages members, templates and the organization itself.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Member, Self::Admin];
    /// Their names.
    pub const NAMES: [&'static str; 3] = ["viewer", "member", "admin"];

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A role, and whether it is bound to a single customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A viewer who sees one customer with its orders, and nothing else.
    Guest(CustomerId),
    /// See [`Role::Viewer`].
    Viewer,
    /// See [`Role::Member`].
    Member,
    /// See [`Role::Admin`].
    Admin,
}

/// That a role was to be bound to one customer which means more than to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("Only the role viewer can be bound to one customer.")]
pub struct OnlyViewersAreBound;

impl Standing {
    /// A role, bound to `customer` if there is one.
    pub fn new(role: Role, customer: Option<CustomerId>) -> Result<Self, OnlyViewersAreBound> {
        match (role, customer) {
            (Role::Viewer, Some(customer)) => Ok(Self::Guest(customer)),
            (_, Some(_)) => Err(OnlyViewersAreBound),
            (Role::Viewer, None) => Ok(Self::Viewer),
            (Role::Member, None) => Ok(Self::Member),
            (Role::Admin, None) => Ok(Self::Admin),
        }
    }

    /// The role.
    pub const fn role(self) -> Role {
        match self {
            Self::Guest(_) | Self::Viewer => Role::Viewer,
            Self::Member => Role::Member,
            Self::Admin => Role::Admin,
        }
    }

    /// The customer to whom the role is bound.
    pub const fn customer(self) -> Option<CustomerId> {
        match self {
            Self::Guest(customer) => Some(customer),
            _ => None,
        }
    }
}

/// Who belongs, or is to belong once they sign in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Member {
    /// A user.
    User(UserId),
    /// Whoever first signs in with this address, verified by the identity provider.
    Invited(EmailAddress),
}

impl Member {
    /// The user, where there is one already.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(*user),
            Self::Invited(_) => None,
        }
    }

    /// The address that was invited, as long as nobody has come.
    pub const fn invited(&self) -> Option<&EmailAddress> {
        match self {
            Self::User(_) => None,
            Self::Invited(email) => Some(email),
        }
    }
}

/// That somebody belongs to an organization, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Membership {
    id: MembershipId,
    organization: OrganizationId,
    member: Member,
    standing: Standing,
    updated_at: Timestamp,
    version: Version,
}

impl Membership {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: MembershipId;
        /// Where; it never changes.
        copy organization: OrganizationId;
        /// Who.
        get member: Member;
        /// As what.
        copy standing: Standing;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new membership, in its first version.
    pub fn grant(id: MembershipId, organization: OrganizationId, member: Member, standing: Standing) -> Self {
        Self { id, organization, member, standing, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// A membership as a store kept it.
    pub fn restore(
        id: MembershipId,
        organization: OrganizationId,
        member: Member,
        standing: Standing,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, organization, member, standing, updated_at, version }
    }

    /// Gives another standing. What is already so is no change: the version stays, and the answer is `false`.
    pub fn reappoint(&mut self, standing: Standing, at: Timestamp) -> bool {
        if self.standing == standing {
            return false;
        }
        self.standing = standing;
        self.touch(at);
        true
    }

    /// The one who was invited has come: it is `user`.
    pub fn accept(&mut self, user: UserId, at: Timestamp) {
        self.member = Member::User(user);
        self.touch(at);
    }

    fn touch(&mut self, at: Timestamp) {
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn invitation() -> Membership {
        let id = MembershipId::new(Uuid::from_u128(1_000 << 80));
        let email = EmailAddress::parse("amina@duka.example").unwrap();
        Membership::grant(id, OrganizationId::new(Uuid::nil()), Member::Invited(email), Standing::Viewer)
    }

    fn later() -> Timestamp {
        Timestamp::from_milliseconds(2_000).unwrap()
    }

    #[test]
    fn a_role_is_found_by_its_name() {
        for (role, name) in Role::ALL.into_iter().zip(Role::NAMES) {
            assert_eq!((Role::from_name(name), role.name()), (Some(role), name));
        }
        assert_eq!(Role::from_name("Admin"), None);
    }

    #[test]
    fn only_a_viewer_can_be_bound_to_a_customer() {
        let customer = CustomerId::new(Uuid::from_u128(7));
        let guest = Standing::new(Role::Viewer, Some(customer)).unwrap();
        assert_eq!((guest.role(), guest.customer()), (Role::Viewer, Some(customer)));
        assert_eq!(Standing::new(Role::Member, Some(customer)), Err(OnlyViewersAreBound));
        assert_eq!(Standing::new(Role::Admin, Some(customer)), Err(OnlyViewersAreBound));
        for role in Role::ALL {
            let standing = Standing::new(role, None).unwrap();
            assert_eq!((standing.role(), standing.customer()), (role, None));
        }
    }

    #[test]
    fn who_was_invited_is_a_user_once_they_come() {
        let mut membership = invitation();
        assert!(membership.member().user().is_none() && membership.member().invited().is_some());
        let user = UserId::new(Uuid::from_u128(5));
        membership.accept(user, later());
        assert_eq!((membership.member().user(), membership.member().invited()), (Some(user), None));
        assert_eq!((membership.updated_at(), membership.version().number()), (later(), 2));
    }

    #[test]
    fn another_standing_is_another_version_and_the_same_is_not() {
        let mut membership = invitation();
        assert!(!membership.reappoint(Standing::Viewer, later()));
        assert_eq!(membership, invitation());
        assert!(membership.reappoint(Standing::Admin, later()));
        assert_eq!((membership.standing(), membership.version().number()), (Standing::Admin, 2));
    }

    #[test]
    fn what_a_store_kept_is_the_same_membership() {
        let it = invitation();
        let (member, standing) = (it.member().clone(), it.standing());
        let restored =
            Membership::restore(it.id(), it.organization(), member, standing, it.updated_at(), it.version());
        assert_eq!(restored, it);
    }
}
