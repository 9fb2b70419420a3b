//! Everything that can be tried, each in one way that would succeed if nobody's permission were asked.

use orderdesk_application::error::Result;
use orderdesk_application::services::{
    Browse, CustomerChange, CustomerChoice, ItemChange, NewApiToken, NewCustomer, NewItem, NewOrder,
    NewTemplate, OrganizationChange, Precondition, PreviewRequest, TemplateChange, UserChange,
};
use orderdesk_application::{Caller, Error, Problem};
use orderdesk_contract::builders::{item_name, person, text};
use orderdesk_contract::kinds::delete;
use orderdesk_domain::{Action, MessageEvent, OrganizationName, Resource, Role, UserName};
use uuid::Uuid;

use super::world::World;
use crate::common::{
    all, catalogue, close, customer_change, id_of, item_change, new_customer, new_item, new_member,
    new_order, new_organization, new_template, new_token, only, reappoint, row,
};

/// How something can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    List,
    Find,
    FindSeveral,
    Permit,
    One,
    Bulk,
    /// Finding out what stands against it, without doing it.
    Examine,
}

/// Something to try: what, with which kind of object, how.
pub(super) type Deed = (Action, Resource, Way);

/// Every deed that the services offer.
pub(super) fn deeds() -> Vec<Deed> {
    use Action::{Change, Create, Delete, Read};
    use Way::{Bulk, Examine, Find, FindSeveral, List, One, Permit};
    let reading = [List, Find, FindSeveral, Permit].map(|way| (Read, way));
    let whole = [
        (Create, One),
        (Create, Permit),
        (Change, One),
        (Change, Bulk),
        (Change, Permit),
        (Delete, One),
        (Delete, Bulk),
        (Delete, Permit),
    ];
    let single = || whole.into_iter().filter(|(_, way)| *way != Bulk);
    let examined = [(Create, Examine), (Change, Examine)];
    let of = |resource: Resource| -> Vec<(Action, Way)> {
        match resource {
            Resource::Customers | Resource::Items => whole.to_vec(),
            Resource::Orders => whole.into_iter().chain(examined).collect(),
            Resource::Organizations | Resource::Members | Resource::MessageTemplates => single().collect(),
            Resource::Users => single().filter(|(action, _)| *action != Create).collect(),
            Resource::ApiTokens => single().filter(|(action, _)| *action != Change).collect(),
            Resource::AuditEntries => Vec::new(),
            // To change a message is to send it again.
            Resource::Notifications => vec![(Change, One), (Change, Permit)],
        }
    };
    let all = Resource::ALL.into_iter().flat_map(|resource| {
        reading.into_iter().chain(of(resource)).map(move |(action, way)| (action, resource, way))
    });
    all.collect()
}

/// Has `caller` do it.
pub(super) async fn attempt(world: &World, caller: &Caller, deed: Deed) -> Result<()> {
    let (action, resource, way) = deed;
    let World { desk, shop, .. } = world;
    match resource {
        Resource::Customers if action == Action::Read || way == Way::Permit => {
            look(&desk.customers(), caller, deed, shop.customer.id().uuid()).await
        }
        Resource::Customers => customers(world, caller, action, way).await,
        Resource::Items if action == Action::Read || way == Way::Permit => {
            look(&desk.items(), caller, deed, world.spare_item.id().uuid()).await
        }
        Resource::Items => items(world, caller, action, way).await,
        Resource::Orders if action == Action::Read => {
            look(&desk.orders(), caller, deed, world.order.id().uuid()).await?;
            let history = desk.orders().history();
            let entries = history.list(caller, all()).await?.objects;
            let of_it = entries.iter().find(|it| it.event.order == world.order.id());
            found(of_it.map(id_of)).map(drop)
        }
        Resource::Orders if way == Way::Permit => {
            look(&desk.orders(), caller, deed, world.order.id().uuid()).await
        }
        Resource::Orders => orders(world, caller, action, way).await,
        Resource::Organizations if action == Action::Read || way == Way::Permit => {
            look(&desk.organizations(), caller, deed, shop.organization.id().uuid()).await
        }
        Resource::Organizations => organizations(world, caller, action).await,
        Resource::Members if way == Way::Permit && action == Action::Create => {
            desk.members().permit_invitation(caller, shop.organization.id()).await
        }
        Resource::Members if action == Action::Read || way == Way::Permit => {
            look(&desk.members(), caller, deed, world.membership.id().uuid()).await
        }
        Resource::Members => members(world, caller, action).await,
        Resource::Users if action == Action::Read || way == Way::Permit => {
            look(&desk.users(), caller, deed, world.colleague.id().uuid()).await
        }
        Resource::Users => users(world, caller, action).await,
        Resource::ApiTokens if action == Action::Create && way == Way::One => {
            let new = NewApiToken { scopes: caller.scopes.clone(), ..new_token("Till") };
            desk.api_tokens().create(caller, new, None).await.map(drop)
        }
        Resource::ApiTokens => {
            let own = world.another_token(caller.user.id).await.id;
            match (action, way) {
                (Action::Delete, Way::One) => desk.api_tokens().revoke(caller, own, &any()).await,
                _ => look(&desk.api_tokens(), caller, deed, own.uuid()).await,
            }
        }
        Resource::AuditEntries => look(&desk.audit(), caller, deed, world.entry.id.uuid()).await,
        Resource::Notifications if action == Action::Read => {
            look(&desk.messages(), caller, deed, world.message.id().uuid()).await?;
            let attempts = desk.messages().attempts().list(caller, all()).await?.objects;
            found(attempts.iter().find(|it| it.attempt.message == world.message.id())).map(drop)
        }
        Resource::Notifications if way == Way::Permit => {
            look(&desk.messages(), caller, deed, world.message.id().uuid()).await
        }
        Resource::Notifications => {
            desk.messages().send_again(caller, world.message.id(), false, None).await.map(drop)
        }
        Resource::MessageTemplates if action == Action::Read => {
            look(&desk.templates(), caller, deed, world.template.id().uuid()).await?;
            let (templates, nothing_else) = (desk.templates(), PreviewRequest::default());
            templates.preview(caller, world.template.id(), nothing_else).await.map(drop)
        }
        Resource::MessageTemplates if way == Way::Permit => {
            look(&desk.templates(), caller, deed, world.template.id().uuid()).await
        }
        Resource::MessageTemplates => templates(world, caller, action).await,
    }
}

/// Looks for the object of this id, or asks whether the caller may do something to it.
async fn look<B: Browse>(service: &B, caller: &Caller, (action, _, way): Deed, id: Uuid) -> Result<()> {
    match way {
        Way::List => {
            let page = service.list(caller, all()).await?;
            assert_eq!(page.count, Some(page.objects.len() as u64), "what is counted is what is listed");
            found(page.objects.iter().map(id_of).find(|it| *it == id)).map(drop)
        }
        Way::Find => {
            let object = service.find(caller, id).await?;
            assert_eq!(id_of(&object), id);
            Ok(())
        }
        Way::FindSeveral => found(service.find_several(caller, vec![id]).await?.pop()).map(drop),
        _ if action == Action::Create => service.permit(caller, action, None).await,
        _ => {
            service.permit(caller, action, Some(id)).await?;
            // Whether it is there at all is for the use case to say.
            service.find(caller, id).await.map(drop)
        }
    }
}

fn found<T>(object: Option<T>) -> Result<T> {
    object.ok_or_else(|| Problem::NotFound.into())
}

fn any() -> Precondition {
    Precondition::default()
}

/// That something was deleted: who sees nothing to delete deletes nothing.
fn some(deleted: u64) -> Result<()> {
    if deleted > 0 { Ok(()) } else { Err(Problem::NotFound.into()) }
}

/// What stands against a bulk request of one row.
fn single<T>(outcome: Result<T>) -> Result<()> {
    match outcome {
        Err(Error::Rows(problems)) => Err(Error::Refused(problems.into_values().flatten().collect())),
        outcome => outcome.map(drop),
    }
}

async fn customers(world: &World, caller: &Caller, action: Action, way: Way) -> Result<()> {
    let (service, customer) = (world.desk.customers(), world.shop.customer.id());
    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    let change = row(customer.uuid(), change);
    if action == Action::Delete {
        // One who has orders stays in any case.
        delete(&*world.desk.store, &world.order).await.unwrap();
    }
    match (action, way) {
        (Action::Create, _) => {
            let organization = Some(world.shop.organization.id());
            let new = NewCustomer { organization, ..new_customer() };
            service.create(caller, new, None).await.map(drop)
        }
        (Action::Change, Way::Bulk) => single(service.change_all(caller, &[change]).await),
        (Action::Change, _) => service.change(caller, change).await.map(drop),
        (_, Way::Bulk) => some(service.delete_matching(caller, only(customer.uuid())).await?),
        _ => service.delete(caller, customer, &any()).await,
    }
}

async fn items(world: &World, caller: &Caller, action: Action, way: Way) -> Result<()> {
    let (service, item) = (world.desk.items(), world.spare_item.id());
    let change = row(item.uuid(), ItemChange { name: Some(item_name("Rope")), ..item_change() });
    match (action, way) {
        (Action::Create, _) => {
            let organization = Some(world.shop.organization.id());
            let new = NewItem { organization, ..new_item("Rope") };
            service.create(caller, new, None).await.map(drop)
        }
        (Action::Change, Way::Bulk) => single(service.change_all(caller, &[change]).await),
        (Action::Change, _) => service.change(caller, change).await.map(drop),
        (_, Way::Bulk) => some(service.delete_matching(caller, only(item.uuid())).await?),
        _ => service.delete(caller, item, &any()).await,
    }
}

async fn orders(world: &World, caller: &Caller, action: Action, way: Way) -> Result<()> {
    let (service, order, shop) = (world.desk.orders(), world.order.id(), &world.shop);
    let change = row(order.uuid(), close());
    let new = NewOrder {
        organization: Some(shop.organization.id()),
        ..new_order(CustomerChoice::Code(shop.customer.profile().code), catalogue(&shop.item, 1))
    };
    match (action, way) {
        (Action::Create, Way::Examine) => service.examine(caller, &new).await,
        (Action::Create, _) => service.place(caller, new, None).await.map(drop),
        (Action::Change, Way::Examine) => service.examine_change(caller, change).await,
        (Action::Change, Way::Bulk) => single(service.change_all(caller, &[change]).await),
        (Action::Change, _) => service.change(caller, change).await.map(drop),
        (_, Way::Bulk) => some(service.delete_matching(caller, only(order.uuid())).await?),
        _ => service.delete(caller, order, &any()).await,
    }
}

async fn organizations(world: &World, caller: &Caller, action: Action) -> Result<()> {
    let (service, organization) = (world.desk.organizations(), world.shop.organization.id());
    match action {
        Action::Create => service.create(caller, new_organization("Soko"), None).await.map(drop),
        Action::Change => {
            let name = Some(text(OrganizationName::parse, "Soko"));
            let change = OrganizationChange { name, ..OrganizationChange::default() };
            service.change(caller, row(organization.uuid(), change)).await.map(drop)
        }
        _ => match service.delete(caller, organization, &any()).await {
            // It would be deleted if it were empty.
            Err(Error::Refused(why)) if matches!(why.as_slice(), [Problem::OwnsSomething { .. }]) => Ok(()),
            outcome => outcome,
        },
    }
}

async fn members(world: &World, caller: &Caller, action: Action) -> Result<()> {
    let (service, membership) = (world.desk.members(), world.membership.id());
    match action {
        Action::Create => {
            let new = new_member("somebody@duka.example", Role::Viewer);
            service.invite(caller, world.shop.organization.id(), new, None).await.map(drop)
        }
        Action::Change => {
            service.change(caller, row(membership.uuid(), reappoint(Role::Member))).await.map(drop)
        }
        _ => service.remove(caller, membership, &any()).await,
    }
}

async fn users(world: &World, caller: &Caller, action: Action) -> Result<()> {
    let (service, user) = (world.desk.users(), world.colleague.id());
    if action == Action::Delete {
        return service.deactivate(caller, user, any()).await;
    }
    let name = Some(text(UserName::parse, "Juma"));
    let change = UserChange { name, ..UserChange::default() };
    service.change(caller, row(user.uuid(), change)).await.map(drop)
}

async fn templates(world: &World, caller: &Caller, action: Action) -> Result<()> {
    let (service, template) = (world.desk.templates(), world.template.id());
    match action {
        Action::Create => {
            let organization = Some(world.shop.organization.id());
            let event = MessageEvent::ALL.into_iter().find(|it| *it != world.template.event()).unwrap();
            let new = NewTemplate { organization, ..new_template(event, "Asante {{ first_name }}") };
            service.create(caller, new, None).await.map(drop)
        }
        Action::Change => {
            let change = TemplateChange { is_active: Some(false), ..TemplateChange::default() };
            service.change(caller, row(template.uuid(), change)).await.map(drop)
        }
        _ => service.delete(caller, template, &any()).await,
    }
}
