//! The log: lines for people on a terminal, JSON elsewhere, always on standard error.

use std::io::{self, IsTerminal as _};
use std::panic::{self, PanicHookInfo};

use thiserror::Error;
use tracing::Subscriber;
use tracing::subscriber::{SetGlobalDefaultError, set_global_default};
use tracing_subscriber::fmt::MakeWriter;

use crate::settings::{LogFilter, LogFormat};

/// Something else in this process logs already.
#[derive(Debug, Error)]
#[error("the log is set up already")]
pub struct LoggingError(#[from] SetGlobalDefaultError);

/// Sends what the whole process logs, panics included, to standard error.
pub fn install(filter: &LogFilter, format: LogFormat) -> Result<(), LoggingError> {
    let terminal = io::stderr().is_terminal();
    let json = match format {
        LogFormat::Auto => !terminal,
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    set_global_default(subscriber(filter, json, terminal, io::stderr))?;
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn subscriber<W>(
    filter: &LogFilter,
    json: bool,
    terminal: bool,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt().with_env_filter(filter.to_filter()).with_writer(writer);
    if json {
        Box::new(builder.json().flatten_event(true).finish())
    } else {
        Box::new(builder.with_ansi(terminal).finish())
    }
}

/// A panic is a line of the log like any other, not loose text among JSON.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let message = panic.payload_as_str().unwrap_or("no message");
    tracing::error!(location, panic = message, "a thread panicked");
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::settings::Value as _;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool) -> String {
        let log = Log::default();
        let writer = log.clone();
        let filter = LogFilter::parse("info").unwrap();
        let subscriber = subscriber(&filter, json, false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("not this");
            tracing::info!(status = 200, "request");
        });
        String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_line_is_one_flat_object_in_json() {
        let line = logged(true);
        assert!(line.starts_with("{\"timestamp\":\"") && line.ends_with("}\n"), "{line}");
        assert!(line.contains("\"level\":\"INFO\",\"message\":\"request\",\"status\":200"), "{line}");
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_line_for_people_has_no_colours_unless_on_a_terminal() {
        let line = logged(false);
        assert!(line.ends_with("request status=200\n"), "{line}");
        assert!(line.contains(" INFO ") && !line.contains('\u{1b}'), "{line}");
    }
}
