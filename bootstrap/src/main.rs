//! The program: reads the real environment, runs a command, and says on standard error what went wrong.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;
use orderdesk_bootstrap::arguments::Arguments;
use orderdesk_bootstrap::commands;
use orderdesk_bootstrap::settings::{Environment, Sources};
use tokio::runtime::Runtime;

/// A list is made of thousands of small pieces: with the C library's allocator a fifth fewer are served.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            report(&error);
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run());
    // Whatever is still stuck in the system ends with the program, such as a text that is shown where nobody reads.
    runtime.shutdown_background();
    code
}

async fn run() -> ExitCode {
    let (command, flags) = Arguments::parse().into_parts();
    let sources = Sources {
        flags,
        environment: Environment::new(std::env::vars_os()),
        read_file: &|path| std::fs::read_to_string(path),
    };
    match commands::run(command, &sources).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// The error with its causes, for a person: the log may not be set up yet.
#[expect(clippy::print_stderr, reason = "an error of the command itself belongs on standard error")]
fn report(error: &dyn Error) {
    eprintln!("orderdesk: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}
