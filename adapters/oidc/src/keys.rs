//! The keys that an issuer shows (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// A set of keys as an issuer shows it. A key of a kind that is unknown does not hide the others.
#[derive(Deserialize)]
pub(crate) struct KeyDocument {
    keys: Vec<Value>,
}

/// A key that signatures can be verified with.
pub(crate) struct Key {
    id: Option<String>,
    /// By which it may have signed.
    algorithms: Vec<Algorithm>,
    pub(crate) decoding: DecodingKey,
}

/// The keys of an issuer.
pub(crate) struct KeySet(Vec<Key>);

impl KeySet {
    /// The keys of a document that are of use; `None` if there is none.
    pub(crate) fn of(document: KeyDocument) -> Option<Self> {
        let keys = document.keys.into_iter().filter_map(|key| Key::of(&serde_json::from_value(key).ok()?));
        let keys: Vec<_> = keys.collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Whether there is a key of this name. A token that names none may be of any.
    pub(crate) fn knows(&self, id: Option<&str>) -> bool {
        self.0.iter().any(|key| key.is_called(id))
    }

    /// The keys that may have signed a token by this name and algorithm.
    pub(crate) fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| key.is_called(id) && key.algorithms.contains(&algorithm))
    }
}

impl Key {
    /// A key that is public and for signatures.
    fn of(jwk: &Jwk) -> Option<Self> {
        let common = &jwk.common;
        let operations = common.key_operations.as_ref();
        let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
            && operations.is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms(),
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                &[Algorithm::ES256]
            }
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => {
                &[Algorithm::ES384]
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                &[Algorithm::EdDSA]
            }
            _ => &[],
        };
        let fits = |algorithm: &Algorithm| {
            common.key_algorithm.is_none_or(|expected| expected == KeyAlgorithm::from(*algorithm))
        };
        let algorithms: Vec<_> = algorithms.iter().copied().filter(fits).collect();
        let decoding = DecodingKey::from_jwk(jwk).ok()?;
        (signs && !algorithms.is_empty()).then(|| Self { id: common.key_id.clone(), algorithms, decoding })
    }

    fn is_called(&self, id: Option<&str>) -> bool {
        id.is_none() || self.id.as_deref() == id
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn set(keys: &Value) -> Option<KeySet> {
        KeySet::of(from_value(json!({ "keys": keys })).unwrap())
    }

    fn candidates(keys: &Value, id: Option<&str>, algorithm: Algorithm) -> usize {
        set(keys).map_or(0, |keys| keys.candidates(id, algorithm).count())
    }

    #[test]
    fn a_key_is_for_the_algorithms_of_its_kind() {
        let ec = json!([{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "a" }]);
        let rsa = json!([{ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a" }]);
        assert_eq!(candidates(&ec, Some("a"), Algorithm::ES256), 1);
        assert_eq!(candidates(&rsa, Some("a"), Algorithm::PS512), 1);
        for algorithm in [Algorithm::ES384, Algorithm::RS256, Algorithm::EdDSA, Algorithm::HS256] {
            assert_eq!(candidates(&ec, Some("a"), algorithm), 0, "{algorithm:?}");
        }
        assert_eq!(candidates(&rsa, Some("a"), Algorithm::HS256), 0);
    }

    #[test]
    fn a_key_is_for_what_it_says_that_it_is_for() {
        let key = |more: &Value| {
            let mut key = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a" });
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            candidates(&json!([key]), Some("a"), Algorithm::RS256)
        };
        for more in [json!({ "use": "sig" }), json!({ "alg": "RS256" }), json!({ "key_ops": ["verify"] })] {
            assert_eq!(key(&more), 1, "{more}");
        }
        for more in [
            json!({ "use": "enc" }),
            json!({ "alg": "RS512" }),
            json!({ "alg": "RSA-OAEP" }),
            json!({ "key_ops": ["encrypt"] }),
        ] {
            assert_eq!(key(&more), 0, "{more}");
        }
    }

    #[test]
    fn unknown_and_secret_keys_are_passed_over() {
        let keys = json!([
            { "kty": "tomorrow" },
            5,
            { "kty": "oct", "k": "c2VjcmV0" },
            { "kty": "OKP", "crv": "X25519", "x": "AA" },
            { "kty": "OKP", "crv": "Ed25519", "x": "AA" },
        ]);
        assert_eq!(candidates(&keys, None, Algorithm::EdDSA), 1);
        assert_eq!(candidates(&keys, None, Algorithm::HS256), 0);
        assert!(set(&json!([{ "kty": "oct", "k": "c2VjcmV0" }])).is_none());
    }

    #[test]
    fn a_token_that_names_its_key_is_of_no_other() {
        let keys = json!([
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a" },
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "b" },
            { "kty": "RSA", "n": "AQAB", "e": "AQAB" },
        ]);
        let known = set(&keys).unwrap();
        assert!(known.knows(Some("a")) && known.knows(None) && !known.knows(Some("c")));
        assert_eq!(candidates(&keys, Some("b"), Algorithm::RS256), 1);
        assert_eq!(candidates(&keys, None, Algorithm::RS256), 3);
    }
}
