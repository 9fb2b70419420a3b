//! Closed sets of things that have a name by which they are stored and shown, each declared once.

/// Declares an enum whose variants have names: `ALL`, `NAMES` in the same order, `name` and `from_name`.
macro_rules! named {
    (
        $(#[$doc:meta])+
        $name:ident { $($(#[$variant_doc:meta])+ $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])+ $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];
            /// The name of every one, in the same order.
            pub const NAMES: [&'static str; [$($text),+].len()] = [$($text),+];

            /// The name as it is stored and shown.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one of exactly this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|it| it.name() == name)
            }
        }
    };
}

pub(crate) use named;
