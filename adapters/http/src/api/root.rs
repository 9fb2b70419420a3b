//! `/api/v1/`: where everything begins.

use poem::Result;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use crate::call::Call;
use crate::listing::NoParameters;
use crate::reply::Plain;
use crate::transports::{CustomerTransport, ItemTransport, OrderTransport, Transport as _};

/// The route of the root.
pub(crate) struct RootApi;

/// A link to every collection.
#[derive(Debug, Object, Serialize)]
struct Root {
    /// Those who order.
    customers: String,
    /// The catalogue that orders choose from.
    items: String,
    /// What customers asked for.
    orders: String,
}

#[expect(clippy::unused_async, reason = "poem-openapi's handlers are async")]
#[OpenApi(prefix_path = "/api", tag = "Tag::Root")]
impl RootApi {
    /// List the collections
    #[oai(path = "/v1", method = "get", operation_id = "show_root")]
    async fn show(&self, call: Call, _none: NoParameters) -> Result<Plain<Root>> {
        let links = &call.links;
        Ok(Plain(Root {
            customers: links.collection(CustomerTransport::PLURAL),
            items: links.collection(ItemTransport::PLURAL),
            orders: links.collection(OrderTransport::PLURAL),
        }))
    }
}
