//! ReDoc and Swagger UI, with everything they need in the page itself.

use poem::{Body, Response};
use poem_openapi::OpenApiService;

use super::Document;

/// A page with its policy: inline code of its own, nothing from another host.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    html: bytes::Bytes,
}

/// What both pages may do: run what stands in them, talk to this server, show images that stand in them.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:; style-src 'unsafe-inline'; \
                      img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// The one thing that ReDoc's page would fetch from elsewhere.
const REMOTE_FONTS: &str = "<link href=\"https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700\" \
                            rel=\"stylesheet\">";

/// Where Swagger UI's options end.
const LAST_OPTION: &str = "deepLinking: true,";
/// Lets "Try it out" send what a session needs beside its cookie.
const SEND_CSRF_TOKEN: &str = "deepLinking: true,
        requestInterceptor: (request) => {
            const cookie = document.cookie.split('; ').find((it) => /^(__Host-)?orderdesk_csrf=/.test(it));
            if (cookie) { request.headers['X-CSRFToken'] = cookie.slice(cookie.indexOf('=') + 1); }
            return request;
        },";

/// A service without routes: its pages carry its own short document, in whose place ours is put.
fn empty() -> OpenApiService<(), ()> {
    OpenApiService::new((), "", "")
}

fn with_document(html: &str, document: &Document) -> Page {
    // The document stands within a script element, which only this could end early.
    let json = document.value().to_string().replace("</", "<\\/");
    Page { html: html.replace(&empty().spec(), &json).replace(REMOTE_FONTS, "").into() }
}

/// The ReDoc page.
pub(crate) fn redoc(document: &Document) -> Page {
    with_document(&empty().redoc_html(), document)
}

/// The Swagger UI page.
pub(crate) fn swagger_ui(document: &Document) -> Page {
    let html = empty().swagger_ui_html().replace(LAST_OPTION, SEND_CSRF_TOKEN);
    with_document(&html, document)
}

impl Page {
    /// The page as an answer.
    pub(crate) fn answer(&self) -> Response {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header("Content-Security-Policy", POLICY)
            .body(Body::from_bytes(self.html.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pages_carry_the_document_and_name_no_other_host() {
        let document = Document::of::<crate::api::RootApi>().unwrap();
        for page in [redoc(&document), swagger_ui(&document)] {
            let html = String::from_utf8(page.html.to_vec()).unwrap();
            assert!(html.contains("Customers, the catalogue"));
            assert!(!html.contains("<link href=\"http"));
            assert!(!html.contains("src=\"http"));
        }
    }

    #[test]
    fn what_is_tried_out_is_sent_as_the_session_demands() {
        let document = Document::of::<crate::api::RootApi>().unwrap();
        let html = String::from_utf8(swagger_ui(&document).html.to_vec()).unwrap();
        assert!(html.contains("request.headers['X-CSRFToken']"));
    }
}
