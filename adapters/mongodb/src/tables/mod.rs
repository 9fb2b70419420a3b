//! One file for each kind of object: its collection, its fields, and how they become the object.

pub(crate) mod accounts;
mod customers;
mod items;
pub(crate) mod order_events;
mod orders;
mod parts;
