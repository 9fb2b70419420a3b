//! Headers that the answer to a request has in any case, whatever becomes of the request.

use std::sync::{Arc, Mutex, PoisonError};

use poem::Request;
use poem::http::{HeaderMap, HeaderName, HeaderValue};

/// What has been promised to one request. The door puts it into the request's extensions, and on the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Promised(Arc<Mutex<Vec<(HeaderName, HeaderValue)>>>);

impl Promised {
    /// Promises headers to a request, in the place of those of the same names that were promised before.
    pub(crate) fn to(request: &Request, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) {
        if let Some(Self(promised)) = request.data() {
            // A panic elsewhere leaves no half-made list behind.
            promised.lock().unwrap_or_else(PoisonError::into_inner).extend(headers);
        }
    }

    /// Keeps what was promised.
    pub(super) fn keep(&self, answer: &mut HeaderMap) {
        for (name, value) in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            answer.insert(name, value);
        }
    }
}
