//! Which stretch of a list: by offset, by page, or by cursor.

use super::parameters::Parameters;

const DEFAULT_LIMIT: u32 = 20;
const MAXIMUM_LIMIT: u32 = 100;

/// How a client pages, so that links go on in the same words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Paging {
    /// `limit` and `offset`.
    Offset(u64),
    /// `per_page` and `page`, from 1.
    Page(u64),
    /// `limit` and `cursor`.
    Cursor(String),
}

/// The paging parameters: how, how many, and whether to count.
pub(super) struct Stretch {
    pub(super) paging: Paging,
    pub(super) limit: u32,
    pub(super) counted: bool,
}

/// Reads the paging parameters.
pub(super) fn read(parameters: &mut Parameters) -> Stretch {
    let limit = parameters.parsed("limit", parse_limit);
    let offset = parameters.parsed("offset", |text| parse_number(text, 0, i64::MAX as u64));
    let per_page = parameters.parsed("per_page", parse_limit);
    // Beyond this the offset would not be a number any more.
    let page = parameters.parsed("page", |text| parse_number(text, 1, u64::from(u32::MAX)));
    let cursor = parameters.take("cursor");
    let counted = parameters.parsed("count", |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false.")),
    });
    let mixed = |first: &str, second: &str| format!("Use either {first} or {second}, not both.");
    if (limit.is_some() || offset.is_some()) && per_page.is_some() {
        parameters.refuse("per_page", mixed("limit and offset", "page and per_page"));
    }
    if (limit.is_some() || offset.is_some()) && page.is_some() {
        parameters.refuse("page", mixed("limit and offset", "page and per_page"));
    }
    if cursor.is_some() && (offset.is_some() || page.is_some()) {
        parameters.refuse("cursor", mixed("a cursor", "offset or page"));
    }
    let paging = match (cursor, page) {
        (Some(cursor), _) => Paging::Cursor(cursor),
        (None, Some(page)) => Paging::Page(page),
        (None, None) if per_page.is_some() => Paging::Page(1),
        (None, None) => Paging::Offset(offset.unwrap_or(0)),
    };
    Stretch { paging, limit: limit.or(per_page).unwrap_or(DEFAULT_LIMIT), counted: counted.unwrap_or(true) }
}

fn parse_limit(text: &str) -> Result<u32, String> {
    parse_number(text, 1, MAXIMUM_LIMIT.into()).map(|number| u32::try_from(number).unwrap_or(MAXIMUM_LIMIT))
}

fn parse_number(text: &str, minimum: u64, maximum: u64) -> Result<u64, String> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| plain && (minimum..=maximum).contains(number));
    number.ok_or_else(|| format!("{text:?} is not a whole number from {minimum} to {maximum}."))
}

impl Paging {
    /// How many objects come before the stretch; none that can be told of a cursor.
    pub(crate) fn offset(&self, limit: u32) -> Option<u64> {
        match self {
            Self::Offset(offset) => Some(*offset),
            Self::Page(page) => Some((page - 1) * u64::from(limit)),
            Self::Cursor(_) => None,
        }
    }

    /// The parameters of the stretch that begins at `offset`, in the client's words.
    pub(crate) fn at(&self, offset: u64, limit: u32) -> (&'static str, u64) {
        match self {
            Self::Page(_) => ("page", offset / u64::from(limit) + 1),
            Self::Offset(_) | Self::Cursor(_) => ("offset", offset),
        }
    }
}
