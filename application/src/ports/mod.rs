//! What the services need of the world outside, each as a trait that an adapter implements.

mod account;
mod moving;
mod reader;
mod record;
mod repository;
mod store;
mod system;

pub use account::{AccountRepository, CredentialReader};
pub use moving::{Batch, BoxError, RecordSink, RecordSource, SinkError, Tally};
pub use reader::Reader;
pub use record::{Filling, Record, RecordKind, Snapshot};
pub use repository::{Aggregate, Change, Journal, Repository};
pub use store::{PoolUse, Store, StoreError, StoreResult, Unique, UnitOfWork};
pub use system::{Clock, IdGenerator, Randomness, Timer};
