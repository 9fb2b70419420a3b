//! What a database of the first schema holds, brought into the form of the second.
//!
//! The first knew users and organizations by their names alone, and a membership by those whom it joined. All of that is
//! a few documents, and changes in one transaction: others see the one form or the other, and of two programs that begin
//! at once the second finds nothing left to do.

use std::collections::BTreeMap;

use mongodb::Database;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::UNKNOWN_TRANSACTION_COMMIT_RESULT;
use mongodb::options::{ReadConcern, WriteConcern};
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::fold;
use tokio::time::sleep;
use uuid::Uuid;

use crate::errors::{classify, unavailable};
use crate::fields::Fields;
use crate::migration::{BETWEEN_ATTEMPTS, command};
use crate::schema::{API_TOKENS, MEMBERSHIPS, ORGANIZATIONS, USERS};
use crate::session::{Search, Session};
use crate::value;

/// The indexes of the first schema that the second has not.
const INDEXES_BEFORE: &[(&str, &str)] = &[(USERS, "users_by_name"), (MEMBERSHIPS, "memberships_by_user")];

/// How often it is tried while others get into the way: another program that does the same, or indexes being made.
const ATTEMPTS: usize = 100;

/// Brings the documents into the form of the second schema, whichever are not in it.
pub(super) async fn upgrade(database: &Database) -> StoreResult<()> {
    for (collection, index) in INDEXES_BEFORE {
        command(database, doc! { "dropIndexes": collection, "index": index }).await?;
    }
    let mut attempts = 1..ATTEMPTS;
    loop {
        match attempt(database).await {
            Err(StoreError::Retry(_)) if attempts.next().is_some() => sleep(BETWEEN_ATTEMPTS).await,
            outcome => return outcome,
        }
    }
}

async fn attempt(database: &Database) -> StoreResult<()> {
    let mut session = database.client().start_session().await.map_err(classify)?;
    let beginning = session.start_transaction().read_concern(ReadConcern::snapshot());
    beginning.write_concern(WriteConcern::majority()).await.map_err(classify)?;
    let mut session = Session::new(session, database.clone());
    if let Err(error) = convert(&mut session).await {
        // Where it cannot be undone now, the server does it in its own time.
        let _ = session.driver().abort_transaction().await;
        return Err(error);
    }
    match session.driver().commit_transaction().await {
        Err(error) if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => Err(unavailable(error)),
        outcome => outcome.map_err(classify),
    }
}

async fn convert(session: &mut Session) -> StoreResult<()> {
    let memberships = Memberships::find(session).await?;
    let mut updates = Updates::default();
    let users = find(session, USERS, doc! { "is_staff": { "$exists": false } }).await?;
    let mut changed = BTreeMap::new();
    for user in &users {
        let fields = Fields::new(USERS, user);
        let id = fields.id("_id")?;
        changed.insert(id, fields.time("updated_at")?);
        updates.set(
            id,
            doc! {
                "name_folded": fold(fields.text("name")?),
                "email": Bson::Null,
                "email_folded": Bson::Null,
                "issuer": Bson::Null,
                "issuer_folded": Bson::Null,
                "subject": Bson::Null,
                "subject_folded": Bson::Null,
                "is_staff": false,
                "is_active": true,
            },
        );
    }
    updates.write(session, USERS).await?;

    for organization in find(session, ORGANIZATIONS, doc! { "time_zone": { "$exists": false } }).await? {
        let fields = Fields::new(ORGANIZATIONS, &organization);
        let id = fields.id("_id")?;
        let (members, administrators) = memberships.count(id);
        updates.set(
            id,
            doc! {
                "name_folded": fold(fields.text("name")?),
                "time_zone": "UTC",
                "time_zone_folded": fold("UTC"),
                "members": members,
                "administrators": administrators,
            },
        );
    }
    updates.write(session, ORGANIZATIONS).await?;

    for token in find(session, API_TOKENS, doc! { "scopes": { "$exists": false } }).await? {
        updates.set(
            Fields::new(API_TOKENS, &token).id("_id")?,
            doc! {
                "name": "token",
                "name_folded": "token",
                "organization": Bson::Null,
                "scopes": "write",
                "expires_at": Bson::Null,
                "last_used_at": Bson::Null,
            },
        );
    }
    updates.write(session, API_TOKENS).await?;
    memberships.replace(session, &changed).await
}

async fn find(
    session: &mut Session,
    collection: &'static str,
    filter: Document,
) -> StoreResult<Vec<Document>> {
    session.find(Search { collection, filter, ..Search::default() }).await
}

/// Changes of documents of one collection.
#[derive(Default)]
struct Updates(Vec<Document>);

impl Updates {
    fn set(&mut self, id: Uuid, fields: Document) {
        self.0.push(doc! { "q": { "_id": value::id(id) }, "u": { "$set": fields } });
    }

    async fn write(&mut self, session: &mut Session, collection: &str) -> StoreResult<()> {
        let updates = std::mem::take(&mut self.0);
        if updates.is_empty() {
            return Ok(());
        }
        session.write(doc! { "update": collection, "updates": updates }).await.map(drop)
    }
}

/// A membership as it was.
struct Membership {
    user: Uuid,
    organization: Uuid,
    role: String,
}

/// The memberships whose `_id` is still the pair of those whom they join.
struct Memberships(Vec<Membership>);

impl Memberships {
    fn old() -> Document {
        doc! { "_id": { "$type": "object" } }
    }

    async fn find(session: &mut Session) -> StoreResult<Self> {
        let found = find(session, MEMBERSHIPS, Self::old()).await?;
        let memberships = found.iter().map(|document| {
            let fields = Fields::new(MEMBERSHIPS, document);
            Ok(Membership {
                user: fields.id("user")?,
                organization: fields.id("organization")?,
                role: fields.text("role")?.to_owned(),
            })
        });
        Ok(Self(memberships.collect::<StoreResult<_>>()?))
    }

    /// How many belong to an organization, and how many of them administer it.
    fn count(&self, organization: Uuid) -> (i64, i64) {
        self.0
            .iter()
            .filter(|it| it.organization == organization)
            .fold((0, 0), |(all, administrators), it| {
                (all + 1, administrators + i64::from(it.role == "admin"))
            })
    }

    /// Gives each an id of its own. It came into being when its user did, as far as one can tell.
    async fn replace(
        &self,
        session: &mut Session,
        users: &BTreeMap<Uuid, orderdesk_domain::Timestamp>,
    ) -> StoreResult<()> {
        let documents = self.0.iter().map(|membership| {
            let Membership { user, organization, role } = membership;
            let changed = users.get(user).copied();
            doc! {
                "_id": value::id(joined(*user, *organization)),
                "organization": value::id(*organization),
                "member": value::id(*user),
                "user": value::id(*user),
                "email": Bson::Null,
                "email_folded": Bson::Null,
                "role": role.as_str(),
                "customer": Bson::Null,
                "updated_at": value::time(changed.unwrap_or(orderdesk_domain::UserId::new(*user).created_at())),
                "version": 1_i64,
            }
        });
        session.insert(MEMBERSHIPS, documents.collect()).await?;
        session.delete(MEMBERSHIPS, Self::old()).await.map(drop)
    }
}

/// The id of a membership that had none: it begins as its user's, with the time, and ends as its organization's.
fn joined(user: Uuid, organization: Uuid) -> Uuid {
    let half = u128::MAX >> 64;
    Uuid::from_u128(user.as_u128() & !half | organization.as_u128() & half)
}
