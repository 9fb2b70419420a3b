//! API tokens: shown once, kept as a digest.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::identity::{TokenId, UserId};

/// What every token's secret begins with, so that a leaked one can be recognised.
pub const TOKEN_PREFIX: &str = "od_";

/// The characters that carry the secret's randomness: 32 of them, five bits each, safe to double-click and
/// to put in a URL, a shell or a configuration file.
const ALPHABET: [u8; 32] = *b"0123456789abcdefghjkmnpqrstvwxyz";

/// The secret itself. It shows in nothing but [`TokenSecret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl TokenSecret {
    /// The secret of 32 random bytes; 160 bits of them are kept.
    pub fn generate(random: [u8; 32]) -> Self {
        let secret =
            random.map(|byte| char::from(ALPHABET.get(usize::from(byte) % 32).copied().unwrap_or(b'0')));
        Self(TOKEN_PREFIX.chars().chain(secret).collect())
    }

    /// What a caller presented, if it can be a token at all.
    pub fn parse(input: &str) -> Option<Self> {
        let secret = input.strip_prefix(TOKEN_PREFIX)?;
        let plausible = secret.len() == 32 && secret.bytes().all(|byte| ALPHABET.contains(&byte));
        plausible.then(|| Self(input.to_owned()))
    }

    /// What is stored and looked up. A plain hash is enough: 160 random bits cannot be guessed from it.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The secret as the caller must present it, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenSecret(…)")
    }
}

/// SHA-256 of a token's secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// A digest as a store kept it.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bare digest, for adapters.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenDigest(…)")
    }
}

/// A credential by which a script or an integration acts for a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiToken {
    /// The identity; it carries the time of creation.
    pub id: TokenId,
    /// For whom the bearer acts.
    pub user: UserId,
    /// By which a presented secret is found.
    pub digest: TokenDigest,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_and_never_printed() {
        let secret = TokenSecret::generate(std::array::from_fn(|index| u8::try_from(index).unwrap()));
        assert_eq!(secret.reveal(), "od_0123456789abcdefghjkmnpqrstvwxyz");
        assert_eq!(TokenSecret::parse(secret.reveal()), Some(secret.clone()));
        assert_eq!(format!("{secret:?} {:?}", secret.digest()), "TokenSecret(…) TokenDigest(…)");
    }

    #[test]
    fn what_cannot_be_a_token_is_not_looked_up() {
        for input in [
            "",
            "od_",
            "od_short",
            "0123456789abcdefghjkmnpqrstvwxyz012",
            "od_0123456789abcdefghjkmnpqrstvwxy!",
        ] {
            assert_eq!(TokenSecret::parse(input), None, "{input}");
        }
    }

    /// Computed once with `sha256sum`: a digest that changed would lock everybody out.
    #[test]
    fn a_digest_is_the_sha_256_of_the_secret() {
        let digest = TokenSecret::parse("od_0123456789abcdefghjkmnpqrstvwxyz").unwrap().digest();
        let kept = [
            0xff, 0x04, 0xfa, 0x7e, 0xd4, 0x3e, 0xfb, 0xda, 0xe4, 0x4e, 0xf2, 0xe7, 0xe0, 0xd6, 0x14, 0x3c,
            0x8f, 0xdb, 0xde, 0x9d, 0x60, 0xbd, 0x34, 0xe5, 0x00, 0x14, 0xfc, 0x10, 0x92, 0x66, 0xb9, 0x9d,
        ];
        assert_eq!(*digest.bytes(), kept);
        assert_eq!(TokenDigest::new(kept), digest);
    }
}
