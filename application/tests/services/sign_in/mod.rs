//! Signing in and out, and how long that lasts.

mod people;
mod sessions;
mod tokens;
