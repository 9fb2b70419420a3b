//! Secrets that callers present: shown once, kept as a digest.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The characters that carry a secret's randomness: 32 of them, five bits each, safe to double-click and
/// to put in a URL, a shell or a configuration file.
const ALPHABET: [u8; 32] = *b"0123456789abcdefghjkmnpqrstvwxyz";

/// 160 of 256 random bits, five in each character.
fn spell(random: [u8; 32]) -> impl Iterator<Item = char> {
    random.into_iter().map(|byte| char::from(ALPHABET.get(usize::from(byte) % 32).copied().unwrap_or(b'0')))
}

fn is_spelled(secret: &str) -> bool {
    secret.len() == 32 && secret.bytes().all(|byte| ALPHABET.contains(&byte))
}

macro_rules! secret_type {
    ($(#[$doc:meta])+ $name:ident, $prefix:literal) => {
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// What every secret of this kind begins with, so that a leaked one can be recognised.
            pub const PREFIX: &'static str = $prefix;

            /// The secret of 32 random bytes; 160 bits of them are kept.
            pub fn generate(random: [u8; 32]) -> Self {
                Self(Self::PREFIX.chars().chain(spell(random)).collect())
            }

            /// What a caller presented, if it can be such a secret at all.
            pub fn parse(input: &str) -> Option<Self> {
                input.strip_prefix(Self::PREFIX).is_some_and(is_spelled).then(|| Self(input.to_owned()))
            }

            /// What is stored and looked up. A plain hash is enough: 160 random bits cannot be guessed from it.
            pub fn digest(&self) -> SecretDigest {
                SecretDigest::of(self.0.as_bytes())
            }

            /// The secret as the caller must present it, to be shown once.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret_type!(
    /// The secret of an API token. It shows in nothing but [`TokenSecret::reveal`].
    TokenSecret,
    "od_"
);
secret_type!(
    /// The secret of a session, which a browser keeps in a cookie.
    SessionSecret,
    "os_"
);

secret_type!(
    /// The secret of a sign-in under way, which the browser keeps in a cookie while the person is at the identity
    /// provider. What travels in URLs follows from it, and does not betray it.
    SignInSecret,
    "oi_"
);

/// 64 characters that follow from a secret and do not betray it, others for each purpose.
fn derive(secret: &str, purpose: &str) -> String {
    let half = |number: u8| {
        let digest = Sha256::new().chain_update([number]).chain_update(purpose).chain_update(secret);
        spell(digest.finalize().into())
    };
    half(0).chain(half(1)).collect()
}

impl SignInSecret {
    /// What the provider hands back, to prove that the answer is to this browser's question (RFC 6749, section 10.12).
    pub fn state(&self) -> String {
        derive(&self.0, "state")
    }

    /// What the provider puts into the identity token, to prove that it was made for this sign-in (OpenID Connect
    /// Core 1.0, section 15.5.2).
    pub fn nonce(&self) -> String {
        derive(&self.0, "nonce")
    }

    /// What proves to the provider that the code comes from where it was asked for (RFC 7636, section 4.1).
    pub fn code_verifier(&self) -> String {
        derive(&self.0, "code verifier")
    }
}

impl SessionSecret {
    /// What pages of the session send along with every form, to prove that the form is theirs. Whoever knows it
    /// does not know the secret.
    pub fn csrf_token(&self) -> CsrfToken {
        CsrfToken(derive(&self.0, "csrf"))
    }
}

/// Proves that a request comes from a page of the session itself (cross-site request forgery).
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// The token as pages carry it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `presented` is this token; how long the answer takes says nothing about either.
    pub fn is(&self, presented: &str) -> bool {
        SecretDigest::of(self.0.as_bytes()) == SecretDigest::of(presented.as_bytes())
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CsrfToken(…)")
    }
}

/// SHA-256 of a secret. To compare digests byte by byte tells nothing: nobody can choose theirs to come close.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// A digest as a store kept it.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest of a secret that somebody else made.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// The bare digest, for adapters.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_and_never_printed() {
        let secret = TokenSecret::generate(std::array::from_fn(|index| u8::try_from(index).unwrap()));
        assert_eq!(secret.reveal(), "od_0123456789abcdefghjkmnpqrstvwxyz");
        assert_eq!(TokenSecret::parse(secret.reveal()), Some(secret.clone()));
        assert_eq!(format!("{secret:?} {:?}", secret.digest()), "TokenSecret(…) SecretDigest(…)");
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
        assert_eq!(SecretDigest::new(kept), digest);
    }

    #[test]
    fn a_csrf_token_follows_from_its_session_and_is_not_its_secret() {
        let session = SessionSecret::generate([7; 32]);
        let token = session.csrf_token();
        assert!(token.is(session.csrf_token().reveal()) && !token.is("") && !token.is(session.reveal()));
        assert!(!token.is(SessionSecret::generate([8; 32]).csrf_token().reveal()));
        assert_eq!(format!("{session:?} {token:?}"), "SessionSecret(…) CsrfToken(…)");
    }

    #[test]
    fn what_travels_in_urls_follows_from_a_sign_in_and_is_different_for_each_purpose() {
        let sign_in = SignInSecret::generate([7; 32]);
        let derived = [sign_in.state(), sign_in.nonce(), sign_in.code_verifier()];
        assert_eq!(derived, [sign_in.state(), sign_in.nonce(), sign_in.code_verifier()]);
        // RFC 7636 asks for 43 to 128 characters.
        assert!(derived.iter().all(|it| it.len() == 64 && !it.contains(sign_in.reveal())));
        assert!(derived[0] != derived[1] && derived[1] != derived[2] && derived[0] != derived[2]);
        assert_ne!(sign_in.state(), SignInSecret::generate([8; 32]).state());
    }

    #[test]
    fn the_secret_of_a_session_is_none_of_a_token() {
        let session = SessionSecret::generate([7; 32]);
        assert_eq!(TokenSecret::parse(session.reveal()), None);
        assert_eq!(SessionSecret::parse(session.reveal()), Some(session));
    }
}
