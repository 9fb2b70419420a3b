//! The store that keeps documents: MongoDB 6.0 or newer, as a replica set.
//!
//! - A new field of an object is a line or two in its file under `tables/`, and an index in `schema` where lists go by
//!   it.
//! - A new kind of object is a collection in `schema`, a file under `tables/`, what goes along with it in `removal`, and
//!   an accessor in `store` or `unit_of_work`. Lists, counts and changes come with it.
//!
//! Lists begin in `listing`; `condition`, `keyset` and `through` say what they ask for. Everything that is asked of the
//! database goes through `session`.
//!
//! **Isolation.** A unit of work is one transaction on a snapshot (`readConcern: snapshot`). Two that write the same
//! document get into each other's way, and one of them has to `Retry`; `references` and `guards` see to it that those
//! which must not both succeed do so. Readers see one snapshot each (`readConcern: snapshot` outside transactions):
//! rows, their count, and the names that are shown beside them are of one moment, and nobody waits for anybody.
//!
//! **Where it is read.** Always from the primary. A secondary may be behind, and then a client would not find what it
//! has just been told is there. Not even the primary will do by itself: one that was elected a moment ago has all
//! that was acknowledged, but shows it only once it knows that a majority has it; so a reader that is shown less than
//! this program has written waits for it.
//!
//! **Claims** of messages that are to be sent are outside of transactions, for a message is one document: `claim`. Who
//! waits for them to be queued reads the servers' log: `listening`.
//!
//! **Durability.** A commit is acknowledged once a majority of the servers has it in its journal (`w: majority`): it
//! survives the loss of the primary.

mod access;
mod author;
mod bearer;
mod claim;
mod condition;
mod connect;
mod errors;
mod fields;
mod filling;
mod gate;
mod guards;
mod keyset;
mod listening;
mod listing;
mod messaging;
mod migration;
mod names;
mod outbox;
#[cfg(test)]
mod plans;
mod primary;
mod rate_limiter;
mod reader;
mod record;
mod references;
mod removal;
mod repository;
mod schema;
mod session;
mod settings;
mod shared;
mod snapshot;
mod store;
mod table;
mod tables;
mod through;
mod totals;
mod unit_of_work;
mod upgrade;
mod value;

pub use connect::MongoOpenError;
pub use migration::MigrationError;
pub use settings::MongoSettings;
pub use store::MongoStore;
