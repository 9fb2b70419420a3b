//! The page on which a person chooses a provider, or gives an API token where there is none.

use std::fmt::Write as _;
use std::sync::Arc;

use orderdesk_application::ports::IdentityProvider;
use poem::Response;

use super::place::Place;

/// Nothing but a form that goes to this service.
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Text as it stands in HTML, in content and in quoted attributes.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
        escaped
    })
}

/// The page.
pub(super) fn choice(providers: &[Arc<dyn IdentityProvider>], next: &Place) -> Response {
    let encoded: String = form_urlencoded::byte_serialize(next.as_str().as_bytes()).collect();
    let next = escape(next.as_str());
    let mut body = String::new();
    for provider in providers {
        let (name, label) = (escape(provider.name()), escape(provider.label()));
        // Writing to a string does not fail.
        let _ =
            write!(body, "<p><a href=\"?provider={name}&amp;next={encoded}\">Sign in with {label}</a></p>");
    }
    if providers.is_empty() {
        let _ = write!(
            body,
            "<form method=\"post\"><input type=\"hidden\" name=\"next\" value=\"{next}\">\
             <p><label>API token <input type=\"password\" name=\"token\" required autocomplete=\"off\"></label></p>\
             <p><button>Sign in</button></p></form>"
        );
    }
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Sign in – Order Desk</title></head>\
         <body><main><h1>Sign in</h1>{body}</main></body></html>"
    );
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header("Content-Security-Policy", POLICY)
        .body(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_to_go_stands_in_the_page_as_text() {
        let next = Place::parse("/?a=\"><script>alert(1)</script>&'").unwrap();
        let html = choice(&[], &next).into_body().into_string().await.unwrap();
        assert!(html.contains("value=\"/?a=&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;\""));
    }
}
