//! API tokens as they are read and listed.

use orderdesk_domain::{ApiToken, OrganizationId, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::OrganizationSummary;

/// A token, and the organization to which it is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenDetails {
    /// The token.
    pub token: ApiToken,
    /// The only organization in which its bearer acts, if there is one.
    pub organization: Option<OrganizationSummary>,
}

/// The fields of a token. Its digest is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the token's own fields")]
pub enum ApiTokenField {
    Id,
    User,
    Name,
    Organization,
    Scopes,
    ExpiresAt,
    CreatedAt,
}

impl Field for ApiTokenField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::User,
        Self::Name,
        Self::Organization,
        Self::Scopes,
        Self::ExpiresAt,
        Self::CreatedAt,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = None;
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = Some(Self::User);

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::User => Spec::new("user", Kind::Id),
            Self::Name => Spec::new("name", Kind::Text).filters().orders().searches(),
            Self::Organization => Spec::new("organization", Kind::Id).nullable().filters(),
            Self::Scopes => Spec::new("scopes", Kind::Text),
            Self::ExpiresAt => Spec::new("expires_at", Kind::Time).nullable().filters().orders(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for ApiTokenDetails {
    type Field = ApiTokenField;

    fn value(&self, field: ApiTokenField) -> Value {
        let token = &self.token;
        match field {
            ApiTokenField::Id => token.id.uuid().into(),
            ApiTokenField::User => token.user.uuid().into(),
            ApiTokenField::Name => token.name.as_str().into(),
            ApiTokenField::Organization => token.organization.map(OrganizationId::uuid).into(),
            ApiTokenField::Scopes => Value::Text(token.scopes.spelled()),
            ApiTokenField::ExpiresAt => token.expires_at.into(),
            ApiTokenField::CreatedAt => token.id.created_at().into(),
        }
    }
}

impl Entity for ApiToken {
    const RESOURCE: Resource = Resource::ApiTokens;

    type Field = ApiTokenField;
    type Details = ApiTokenDetails;
}

impl Aggregate for ApiToken {
    fn of(details: &ApiTokenDetails) -> &Self {
        &details.token
    }

    fn id(&self) -> uuid::Uuid {
        self.id.uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::VERSION
    }
}
