//! Style and script of all pages: parts of the program, at addresses that change when they do.

use std::hash::Hasher as _;

use poem::endpoint::make_sync;
use poem::http::header;
use poem::{Response, Route};
use xxhash_rust::xxh3::Xxh3;

use crate::routes::Resource;

const STYLE: &str = include_str!("../../assets/pages.css");
const SCRIPT: &str = include_str!("../../assets/pages.js");

/// A year: what is at such an address never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Where they are.
#[derive(Debug, Clone)]
pub(super) struct Assets {
    pub(super) stylesheet: String,
    pub(super) script: String,
}

impl Assets {
    /// Where those of this program are.
    pub(super) fn new() -> Self {
        Self { stylesheet: address("pages", "css", STYLE), script: address("pages", "js", SCRIPT) }
    }
}

fn address(name: &str, extension: &str, content: &str) -> String {
    let mut hasher = Xxh3::new();
    hasher.write(content.as_bytes());
    format!("/assets/{name}-{:016x}.{extension}", hasher.finish())
}

/// Adds the routes.
pub(crate) fn asset_routes(routes: Route) -> Route {
    let Assets { stylesheet, script } = Assets::new();
    let asset = |name, content_type: &'static str, content: &'static str| {
        let endpoint = make_sync(move |_| {
            Response::builder()
                .content_type(content_type)
                .header(header::CACHE_CONTROL, FOREVER)
                .body(content)
        });
        Resource::read_only("/assets/{name}", name, endpoint)
    };
    routes
        .at(stylesheet, asset("The style of the pages", "text/css; charset=utf-8", STYLE))
        .at(script, asset("The script of the pages", "text/javascript; charset=utf-8", SCRIPT))
}
