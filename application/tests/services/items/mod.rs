//! What can be done with the catalogue.

mod bulk;
mod changing;
mod creating;
mod deleting;
