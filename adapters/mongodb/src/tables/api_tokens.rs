//! API tokens.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{ApiTokenDetails, ApiTokenField};
use orderdesk_domain::{
    ApiToken, OrganizationId, SecretDigest, TokenId, TokenName, TokenScopes, UserId, fold,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::API_TOKENS;
use crate::table::{Column, Table, Written};
use crate::value;

impl Table for ApiToken {
    const COLLECTION: &'static str = API_TOKENS;

    fn column(field: ApiTokenField) -> Column {
        match field {
            ApiTokenField::Id | ApiTokenField::CreatedAt => Column::Own("_id"),
            ApiTokenField::User => Column::Own("user"),
            ApiTokenField::Name => Column::Folded { exact: "name", folded: "name_folded" },
            ApiTokenField::Organization => Column::Own("organization"),
            // Their names are in small letters.
            ApiTokenField::Scopes => Column::Own("scopes"),
            ApiTokenField::ExpiresAt => Column::Own("expires_at"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        Ok(Self {
            id: TokenId::new(fields.id("_id")?),
            user: UserId::new(fields.id("user")?),
            name: fields.parsed("name", TokenName::parse)?,
            organization: fields.optional_id("organization")?.map(OrganizationId::new),
            scopes: fields.parsed("scopes", TokenScopes::parse)?,
            expires_at: fields.optional_time("expires_at")?,
            last_used_at: fields.optional_time("last_used_at")?,
            digest: SecretDigest::new(fields.digest("digest")?),
        })
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.extend(self.organization.map(OrganizationId::uuid));
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<ApiTokenDetails> {
        let organization = self.organization.and_then(|id| names.organization_if_there(id));
        Ok(ApiTokenDetails { organization, token: self })
    }
}

/// A token has no versions, and nothing of it changes but when it was used: see `access`.
impl Written for ApiToken {
    fn fixed(&self) -> Document {
        doc! {
            "_id": value::id(self.id.uuid()),
            "user": value::id(self.user.uuid()),
            "name": self.name.as_str(),
            "name_folded": fold(self.name.as_str()),
            "organization": value::optional_id(self.organization.map(OrganizationId::uuid)),
            "scopes": self.scopes.spelled(),
            "expires_at": value::optional_time(self.expires_at),
            "last_used_at": value::optional_time(self.last_used_at),
            "digest": value::digest(&self.digest),
        }
    }

    fn changing(&self) -> Document {
        Document::new()
    }

    /// The organization may go: the token is then good for nothing.
    fn refer(&self, references: &mut References) {
        references.users.insert(self.user.uuid());
    }

    fn note(_details: &ApiTokenDetails, _known: &mut Known) {}

    fn note_written(&self, _known: &mut Known) {}
}
