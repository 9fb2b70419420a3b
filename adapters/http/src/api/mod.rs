//! The routes: one file for each resource, a few lines for each method.

mod api_tokens;
mod audit_entries;
mod callbacks;
mod customers;
mod items;
mod me;
mod members;
mod message_templates;
mod notifications;
mod operations;
mod order_events;
mod order_totals;
mod orders;
mod organizations;
mod root;
mod traffic;
mod users;

pub(crate) use api_tokens::ApiTokensApi;
pub(crate) use audit_entries::AuditEntriesApi;
pub(crate) use callbacks::CallbacksApi;
pub(crate) use customers::CustomersApi;
pub(crate) use items::ItemsApi;
pub(crate) use me::MeApi;
pub(crate) use members::MembersApi;
pub(crate) use message_templates::MessageTemplatesApi;
pub(crate) use notifications::NotificationsApi;
pub(crate) use operations::operational_routes;
pub(crate) use order_events::OrderEventsApi;
pub(crate) use order_totals::OrderTotalsApi;
pub(crate) use orders::OrdersApi;
pub(crate) use organizations::OrganizationsApi;
pub(crate) use root::RootApi;
pub(crate) use users::UsersApi;

use orderdesk_application::query::Entity;
use orderdesk_application::services::{Browse, Row};
use poem_openapi::Tags;
use uuid::Uuid;

use crate::body::Edit;
use crate::call::Call;
use crate::listing::{ListParameters, ObjectParameters};
use crate::problem::Failure;
use crate::reply::{Many, One, PageOf};
use crate::transports::{Addressed, Transport};

/// The chapters of the documentation.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Where everything begins.
    Root,
    /// Those who order.
    Customers,
    /// The catalogue that orders choose from.
    Items,
    /// What customers asked for, and what became of it.
    Orders,
    /// What customers are told about their orders by SMS, and what became of it.
    Notifications,
    /// What messages are made of.
    MessageTemplates,
    /// What SMS gateways call back with; not for anybody else.
    Callbacks,
    /// Who owns the data.
    Organizations,
    /// Who belongs to an organization, and as what.
    Members,
    /// Those who can call; for staff.
    Users,
    /// The caller.
    Me,
    /// Credentials for scripts and integrations.
    ApiTokens,
    /// Who did what; for administrators.
    Audit,
}

/// What the services refuse, for a resource.
fn refusal<T: Transport>(error: orderdesk_application::Error) -> Failure {
    Failure::of(error, T::PLURAL)
}

/// A change of one object, as the services take it.
fn row<C>(call: &Call, id: Uuid, edit: Edit<C>) -> Row<C> {
    Row { id, precondition: call.precondition().and(edit.version), change: edit.change }
}

/// One object.
async fn find<S, T>(
    service: &S,
    call: &Call,
    id: Uuid,
    parameters: &ObjectParameters<T>,
) -> Result<One<T>, Failure>
where
    S: Browse<Entity = T::Entity>,
    T: Addressed,
{
    let details = service.find(&call.caller, id).await.map_err(refusal::<T>)?;
    One::new(call, &T::new(&details, &call.links), &parameters.projection)
}

/// One page of a list, with the objects as they were read beside what is shown of them.
async fn read_page<S, T>(
    service: &S,
    call: &Call,
    parameters: &ListParameters<T>,
) -> Result<(PageOf<T>, Vec<<T::Entity as Entity>::Details>), Failure>
where
    S: Browse<Entity = T::Entity>,
    T: Transport,
{
    let page = service.list(&call.caller, parameters.request.clone()).await.map_err(refusal::<T>)?;
    let objects = page.objects.iter().map(|details| T::new(details, &call.links)).collect();
    Ok((PageOf { objects, count: page.count, next: page.next }, page.objects))
}

/// A list: a page of it, or all of it as CSV.
async fn list<S, T>(service: &S, call: Call, parameters: ListParameters<T>) -> Result<Many<T>, Failure>
where
    S: Browse<Entity = T::Entity> + Clone + Send + 'static,
    T: Transport,
{
    if parameters.is_csv() {
        return Many::csv(service.clone(), call, parameters).await;
    }
    let (page, _) = read_page(service, &call, &parameters).await?;
    Many::page(&call, &parameters, &page)
}
