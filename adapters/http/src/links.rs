//! Absolute URLs, from the configured public address or else from the request.

use std::sync::Arc;

use poem::Request;
use poem::http::header;
use uuid::Uuid;

/// The path under which the API stands.
pub(crate) const API: &str = "/api/v1/";

/// What every URL begins with: scheme and authority, without a slash at the end.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    base: Arc<str>,
}

/// The public address of this installation, as its operator set it; `None` where each request tells.
#[derive(Debug, Clone)]
pub(crate) struct PublicUrl(pub(crate) Option<Arc<str>>);

impl Links {
    /// The links of the answer to `request`.
    pub(crate) fn new(request: &Request) -> Self {
        let configured = request.data::<PublicUrl>().and_then(|url| url.0.clone());
        let base = configured.unwrap_or_else(|| {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
            let sane = |host: &&str| {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
                !host.is_empty() && host.bytes().all(plain)
            };
            format!("{}://{}", request.scheme(), host.filter(sane).unwrap_or("localhost")).into()
        });
        Self { base }
    }

    /// What every URL begins with.
    pub(crate) fn base(&self) -> &str {
        &self.base
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
