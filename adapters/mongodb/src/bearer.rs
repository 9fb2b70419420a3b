//! Who presents a credential: all that has to be known of them, in one question.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::ports::{Bearer, Presented, Proof, StoreError, StoreResult};
use orderdesk_domain::{ApiToken, Membership, User};

use crate::fields::Fields;
use crate::names;
use crate::schema::{API_TOKENS, MEMBERSHIPS, ORGANIZATIONS, SESSIONS, USERS};
use crate::session::Session;
use crate::table::Table as _;
use crate::tables::sessions;
use crate::value;

/// Whoever presents this.
pub(crate) async fn bearer(session: &mut Session, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
    let (collection, condition) = match presented {
        Presented::Token(digest) => (API_TOKENS, doc! { "digest": value::digest(digest) }),
        Presented::Session(digest) => (SESSIONS, doc! { "digest": value::digest(digest) }),
        Presented::Identity(identity) => {
            let (issuer, subject) = (identity.issuer.as_str(), identity.subject.as_str());
            (USERS, doc! { "issuer": issuer, "subject": subject })
        }
    };
    let found = session.aggregate(collection, stages(collection, condition)).await?;
    let Some(found) = found.first() else { return Ok(None) };
    let fields = Fields::new(collection, found);
    let proof = match presented {
        Presented::Token(_) => Proof::Token(ApiToken::read(&fields)?),
        Presented::Session(_) => Proof::Session(sessions::read(&fields)?),
        Presented::Identity(_) => Proof::Identity,
    };
    let user = match presented {
        Presented::Identity(_) => User::read(&fields)?,
        Presented::Token(_) | Presented::Session(_) => {
            let user = documents(found, USERS)?.next().ok_or_else(|| lost(collection, "user"))?;
            User::read(&Fields::new(USERS, user))?
        }
    };
    let organizations: Vec<_> = documents(found, ORGANIZATIONS)?
        .map(|organization| names::organization(&Fields::new(ORGANIZATIONS, organization)))
        .collect::<StoreResult<_>>()?;
    let mut memberships = Vec::new();
    for membership in documents(found, MEMBERSHIPS)? {
        let membership = Membership::read(&Fields::new(MEMBERSHIPS, membership))?;
        let organization = organizations.iter().find(|found| found.id == membership.organization());
        let organization = organization.ok_or_else(|| lost(MEMBERSHIPS, "organization"))?;
        memberships.push((organization.clone(), membership.standing()));
    }
    memberships.sort_by_key(|(organization, _)| organization.id);
    Ok(Some(Bearer { user, memberships, proof }))
}

/// The stages that find a document of `collection` that passes `condition`, with its user, where the user belongs, and
/// what that is.
pub(crate) fn stages(collection: &str, condition: Document) -> Vec<Document> {
    let lookup = |from: &str, local: &str, foreign: &str| {
        doc! { "$lookup": { "from": from, "localField": local, "foreignField": foreign, "as": from } }
    };
    let mut stages = vec![doc! { "$match": condition }];
    let user = if collection == USERS {
        "_id"
    } else {
        stages.push(lookup(USERS, "user", "_id"));
        "user"
    };
    stages.extend([
        lookup(MEMBERSHIPS, user, "user"),
        lookup(ORGANIZATIONS, &format!("{MEMBERSHIPS}.organization"), "_id"),
    ]);
    stages
}

/// What a lookup has put into a field.
fn documents<'d>(found: &'d Document, name: &str) -> StoreResult<impl Iterator<Item = &'d Document>> {
    let found = found.get_array(name).map_err(|error| StoreError::Backend(error.into()))?;
    Ok(found.iter().filter_map(Bson::as_document))
}

fn lost(collection: &str, field: &str) -> StoreError {
    StoreError::Corrupt(format!("{collection}.{field} refers to what is not there"))
}
