//! Objects with the names of what they refer to, as one read brings them, and the fields that each kind of
//! object can be filtered, ordered and searched by. A new field of an object is declared here.

mod api_token;
mod audit_entry;
mod customer;
mod item;
mod membership;
mod message;
mod message_attempt;
mod message_template;
mod order;
mod order_event;
mod order_total;
mod organization;
mod summary;
mod user;

pub use api_token::{ApiTokenDetails, ApiTokenField};
pub use audit_entry::{AuditEntryDetails, AuditEntryField};
pub use customer::{CustomerDetails, CustomerField};
pub use item::{ItemDetails, ItemField};
pub use membership::{MembershipDetails, MembershipField};
pub use message::{MessageDetails, MessageField};
pub use message_attempt::{MessageAttemptDetails, MessageAttemptField};
pub use message_template::{MessageTemplateDetails, MessageTemplateField};
pub use order::{OrderDetails, OrderField};
pub use order_event::{OrderEventDetails, OrderEventField};
pub use order_total::OrderTotal;
pub use organization::{OrganizationDetails, OrganizationField};
pub use summary::{CustomerSummary, OrganizationSummary, UserSummary};
pub use user::{UserDetails, UserField};

#[cfg(test)]
mod tests;
