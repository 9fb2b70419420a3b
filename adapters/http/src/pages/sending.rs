//! What a form of a page comes to: the request that a program would have made.

use poem::http::header::{HeaderName, IF_MATCH, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse as _, Request, Response};

use super::exchange::Answer;
use super::fields::body;
use super::looks::Sent;
use super::{Visit, see_other};
use crate::body::AnyForm;
use crate::session::CSRF_HEADER;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl<E: Endpoint<Output = Response>> Visit<E> {
    /// Sends what a form holds, and shows what came of it.
    pub(super) async fn send(&self, mut request: Request) -> Response {
        let form = match AnyForm::of(&mut request).read().await {
            Ok(form) => form,
            Err(error) => return error.into_response(),
        };
        let value =
            |name: &str| form.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let Some(method) = method(value("_method").unwrap_or("POST")) else {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        };
        if let Some(field) = value("_pick") {
            let main = self.exchange.main(Method::GET, &self.query.at(&self.path), &[], None).await;
            let pick = Some(field.to_owned());
            let sent = Sent { method, pick, answer: None, body: String::new(), form };
            return self.show(main, Some(sent)).await;
        }
        let is_edit = method == Method::PATCH;
        let content = match (&method, value("_content")) {
            (&Method::DELETE, _) => None,
            (_, Some(content)) => Some(content.to_owned()),
            (_, None) => {
                let options = self.exchange.options(&self.path).await;
                let actions = &options.json()["actions"];
                let action = match method {
                    Method::POST => &actions["POST"],
                    Method::PATCH if actions.get("PATCH").is_some() => &actions["PATCH"],
                    _ => &actions["PUT"],
                };
                // A button sends one field, and does not say what it was.
                Some(body(action, &form, is_edit).to_string())
            }
        };
        let given = |name: &str| value(name).filter(|value| !value.is_empty());
        let mut headers = Vec::new();
        headers.extend(given("csrf_token").map(|token| (CSRF_HEADER, token)));
        headers.extend(given("_if_match").filter(|_| method != Method::POST).map(|etag| (IF_MATCH, etag)));
        headers.extend(given("_key").filter(|_| method == Method::POST).map(|key| (IDEMPOTENCY_KEY, key)));
        let path = if is_collection_method(&method) { self.path.clone() } else { self.query.at(&self.path) };
        let answer = self.exchange.main(method.clone(), &path, &headers, content.clone()).await;
        if let Some(elsewhere) = self.elsewhere(&method, &answer) {
            return see_other(&elsewhere);
        }
        let body = content.unwrap_or_default();
        if answer.status == StatusCode::UNAUTHORIZED {
            return self.show(answer, None).await;
        }
        let main = self.exchange.get(&self.query.at(&self.path)).await;
        let sent = Sent { method, form, answer: Some(answer), pick: None, body };
        self.show(main, Some(sent)).await
    }

    /// Where to look after something has been done; `None` where the answer itself is to be shown.
    fn elsewhere(&self, method: &Method, answer: &Answer) -> Option<String> {
        if !answer.status.is_success() {
            return None;
        }
        let body = answer.json();
        match *method {
            // What is deleted has left its collection behind.
            Method::DELETE => Some(parent(&self.path)),
            Method::POST if body["token"].is_string() => None,
            Method::POST => answer.header(&LOCATION).or(body["url"].as_str()).map(str::to_owned),
            _ => Some(self.query.at(&self.path)),
        }
    }
}

/// Parameters of a list are none of what is created in it.
fn is_collection_method(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT)
}

fn method(name: &str) -> Option<Method> {
    [Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
        .into_iter()
        .find(|method| method.as_str() == name)
}

/// The collection of an object.
fn parent(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let parent = path.rsplit_once('/').map_or(path, |(parent, _)| parent);
    // There is no list of all memberships.
    if parent.ends_with("/memberships") { crate::links::API.to_owned() } else { format!("{parent}/") }
}
