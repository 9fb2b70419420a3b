//! Who vouches for people: OpenID Connect sign-in, and JWTs of configured issuers.
//!
//! [`OidcProvider`] signs people in (OpenID Connect Core 1.0: authorization code flow with PKCE, state, nonce
//! and discovery), [`JwtVerifier`] takes bearer tokens (RFC 7519, RFC 9068). Both believe an issuer by the
//! keys that it shows, which `authority` keeps: no address is asked before it is needed, and the program
//! starts without any of them.
//!
//! **Libraries.** The `openidconnect` crate fetches an issuer's keys once and never again, brings the `rsa`
//! crate (RUSTSEC-2023-0071) along, and knows nothing of bearer tokens, which would need a second verifier.
//! What it would save is three requests, and `provider` has them on one page. So both kinds of tokens go
//! through `token`: headers, signatures, issuers and audiences are `jsonwebtoken`'s, and the times are
//! compared with the caller's clock. `jsonwebtoken` comes with `rsa` as well, or with another library in C,
//! but takes one's own cryptography: `signature` gives it `ring`, by which the connections are encrypted.
//!
//! **Nothing runs by itself.** What is fetched is kept in a `Cached`, which says when it is fetched anew:
//! when somebody needs it.
//!
//! Secrets, codes and tokens are in no error and no log. Errors of libraries which may quote what they could
//! not read are replaced by our own words.

mod admission;
mod algorithm;
mod authority;
mod cached;
mod claims;
mod endpoint;
mod http;
mod issuer_url;
mod keys;
mod metadata;
mod provider;
mod refusal;
mod settings;
mod signature;
mod token;
mod verifier;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use http::{HttpClient, HttpClientError};
pub use issuer_url::{IssuerUrl, IssuerUrlError};
pub use provider::OidcProvider;
pub use settings::{ClientSecret, IssuerSettings, ProviderSettings};
pub use verifier::JwtVerifier;
