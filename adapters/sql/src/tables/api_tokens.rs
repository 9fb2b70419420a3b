//! API tokens.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{ApiTokenDetails, ApiTokenField};
use orderdesk_domain::{
    ApiToken, OrganizationId, SecretDigest, TokenId, TokenName, TokenScopes, UserId, fold,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

/// The columns of a token, without the names of what it refers to.
pub(crate) const TOKEN: &[&str] = &[
    "t.id",
    "t.user_id",
    "t.name",
    "t.organization_id",
    "t.scopes",
    "t.expires_at",
    "t.last_used_at",
    "t.digest",
];

impl Table for ApiToken {
    const TABLE: &'static str = "api_tokens";
    const SOURCE: &'static str = "api_tokens AS t";
    const NAMES: &'static str = " LEFT JOIN organizations AS g ON g.id = t.organization_id";
    const COLUMNS: &'static [&'static str] = &[
        "t.id",
        "t.user_id",
        "t.name",
        "t.organization_id",
        "t.scopes",
        "t.expires_at",
        "t.last_used_at",
        "t.digest",
        "g.name",
        "g.default_currency",
    ];
    const HOME: Option<Self::Field> = Some(ApiTokenField::User);

    fn column(field: ApiTokenField) -> Column {
        match field {
            ApiTokenField::Id | ApiTokenField::CreatedAt => Column::Own("t.id"),
            ApiTokenField::User => Column::Own("t.user_id"),
            ApiTokenField::Name => Column::Folded { exact: "t.name", folded: "t.name_folded" },
            ApiTokenField::Organization => Column::Own("t.organization_id"),
            ApiTokenField::Scopes => Column::Unindexed("t.scopes"),
            ApiTokenField::ExpiresAt => Column::OrLowest("t.expires_at_or_lowest"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<ApiTokenDetails> {
        let token = token(row)?;
        let organization = parts::optional_organization(token.organization, row)?;
        Ok(ApiTokenDetails { token, organization })
    }
}

/// The columns [`TOKEN`].
pub(crate) fn token<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<ApiToken> {
    Ok(ApiToken {
        id: TokenId::new(row.uuid()?),
        user: UserId::new(row.uuid()?),
        name: row.parsed(TokenName::parse)?,
        organization: row.optional_uuid()?.map(OrganizationId::new),
        scopes: row.parsed(TokenScopes::parse)?,
        expires_at: row.optional_time()?,
        last_used_at: row.optional_time()?,
        digest: SecretDigest::new(row.bytes()?),
    })
}

impl Written for ApiToken {
    const FIXED: &'static [&'static str] = &[
        "id",
        "user_id",
        "name",
        "name_folded",
        "organization_id",
        "scopes",
        "expires_at",
        "expires_at_or_lowest",
        "last_used_at",
        "digest",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![
            self.id.uuid().into(),
            self.user.uuid().into(),
            self.name.as_str().into(),
            fold(self.name.as_str()).into(),
            self.organization.map(OrganizationId::uuid).into(),
            self.scopes.spelled().into(),
            self.expires_at.into(),
            SqlValue::TimeOrLowest(self.expires_at),
            self.last_used_at.into(),
            (&self.digest).into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        Vec::new()
    }
}
