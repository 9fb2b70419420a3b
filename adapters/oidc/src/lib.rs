//! Who vouches for people: OpenID Connect sign-in, and JWTs of configured issuers.
//!
//! [`OidcProvider`] signs people in (OpenID Connect Core 1.0: authorization code flow with PKCE, state, nonce and
//! discovery), [`JwtVerifier`] takes bearer tokens (RFC 7519, RFC 9068). Both believe an issuer by the keys that it
//! shows, which `authority` keeps: no address is asked before it is needed, and the program starts without any of them.
//!
//! **Libraries.** The `openidconnect` crate fetches an issuer's keys once and never again, reads the system's clock, and
//! brings the `rsa` crate (RUSTSEC-2023-0071) along; next to it the bearer tokens would have to be verified by something
//! else. What it would save is three requests of which `provider` shows all. So signatures, headers, issuers and
//! audiences are `jsonwebtoken`'s, for both kinds of tokens, and the times in them are compared with the caller's
//! clock. It lets one choose the cryptography; `signature` gives it `ring`, which the connections are encrypted with
//! as well.
//!
//! **Nothing runs by itself.** What is fetched is kept in a `Cached`, which says when it is fetched anew.
//!
//! Secrets, codes and tokens are in no error and no log. Errors of libraries which may quote what they could not read
//! are replaced by our own words.

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
