//! Whether a request is to be answered with a page.

use poem::Request;
use poem::http::{Method, header};

use crate::links::{API, is_callback};
use crate::negotiation::{Format, prefers_page};

/// Below the API's path, and answered by pages of their own.
const BESIDE: [&str; 3] = ["docs", "swagger-docs", "api-auth"];

/// What a browser wants of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To see it.
    Look,
    /// To send one of its forms.
    Send,
    /// To get from the service's bare address to where everything begins.
    Home,
}

/// What a request wants of a page; `None` for one that wants something else.
pub(super) fn wanted(request: &Request) -> Option<Wanted> {
    let path = request.uri().path();
    if !prefers_page(request) {
        return None;
    }
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if path == "/" && looks {
        return Some(Wanted::Home);
    }
    let below = path.strip_prefix(API).or_else(|| (path == API.trim_end_matches('/')).then_some(""))?;
    let first = below.split('/').next().unwrap_or_default();
    if BESIDE.contains(&first) || is_callback(path) {
        return None;
    }
    match *request.method() {
        _ if looks => Some(Wanted::Look),
        Method::POST if is_form(request) => Some(Wanted::Send),
        _ => None,
    }
}

/// Whether the body is what an HTML form sends.
fn is_form(request: &Request) -> bool {
    let kind = request.header(header::CONTENT_TYPE).unwrap_or_default();
    kind.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case(Format::FORM))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    fn asked(method: Method, uri: &str, accept: &str, content_type: &str) -> Option<Wanted> {
        let request = Request::builder().method(method).uri_str(uri);
        wanted(&request.header("accept", accept).header("content-type", content_type).finish())
    }

    #[test]
    fn a_browser_sees_pages_and_others_do_not() {
        for (uri, accept, expected) in [
            ("/api/v1/orders/", BROWSER, Some(Wanted::Look)),
            ("/api/v1", BROWSER, Some(Wanted::Look)),
            ("/", BROWSER, Some(Wanted::Home)),
            ("/api/v1/orders/", "*/*", None),
            ("/api/v1/orders/", "", None),
            ("/api/v1/orders/", "application/json", None),
            ("/api/v1/orders/", "application/json, text/html;q=0.9", None),
            ("/api/v1/orders/", "application/json;q=0.9, text/html", Some(Wanted::Look)),
            ("/api/v1/orders/?format=api", "application/json", Some(Wanted::Look)),
            ("/api/v1/orders/?format=json", BROWSER, None),
            ("/api/v1/orders/?format=csv", BROWSER, None),
            ("/api/v1/docs/", BROWSER, None),
            ("/api/v1/api-auth/authenticate/", BROWSER, None),
            ("/api/schema/", BROWSER, None),
            ("/health/ready", BROWSER, None),
        ] {
            assert_eq!(asked(Method::GET, uri, accept, ""), expected, "{uri} {accept}");
        }
    }

    #[test]
    fn a_form_is_sent_from_a_page_and_json_is_not() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(asked(Method::POST, "/api/v1/orders/", BROWSER, form), Some(Wanted::Send));
        assert_eq!(asked(Method::POST, "/api/v1/orders/", BROWSER, "application/json"), None);
        assert_eq!(asked(Method::POST, "/api/v1/orders/", "*/*", form), None);
        assert_eq!(asked(Method::POST, "/api/v1/opt-outs/twilio/secret/", BROWSER, form), None);
        assert_eq!(asked(Method::DELETE, "/api/v1/orders/", BROWSER, ""), None);
    }
}
