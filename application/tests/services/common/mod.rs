//! A desk to test on, requests to make of it, and what it answers.

mod desk;
mod faulty;
mod outcome;
mod requests;
mod system;

pub(crate) use desk::{TestDesk, member_of};
pub(crate) use faulty::{FaultyStore, Step};
pub(crate) use outcome::{failed, refused, refused_rows};
pub(crate) use requests::{
    cancel, catalogue, close, customer_change, draft, free_text, item_change, new_customer, new_item,
    new_order, on_version, order_change, row,
};
