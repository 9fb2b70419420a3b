//! Who did what is written down together with what was done.

mod entries;
mod facts;
mod unity;
