//! The program as a process: its commands, its settings, how it starts and how it ends.

mod commands;
mod durability;
mod first_start;
mod log;
mod settings;
mod stopping;

use std::path::Path;

use orderdesk_e2e::Program;

/// The program, in a directory of its own, with a SQLite database in it unless told otherwise.
fn program(directory: &Path) -> Program {
    Program::new(env!("CARGO_BIN_EXE_orderdesk-under-test"), directory)
}

/// The token in what the first start prints.
fn token(output: &str) -> &str {
    output.lines().map(str::trim).find(|line| line.starts_with("od_")).expect("no token was printed")
}
