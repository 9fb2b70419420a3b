//! One file for each kind of object: its table, its columns, and how they become the object.

mod accounts;
mod customers;
mod items;
mod order_events;
mod orders;
mod parts;

pub(crate) use accounts::{Installation, add, page, principal};
