//! The use cases. Each takes the caller first and sees only what that caller may see.

mod access;
mod batch;
mod bearers;
mod browse;
mod choice;
mod customers;
mod desk;
mod items;
mod line;
mod lookup;
mod orders;
mod retry;
mod transfer;

pub use access::{AccessService, Installation};
pub use batch::{Precondition, Row};
pub use browse::{Browse, ListRequest, Page};
pub use choice::{CurrencyChoice, CustomerChoice, ItemChoice};
pub use customers::{CustomerChange, CustomerService, NewCustomer};
pub use desk::Desk;
pub use items::{ItemChange, ItemService, NewItem};
pub use line::LineDraft;
pub use orders::{NewOrder, OrderChange, OrderHistory, OrderService};
pub use transfer::{Pages, Progress, Stage, StoreSink, TransferError, transfer};
