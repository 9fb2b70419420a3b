//! What queries mean, as laws that hold for whatever is asked.

mod creation;
mod fields;
mod filters;
mod misfits;
mod orders;
mod searches;
mod values;
