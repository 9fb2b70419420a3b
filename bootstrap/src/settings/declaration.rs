//! How a setting is declared, and what follows from its declaration.

use super::Settings;

/// One setting, as it stands in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declaration {
    /// The name in the file; the others derive from it.
    pub(crate) name: &'static str,
    /// The default, written as a user would.
    default: &'static str,
    /// What the setting means.
    help: &'static str,
    /// What may stand there.
    expected: fn() -> String,
    /// Whether it can be `off`, so that `--no-…` turns it off.
    pub(crate) is_switch: bool,
}

impl Declaration {
    pub(super) const fn new<V: super::Value>(
        name: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self { name, default, help, expected: V::expected, is_switch: V::IS_SWITCH }
    }

    /// What the setting means.
    pub(crate) fn help(&self) -> &'static str {
        self.help.trim()
    }

    /// What the setting means, what it may be, what it is by default and where else it can be set.
    pub(crate) fn long_help(&self) -> String {
        let default = if self.default.is_empty() { "none" } else { self.default };
        let (help, expected, variable) = (self.help(), (self.expected)(), variable(self.name));
        format!("{help}\n\nTakes {expected}.\n[default: {default}] [environment: {variable}]")
    }

    pub(super) fn reference(&self) -> String {
        let default = if self.default.is_empty() { "none".to_owned() } else { format!("`{}`", self.default) };
        let (variable, name, flag) = (variable(self.name), self.name, flag(self.name));
        let (help, expected) = (self.help(), (self.expected)());
        format!("| `{variable}`, `{name}` | `--{flag}` | {default} | {help} Takes {expected}. |\n")
    }
}

/// The environment variable of a setting.
pub(crate) fn variable(name: &str) -> String {
    format!("{}{}", Settings::PREFIX, name.to_uppercase())
}

/// The flag of a setting, without the dashes in front.
pub(crate) fn flag(name: &str) -> String {
    name.replace('_', "-")
}

/// Declares the struct of all settings and, from the same lines, the table that everything else derives from.
macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident: $type:ty = $default:literal;)+) => {
        /// Every setting, checked.
        #[derive(Clone, PartialEq)]
        pub struct Settings {
            $($(#[doc = $help])+ pub $name: $type,)+
            origins: BTreeMap<&'static str, Origin>,
        }

        impl Settings {
            /// The table itself, in the order in which it is written.
            pub(crate) const DECLARATIONS: &[Declaration] = &[
                $(Declaration::new::<$type>(stringify!($name), $default, concat!($($help),+)),)+
            ];

            fn resolve(mut layers: Layers) -> Result<Self, SettingsError> {
                $(let $name = layers.resolve::<$type>(stringify!($name), $default);)+
                match ($($name,)+) {
                    ($(Some($name),)+) if layers.problems.is_empty() => {
                        Ok(Self { $($name,)+ origins: layers.origins })
                    }
                    _ => Err(SettingsError::new(layers.problems)),
                }
            }

            /// Every value in words, by name.
            fn shown(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($name), self.$name.show()),)+]
            }
        }

        impl fmt::Debug for Settings {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_map().entries(self.shown()).finish()
            }
        }
    };
}

pub(super) use settings;
