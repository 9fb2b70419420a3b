//! What a list asks for: which objects, in which order, which stretch of them.
//!
//! These types *are* the meaning of a list. [`Filter::keeps`] and [`Order::compare`] define it, the memory
//! store runs them as they stand, and every other store must agree with them.

mod field;
mod filter;
mod order;
mod prefix;
#[cfg(test)]
pub(crate) mod sample;
mod selection;
#[cfg(test)]
mod tests;
mod value;

pub use field::{Entity, Field, Kind, Listed, Lookup, Spec};
pub use filter::{Comparison, Filter, Misfit, Term, Test};
pub use order::{Key, Order, OrderMisfit, Position};
pub use prefix::after_all_with_prefix;
pub use selection::{Query, Rows, Selection};
pub use value::Value;
