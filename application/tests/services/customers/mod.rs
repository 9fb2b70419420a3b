//! What can be done with customers.

mod bulk;
mod changing;
mod creating;
mod deleting;
