//! What the templates show.

use askama::Template;

use super::fields::{Control, Field};
use super::listing::{Filter, Table};
use super::markup::Piece;

/// A link with what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) label: String,
    pub(super) href: String,
}

impl Link {
    pub(super) fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// Who looks at the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Viewer {
    /// `None` for somebody who is not known.
    pub(super) name: Option<String>,
    pub(super) organizations: Vec<String>,
    pub(super) is_staff: bool,
    /// Whether there is a session to end.
    pub(super) is_signed_in: bool,
    pub(super) csrf_token: String,
}

/// What every page has around it.
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) viewer: Viewer,
    pub(super) breadcrumbs: Vec<Link>,
    pub(super) stylesheet: String,
    pub(super) script: String,
    /// The API's path.
    pub(super) api: &'static str,
}

/// What the API was asked, and what it said.
pub(super) struct Conversation<'a> {
    pub(super) request: String,
    pub(super) curl: String,
    pub(super) status: String,
    pub(super) is_refusal: bool,
    pub(super) headers: Vec<(String, String)>,
    pub(super) milliseconds: String,
    pub(super) json: Vec<Piece<'a>>,
}

/// A form that changes something.
pub(super) struct Form {
    pub(super) heading: String,
    /// What its button says.
    pub(super) button: &'static str,
    pub(super) action: String,
    pub(super) method: &'static str,
    pub(super) fields: Vec<Field>,
    pub(super) etag: String,
    /// By which a form that is sent twice is known to be the same.
    pub(super) key: String,
    /// What stands against it as a whole.
    pub(super) errors: Vec<String>,
    pub(super) conflict: Vec<Difference>,
    /// Whether it is the one that the page is about.
    pub(super) is_open: bool,
    /// Whether it was sent as JSON.
    pub(super) is_raw: bool,
    /// The same as JSON, with the methods by which it can be sent.
    pub(super) raw: String,
    pub(super) raw_methods: &'static [&'static str],
}

/// A field that two people have changed.
pub(super) struct Difference {
    pub(super) label: String,
    pub(super) now: String,
    pub(super) yours: String,
}

/// A button that does one thing.
pub(super) struct Act {
    pub(super) label: &'static str,
    pub(super) action: String,
    pub(super) method: &'static str,
    pub(super) field: (&'static str, &'static str),
    pub(super) etag: String,
}

/// A list within the page of something else.
pub(super) struct Panel {
    pub(super) heading: &'static str,
    pub(super) href: String,
    pub(super) table: Table,
}

/// The way through a list.
#[derive(Default)]
pub(super) struct Paging {
    pub(super) summary: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// A list of objects.
pub(super) struct List {
    pub(super) table: Table,
    pub(super) paging: Paging,
    pub(super) filters: Vec<Filter>,
    pub(super) kept: Vec<(String, String)>,
    pub(super) path: String,
    pub(super) csv: String,
    pub(super) costs: Vec<String>,
}

impl List {
    /// Whether it shows less than there is.
    fn is_filtered(&self) -> bool {
        self.filters.iter().any(|filter| !filter.value.is_empty())
    }
}

/// A member of an object.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) link: Option<String>,
}

/// The page of a path of the API.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page<'a> {
    pub(super) frame: Frame,
    pub(super) description: String,
    /// What to tell before everything else.
    pub(super) notice: Option<String>,
    pub(super) alert: Option<String>,
    pub(super) overview: Option<super::home::Overview>,
    pub(super) facts: Vec<Fact>,
    pub(super) acts: Vec<Act>,
    pub(super) list: Option<List>,
    pub(super) panels: Vec<Panel>,
    pub(super) forms: Vec<Form>,
    /// What the object is called that can be deleted, and where.
    pub(super) deletion: Option<Deletion>,
    pub(super) conversation: Conversation<'a>,
}

/// How an object is deleted.
pub(super) struct Deletion {
    pub(super) name: String,
    pub(super) action: String,
    pub(super) etag: String,
}

/// The page on which a person signs in.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    pub(super) frame: Frame,
    pub(super) providers: Vec<Link>,
    pub(super) next: String,
    pub(super) alert: Option<String>,
}
