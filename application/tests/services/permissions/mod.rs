//! Who may do what, through the services: nothing is read or written that is not to be.

mod bound;
mod deeds;
mod guests;
mod mixed;
mod scopes;
mod standings;
mod world;
