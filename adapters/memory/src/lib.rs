//! The store that lives in memory: what it holds is gone when the program ends.
//!
//! It is the reference for every other store, because it runs the meaning of a query as it stands
//! (`Filter::keeps`, `Order::compare`, `Order::is_after`), and the one that services are tested on.
//!
//! Everything there is forms one value of persistent maps. Readers look at the value that was committed last and
//! wait for nobody; a unit of work changes a copy of its own, which shares all that it does not change, and
//! committing puts that copy in the place of the old one. One unit of work is open at a time, the next waits: units
//! of work are serializable, and none is ever told to `Retry`.
//!
//! A list looks at every object of its kind, unless the filter names ids, and so does what guards a deletion.
//!
//! [`MemoryRateLimiter`] counts calls for one program, whatever store it uses.

mod access;
mod api_tokens;
mod audit_entries;
mod credentials;
mod customers;
mod filling;
mod items;
mod list;
mod memberships;
mod message_attempts;
mod message_templates;
mod messages;
mod messaging;
mod order_events;
mod orders;
mod organizations;
mod outbox;
mod rate_limiter;
mod snapshot;
mod state;
mod store;
mod stored;
mod table;
mod totals;
mod users;
mod work;

pub use rate_limiter::MemoryRateLimiter;
pub use store::MemoryStore;
