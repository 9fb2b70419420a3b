//! A service that sends messages, and the gateway that takes them.

use orderdesk_gateway::{API_KEY, GatewayServer, USERNAME};

use crate::answer::Answer;
use crate::client::{Call, Client};
use crate::service::Service;
use crate::store::Store;

/// What the gateway calls back with, in the paths of such calls.
pub const CALLBACK_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The gateway of a service.
pub struct Post {
    /// Takes messages over as it is told to.
    pub gateway: GatewayServer,
}

impl Post {
    /// Starts a service on a new store that sends its messages to a gateway.
    pub async fn start(store: Store) -> (Service, Self) {
        Self::start_with(store, &[]).await
    }

    /// The same with these settings besides.
    pub async fn start_with(store: Store, settings: &[(&str, &str)]) -> (Service, Self) {
        let gateway = GatewayServer::start().await;
        let own = [
            ("sms_worker", "on"),
            ("africas_talking_username", USERNAME),
            ("africas_talking_api_key", API_KEY),
            ("africas_talking_url", gateway.url()),
            ("sms_callback_secret", CALLBACK_SECRET),
        ];
        let settings: Vec<_> = own.into_iter().chain(settings.iter().copied()).collect();
        (Service::start_with(store, &settings).await, Self { gateway })
    }

    /// Reports what became of the message that the gateway calls so.
    pub async fn report(&self, client: &Client, reference: &str, status: &str) -> Answer {
        let fields = [("id", reference), ("status", status), ("phoneNumber", "+254712345678")];
        let target = format!("delivery-reports/africas-talking/{CALLBACK_SECRET}/");
        client.anonymous().call("POST", &target).form(&fields).await
    }
}

impl Call {
    /// With the fields of a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.body("application/x-www-form-urlencoded", body.finish())
    }
}
