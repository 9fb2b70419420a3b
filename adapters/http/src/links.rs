//! Absolute URLs, from the configured public address or else from the request.

use std::sync::Arc;

use ipnet::IpNet;
use poem::Request;
use poem::http::header;
use poem::http::uri::Authority;
use uuid::Uuid;

/// The path under which the API stands.
pub(crate) const API: &str = "/api/v1/";

/// What every URL begins with: scheme and authority, without a slash at the end.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    base: Arc<str>,
}

/// How links begin in this installation, as its operator set it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Address {
    /// The public address; `None` where each request tells.
    pub(crate) public_url: Option<Arc<str>>,
    /// The proxies whose `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
}

impl Address {
    fn trusts(&self, request: &Request) -> bool {
        let peer = request.remote_addr().as_socket_addr().map(|address| address.ip().to_canonical());
        peer.is_some_and(|peer| self.trusted_proxies.iter().any(|network| network.contains(&peer)))
    }
}

/// The last of the values in a header, which is the nearest proxy's.
fn last<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let value = request.headers().get_all(name).iter().next_back()?;
    value.to_str().ok()?.rsplit(',').next().map(str::trim)
}

/// Whether `host` can stand in a URL as it is: a name or an address, perhaps with a port.
fn is_host(host: &str) -> bool {
    host.parse::<Authority>().is_ok_and(|authority| !authority.as_str().contains('@'))
}

impl Links {
    /// The links of the answer to `request`.
    pub(crate) fn new(request: &Request) -> Self {
        let address = request.data::<Address>().cloned().unwrap_or_default();
        let base = address.public_url.clone().unwrap_or_else(|| {
            let (scheme, host) = if address.trusts(request) {
                (last(request, "x-forwarded-proto"), last(request, "x-forwarded-host"))
            } else {
                (None, None)
            };
            let scheme = if scheme == Some("https") { "https" } else { "http" };
            let host = host.or_else(|| last(request, header::HOST.as_str())).filter(|host| is_host(host));
            format!("{scheme}://{}", host.unwrap_or("localhost")).into()
        });
        Self { base }
    }

    /// What every URL begins with.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Whether the client's connection is encrypted, as far as can be known.
    pub(crate) fn is_secure(&self) -> bool {
        self.base.starts_with("https:")
    }

    /// The URL of a path that begins with a slash.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The URL of a collection.
    pub(crate) fn collection(&self, plural: &str) -> String {
        format!("{}{API}{plural}/", self.base)
    }

    /// The URL of one object.
    pub(crate) fn object(&self, plural: &str, id: Uuid) -> String {
        format!("{}{API}{plural}/{id}/", self.base)
    }

    /// The URL of `path` with `query` in which the parameters `changed` are replaced.
    pub(crate) fn list(&self, path: &str, query: &str, changed: &[(&str, Option<String>)]) -> String {
        let kept = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| changed.iter().all(|(changed, _)| changed != name));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        query.extend_pairs(
            changed.iter().filter_map(|(name, value)| value.as_ref().map(|value| (name, value))),
        );
        format!("{}{path}?{}", self.base, query.finish())
    }
}

#[cfg(test)]
mod tests {
    use poem::web::{LocalAddr, RemoteAddr};

    use super::*;

    fn base(trusted: &str, headers: &[(&'static str, &str)]) -> String {
        let peer: std::net::SocketAddr = "10.0.0.7:4000".parse().unwrap();
        let mut head = poem::http::Request::new(());
        for (name, value) in headers {
            head.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (head, ()) = head.into_parts();
        let remote = RemoteAddr(peer.into());
        let parts = (head, LocalAddr(peer.into()), remote, poem::http::uri::Scheme::HTTP);
        let mut request = Request::from_parts(parts.into(), poem::Body::empty());
        let trusted_proxies = trusted.parse().into_iter().collect();
        request.set_data(Address { public_url: None, trusted_proxies });
        Links::new(&request).base().to_owned()
    }

    const FORWARDED: [(&str, &str); 3] =
        [("host", "inside:8000"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "shop.example")];

    #[test]
    fn a_trusted_proxy_tells_how_the_client_called() {
        assert_eq!(base("10.0.0.0/8", &FORWARDED), "https://shop.example");
    }

    #[test]
    fn what_anybody_else_forwards_changes_nothing() {
        assert_eq!(base("192.168.0.0/16", &FORWARDED), "http://inside:8000");
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        assert_eq!(base("10.0.0.0/8", &[("host", "evil\"><script>")]), "http://localhost");
    }
}
