//! Kinds of values that the standard library or a crate already has a type for.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;

use super::{Value, refusal};

impl Value for SocketAddr {
    fn expected() -> String {
        "an IP address with a port, such as 127.0.0.1:8000 or [::]:8000".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    const IS_SWITCH: bool = true;

    fn expected() -> String {
        "on or off".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "on" | "true" => Ok(true),
            "off" | "false" => Ok(false),
            _ => Err(refusal::<Self>()),
        }
    }

    fn show(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

impl Value for PathBuf {
    fn expected() -> String {
        "a path".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err(refusal::<Self>()) } else { Ok(text.into()) }
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Value for IpNet {
    fn expected() -> String {
        "an IP address or a network, such as 10.0.0.0/8".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(Self::from));
        network.map(|network| network.trunc()).map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// Nothing stands for none.
impl<V: Value> Value for Option<V> {
    const IS_SECRET: bool = V::IS_SECRET;

    fn expected() -> String {
        V::expected()
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { V::parse(text).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map(V::show).unwrap_or_default()
    }
}

/// Commas stand between, nothing stands for none.
impl<V: Value> Value for Vec<V> {
    fn expected() -> String {
        format!("a comma-separated list, each of it {}", V::expected())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let members = text.split(',').map(str::trim).filter(|_| !text.trim().is_empty());
        members
            .enumerate()
            .map(|(index, member)| {
                V::parse(member)
                    .map_err(|reason| format!("{reason} (number {} of the list is not)", index + 1))
            })
            .collect()
    }

    fn show(&self) -> String {
        self.iter().map(V::show).collect::<Vec<_>>().join(",")
    }
}
