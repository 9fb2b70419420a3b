//! Users as they are read and listed.

use orderdesk_domain::{Resource, User};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetails {
    /// The user.
    pub user: User,
}

/// The fields of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the user's own fields")]
pub enum UserField {
    Id,
    Name,
    Email,
    Issuer,
    Subject,
    IsStaff,
    IsActive,
    CreatedAt,
}

impl Field for UserField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Name,
        Self::Email,
        Self::Issuer,
        Self::Subject,
        Self::IsStaff,
        Self::IsActive,
        Self::CreatedAt,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = None;
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Name => Spec::new("name", Kind::Text).filters().orders().searches(),
            Self::Email => Spec::new("email", Kind::Text).nullable().filters().searches(),
            Self::Issuer => Spec::new("issuer", Kind::Text).nullable(),
            Self::Subject => Spec::new("subject", Kind::Text).nullable(),
            Self::IsStaff => Spec::new("is_staff", Kind::Boolean).filters(),
            Self::IsActive => Spec::new("is_active", Kind::Boolean).filters(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for UserDetails {
    type Field = UserField;

    fn value(&self, field: UserField) -> Value {
        let (account, identity) = (self.user.account(), self.user.identity().as_ref());
        match field {
            UserField::Id => self.user.id().uuid().into(),
            UserField::Name => account.name.as_str().into(),
            UserField::Email => account.email.as_ref().map(orderdesk_domain::EmailAddress::as_str).into(),
            UserField::Issuer => identity.map(|identity| identity.issuer.as_str()).into(),
            UserField::Subject => identity.map(|identity| identity.subject.as_str()).into(),
            UserField::IsStaff => Value::Boolean(account.is_staff),
            UserField::IsActive => Value::Boolean(account.is_active),
            UserField::CreatedAt => self.user.id().created_at().into(),
        }
    }
}

impl Entity for User {
    const RESOURCE: Resource = Resource::Users;

    type Field = UserField;
    type Details = UserDetails;
}

impl Aggregate for User {
    fn of(details: &UserDetails) -> &Self {
        &details.user
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
