//! Who did what, when, from where, and what it changed.

use std::net::IpAddr;

use crate::external_identity::Issuer;
use crate::identity::{AuditEntryId, OrganizationId, SessionId, TokenId, UserId};
use crate::permission::{Action, Resource};
use uuid::Uuid;

/// By what the one who acted was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// An API token.
    Token(TokenId),
    /// A browser that was signed in.
    Session(SessionId),
    /// A token that this issuer signed.
    Issuer(Issuer),
    /// The command line of the machine on which the program runs.
    Local,
}

impl Credential {
    /// The kinds of credentials.
    pub const KINDS: [&'static str; 4] = ["api_token", "session", "issuer", "local"];

    /// What kind it is.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Token(_) => "api_token",
            Self::Session(_) => "session",
            Self::Issuer(_) => "issuer",
            Self::Local => "local",
        }
    }

    /// Which one of its kind, if there are several.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Token(id) => Some(id.to_string()),
            Self::Session(id) => Some(id.to_string()),
            Self::Issuer(issuer) => Some(issuer.to_string()),
            Self::Local => None,
        }
    }

    /// The credential of this kind and name.
    pub fn restore(kind: &str, name: Option<&str>) -> Option<Self> {
        match (kind, name) {
            ("api_token", Some(id)) => id.parse().ok().map(|id| Self::Token(TokenId::new(id))),
            ("session", Some(id)) => id.parse().ok().map(|id| Self::Session(SessionId::new(id))),
            ("issuer", Some(issuer)) => Issuer::parse(issuer).ok().map(Self::Issuer),
            ("local", None) => Some(Self::Local),
            _ => None,
        }
    }
}

/// Who acted, and how they were recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The user.
    pub user: Option<UserId>,
    /// By what they were recognised.
    pub credential: Credential,
    /// From where they called, if over a network.
    pub address: Option<IpAddr>,
}

/// An object as it was or as it became: a JSON object with the names of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facts(String);

impl Facts {
    /// Takes the text of a JSON object.
    pub fn new(json: String) -> Self {
        Self(json)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// That somebody did something. It never changes, and stays when its object goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AuditEntry {
    /// The identity; it carries the time at which it was done.
    pub id: AuditEntryId,
    /// To whom the object belongs or belonged; `None` for what belongs to no organization.
    pub organization: Option<OrganizationId>,
    /// Who did it.
    pub actor: Actor,
    /// What was done; nobody's reading is kept.
    pub action: Action,
    /// With what kind of object.
    pub resource: Resource,
    /// With which one.
    pub object: Uuid,
    /// What it was, of what is different afterwards; `None` for something new.
    pub before: Option<Facts>,
    /// What it became, of what is different; `None` for what is gone.
    pub after: Option<Facts>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_kept_is_the_same_credential() {
        let credentials = [
            Credential::Token(TokenId::new(Uuid::from_u128(1))),
            Credential::Session(SessionId::new(Uuid::from_u128(2))),
            Credential::Issuer(Issuer::parse("https://accounts.example").unwrap()),
            Credential::Local,
        ];
        for (credential, kind) in credentials.into_iter().zip(Credential::KINDS) {
            assert_eq!(credential.kind(), kind);
            let name = credential.name();
            assert_eq!(Credential::restore(kind, name.as_deref()), Some(credential));
        }
        assert_eq!(Credential::restore("api_token", None), None);
        assert_eq!(Credential::restore("passport", None), None);
    }
}
