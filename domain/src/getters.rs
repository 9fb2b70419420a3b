//! Read access to the private fields of an aggregate, declared in one line each.

/// `copy name: Type` returns the value, `get name: Type` a reference to it.
macro_rules! getters {
    ($($(#[$doc:meta])+ $how:ident $name:ident: $type:ty;)+) => {
        $(getters!(@$how $(#[$doc])+ $name: $type);)+
    };
    (@copy $(#[$doc:meta])+ $name:ident: $type:ty) => {
        $(#[$doc])+
        pub fn $name(&self) -> $type {
            self.$name
        }
    };
    (@get $(#[$doc:meta])+ $name:ident: $type:ty) => {
        $(#[$doc])+
        pub fn $name(&self) -> &$type {
            &self.$name
        }
    };
}

pub(crate) use getters;
