//! `/delivery-reports/{gateway}/{secret}/` and `/opt-outs/{gateway}/{secret}/`: what SMS gateways call back with.

use std::sync::Arc;

use orderdesk_application::ports::{Callback, Clock};
use orderdesk_application::services::CallbackService;
use poem::{Request, Result};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use crate::body::AnyForm;
use crate::problem::Failure;
use crate::reply::Plain;
use crate::throttling::Throttling;

/// The header by which Twilio signs what it sends.
const SIGNATURE: &str = "x-twilio-signature";

/// The routes of callbacks.
pub(crate) struct CallbacksApi {
    pub(crate) service: CallbackService,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) throttling: Throttling,
}

/// That is all.
#[derive(Debug, Object, Serialize)]
struct Noted {}

impl CallbacksApi {
    /// Lets only those in who know the secret: before anything of the body is read, and as often as they like. Whoever
    /// does not know it is nobody, and counts as that.
    async fn admit(&self, request: &Request, gateway: &str, secret: &str) -> Result<(), Failure> {
        if self.service.knows(gateway, secret) {
            return Ok(());
        }
        self.throttling.admit(request, None).await?;
        Err(Failure::not_found())
    }

    fn callback<'a>(&self, request: &'a Request, form: &'a [(String, String)]) -> Callback<'a> {
        // As it was asked for: the signature covers the slash at the end, or that there is none.
        let uri = request.original_uri();
        Callback {
            path_and_query: uri.path_and_query().map_or_else(|| uri.path(), |target| target.as_str()),
            form,
            signature: request.header(SIGNATURE),
            at: self.clock.now(),
        }
    }
}

fn refusal(error: orderdesk_application::Error) -> Failure {
    Failure::of(error, "callbacks")
}

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Callbacks")]
impl CallbacksApi {
    /// Report what has become of a message
    ///
    /// For the gateway that took it over, whose name and secret are in the path. The fields of the form are the
    /// gateway's own. A report of a message that nobody knows is 200 as well: it may be known later.
    #[oai(
        path = "/delivery-reports/:gateway/:secret",
        method = "post",
        operation_id = "receive_delivery_report"
    )]
    async fn delivery_report(
        &self,
        request: &Request,
        gateway: Path<String>,
        secret: Path<String>,
        body: AnyForm,
    ) -> Result<Plain<Noted>> {
        self.admit(request, &gateway, &secret).await?;
        let form = body.read().await?;
        let callback = self.callback(request, &form);
        self.service.delivery_report(&gateway, &secret, &callback).await.map_err(refusal)?;
        Ok(Plain(Noted {}))
    }

    /// Report that somebody wants no more texts
    ///
    /// Or that they are welcome again. For gateways, as with delivery reports.
    #[oai(path = "/opt-outs/:gateway/:secret", method = "post", operation_id = "receive_opt_out")]
    async fn opt_out(
        &self,
        request: &Request,
        gateway: Path<String>,
        secret: Path<String>,
        body: AnyForm,
    ) -> Result<Plain<Noted>> {
        self.admit(request, &gateway, &secret).await?;
        let form = body.read().await?;
        let callback = self.callback(request, &form);
        self.service.wish(&gateway, &secret, &callback).await.map_err(refusal)?;
        Ok(Plain(Noted {}))
    }
}
