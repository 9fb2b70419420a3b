//! One file for each kind of object: its table, its columns, and how they become the object.

mod api_tokens;
mod audit_entries;
mod customers;
mod delivery_reports;
mod holds;
mod installation;
mod items;
mod kept_answers;
mod memberships;
mod message_attempts;
mod message_templates;
mod messages;
mod opt_outs;
mod order_events;
mod orders;
mod organizations;
pub(crate) mod parts;
mod sessions;
mod users;

pub(crate) use api_tokens::{TOKEN, token};
pub(crate) use installation::Installation;
pub(crate) use messages::{MESSAGE, message};
pub(crate) use sessions::SIGN_IN;
