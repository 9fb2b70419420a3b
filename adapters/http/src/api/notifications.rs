//! `/notifications/`, their attempts, and the notifications of one order.

use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::{Browse as _, MessageService, OrderService};
use orderdesk_application::views::{MessageAttemptField, MessageDetails, MessageField};
use orderdesk_domain::MessageId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, read_page, refusal};
use crate::body::Optional;
use crate::call::Call;
use crate::listing::{ListParameters, ObjectParameters};
use crate::problem::Failure;
use crate::reply::{Accepted, Many, One};
use crate::transports::{NotificationAttemptTransport, NotificationTransport, SendAgain, Transport as _};

/// The routes of notifications.
pub(crate) struct NotificationsApi {
    pub(crate) service: MessageService,
    pub(crate) orders: OrderService,
}

type Shown = NotificationTransport;
type Attempt = NotificationAttemptTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Notifications")]
impl NotificationsApi {
    /// List notifications
    ///
    /// Beside the `count` stand the `costs`: what all that match have cost, a sum for each currency. Without the count
    /// (`count=false`) nothing is summed up.
    #[oai(path = "/notifications", method = "get", operation_id = "list_notifications")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        if parameters.is_csv() || !parameters.request.counted {
            return Ok(list(&self.service, call, parameters).await?);
        }
        let (page, _) = read_page(&self.service, &call, &parameters).await?;
        let costs = self.service.costs(&call.caller, parameters.request.filter.clone()).await;
        Ok(Many::costing(&call, &parameters, &page, costs.map_err(refusal::<Shown>)?)?)
    }

    /// List the notifications of an order
    #[oai(path = "/orders/:id/notifications", method = "get", operation_id = "list_notifications_of_order")]
    async fn list_of_order(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ListParameters<Shown>,
    ) -> Result<Many<Shown>> {
        self.orders.find(&call.caller, id.0).await.map_err(refusal::<Shown>)?;
        let its = Filter::new(MessageField::Order, Test::Equals(id.0.into())).map_err(Failure::internal)?;
        Ok(list(&self.service, call, parameters.within(its)).await?)
    }

    /// Show a notification
    #[oai(path = "/notifications/:id", method = "get", operation_id = "show_notification")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// List the attempts to send a notification
    #[oai(
        path = "/notifications/:id/attempts",
        method = "get",
        operation_id = "list_attempts_of_notification"
    )]
    async fn attempts(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ListParameters<Attempt>,
    ) -> Result<Many<Attempt>> {
        self.service.find(&call.caller, id.0).await.map_err(refusal::<Attempt>)?;
        let its = Filter::new(MessageAttemptField::Message, Test::Equals(id.0.into()));
        let its = its.map_err(Failure::internal)?;
        Ok(list(&self.service.attempts(), call, parameters.within(its)).await?)
    }

    /// Send a notification again
    ///
    /// One that has failed; and with `confirm_unknown` one of which nobody knows whether it was sent, so that its
    /// customer may get it twice. Any other is 409. It is queued, and sent afterwards: the answer does not wait for that.
    #[oai(path = "/notifications/:id/attempts", method = "post", operation_id = "send_notification_again")]
    async fn send_again(
        &self,
        call: Call,
        id: Path<Uuid>,
        body: Optional<SendAgain>,
    ) -> Result<Accepted<Shown>> {
        let links = call.links.clone();
        let tell = move |details: &MessageDetails| Accepted::answer(&Shown::new(details, &links));
        let once = call.once_told(body.digest, tell);
        let (id, wish) = (MessageId::new(id.0), body.body?);
        let outcome = self.service.send_again(&call.caller, id, wish.confirm_unknown, once.as_ref()).await;
        Ok(Accepted::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }
}
