//! What is wrong with the settings, all of it at once.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::raw::RawValue;
use super::sources::Origin;

/// One thing that is wrong with a setting or with its source.
#[derive(Debug, Error)]
pub enum Problem {
    /// There is no such setting.
    #[error("`{written}` ({origin}) is not a setting; {hint}")]
    Unknown {
        /// The name as it was written.
        written: String,
        /// Where it was written.
        origin: Origin,
        /// Which setting may have been meant; ends the sentence.
        hint: String,
    },
    /// The value is none that the setting takes.
    #[error("`{written}` ({origin}) is `{value}`; {reason}.")]
    Malformed {
        /// The setting's name as it was written.
        written: String,
        /// Where it was written.
        origin: Origin,
        /// The value; it redacts itself.
        value: RawValue,
        /// What is allowed instead.
        reason: String,
    },
    /// The file that was named, or the default file that exists, does not open.
    #[error("The settings file {} cannot be read: {error}.", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is not TOML.
    #[error("The settings file {} is not TOML at line {line}: {message}.", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong there; it does not quote the line, which may hold a password.
        message: String,
    },
}

/// Every problem with the settings; never empty.
#[derive(Debug)]
pub struct SettingsError(Vec<Problem>);

impl SettingsError {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// The problems, in the order of the table.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The settings cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))
    }
}

impl std::error::Error for SettingsError {}
