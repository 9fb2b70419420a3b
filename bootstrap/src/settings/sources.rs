//! Where settings come from, handed in so that a test needs no real environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::Settings;
use super::declaration::{flag, variable};
use super::raw::RawValue;

/// Everything that settings are read from.
pub struct Sources<'a> {
    /// What was typed on the command line.
    pub flags: Flags,
    /// The process's environment.
    pub environment: Environment,
    /// The file system: reads a whole text file.
    pub read_file: &'a dyn Fn(&Path) -> io::Result<String>,
}

/// The environment variables that are meant for this program.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    pub(super) variables: BTreeMap<String, RawValue>,
    /// The names of those whose values are no text.
    pub(super) illegible: Vec<String>,
}

impl Environment {
    /// Picks the variables whose names begin with `ORDERDESK_`.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Some(name) = name.into_string().ok().filter(|name| name.starts_with(Settings::PREFIX)) else {
                continue;
            };
            match value.into_string() {
                Ok(value) => {
                    environment.variables.insert(name, RawValue::new(value));
                }
                Err(_) => environment.illegible.push(name),
            }
        }
        environment
    }
}

/// The settings among the command line's arguments, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags(pub(super) BTreeMap<String, RawValue>);

impl Flags {
    /// Flags as they might have been typed: `("listen", "127.0.0.1:0")` stands for `--listen 127.0.0.1:0`.
    pub fn new<N: Into<String>, V: Into<String>>(flags: impl IntoIterator<Item = (N, V)>) -> Self {
        let raw = |(name, value): (N, V)| (name.into(), RawValue::new(value));
        Self(flags.into_iter().map(raw).collect())
    }
}

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: it is built in.
    Default,
    /// In a file.
    File(PathBuf),
    /// In the environment.
    Environment,
    /// On the command line.
    Flag,
}

impl Origin {
    /// The setting's name as it is written there.
    pub(super) fn spell(&self, name: &str) -> String {
        match self {
            Self::Default | Self::File(_) => name.to_owned(),
            Self::Environment => variable(name),
            Self::Flag => format!("--{}", flag(name)),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Environment => formatter.write_str("environment"),
            Self::Flag => formatter.write_str("command line"),
        }
    }
}
