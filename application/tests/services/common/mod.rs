//! A desk to test on, requests to make of it, and what it answers.

mod contents;
mod desk;
mod faulty;
mod gateway;
mod office;
mod outcome;
mod people;
mod requests;
mod system;
mod vouchers;

pub(crate) use contents::{all, equals, id_of, only, seen};
pub(crate) use desk::{IDLE, LIFETIME, SECRET, STAFF, TestDesk, WANTED, member_of};
pub(crate) use faulty::{FaultyStore, Step};
pub(crate) use gateway::ScriptedGateway;
pub(crate) use office::{LEASE, Office, Running, pass};
pub(crate) use outcome::{done, failed, refused, refused_rows, replayed};
pub(crate) use people::{come_back, let_in};
pub(crate) use requests::{
    cancel, catalogue, close, customer_change, draft, free_text, item_change, new_customer, new_item,
    new_member, new_order, new_organization, new_template, new_token, on_version, once, order_change,
    reappoint, row, template,
};
pub(crate) use vouchers::{ISSUER, issuer, verified, voucher};
