//! How tokens may be signed.

use std::fmt;
use std::str::FromStr;

use jsonwebtoken::{Algorithm as Jws, AlgorithmFamily};
use thiserror::Error;

/// An algorithm that signs with a key which others do not have (RFC 7518, section 3.1; RFC 8037). `none` is
/// not among them, nor are those with a shared secret, for which a public key could be passed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithm(Jws);

/// The name is of no algorithm that can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// What a bearer token may be signed by, unless it is said otherwise.
    pub const DEFAULT: [Self; 3] = [Self(Jws::RS256), Self(Jws::ES256), Self(Jws::EdDSA)];

    /// What a provider may sign by: its keys say which of them.
    pub(crate) const ALL: [Self; 9] = [
        Self(Jws::RS256),
        Self(Jws::RS384),
        Self(Jws::RS512),
        Self(Jws::PS256),
        Self(Jws::PS384),
        Self(Jws::PS512),
        Self(Jws::ES256),
        Self(Jws::ES384),
        Self(Jws::EdDSA),
    ];

    /// The algorithm that a token's header names.
    pub(crate) fn of(algorithm: Jws) -> Option<Self> {
        (algorithm.family() != AlgorithmFamily::Hmac).then_some(Self(algorithm))
    }

    pub(crate) const fn jws(self) -> Jws {
        self.0
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        name.parse().ok().and_then(Self::of).ok_or(UnknownAlgorithm)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names of the variants are those of the algorithms.
        write!(formatter, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_signs_with_a_key_of_its_own_is_taken_and_nothing_else() {
        for algorithm in Algorithm::ALL {
            let name = algorithm.to_string();
            assert_eq!(name.parse(), Ok(algorithm));
            assert!(UnknownAlgorithm.to_string().contains(&name));
        }
        for name in ["none", "HS256", "HS384", "HS512", "rs256", ""] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
        }
    }
}
