//! Cursors: a place in a list, opaque to the client and good for that list only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use orderdesk_application::query::{Field, Order, Position, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::value;

/// What a list is, beside the place in it: its path, filters and order. Cursors of one are no good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

/// The parameters that do not decide which objects a list holds or in which order.
const INCIDENTAL: [&str; 9] =
    ["limit", "offset", "page", "per_page", "cursor", "count", "fields", "expand", "format"];

impl Fingerprint {
    /// The fingerprint of the list at `path` with this query string.
    pub(super) fn new(path: &str, query: &str) -> Self {
        let mut deciding: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| !INCIDENTAL.contains(&name.as_ref()))
            .collect();
        deciding.sort();
        let canonical: String =
            form_urlencoded::Serializer::new(format!("{path}?")).extend_pairs(deciding).finish();
        Self(xxh3_64(canonical.as_bytes()))
    }
}

/// The cursor of `position`.
pub(super) fn encode(fingerprint: Fingerprint, position: &Position) -> String {
    let values: Vec<_> = position.values().iter().map(value::format).collect();
    let plain = serde_json::to_vec(&(format!("{:016x}", fingerprint.0), values)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(plain)
}

/// The position that `cursor` stands for in the list of this fingerprint and order.
pub(super) fn decode<F: Field>(
    cursor: &str,
    fingerprint: Fingerprint,
    order: &Order<F>,
) -> Result<Position, String> {
    let malformed = || "This is not a cursor; take one from next_cursor of a page.".to_owned();
    let plain = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| malformed())?;
    let (list, values): (String, Vec<Option<String>>) =
        serde_json::from_slice(&plain).map_err(|_| malformed())?;
    if list != format!("{:016x}", fingerprint.0) {
        return Err("This cursor belongs to a list with other filters or another ordering.".to_owned());
    }
    let values: Result<Vec<_>, _> = order
        .keys()
        .iter()
        .zip(&values)
        .map(|(key, text)| match text {
            Some(text) => value::parse(key.field.spec().kind, text),
            None => Ok(Value::Null),
        })
        .collect();
    order.position(values.map_err(|_| malformed())?).map_err(|_| malformed())
}
