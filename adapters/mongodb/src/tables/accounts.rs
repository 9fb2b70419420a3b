//! Organizations, users, memberships and tokens.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::Principal;
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::{
    ApiToken, Currency, Membership, Organization, OrganizationId, OrganizationName, Role, Timestamp,
    TokenDigest, TokenId, User, UserId, UserName,
};

use crate::fields::Fields;
use crate::names;
use crate::schema::{API_TOKENS, INSTALLATION, MEMBERSHIPS, ORGANIZATIONS, USERS};
use crate::session::Session;
use crate::value;

/// The `_id` of the only installation.
const INSTALLED: i64 = 1;

/// Whoever the token with this digest acts for.
pub(crate) async fn principal(session: &mut Session, digest: &TokenDigest) -> StoreResult<Option<Principal>> {
    let lookup = |from: &str, local: &str, foreign: &str, into: &str| {
        doc! { "$lookup": { "from": from, "localField": local, "foreignField": foreign, "as": into } }
    };
    let stages = vec![
        doc! { "$match": { "digest": value::digest(digest) } },
        lookup(USERS, "user", "_id", USERS),
        lookup(MEMBERSHIPS, "user", "user", MEMBERSHIPS),
        lookup(ORGANIZATIONS, "memberships.organization", "_id", ORGANIZATIONS),
    ];
    let found = session.aggregate(API_TOKENS, stages).await?;
    let Some(found) = found.first() else { return Ok(None) };
    let user = documents(found, USERS)?.next().ok_or_else(|| lost("api_tokens.user"))?;
    let user = names::user(&Fields::new(USERS, user))?;
    let organizations: Vec<_> = documents(found, ORGANIZATIONS)?
        .map(|organization| names::organization(&Fields::new(ORGANIZATIONS, organization)))
        .collect::<StoreResult<_>>()?;
    let mut memberships = Vec::new();
    for membership in documents(found, MEMBERSHIPS)? {
        let Membership { organization, role, .. } =
            restore_membership(&Fields::new(MEMBERSHIPS, membership))?;
        let organization = organizations.iter().find(|found| found.id == organization);
        memberships.push((organization.ok_or_else(|| lost("memberships.organization"))?.clone(), role));
    }
    memberships.sort_by_key(|(organization, _)| organization.id);
    Ok(Some(Principal { user, memberships }))
}

/// What a lookup has put into a field.
fn documents<'d>(found: &'d Document, name: &str) -> StoreResult<impl Iterator<Item = &'d Document>> {
    let found = found.get_array(name).map_err(|error| StoreError::Backend(error.into()))?;
    Ok(found.iter().filter_map(Bson::as_document))
}

fn lost(field: &str) -> StoreError {
    StoreError::Corrupt(format!("{field} refers to what is not there"))
}

pub(crate) fn installation(at: Timestamp) -> Document {
    doc! { "_id": INSTALLED, "installed_at": value::time(at) }
}

pub(crate) fn restore_installation(document: &Document) -> StoreResult<Timestamp> {
    Fields::new(INSTALLATION, document).time("installed_at")
}

pub(crate) fn organization(organization: &Organization) -> Document {
    doc! {
        "_id": value::id(organization.id().uuid()),
        "name": organization.name().as_str(),
        "default_currency": organization.default_currency().code(),
        "updated_at": value::time(organization.updated_at()),
        "version": organization.version().number(),
    }
}

pub(crate) fn restore_organization(document: &Document) -> StoreResult<Organization> {
    let fields = Fields::new(ORGANIZATIONS, document);
    Ok(Organization::restore(
        OrganizationId::new(fields.id("_id")?),
        fields.parsed("name", OrganizationName::parse)?,
        fields.parsed("default_currency", Currency::parse)?,
        fields.time("updated_at")?,
        fields.version("version")?,
    ))
}

pub(crate) fn user(user: &User) -> Document {
    doc! {
        "_id": value::id(user.id().uuid()),
        "name": user.name().as_str(),
        "updated_at": value::time(user.updated_at()),
        "version": user.version().number(),
    }
}

pub(crate) fn restore_user(document: &Document) -> StoreResult<User> {
    let fields = Fields::new(USERS, document);
    Ok(User::restore(
        UserId::new(fields.id("_id")?),
        fields.parsed("name", UserName::parse)?,
        fields.time("updated_at")?,
        fields.version("version")?,
    ))
}

/// The `_id` of a membership: there is one for each pair.
pub(crate) fn membership_id(membership: &Membership) -> Bson {
    let (user, organization) = (membership.user.uuid(), membership.organization.uuid());
    Bson::Document(doc! { "user": value::id(user), "organization": value::id(organization) })
}

pub(crate) fn membership(membership: &Membership) -> Document {
    doc! {
        "_id": membership_id(membership),
        "user": value::id(membership.user.uuid()),
        "organization": value::id(membership.organization.uuid()),
        "role": membership.role.name(),
    }
}

pub(crate) fn restore_membership(fields: &Fields<'_>) -> StoreResult<Membership> {
    Ok(Membership {
        user: UserId::new(fields.id("user")?),
        organization: OrganizationId::new(fields.id("organization")?),
        role: fields.named("role", Role::from_name)?,
    })
}

pub(crate) fn token(token: &ApiToken) -> Document {
    doc! {
        "_id": value::id(token.id.uuid()),
        "user": value::id(token.user.uuid()),
        "digest": value::digest(&token.digest),
    }
}

pub(crate) fn restore_token(document: &Document) -> StoreResult<ApiToken> {
    let fields = Fields::new(API_TOKENS, document);
    let digest = fields.bytes("digest")?.try_into();
    Ok(ApiToken {
        id: TokenId::new(fields.id("_id")?),
        user: UserId::new(fields.id("user")?),
        digest: digest.map(TokenDigest::new).map_err(|_| fields.corrupt("digest", "is not 32 bytes long"))?,
    })
}
