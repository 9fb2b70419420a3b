//! Answers that show something other than a resource.

use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;

use super::object::{json, response};
use crate::problem::Failure;

/// 200 with an object that is no resource.
pub(crate) struct Plain<T>(pub(crate) T);

/// How many objects a deletion by filter took away.
#[derive(Debug, Object, Serialize)]
pub(crate) struct DeletedCount {
    /// How many objects are gone.
    pub(crate) deleted: u64,
}

impl<T: Type> ApiResponse for Plain<T> {
    fn meta() -> MetaResponses {
        let shown = response(StatusCode::OK, "What was asked for.", Some(T::schema_ref()), Vec::new());
        MetaResponses { responses: vec![shown] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Serialize + Send> IntoResponse for Plain<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => json(StatusCode::OK, body),
            Err(error) => poem::Error::from(Failure::internal(error)).into_response(),
        }
    }
}
