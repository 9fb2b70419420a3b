//! Resources as clients see them: types of their own, mapped from the application's views and from nothing
//! else: the only conversion out. A new field of a resource is shown here, and read in the same file.

mod api_token;
mod audit_entry;
mod common;
mod customer;
mod item;
mod me;
mod membership;
mod message_template;
mod notification;
mod notification_attempt;
mod order;
mod order_event;
mod order_total;
mod organization;
mod user;

use std::borrow::Cow;

use orderdesk_application::query::Entity;
use poem_openapi::types::Type;
use serde::Serialize;

pub(crate) use api_token::ApiTokenTransport;
pub(crate) use audit_entry::AuditEntryTransport;
pub(crate) use common::Charge;
pub(crate) use customer::CustomerTransport;
pub(crate) use item::ItemTransport;
pub(crate) use me::{MeTransport, OwnMembershipTransport};
pub(crate) use membership::MembershipTransport;
pub(crate) use message_template::{MessageTemplateTransport, PreviewTransport};
pub(crate) use notification::{NotificationTransport, SendAgain};
pub(crate) use notification_attempt::NotificationAttemptTransport;
pub(crate) use order::OrderTransport;
pub(crate) use order_event::OrderEventTransport;
pub(crate) use order_total::OrderTotalsTransport;
pub(crate) use organization::OrganizationTransport;
pub(crate) use user::UserTransport;

use crate::links::Links;

/// One kind of object as clients see it.
pub(crate) trait Transport: Type + Serialize + Send + Sync + 'static {
    /// The object behind it.
    type Entity: Entity;

    /// What a list of such objects is called, as the key of its body.
    const PLURAL: &'static str;
    /// What the collection is called in paths.
    const PATH: &'static str = Self::PLURAL;
    /// Every top-level field.
    const FIELDS: &'static [&'static str];
    /// The field that `expand` can show as a whole object.
    const EXPANDABLE: Option<&'static str> = None;
    /// Whether a list of them may say what all of them have cost.
    const COSTS: bool = false;
    /// The columns of CSV.
    const COLUMNS: &'static [&'static str];

    /// The object as it is shown.
    fn new(details: &<Self::Entity as Entity>::Details, links: &Links) -> Self;

    /// The cells of its line in CSV, one for each column.
    fn cells(self) -> Vec<Cow<'static, str>>;
}

/// An object that stands at a URL of its own, with a version.
pub(crate) trait Addressed: Transport {
    /// Where it stands.
    fn url(&self) -> &str;
    /// The version that is shown.
    fn version(&self) -> i64;
}
