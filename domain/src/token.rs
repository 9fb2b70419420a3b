//! API tokens: by them scripts and integrations act for a user.

use std::collections::BTreeSet;
use std::fmt;

use crate::identity::{OrganizationId, TokenId, UserId};
use crate::invalid::{Invalid, Reason};
use crate::permission::{Action, Resource};
use crate::secret::SecretDigest;
use crate::text::TokenName;
use crate::time::Timestamp;
use crate::version::Version;

/// How much a token lets its bearer do with something. Who may write may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Access {
    Read,
    Write,
}

impl Access {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Write].into_iter().find(|access| access.name() == name)
    }
}

/// One thing that a token is good for: `read`, `write`, or either of a single resource, as in `orders:write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenScope {
    /// Everything without one.
    resource: Option<Resource>,
    access: Access,
}

impl TokenScope {
    /// Everything that its user may do.
    pub const WRITE: Self = Self { resource: None, access: Access::Write };
    /// Everything that its user may see.
    pub const READ: Self = Self { resource: None, access: Access::Read };

    /// Takes `read`, `write`, `<resource>:read` or `<resource>:write`.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let (resource, access) = match input.trim().rsplit_once(':') {
            Some((resource, access)) => (Some(Resource::from_name(resource)), access),
            None => (None, input.trim()),
        };
        match (resource, Access::from_name(access)) {
            (None, Some(access)) => Ok(Self { resource: None, access }),
            (Some(Some(resource)), Some(access)) => Ok(Self { resource: Some(resource), access }),
            _ => Err(Reason::TokenScope.into()),
        }
    }

    fn includes(self, other: Self) -> bool {
        self.access >= other.access && self.resource.is_none_or(|mine| other.resource == Some(mine))
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(resource) = self.resource {
            write!(formatter, "{}:", resource.name())?;
        }
        formatter.write_str(self.access.name())
    }
}

/// What a credential is good for, whatever else its user may do. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenScopes(BTreeSet<TokenScope>);

impl TokenScopes {
    /// Everything: what sessions and sign-ins are good for.
    pub fn everything() -> Self {
        Self(BTreeSet::from([TokenScope::WRITE]))
    }

    /// These; none is refused, for a token that is good for nothing is a mistake.
    pub fn new(scopes: impl IntoIterator<Item = TokenScope>) -> Result<Self, Invalid> {
        let scopes: BTreeSet<_> = scopes.into_iter().collect();
        if scopes.is_empty() { Err(Reason::Blank.into()) } else { Ok(Self(scopes)) }
    }

    /// The scopes as [`Self::spelled`] wrote them.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        Self::new(input.split_whitespace().map(TokenScope::parse).collect::<Result<Vec<_>, _>>()?)
    }

    /// The scopes in a lasting order, separated by spaces (as in RFC 6749, section 3.3).
    pub fn spelled(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Each of them, in a lasting order.
    pub fn iter(&self) -> impl Iterator<Item = TokenScope> + '_ {
        self.0.iter().copied()
    }

    /// Whether a credential with these is good for that.
    pub fn allow(&self, action: Action, resource: Resource) -> bool {
        let access = if action == Action::Read { Access::Read } else { Access::Write };
        self.0.iter().any(|scope| scope.includes(TokenScope { resource: Some(resource), access }))
    }

    /// Whether all that `others` are good for, these are good for as well.
    pub fn include(&self, others: &Self) -> bool {
        others.0.iter().all(|other| {
            let all_parts = |access| {
                Resource::ALL.into_iter().all(|resource| {
                    let part = TokenScope { resource: Some(resource), access };
                    self.0.iter().any(|scope| scope.includes(part))
                })
            };
            self.0.iter().any(|scope| scope.includes(*other))
                || (other.resource.is_none() && all_parts(other.access))
        })
    }
}

/// A credential by which a script or an integration acts for a user. It never changes; it is given and revoked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiToken {
    /// The identity; it carries the time of creation.
    pub id: TokenId,
    /// For whom the bearer acts.
    pub user: UserId,
    /// What the user calls it.
    pub name: TokenName,
    /// The only organization in which the bearer acts, if the token is bound to one.
    pub organization: Option<OrganizationId>,
    /// What the bearer may do, of all that the user may.
    pub scopes: TokenScopes,
    /// From when on the token is worth nothing.
    pub expires_at: Option<Timestamp>,
    /// When it was last presented, give or take a minute.
    pub last_used_at: Option<Timestamp>,
    /// By which a presented secret is found.
    pub digest: SecretDigest,
}

impl ApiToken {
    /// A token is what it was when it was given.
    pub const VERSION: Version = Version::FIRST;

    /// Whether it is worth nothing any more.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| expiry <= now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn scopes(spelled: &str) -> TokenScopes {
        TokenScopes::parse(spelled).unwrap()
    }

    #[test]
    fn scopes_are_spelled_as_they_are_read() {
        assert_eq!(scopes("write orders:read  orders:read").spelled(), "write orders:read");
        for input in ["", "all", "orders", "orders:", ":read", "cats:read", "orders:read:write", "Read"] {
            assert!(TokenScopes::parse(input).is_err(), "{input}");
        }
    }

    #[test]
    fn who_may_write_may_read_and_who_may_read_may_not_write() {
        assert!(scopes("write").allow(Action::Read, Resource::Orders));
        assert!(!scopes("read").allow(Action::Create, Resource::Orders));
        assert!(scopes("orders:write").allow(Action::Delete, Resource::Orders));
        assert!(scopes("orders:write").allow(Action::Read, Resource::Orders));
        assert!(!scopes("orders:write").allow(Action::Read, Resource::Customers));
    }

    #[test]
    fn nothing_is_included_that_is_not_allowed() {
        assert!(scopes("write").include(&scopes("read orders:write")));
        assert!(!scopes("read").include(&scopes("orders:write")));
        assert!(!scopes("orders:write items:write").include(&scopes("read")));
        let every = Resource::NAMES.map(|name| format!("{name}:write")).join(" ");
        assert!(scopes(&every).include(&TokenScopes::everything()));
    }

    fn some() -> impl Strategy<Value = TokenScopes> {
        let scope =
            (prop::option::of(0..Resource::ALL.len()), any::<bool>()).prop_map(|(resource, write)| {
                TokenScope {
                    resource: resource.map(|index| Resource::ALL[index]),
                    access: if write { Access::Write } else { Access::Read },
                }
            });
        prop::collection::vec(scope, 1..5).prop_map(|scopes| TokenScopes::new(scopes).unwrap())
    }

    proptest! {
        #[test]
        fn to_include_is_to_allow_all_that_the_others_allow(mine in some(), theirs in some()) {
            let allowed = Resource::ALL.into_iter().all(|resource| {
                Action::ALL.into_iter().all(|action| !theirs.allow(action, resource) || mine.allow(action, resource))
            });
            prop_assert_eq!(mine.include(&theirs), allowed);
            prop_assert_eq!(TokenScopes::parse(&mine.spelled()), Ok(mine));
        }
    }

    #[test]
    fn a_token_is_worth_nothing_from_its_expiry_on() {
        let at = |milliseconds| Timestamp::from_milliseconds(milliseconds).unwrap();
        let token = ApiToken {
            id: TokenId::new(Uuid::nil()),
            user: UserId::new(Uuid::nil()),
            name: TokenName::parse("till").unwrap(),
            organization: None,
            scopes: TokenScopes::everything(),
            expires_at: Some(at(1_000)),
            last_used_at: None,
            digest: SecretDigest::of(b"secret"),
        };
        assert!(!token.is_expired(at(999)) && token.is_expired(at(1_000)));
        assert!(!ApiToken { expires_at: None, ..token }.is_expired(at(1_000)));
    }
}
