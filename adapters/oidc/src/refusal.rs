//! Why nobody is vouched for, in words that hold nothing of what was presented.

use jsonwebtoken::errors::{Error as TokenError, ErrorKind};
use orderdesk_application::ports::IdentityError;
use thiserror::Error;

/// What is wrong with a token or a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("it is no token that we can read")]
    Malformed,
    #[error("it is signed by an algorithm that is not expected of its issuer")]
    Algorithm,
    #[error("it is of a type that is not expected")]
    Type,
    #[error("it asks for an extension that we do not know")]
    Extension,
    #[error("its issuer is not one of ours")]
    Issuer,
    #[error("its issuer has no such key")]
    Key,
    #[error("its signature is wrong")]
    Signature,
    #[error("it is for somebody else")]
    Audience,
    #[error("it was given to somebody else")]
    AuthorizedParty,
    #[error("a claim is missing, or of the wrong kind")]
    Claims,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    Premature,
    #[error("it is of another sign-in")]
    Nonce,
    #[error("the user information is of another person")]
    OtherSubject,
    #[error("the provider does not take it: {0}")]
    Provider(&'static str),
}

impl From<Refusal> for IdentityError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl Refusal {
    /// What is wrong with the claims of a token, of which the rest could be read.
    pub(crate) fn of_claims(error: &TokenError) -> Self {
        match error.kind() {
            ErrorKind::Json(_) => Self::Claims,
            _ => Self::from(error),
        }
    }
}

/// Their own words may quote the token.
impl From<&TokenError> for Refusal {
    fn from(error: &TokenError) -> Self {
        match error.kind() {
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Self::Algorithm,
            ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) => Self::Claims,
            _ => Self::Malformed,
        }
    }
}
