//! Identities: one type per kind of object, so that a customer's id cannot stand where an order's belongs.
//!
//! Every id is a UUIDv7 (RFC 9562, section 5.7), minted at the moment its object comes into being. Its first
//! 48 bits *are* the time of creation in milliseconds, so that time is kept once, in the id, and ordering
//! by creation is ordering by id.

use std::fmt;

use uuid::Uuid;

use crate::time::Timestamp;

macro_rules! identity {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes any UUID: one that no object has simply finds nothing.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID, for adapters.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// When the object came into being.
            pub fn created_at(self) -> Timestamp {
                Timestamp::of_uuid(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

identity! {
    /// Identifies a customer.
    CustomerId;
    /// Identifies an item of the catalogue.
    ItemId;
    /// Identifies an order; carries the time it was placed.
    OrderId;
    /// Identifies one entry in an order's history; carries the time it happened.
    OrderEventId;
    /// Identifies an organization.
    OrganizationId;
    /// Identifies a user.
    UserId;
    /// Identifies that a user belongs to an organization.
    MembershipId;
    /// Identifies a session; says nothing about its secret.
    SessionId;
    /// Identifies an entry of the audit; carries the time at which it was made.
    AuditEntryId;
    /// Identifies a message; carries the time at which it was queued first.
    MessageId;
    /// Identifies an attempt to send a message; carries the time at which it began.
    MessageAttemptId;
    /// Identifies a template of messages.
    MessageTemplateId;
    /// Identifies that a number gets no texts; carries the time since which that is so.
    OptOutId;
    /// Identifies an API token; says nothing about its secret.
    TokenId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_in_the_canonical_form_and_says_of_what_it_is() {
        let id = CustomerId::new(Uuid::from_u128(0x0190_a1b2_c3d4_7000_8000_0000_0000_0001));
        assert_eq!(id.to_string(), "0190a1b2-c3d4-7000-8000-000000000001");
        assert_eq!(format!("{id:?}"), "CustomerId(0190a1b2-c3d4-7000-8000-000000000001)");
        assert_eq!(id.created_at().milliseconds(), 0x0190_a1b2_c3d4);
        assert_eq!(CustomerId::new(id.uuid()), id);
    }
}
