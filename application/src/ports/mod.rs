//! What the services need of the world outside, each as a trait that an adapter implements.

mod access;
mod identity_provider;
mod moving;
mod outbox;
mod rate_limiter;
mod reader;
mod record;
mod repository;
mod sms_gateway;
mod store;
mod system;
mod totals;

pub use access::{AccessRepository, Bearer, CredentialReader, Presented, Proof, Uses};
pub use identity_provider::{IdentityError, IdentityProvider, TokenVerifier, Voucher};
pub use moving::{Batch, BoxError, RecordSink, RecordSource, SinkError, Tally};
pub use outbox::{Announcements, Backlog, MessagingRepository, Outbox};
pub use rate_limiter::{Hit, RateLimiter, Window};
pub use reader::Reader;
pub use record::{Filling, Record, RecordKind, Snapshot};
pub use repository::{Aggregate, Change, Journal, Repository};
pub use sms_gateway::{Answer, Callback, CallbackError, GatewayCallbacks, Sms, SmsGateway, Verdict, Wish};
pub use store::{PoolUse, Store, StoreError, StoreResult, Unique, UnitOfWork};
pub use system::{Clock, IdGenerator, Randomness, Timer};
pub use totals::Totals;
