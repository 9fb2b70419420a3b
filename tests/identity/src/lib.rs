//! A real OpenID Connect provider for tests, and the browser of somebody who signs in with it.
//!
//! The provider is npm's `oidc-provider`, a certified one, in a process of its own; `provider.js` says what
//! it is made of, and `install` where it comes from. A test that cannot have it fails.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this crate is for tests: a panic is how one fails"
)]

mod browser;
mod process;
mod provider;

pub use browser::Browser;
pub use provider::IdentityProvider;
