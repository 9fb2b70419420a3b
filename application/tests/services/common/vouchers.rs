//! What identity providers say of people.

use orderdesk_application::ports::Voucher;
use orderdesk_contract::builders::{email, identity, text};
use orderdesk_domain::{Issuer, UserName};

/// Who vouches for everybody here.
pub(crate) const ISSUER: &str = "https://accounts.example";

/// The issuer by that name.
pub(crate) fn issuer() -> Issuer {
    text(Issuer::parse, ISSUER)
}

/// That `subject` is somebody called Wanjiku, of whom the provider says nothing else.
pub(crate) fn voucher(subject: &str) -> Voucher {
    Voucher {
        identity: identity(ISSUER, subject),
        name: Some(text(UserName::parse, "Wanjiku Kamau")),
        email: None,
        expires_at: None,
    }
}

/// The same, with an address that the provider has verified.
pub(crate) fn verified(subject: &str, address: &str) -> Voucher {
    Voucher { email: Some(email(address)), ..voucher(subject) }
}
