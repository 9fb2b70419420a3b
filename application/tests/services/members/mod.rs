//! What can be done with the members of an organization.

mod administrators;
mod inviting;
mod reappointing;
mod removing;
