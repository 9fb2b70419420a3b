//! `/api/v1/`: where everything begins.

use poem::Result;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use crate::call::Call;
use crate::listing::NoParameters;
use crate::reply::Plain;
use crate::transports::{
    ApiTokenTransport, AuditEntryTransport, CustomerTransport, ItemTransport, MeTransport,
    MessageTemplateTransport, NotificationTransport, OrderTransport, OrganizationTransport, Transport as _,
    UserTransport,
};

/// The route of the root.
pub(crate) struct RootApi;

/// A link to every collection, and to the caller.
#[derive(Debug, Object, Serialize)]
struct Root {
    /// The caller's credentials for scripts and integrations.
    api_tokens: String,
    /// Who did what; for administrators.
    audit_entries: String,
    /// Those who order.
    customers: String,
    /// The catalogue that orders choose from.
    items: String,
    /// The caller.
    me: String,
    /// What customers are told by SMS.
    message_templates: String,
    /// What became of what they were told.
    notifications: String,
    /// What customers asked for.
    orders: String,
    /// Who owns the data.
    organizations: String,
    /// Those who can call; for staff.
    users: String,
}

#[expect(clippy::unused_async, reason = "poem-openapi's handlers are async")]
#[OpenApi(prefix_path = "/api", tag = "Tag::Root")]
impl RootApi {
    /// List the collections
    #[oai(path = "/v1", method = "get", operation_id = "show_root")]
    async fn show(&self, call: Call, _none: NoParameters) -> Result<Plain<Root>> {
        let links = &call.links;
        Ok(Plain(Root {
            api_tokens: links.collection(ApiTokenTransport::PATH),
            audit_entries: links.collection(AuditEntryTransport::PATH),
            customers: links.collection(CustomerTransport::PATH),
            items: links.collection(ItemTransport::PATH),
            me: links.collection(MeTransport::PATH),
            message_templates: links.collection(MessageTemplateTransport::PATH),
            notifications: links.collection(NotificationTransport::PATH),
            orders: links.collection(OrderTransport::PATH),
            organizations: links.collection(OrganizationTransport::PATH),
            users: links.collection(UserTransport::PATH),
        }))
    }
}
