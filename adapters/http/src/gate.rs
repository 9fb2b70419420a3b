//! Whether a caller may do what a request asks for: asked before the request is looked into. The services ask again,
//! and they decide.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use orderdesk_application::Caller;
use orderdesk_application::services::Browse;
use orderdesk_domain::Action;
use poem::http::Method;
use uuid::Uuid;

use crate::problem::Failure;
use crate::transports::Transport;

type Answer = BoxFuture<'static, Result<(), Failure>>;

/// What is asked of a resource about a caller.
#[derive(Clone)]
pub(crate) struct Gate {
    find: Arc<dyn Fn(Caller, Uuid) -> Answer + Send + Sync>,
    permit: Arc<dyn Fn(Caller, Action, Option<Uuid>) -> Answer + Send + Sync>,
}

/// The gates, by the template of the path.
pub(crate) type Gates = HashMap<&'static str, Gate>;

impl Gate {
    /// The gate of a resource that `service` keeps.
    pub(crate) fn of<S, T>(service: &S) -> Self
    where
        S: Browse<Entity = T::Entity> + Clone + Send + 'static,
        T: Transport,
    {
        let (finding, permitting) = (service.clone(), service.clone());
        let find = move |caller: Caller, id: Uuid| {
            let service = finding.clone();
            let found = async move {
                service.find(&caller, id).await.map(drop).map_err(|error| Failure::of(error, T::PLURAL))
            };
            Box::pin(found) as Answer
        };
        let permit = move |caller: Caller, action: Action, id: Option<Uuid>| {
            let service = permitting.clone();
            let permitted = async move {
                service.permit(&caller, action, id).await.map_err(|error| Failure::of(error, T::PLURAL))
            };
            Box::pin(permitted) as Answer
        };
        Self { find: Arc::new(find), permit: Arc::new(permit) }
    }

    /// The same, with another answer to the question who may do something.
    pub(crate) fn permitting(
        self,
        permit: impl Fn(Caller, Action, Option<Uuid>) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self { permit: Arc::new(permit), ..self }
    }

    /// The same where a `POST` to an object creates nothing: where it is this that it does.
    pub(crate) fn posting(&self, action: Action) -> Self {
        let gate = self.clone();
        self.clone().permitting(move |caller, asked, id| match (asked, id) {
            // To read is not permitted or refused, but found.
            (Action::Create, Some(id)) if action == Action::Read => (gate.find)(caller, id),
            (Action::Create, id) => (gate.permit)(caller, action, id),
            (asked, id) => (gate.permit)(caller, asked, id),
        })
    }

    /// Whether there is an object of this id that the caller may see.
    pub(crate) async fn find(&self, caller: Caller, id: Uuid) -> Result<(), Failure> {
        (self.find)(caller, id).await
    }

    /// Whether the caller may do this: to the object of this id, or to any.
    pub(crate) async fn permit(
        &self,
        caller: Caller,
        action: Action,
        id: Option<Uuid>,
    ) -> Result<(), Failure> {
        (self.permit)(caller, action, id).await
    }
}

/// What a method does to a resource.
pub(crate) fn action(method: &Method) -> Action {
    match *method {
        Method::POST => Action::Create,
        Method::PUT | Method::PATCH => Action::Change,
        Method::DELETE => Action::Delete,
        _ => Action::Read,
    }
}
