//! Settings that choose one of a few.

use super::{Value, refusal};

/// Declares the choices once, with the word for each.
macro_rules! choice {
    ($(#[$doc:meta])+ $name:ident { $($(#[$choice_doc:meta])+ $choice:ident = $word:literal,)+ }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$choice_doc])+ $choice,)+
        }

        impl Value for $name {
            fn expected() -> String {
                format!("one of {}", [$($word),+].join(", "))
            }

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$choice),)+
                    _ => Err(refusal::<Self>()),
                }
            }

            fn show(&self) -> String {
                match self {
                    $(Self::$choice => $word,)+
                }.to_owned()
            }
        }
    };
}

choice!(
    /// How log lines look.
    LogFormat {
        /// For people when the log goes to a terminal, JSON otherwise.
        Auto = "auto",
        /// For people.
        Human = "human",
        /// One JSON object a line.
        Json = "json",
    }
);

choice!(
    /// Where calls are counted.
    ThrottleStore {
        /// In the memory of the process, for itself alone.
        Memory = "memory",
        /// In the store, together with all others that use it.
        Store = "store",
    }
);

choice!(
    /// How surely SQLite has written a change before it says so.
    Synchronous {
        /// It survives a loss of power.
        Full = "full",
        /// It survives a crash of the program; a loss of power may undo the last changes, but never corrupts.
        Normal = "normal",
    }
);
