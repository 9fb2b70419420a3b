//! One file for each kind of object: its collection, its fields, and how they become the object.

pub(crate) mod api_tokens;
pub(crate) mod audit_entries;
mod customers;
pub(crate) mod installation;
mod items;
pub(crate) mod kept_answers;
pub(crate) mod memberships;
pub(crate) mod order_events;
mod orders;
mod organizations;
mod parts;
pub(crate) mod sessions;
mod users;
