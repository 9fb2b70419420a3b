//! Objects with the names of what they refer to, as one read brings them, and the fields that each kind of
//! object can be filtered, ordered and searched by. A new field of an object is declared here.

mod customer;
mod item;
mod order;
mod order_event;
mod summary;

pub use customer::{CustomerDetails, CustomerField};
pub use item::{ItemDetails, ItemField};
pub use order::{OrderDetails, OrderField};
pub use order_event::{OrderEventDetails, OrderEventField};
pub use summary::{CustomerSummary, OrganizationSummary, UserSummary};

#[cfg(test)]
mod tests;
