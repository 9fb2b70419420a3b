//! What a customer, an item and an order *are*: parsed values, status rules and events.
//!
//! Nothing here waits, reads a clock or draws a random number: time, ids and randomness come in as
//! arguments, so every rule can be tested with plain values. Once a value of one of these types exists
//! it is valid; constructors return every reason for a refusal as [`Invalid`].

mod getters;
mod names;

pub mod audit;
pub mod customer;
pub mod email;
pub mod external_identity;
pub mod identity;
pub mod invalid;
pub mod item;
pub mod membership;
pub mod message;
pub mod money;
pub mod order;
pub mod organization;
pub mod permission;
pub mod quiet_hours;
pub mod secret;
pub mod session;
pub mod template;
pub mod text;
pub mod time;
pub mod token;
pub mod user;
pub mod version;

pub use audit::{Actor, AuditEntry, Credential, Facts};
pub use customer::{Customer, CustomerCode, PhoneNumber, Profile};
pub use email::EmailAddress;
pub use external_identity::{ExternalIdentity, Issuer, Subject};
pub use identity::{
    AuditEntryId, CustomerId, ItemId, MembershipId, MessageAttemptId, MessageId, MessageTemplateId, OptOutId,
    OrderEventId, OrderId, OrganizationId, SessionId, TokenId, UserId,
};
pub use invalid::{Invalid, Reason};
pub use item::{Item, Listing};
pub use membership::{Member, Membership, OnlyViewersAreBound, Role, Standing};
pub use message::{
    AttemptOutcome, Cost, Course, Delivery, DeliveryReport, Encoding, Failure, FailureCode, Gateway,
    GatewayReference, Hold, Letter, Message, MessageAttempt, MessageEvent, MessageRefusal, MessageState,
    MessageStatus, MessageText, OptOut, Remark, Segments, TemplateText,
};
pub use money::{Currency, Money, Price};
pub use order::{
    Order, OrderEvent, OrderEventKind, OrderLine, OrderRefusal, OrderState, OrderStatus, Quantity,
};
pub use organization::{Charter, LastAdministrator, Members, Organization, TimeZone};
pub use permission::{Action, Resource};
pub use quiet_hours::QuietHours;
pub use secret::{CsrfToken, SecretDigest, SessionSecret, SignInSecret, TokenSecret};
pub use session::{Session, SessionLimits};
pub use template::{MessageTemplate, Wording};
pub use text::{ItemName, OrganizationName, PersonName, TokenName, UserName, fold};
pub use time::Timestamp;
pub use token::{ApiToken, TokenScope, TokenScopes};
pub use user::{Account, User};
pub use version::Version;
