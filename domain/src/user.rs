//! Users: the people and programs that call.

use crate::getters::getters;
use crate::identity::UserId;
use crate::text::UserName;
use crate::time::Timestamp;
use crate::version::Version;

/// Somebody who can act; what they may do follows from their memberships.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct User {
    id: UserId,
    name: UserName,
    updated_at: Timestamp,
    version: Version,
}

impl User {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: UserId;
        /// How the user is shown to others.
        get name: UserName;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new user, in the first version.
    pub fn enrol(id: UserId, name: UserName) -> Self {
        Self { id, name, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// A user as a store kept it.
    pub fn restore(id: UserId, name: UserName, updated_at: Timestamp, version: Version) -> Self {
        Self { id, name, updated_at, version }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_new_user_is_as_old_as_its_id_and_what_a_store_kept_is_the_same() {
        let id = UserId::new(Uuid::from_u128(1_000 << 80));
        let user = User::enrol(id, UserName::parse("Amina").unwrap());
        assert_eq!((user.updated_at(), user.version()), (id.created_at(), Version::FIRST));
        let restored = User::restore(user.id(), user.name().clone(), user.updated_at(), user.version());
        assert_eq!(restored, user);
    }
}
