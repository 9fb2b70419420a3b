//! The page on which a person signs in: chooses a provider, or gives an API token where there is none.

use std::sync::Arc;

use orderdesk_application::ports::IdentityProvider;
use poem::Response;
use poem::http::StatusCode;

use super::assets::Assets;
use super::html;
use super::view::{Frame, Link, SignInPage, Viewer};
use crate::links::API;

/// Draws it.
#[derive(Clone)]
pub(crate) struct SignInPages(Assets);

impl Default for SignInPages {
    fn default() -> Self {
        Self(Assets::new())
    }
}

impl SignInPages {
    /// The page; `next` is where to go afterwards, and `alert` what stood against the attempt before.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        providers: &[Arc<dyn IdentityProvider>],
        next: &str,
        alert: Option<String>,
    ) -> Response {
        let link = |provider: &Arc<dyn IdentityProvider>| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("provider", provider.name()).append_pair("next", next);
            Link::new(provider.label(), format!("?{}", query.finish()))
        };
        let frame = Frame {
            title: "Sign in".to_owned(),
            viewer: Viewer::default(),
            breadcrumbs: Vec::new(),
            stylesheet: self.0.stylesheet.clone(),
            script: self.0.script.clone(),
            api: API,
        };
        let page = SignInPage {
            frame,
            providers: providers.iter().map(link).collect(),
            next: next.to_owned(),
            alert,
        };
        html(status, &page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_to_go_stands_in_the_page_as_text() {
        let next = "/?a=\"><script>alert(1)</script>&'";
        let page = SignInPages::default().page(StatusCode::OK, &[], next, None);
        let html = page.into_body().into_string().await.unwrap();
        assert!(
            html.contains(
                "name=\"next\" value=\"/?a=&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;&#39;\""
            ),
            "{html}"
        );
    }
}
