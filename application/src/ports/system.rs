//! Time, identities and randomness, which the services may not take for themselves.

use std::time::Duration;

use async_trait::async_trait;
use orderdesk_domain::Timestamp;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// This moment, to the millisecond.
    fn now(&self) -> Timestamp;
}

/// Lets time pass.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Comes back after some random part of `longest`, so that those who met do not meet again.
    async fn pause(&self, longest: Duration);

    /// Comes back after `duration`.
    async fn sleep(&self, duration: Duration);
}

/// Mints identities.
pub trait IdGenerator: Send + Sync {
    /// A UUIDv7 that carries `at` (RFC 9562, section 5.7). Ids of one millisecond from one generator ascend.
    fn mint(&self, at: Timestamp) -> Uuid;
}

/// Random numbers that nobody can foresee.
pub trait Randomness: Send + Sync {
    /// 32 random bytes.
    fn bytes(&self) -> [u8; 32];

    /// A random number out of all of its type.
    fn number(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Randomness for Counting {
        fn bytes(&self) -> [u8; 32] {
            std::array::from_fn(|index| u8::try_from(index).unwrap())
        }
    }

    #[test]
    fn a_number_is_made_of_eight_of_the_bytes() {
        assert_eq!(Counting.number(), 0x0706_0504_0302_0100);
    }
}
