//! Tokens of an issuer, verified.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header};
use orderdesk_application::ports::{IdentityError, Voucher};
use orderdesk_domain::{ExternalIdentity, Timestamp};

use crate::algorithm::Algorithm;
use crate::authority::Authority;
use crate::claims::{Claims, Person};
use crate::http::Failure;
use crate::refusal::Refusal;

/// The types of tokens that people are known by (RFC 7519, section 5.1; RFC 9068, section 2.1). What else an
/// issuer signs, such as that somebody has signed out, is not to be taken for one (RFC 8725, section 3.11).
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

impl From<Failure> for IdentityError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(Box::new(failure))
    }
}

/// The claims of a token, if this issuer has signed it by one of these algorithms, for this audience, and it
/// is valid now.
pub(crate) async fn verify(
    token: &str,
    authority: &Authority,
    audience: &str,
    algorithms: &[Algorithm],
    now: Timestamp,
) -> Result<Claims, IdentityError> {
    let header = decode_header(token).map_err(|error| Refusal::from(&error))?;
    let algorithm = Algorithm::of(header.alg).filter(|algorithm| algorithms.contains(algorithm));
    let algorithm = algorithm.ok_or(Refusal::Algorithm)?.jws();
    if header.typ.is_some_and(|actual| !TYPES.iter().any(|expected| actual.eq_ignore_ascii_case(expected))) {
        return Err(Refusal::Type.into());
    }
    if header.crit.is_some() {
        return Err(Refusal::Extension.into());
    }

    let id = header.kid.as_deref();
    let keys = authority.keys(id).await?;
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    validation.set_issuer(&[authority.url().issuer()]);
    validation.set_audience(&[audience]);
    // It would ask the system what time it is.
    validation.validate_exp = false;
    let mut refusal = if keys.knows(id) { Refusal::Algorithm } else { Refusal::Key };
    for key in keys.candidates(id, algorithm) {
        match decode::<Claims>(token, &key.decoding, &validation) {
            Ok(verified) => {
                verified.claims.check_times(now)?;
                return Ok(verified.claims);
            }
            // A token that does not name its key may be of the next.
            Err(error) if *error.kind() == ErrorKind::InvalidSignature => refusal = Refusal::Signature,
            Err(error) => return Err(Refusal::of_claims(&error).into()),
        }
    }
    Err(refusal.into())
}

/// What follows from a token of this issuer.
pub(crate) fn voucher(authority: &Authority, claims: Claims, person: Person) -> Voucher {
    let identity = ExternalIdentity { issuer: authority.url().issuer().clone(), subject: claims.sub };
    Voucher { identity, name: person.name, email: person.email, expires_at: Some(claims.exp) }
}
