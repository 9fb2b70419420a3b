//! Sessions, uses and kept answers within a unit of work.

use async_trait::async_trait;
use mongodb::bson::{Bson, DateTime, Document, doc};
use orderdesk_application::idempotency::{KEPT_FOR, KeptAnswer};
use orderdesk_application::ports::{AccessRepository, StoreResult, Uses};
use orderdesk_domain::{SecretDigest, Session, SessionId, Timestamp, TokenId, UserId};

use crate::fields::Fields;
use crate::references::References;
use crate::schema::{API_TOKENS, INSTALLATION, KEPT_ANSWERS, SESSIONS};
use crate::tables::{installation, kept_answers, sessions};
use crate::unit_of_work::MongoUnitOfWork;
use crate::value;

/// How many uses are in one command.
const USES: usize = 10_000;

impl MongoUnitOfWork {
    /// A call that adds one document.
    async fn add(
        &mut self,
        collection: &'static str,
        document: Document,
        references: References,
    ) -> StoreResult<()> {
        self.step(move |transaction| {
            Box::pin(async move { transaction.add(collection, document, &references).await })
        })
        .await
    }

    /// A call that runs these commands, which write.
    async fn write(&mut self, commands: Vec<Document>) -> StoreResult<()> {
        self.step(move |transaction| {
            Box::pin(async move {
                for command in commands {
                    transaction.session.write(command).await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// The commands that move the times in `field` on.
fn notes(collection: &str, field: &str, uses: &[(Bson, Timestamp)]) -> Vec<Document> {
    let note = |(id, at): &(Bson, Timestamp)| {
        // No time is before all times.
        doc! { "q": { "_id": id }, "u": { "$max": { field: value::time(*at) } } }
    };
    let command = |uses: &[(Bson, Timestamp)]| {
        let updates: Vec<_> = uses.iter().map(note).collect();
        doc! { "update": collection, "updates": updates, "ordered": false }
    };
    uses.chunks(USES).map(command).collect()
}

fn deletion(collection: &str, filter: Document) -> Document {
    doc! { "delete": collection, "deletes": [{ "q": filter, "limit": 0 }] }
}

/// The command that keeps an answer. It finds one that is too old, or adds one, which fails where there is another.
fn keeping(answer: &KeptAnswer) -> Document {
    let too_old = DateTime::from_millis(answer.kept_at.milliseconds().saturating_sub(KEPT_FOR));
    let update = doc! {
        "q": { "_id": kept_answers::id(answer.user, &answer.key), "kept_at": { "$lt": too_old } },
        "u": { "$set": kept_answers::document(answer) },
        "upsert": true,
    };
    doc! { "update": KEPT_ANSWERS, "updates": [update] }
}

#[async_trait]
impl AccessRepository for MongoUnitOfWork {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        self.add(INSTALLATION, installation::document(at), References::default()).await
    }

    async fn add_session(&mut self, session: &Session) -> StoreResult<()> {
        let mut references = References::default();
        references.users.insert(session.user.uuid());
        self.add(SESSIONS, sessions::document(session), references).await
    }

    async fn end_session(&mut self, digest: &SecretDigest) -> StoreResult<Option<Session>> {
        let which = doc! { "digest": value::digest(digest) };
        let ended = self
            .step(move |transaction| Box::pin(async move { transaction.session.take(SESSIONS, which).await }))
            .await?;
        ended.map(|ended| sessions::read(&Fields::new(SESSIONS, &ended))).transpose()
    }

    async fn end_sessions_of(&mut self, user: UserId) -> StoreResult<()> {
        self.write(vec![deletion(SESSIONS, doc! { "user": value::id(user.uuid()) })]).await
    }

    async fn note_uses(&mut self, uses: &Uses) -> StoreResult<()> {
        let token = |(id, at): &(TokenId, Timestamp)| (value::id(id.uuid()), *at);
        let session = |(id, at): &(SessionId, Timestamp)| (value::id(id.uuid()), *at);
        let tokens: Vec<_> = uses.tokens.iter().map(token).collect();
        let sessions: Vec<_> = uses.sessions.iter().map(session).collect();
        let mut commands = notes(API_TOKENS, "last_used_at", &tokens);
        commands.extend(notes(SESSIONS, "seen_at", &sessions));
        self.write(commands).await
    }

    async fn keep_answer(&mut self, answer: &KeptAnswer) -> StoreResult<()> {
        self.write(vec![keeping(answer)]).await
    }

    async fn sweep(&mut self, answers: Timestamp, seen: Timestamp, begun: Timestamp) -> StoreResult<()> {
        // The time at which a session began is in its id.
        let (first, _) = begun.uuid_range();
        let ended = doc! { "$or": [
            { "seen_at": { "$lt": value::time(seen) } },
            { "_id": { "$lt": value::id(first) } },
        ] };
        let old = doc! { "kept_at": { "$lt": value::time(answers) } };
        self.write(vec![deletion(KEPT_ANSWERS, old), deletion(SESSIONS, ended)]).await
    }
}
