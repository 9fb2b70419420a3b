//! Order Desk over HTTP: poem and poem-openapi, and the only crate that knows them.
//!
//! A request comes in through [`server`], is authenticated, finds its route, and is parsed into domain types (`body`,
//! `listing`); a handler (`api`) calls one service and shows what came of it (`transports`, `reply`). Whatever goes wrong
//! leaves through one door (`problem`). A new resource is a file in `transports` and one in `api`; a new field of a
//! resource is a line in its transport.

mod api;
mod authentication;
mod body;
mod call;
mod documentation;
mod gate;
mod links;
mod listing;
mod negotiation;
mod openapi;
mod pages;
mod problem;
mod reply;
mod routes;
pub mod server;
mod session;
mod sign_in;
mod throttling;
mod transports;

use std::sync::Arc;

use orderdesk_application::ports::IdentityProvider;
use orderdesk_application::services::{
    AccessService, ApiTokenService, AuditService, CallbackService, CustomerService, Defaults, Desk,
    ItemService, MemberService, MessageService, OrderService, OrganizationService, TemplateService, Throttle,
    UserService,
};
use orderdesk_domain::{Action, OrganizationId};
use poem::middleware::{AddData, NormalizePath, TrailingSlash};
use poem::{EndpointExt as _, Route};
use thiserror::Error;

use crate::api::{
    ApiTokensApi, AuditEntriesApi, CallbacksApi, CustomersApi, ItemsApi, MeApi, MembersApi,
    MessageTemplatesApi, NotificationsApi, OrderEventsApi, OrderTotalsApi, OrdersApi, OrganizationsApi,
    RootApi, UsersApi,
};
use crate::authentication::Authentication;
use crate::gate::{Gate, Gates};
use crate::links::Address;
use crate::openapi::Document;
use crate::pages::{Front, Pages, SignInPages, asset_routes};
use crate::problem::Door;
use crate::server::{Hardened, Metrics, ServerSettings};
use crate::sign_in::{SignIn, sign_in_routes};
use crate::throttling::Throttling;
use crate::transports::{
    ApiTokenTransport, AuditEntryTransport, CustomerTransport, ItemTransport, MembershipTransport,
    MessageTemplateTransport, NotificationTransport, OrderTransport, OrganizationTransport, Transport as _,
    UserTransport,
};

/// What the API needs to answer.
pub struct HttpSettings {
    /// Bounds of time, size and number.
    pub server: ServerSettings,
    /// What URLs in answers begin with; each request's own `Host` where there is none.
    pub public_url: Option<String>,
    /// The proxies whose forwarded headers are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// How often whom may call.
    pub throttle: Arc<Throttle>,
}

/// The API could not be put together.
#[derive(Debug, Error)]
#[error("the API cannot be put together")]
pub struct AssemblyError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Every resource.
type Api = (
    RootApi,
    CustomersApi,
    ItemsApi,
    OrdersApi,
    OrderEventsApi,
    OrderTotalsApi,
    NotificationsApi,
    MessageTemplatesApi,
    CallbacksApi,
    OrganizationsApi,
    MembersApi,
    UsersApi,
    MeApi,
    ApiTokensApi,
    AuditEntriesApi,
);

fn api(desk: &Desk, defaults: &Defaults, callbacks: CallbacksApi) -> Api {
    let customers = CustomerService::new(desk.clone());
    let orders = OrderService::new(desk.clone());
    let history = orders.history();
    let organizations = OrganizationService::new(desk.clone(), defaults.clone());
    let members = MemberService::new(desk.clone());
    (
        RootApi,
        CustomersApi { service: customers.clone() },
        ItemsApi { service: ItemService::new(desk.clone()) },
        OrdersApi { service: orders.clone(), customers },
        OrderEventsApi { orders: orders.clone(), history },
        OrderTotalsApi { service: orders.clone() },
        NotificationsApi { service: MessageService::new(desk.clone()), orders },
        MessageTemplatesApi { service: TemplateService::new(desk.clone()) },
        callbacks,
        OrganizationsApi { service: organizations.clone(), defaults: defaults.clone() },
        MembersApi { service: members.clone(), organizations },
        UsersApi { service: UserService::new(desk.clone()) },
        MeApi { members },
        ApiTokensApi { service: ApiTokenService::new(desk.clone()) },
        AuditEntriesApi { service: AuditService::new(desk.clone()) },
    )
}

/// Who may do what, for each path that has something to be done with. Everybody may ask who they are.
fn gates(desk: &Desk, defaults: &Defaults) -> Gates {
    let customers = Gate::of::<_, CustomerTransport>(&CustomerService::new(desk.clone()));
    let items = Gate::of::<_, ItemTransport>(&ItemService::new(desk.clone()));
    let orders = Gate::of::<_, OrderTransport>(&OrderService::new(desk.clone()));
    let organizations = OrganizationService::new(desk.clone(), defaults.clone());
    let organizations = Gate::of::<_, OrganizationTransport>(&organizations);
    let members = MemberService::new(desk.clone());
    let memberships = Gate::of::<_, MembershipTransport>(&members);
    let users = Gate::of::<_, UserTransport>(&UserService::new(desk.clone()));
    let api_tokens = Gate::of::<_, ApiTokenTransport>(&ApiTokenService::new(desk.clone()));
    let notifications = Gate::of::<_, NotificationTransport>(&MessageService::new(desk.clone()));
    let templates = Gate::of::<_, MessageTemplateTransport>(&TemplateService::new(desk.clone()));
    let audit_entries = Gate::of::<_, AuditEntryTransport>(&AuditService::new(desk.clone()));
    Gates::from([
        ("/api/v1/customers/", customers.clone()),
        ("/api/v1/customers/{id}/", customers.clone()),
        ("/api/v1/customers/{id}/orders/", customers),
        ("/api/v1/items/", items.clone()),
        ("/api/v1/items/{id}/", items),
        ("/api/v1/orders/", orders.clone()),
        ("/api/v1/order-totals/", orders.clone()),
        ("/api/v1/orders/{id}/", orders.clone()),
        ("/api/v1/orders/{id}/events/", orders.clone()),
        ("/api/v1/orders/{id}/notifications/", orders),
        ("/api/v1/notifications/", notifications.clone()),
        ("/api/v1/notifications/{id}/", notifications.clone()),
        // To send a message again is to change it, and to try a template is to look at it.
        ("/api/v1/notifications/{id}/attempts/", notifications.posting(Action::Change)),
        ("/api/v1/message-templates/", templates.clone()),
        ("/api/v1/message-templates/{id}/", templates.clone()),
        ("/api/v1/message-templates/{id}/previews/", templates.posting(Action::Read)),
        ("/api/v1/organizations/", organizations.clone()),
        ("/api/v1/organizations/{id}/", organizations.clone()),
        ("/api/v1/organizations/{id}/members/", inviting(organizations, members)),
        ("/api/v1/memberships/{id}/", memberships.clone()),
        ("/api/v1/me/organizations/", memberships),
        ("/api/v1/users/", users.clone()),
        ("/api/v1/users/{id}/", users),
        ("/api/v1/api-tokens/", api_tokens.clone()),
        ("/api/v1/api-tokens/{id}/", api_tokens),
        ("/api/v1/audit-entries/", audit_entries),
    ])
}

/// The gate of the members of an organization: whoever sees the organization finds it, and some may invite.
fn inviting(organizations: Gate, members: MemberService) -> Gate {
    let found = organizations.clone();
    organizations.permitting(move |caller, action, id| {
        let (found, members) = (found.clone(), members.clone());
        Box::pin(async move {
            match id {
                Some(id) if action == Action::Create => {
                    let invited = members.permit_invitation(&caller, OrganizationId::new(id)).await;
                    invited.map_err(|error| problem::Failure::of(error, MembershipTransport::PLURAL))
                }
                id => found.permit(caller, action, id).await,
            }
        })
    })
}

/// By whom callers are recognised.
pub struct Identities {
    /// Finds out who calls.
    pub access: AccessService,
    /// With whom people sign in; with an API token where there is nobody.
    pub providers: Vec<Arc<dyn IdentityProvider>>,
    /// For how long a browser keeps its session, in seconds.
    pub session_seconds: i64,
    /// What an organization gets that says nothing else.
    pub defaults: Defaults,
}

/// With whom messages are exchanged.
pub struct Messaging {
    /// What is done with what gateways call back with.
    pub callbacks: CallbackService,
}

/// Puts the whole API together over `desk`, ready for [`server::serve`].
pub fn assemble(
    desk: &Desk,
    identities: Identities,
    messaging: Messaging,
    settings: HttpSettings,
    metrics: Arc<Metrics>,
) -> Result<Hardened, AssemblyError> {
    let assembly_error = |failure: problem::Failure| AssemblyError(failure.into());
    let document = Document::of::<Api>().map_err(assembly_error)?;
    let address = Address {
        public_url: settings.public_url.map(Into::into),
        trusted_proxies: settings.trusted_proxies.into(),
    };
    let throttling = Throttling::new(settings.throttle);
    let callbacks = CallbacksApi {
        service: messaging.callbacks,
        clock: Arc::clone(&desk.clock),
        throttling: throttling.clone(),
    };
    let routes = routes::api_routes(
        Route::new(),
        api(desk, &identities.defaults, callbacks),
        &document,
        &gates(desk, &identities.defaults),
    );
    let routes = documentation::documentation_routes(routes, &document).map_err(assembly_error)?;
    let routes = asset_routes(routes);
    let routes = api::operational_routes(routes, desk, Arc::clone(&metrics));
    let Identities { access, providers, session_seconds, defaults: _ } = identities;
    let sign_in = SignIn {
        access: access.clone(),
        providers,
        clock: Arc::clone(&desk.clock),
        randomness: Arc::clone(&desk.randomness),
        session_seconds,
        pages: SignInPages::default(),
    };
    let front = Front {
        door: Door,
        pages: Pages::new(address.clone(), Arc::clone(&desk.clock), Arc::clone(&desk.randomness)),
    };
    let endpoint = sign_in_routes(routes, sign_in)
        .with(Authentication { access, throttling })
        // Before the question who calls: which paths are open depends on how they are written.
        .with(NormalizePath::new(TrailingSlash::Trim))
        .with(AddData::new(address));
    Ok(server::harden(endpoint, front, &settings.server, metrics))
}

/// The OpenAPI document as JSON, the same for every installation.
pub fn openapi_json() -> Result<String, AssemblyError> {
    Document::of::<Api>().map(|document| document.json()).map_err(|failure| AssemblyError(failure.into()))
}

/// The OpenAPI document as YAML.
pub fn openapi_yaml() -> Result<String, AssemblyError> {
    Document::of::<Api>()
        .and_then(|document| document.yaml())
        .map_err(|failure| AssemblyError(failure.into()))
}
