//! One file for each kind of object: its collection, its fields, and how they become the object.

pub(crate) mod api_tokens;
pub(crate) mod audit_entries;
mod customers;
pub(crate) mod holds;
pub(crate) mod installation;
mod items;
pub(crate) mod kept_answers;
pub(crate) mod kept_reports;
pub(crate) mod memberships;
pub(crate) mod message_attempts;
mod message_templates;
pub(crate) mod messages;
pub(crate) mod opt_outs;
pub(crate) mod order_events;
mod orders;
mod organizations;
mod parts;
pub(crate) mod sessions;
mod users;
