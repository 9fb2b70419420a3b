//! What a customer, an item and an order *are*: parsed values, status rules and events.
//!
//! Nothing here waits, reads a clock or draws a random number: time, ids and randomness come in as
//! arguments, so every rule can be tested with plain values. Once a value of one of these types exists
//! it is valid; constructors return every reason for a refusal as [`Invalid`].

mod getters;

pub mod customer;
pub mod identity;
pub mod invalid;
pub mod item;
pub mod money;
pub mod order;
pub mod organization;
pub mod text;
pub mod time;
pub mod token;
pub mod user;
pub mod version;

pub use customer::{Customer, CustomerCode, PhoneNumber, Profile};
pub use identity::{CustomerId, ItemId, OrderEventId, OrderId, OrganizationId, TokenId, UserId};
pub use invalid::{Invalid, Reason};
pub use item::{Item, Listing};
pub use money::{Currency, Money, Price};
pub use order::{
    Order, OrderEvent, OrderEventKind, OrderLine, OrderRefusal, OrderState, OrderStatus, Quantity,
};
pub use organization::{Membership, Organization, Role};
pub use text::{ItemName, OrganizationName, PersonName, UserName, fold};
pub use time::Timestamp;
pub use token::{ApiToken, TokenDigest, TokenSecret};
pub use user::User;
pub use version::Version;
