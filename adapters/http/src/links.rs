//! Absolute URLs, from the configured public address or else from the request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use poem::Request;
use poem::http::header;
use poem::http::uri::Authority;
use uuid::Uuid;

/// The path under which the API stands.
pub(crate) const API: &str = "/api/v1/";

/// Where gateways call back: under each of these stand the name of a gateway and a secret, and nothing else.
const CALLBACKS: [&str; 2] = ["delivery-reports", "opt-outs"];

/// Whether gateways call back at this path, or at paths of this template.
pub(crate) fn is_callback(path: &str) -> bool {
    let Some(path) = path.strip_prefix(API) else { return false };
    let mut segments = path.trim_end_matches('/').split('/');
    let first = segments.next().unwrap_or_default();
    CALLBACKS.contains(&first) && segments.count() == 2
}

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
    /// The proxies whose forwarded headers are believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
}

impl Address {
    fn trusts(&self, request: &Request) -> bool {
        peer(request).is_some_and(|peer| self.trusts_address(peer))
    }

    fn trusts_address(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    /// The client behind `proxy`, which is trusted, as the chain of addresses that the proxies wrote down tells it,
    /// the nearest first: the first that is no trusted proxy. Anything beyond is only what that client claims. Where
    /// a proxy wrote down no address, the proxy itself has to do.
    fn client_behind(&self, proxy: IpAddr, chain: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut nearest = proxy;
        for address in chain {
            let Some(address) = address else { break };
            nearest = address;
            if !self.trusts_address(address) {
                break;
            }
        }
        nearest
    }
}

/// Who is at the other end of the connection.
fn peer(request: &Request) -> Option<IpAddr> {
    request.remote_addr().as_socket_addr().map(|address| address.ip().to_canonical())
}

/// From where a request comes: the peer, or whoever a trusted proxy says that it forwards for; `None` where there is no
/// connection of the internet.
pub(crate) fn client_address(request: &Request) -> Option<IpAddr> {
    let peer = peer(request)?;
    let Some(address) = request.data::<Address>().filter(|address| address.trusts(request)) else {
        return Some(peer);
    };
    let behind = |name: &str, read: fn(&str) -> Option<IpAddr>| {
        let chain = reversed(request, name).map(|element| element.and_then(read));
        request.headers().contains_key(name).then(|| address.client_behind(peer, chain))
    };
    let clients = (behind("forwarded", forwarded_for), behind("x-forwarded-for", written_address));
    Some(match clients {
        // A proxy that writes one of the two passes on the other as the client sent it, and which of them that is
        // cannot be known.
        (Some(one), Some(other)) if one != other => peer,
        (one, other) => one.or(other).unwrap_or(peer),
    })
}

/// The elements of a header that is a list, the last first: so that nothing in front, which a client may have written,
/// changes how those of the proxies are read. `None` is what is no text.
fn reversed<'a>(request: &'a Request, name: &str) -> impl Iterator<Item = Option<&'a str>> {
    request.headers().get_all(name).iter().rev().flat_map(|line| {
        let line = line.to_str().ok();
        let elements = line.map(|line| line.rsplit(',').map(|element| Some(element.trim())));
        let unreadable = line.is_none().then_some(None);
        elements.into_iter().flatten().chain(unreadable)
    })
}

/// The address in an element of `Forwarded` (RFC 7239, section 4), such as `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    written_address(node.trim().trim_matches('"'))
}

/// An address as proxies write it: bare or in brackets, perhaps with a port.
fn written_address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse().ok();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    bare().or_else(with_port).map(|address: IpAddr| address.to_canonical())
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

    fn request(trusted: &str, headers: &[(&'static str, &str)]) -> Request {
        let peer: SocketAddr = "10.0.0.7:4000".parse().unwrap();
        let mut head = poem::http::Request::new(());
        for (name, value) in headers {
            head.headers_mut().append(*name, value.parse().unwrap());
        }
        let (head, ()) = head.into_parts();
        let remote = RemoteAddr(peer.into());
        let parts = (head, LocalAddr(peer.into()), remote, poem::http::uri::Scheme::HTTP);
        let mut request = Request::from_parts(parts.into(), poem::Body::empty());
        let trusted_proxies = trusted.split(',').map(|network| network.parse().unwrap()).collect();
        request.set_data(Address { public_url: None, trusted_proxies });
        request
    }

    fn base(trusted: &str, headers: &[(&'static str, &str)]) -> String {
        Links::new(&request(trusted, headers)).base().to_owned()
    }

    /// Who is said to call, through the proxies 10.0.0.0/8 and 192.0.2.0/24.
    fn client(headers: &[(&'static str, &str)]) -> String {
        client_address(&request("10.0.0.0/8,192.0.2.0/24", headers)).unwrap().to_string()
    }

    const FORWARDED: [(&str, &str); 3] =
        [("host", "inside:8000"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "shop.example")];

    #[test]
    fn gateways_call_back_at_a_name_and_a_secret() {
        for path in ["/api/v1/delivery-reports/twilio/secret", "/api/v1/opt-outs/{gateway}/{secret}/"] {
            assert!(is_callback(path), "{path}");
        }
        for path in [
            "/api/v1/delivery-reports/",
            "/api/v1/delivery-reports/twilio/",
            "/api/v1/delivery-reports/twilio/secret/more/",
            "/api/v1/orders/twilio/secret/",
            "/delivery-reports/twilio/secret/",
        ] {
            assert!(!is_callback(path), "{path}");
        }
    }

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

    #[test]
    fn a_trusted_proxy_tells_who_calls() {
        for (headers, told) in [
            (("x-forwarded-for", "203.0.113.9"), "203.0.113.9"),
            (("x-forwarded-for", "203.0.113.9:4711"), "203.0.113.9"),
            (("x-forwarded-for", "2001:db8::9"), "2001:db8::9"),
            (("x-forwarded-for", "[2001:db8::9]:4711"), "2001:db8::9"),
            (("x-forwarded-for", "::ffff:203.0.113.9"), "203.0.113.9"),
            (("forwarded", "for=203.0.113.9"), "203.0.113.9"),
            (("forwarded", "proto=https; For=\"[2001:db8::9]:4711\";by=_hidden"), "2001:db8::9"),
            (("forwarded", "for=\"[2001:db8::9]\""), "2001:db8::9"),
        ] {
            assert_eq!(client(&[headers]), told, "{headers:?}");
        }
        assert_eq!(client(&[]), "10.0.0.7");
    }

    #[test]
    fn what_an_untrusted_peer_forwards_does_not_change_who_calls() {
        let forged = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
        for headers in [&forged[..], &forged[..1], &forged[1..], &[]] {
            let told = client_address(&request("192.168.0.0/16", headers)).unwrap();
            assert_eq!(told.to_string(), "10.0.0.7");
        }
    }

    #[test]
    fn what_a_client_writes_in_front_changes_nothing() {
        for forged in ["1.1.1.1", "10.0.0.1", "unknown", "\"", "a=\"", ",,", "1.1.1.1, 10.0.0.1"] {
            let line = format!("{forged}, 203.0.113.9, 192.0.2.1");
            assert_eq!(client(&[("x-forwarded-for", &line)]), "203.0.113.9", "{line}");
            let lines = [("x-forwarded-for", forged), ("x-forwarded-for", "203.0.113.9")];
            assert_eq!(client(&lines), "203.0.113.9", "{forged}");
            let line = format!("for={forged}, for=203.0.113.9, for=192.0.2.1;proto=https");
            assert_eq!(client(&[("forwarded", &line)]), "203.0.113.9", "{line}");
        }
    }

    #[test]
    fn of_two_headers_neither_is_believed_unless_they_agree() {
        let both = |one, other| client(&[("x-forwarded-for", one), ("forwarded", other)]);
        assert_eq!(both("203.0.113.9", "for=203.0.113.9"), "203.0.113.9");
        assert_eq!(both("203.0.113.9", "for=1.1.1.1"), "10.0.0.7");
        assert_eq!(both("1.1.1.1", "for=203.0.113.9"), "10.0.0.7");
    }

    #[test]
    fn where_a_proxy_tells_no_address_it_counts_itself() {
        for (line, told) in [
            ("unknown", "10.0.0.7"),
            ("203.0.113.9, _hidden", "10.0.0.7"),
            ("203.0.113.9, unknown, 192.0.2.1", "192.0.2.1"),
            ("10.1.1.1, 192.0.2.1", "10.1.1.1"),
            ("", "10.0.0.7"),
        ] {
            assert_eq!(client(&[("x-forwarded-for", line)]), told, "{line}");
        }
        let unreadable = poem::http::HeaderValue::from_bytes(b"\xff").unwrap();
        let mut request = request("10.0.0.0/8", &[("x-forwarded-for", "203.0.113.9")]);
        request.headers_mut().append("x-forwarded-for", unreadable);
        assert_eq!(client_address(&request).unwrap().to_string(), "10.0.0.7");
    }
}
