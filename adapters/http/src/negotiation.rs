//! Which representation an answer has: what `format` says, else what `Accept` prefers (RFC 9110, section 12.5.1).

use std::str::FromStr as _;

use mime::Mime;
use poem::Request;
use poem::http::{HeaderMap, StatusCode, header};

use crate::problem::Failure;

/// The media type of errors in the shape of RFC 9457.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`
    Json,
    /// `text/csv`; lists only.
    Csv,
    /// `application/yaml`; the OpenAPI document only.
    Yaml,
    /// `text/html`: the page of a path of the API, which is drawn before the API is asked.
    Page,
}

impl Format {
    /// Its media type (RFC 8259, RFC 4180, RFC 9512).
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Yaml => "application/yaml",
            Self::Page => "text/html",
        }
    }

    /// Its name in the parameter `format`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Yaml => "yaml",
            Self::Page => "api",
        }
    }

    /// The media type of what an HTML form sends.
    pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

    /// Whether `essence` names this representation; an error in problem+json is JSON too.
    fn answers(self, essence: &str) -> bool {
        essence == self.media_type()
            || (self == Self::Json && essence == PROBLEM_JSON)
            || (self == Self::Yaml && essence == "application/x-yaml")
    }
}

/// The best of `offers`, which are in the order of preference.
///
/// # Errors
/// 400 for a `format` that is not on offer, 406 where `Accept` takes none of the offers.
pub(crate) fn negotiate(request: &Request, offers: &[Format]) -> Result<Format, Failure> {
    let query = request.uri().query().unwrap_or_default();
    if let Some((_, name)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "format") {
        return offers.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
            let allowed: Vec<_> = offers.iter().map(|format| format.name()).collect();
            Failure::invalid_field(
                "format",
                format!("{name:?} is not a format here. Choose from: {}.", allowed.join(", ")),
            )
        });
    }
    let ranges = accepted(request.headers());
    let Some(first) = offers.first().copied() else { return Ok(Format::Json) };
    if ranges.is_empty() {
        return Ok(first);
    }
    let mut best: Option<(Format, f32)> = None;
    for offer in offers {
        let quality = quality(*offer, &ranges);
        if quality > best.map_or(0.0, |(_, quality)| quality) {
            best = Some((*offer, quality));
        }
    }
    best.map(|(format, _)| format).ok_or_else(|| {
        let offered: Vec<_> = offers.iter().map(|format| format.media_type()).collect();
        let text =
            format!("None of the accepted media types can be had here. Offered: {}.", offered.join(", "));
        Failure::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", text)
    })
}

/// Whether the client would rather have a page than anything else that the API offers: `format=api`, or an `Accept` that
/// gives it a higher quality.
pub(crate) fn prefers_page(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    if let Some((_, name)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "format") {
        return name == Format::Page.name();
    }
    let ranges = accepted(request.headers());
    let page = quality(Format::Page, &ranges);
    page > quality(Format::Json, &ranges) && page >= quality(Format::Csv, &ranges)
}

/// Whether the client wants errors in the shape of RFC 9457: it names that type, and not as less than plain JSON.
pub(crate) fn prefers_problem(headers: &HeaderMap) -> bool {
    let ranges = accepted(headers);
    let quality = |name: &str| {
        ranges
            .iter()
            .filter(|(range, _)| range.essence_str() == name)
            .map(|(_, quality)| *quality)
            .reduce(f32::max)
    };
    let json = quality(Format::Json.media_type()).unwrap_or(0.0);
    quality(PROBLEM_JSON).is_some_and(|problem| problem > 0.0 && problem >= json)
}

fn accepted(headers: &HeaderMap) -> Vec<(Mime, f32)> {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(parse_ranges).collect()
}

/// The media ranges of an `Accept` header with their qualities; what cannot be read accepts nothing.
fn parse_ranges(accept: &str) -> Vec<(Mime, f32)> {
    let ranges = accept.split(',').map(str::trim).filter(|range| !range.is_empty());
    ranges
        .filter_map(|range| {
            let range = Mime::from_str(range).ok()?;
            let quality = range.get_param("q").and_then(|q| q.as_str().parse().ok()).unwrap_or(1.0);
            Some((range, quality))
        })
        .collect()
}

/// The quality that the most specific range which covers `format` gives it; 0 where none does.
fn quality(format: Format, ranges: &[(Mime, f32)]) -> f32 {
    let media_type = format.media_type();
    let kind = media_type.split('/').next().unwrap_or_default();
    let specificity = |range: &Mime| match range.essence_str() {
        essence if format.answers(essence) => Some(2),
        "*/*" => Some(0),
        _ if range.type_() == kind && range.subtype() == "*" => Some(1),
        _ => None,
    };
    let covering = ranges.iter().filter_map(|(range, quality)| Some((specificity(range)?, *quality)));
    covering
        .max_by(|left, right| left.partial_cmp(right).unwrap_or(std::cmp::Ordering::Equal))
        .map_or(0.0, |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str) -> Option<Format> {
        let request = Request::builder().header("accept", accept).finish();
        negotiate(&request, &[Format::Json, Format::Csv]).ok()
    }

    #[test]
    fn the_preferred_of_the_offers_is_chosen() {
        for (accept, format) in [
            ("*/*", Some(Format::Json)),
            ("", Some(Format::Json)),
            ("text/csv", Some(Format::Csv)),
            ("application/json;q=0.5, text/csv", Some(Format::Csv)),
            ("text/*", Some(Format::Csv)),
            ("application/*;q=0.1, text/csv;q=0", Some(Format::Json)),
            ("text/csv;q=0, */*", Some(Format::Json)),
            ("application/problem+json", Some(Format::Json)),
            ("image/png", None),
            ("application/json;q=0", None),
            ("nonsense", Some(Format::Json)),
        ] {
            assert_eq!(chosen(accept), format, "{accept}");
        }
    }

    #[test]
    fn the_parameter_goes_before_the_header() {
        let request = |query: &str| {
            Request::builder().uri_str(format!("/?{query}")).header("accept", "text/csv").finish()
        };
        assert_eq!(negotiate(&request("format=json"), &[Format::Json, Format::Csv]).ok(), Some(Format::Json));
        assert!(negotiate(&request("format=xml"), &[Format::Json, Format::Csv]).is_err());
    }
}
