//! Users: the people and programs that call.

use crate::email::EmailAddress;
use crate::external_identity::ExternalIdentity;
use crate::getters::getters;
use crate::identity::UserId;
use crate::text::UserName;
use crate::time::Timestamp;
use crate::version::Version;

/// What may change about a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// How the user is shown to others.
    pub name: UserName,
    /// Where the user gets mail, as far as the identity provider has verified it.
    pub email: Option<EmailAddress>,
    /// Whether the user may do everything everywhere.
    pub is_staff: bool,
    /// Whether the user may do anything at all.
    pub is_active: bool,
}

impl Account {
    /// An active user of this name, without further rights.
    pub fn named(name: UserName) -> Self {
        Self { name, email: None, is_staff: false, is_active: true }
    }
}

/// Somebody who can act; what they may do in an organization follows from their memberships.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct User {
    id: UserId,
    identity: Option<ExternalIdentity>,
    account: Account,
    updated_at: Timestamp,
    version: Version,
}

impl User {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: UserId;
        /// By what an identity provider knows the user, if one does. It never changes.
        get identity: Option<ExternalIdentity>;
        /// Name, address and general rights.
        get account: Account;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new user, in the first version.
    pub fn enrol(id: UserId, identity: Option<ExternalIdentity>, account: Account) -> Self {
        Self { id, identity, account, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// A user as a store kept it.
    pub fn restore(
        id: UserId,
        identity: Option<ExternalIdentity>,
        account: Account,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, identity, account, updated_at, version }
    }

    /// Takes on `account`. What is already so is no change: the version stays, and the answer is `false`.
    pub fn revise(&mut self, account: Account, at: Timestamp) -> bool {
        if self.account == account {
            return false;
        }
        self.account = account;
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn amina() -> User {
        let id = UserId::new(Uuid::from_u128(1_000 << 80));
        User::enrol(id, None, Account::named(UserName::parse("Amina").unwrap()))
    }

    #[test]
    fn a_new_user_is_active_has_no_further_rights_and_is_as_old_as_its_id() {
        let user = amina();
        assert_eq!((user.updated_at(), user.version()), (user.id().created_at(), Version::FIRST));
        assert!(user.account().is_active && !user.account().is_staff);
    }

    #[test]
    fn a_change_is_another_version_and_none_is_not() {
        let mut user = amina();
        let at = Timestamp::from_milliseconds(2_000).unwrap();
        assert!(!user.revise(user.account().clone(), at));
        assert_eq!(user, amina());
        assert!(user.revise(Account { is_active: false, ..user.account().clone() }, at));
        assert_eq!((user.updated_at(), user.version().number()), (at, 2));
    }

    #[test]
    fn what_a_store_kept_is_the_same_user() {
        let user = amina();
        let account = user.account().clone();
        assert_eq!(User::restore(user.id(), None, account, user.updated_at(), user.version()), user);
    }
}
