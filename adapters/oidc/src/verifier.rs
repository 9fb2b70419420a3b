//! Bearer tokens of configured issuers.

use async_trait::async_trait;
use jsonwebtoken::dangerous::insecure_decode_claims;
use orderdesk_application::ports::{IdentityError, TokenVerifier, Voucher};
use orderdesk_domain::Timestamp;
use serde::Deserialize;

use crate::admission::Admission;
use crate::algorithm::Algorithm;
use crate::authority::Authority;
use crate::http::HttpClient;
use crate::refusal::Refusal;
use crate::settings::IssuerSettings;
use crate::signature;
use crate::token::{verify, voucher};

/// Verifies tokens by the keys that their issuers show. Keys are fetched when a token needs them: first, when
/// they are a quarter of an hour old, and for a token that names another one. While an issuer cannot be
/// asked, the keys that it showed last are good.
pub struct JwtVerifier {
    issuers: Vec<Trusted>,
}

/// An issuer, and what it is trusted with.
struct Trusted {
    authority: Authority,
    audience: String,
    algorithms: Vec<Algorithm>,
    admission: Admission,
}

/// What a token says before anything in it is believed: whose keys to look it up by.
#[derive(Deserialize)]
struct Alleged {
    iss: String,
}

impl JwtVerifier {
    /// Takes tokens of these issuers. Of two settings for one issuer, the first counts.
    pub fn new(issuers: Vec<IssuerSettings>, http: &HttpClient) -> Self {
        signature::install();
        let trusted = |settings: IssuerSettings| Trusted {
            admission: Admission::new(&settings.email_domains, None),
            authority: Authority::new(settings.issuer, http.clone()),
            audience: settings.audience,
            algorithms: settings.algorithms,
        };
        Self { issuers: issuers.into_iter().map(trusted).collect() }
    }

    fn issuer_of(&self, token: &str) -> Result<&Trusted, Refusal> {
        let alleged: Alleged = insecure_decode_claims(token).map_err(|error| Refusal::from(&error))?;
        let mut issuers = self.issuers.iter();
        issuers
            .find(|trusted| trusted.authority.url().issuer().as_str() == alleged.iss)
            .ok_or(Refusal::Issuer)
    }
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<Voucher, IdentityError> {
        let Trusted { authority, audience, algorithms, admission } = self.issuer_of(token)?;
        let claims = verify(token, authority, audience, algorithms, now).await?;
        let person = claims.person();
        admission.check(&person)?;
        Ok(voucher(authority, claims, person))
    }
}
