//! What the scopes of a token take from what its user may do.

use orderdesk_application::services::{CustomerChoice, NewOrder};
use orderdesk_application::{Error, Problem};
use orderdesk_contract::builders::scopes;
use orderdesk_domain::{Action, Resource};

use super::deeds::{Deed, attempt, deeds};
use super::world::{Who, World};
use crate::common::{catalogue, done, new_order, refused};

/// Whether scopes spelled like that are good for the deed.
fn is_good(spelled: &str, (action, resource, _): Deed) -> bool {
    spelled.split(' ').any(|scope| {
        let (of, access) = scope.split_once(':').unwrap_or((resource.name(), scope));
        of == resource.name() && (access == "write" || action == Action::Read)
    })
}

#[tokio::test]
async fn a_token_is_good_for_its_scopes_and_for_nothing_else() {
    let of_one = Resource::NAMES.iter().flat_map(|name| ["read", "write"].map(|it| format!("{name}:{it}")));
    let all = ["read", "write", "read orders:write"].map(str::to_owned).into_iter().chain(of_one);
    for spelled in all {
        for deed in deeds() {
            // Staff do whatever the services offer, so only the token can stand against it.
            let world = World::new().await;
            let caller = world.enter_with(Who::Staff, &scopes(&spelled)).await;
            let outcome = attempt(&world, &caller, deed).await;
            if is_good(&spelled, deed) {
                assert!(outcome.is_ok(), "{spelled} {deed:?}: {outcome:?}");
            } else {
                let Err(Error::Refused(problems)) = outcome else { panic!("{spelled} {deed:?}") };
                let [Problem::Forbidden(action, resource)] = problems.as_slice() else {
                    panic!("{spelled} {deed:?}: {problems:?}")
                };
                // To deactivate somebody is to change them.
                let deactivates =
                    (deed.0, deed.1, *action) == (Action::Delete, Resource::Users, Action::Change);
                let told = *action == deed.0 || *action == Action::Read || deactivates;
                let told = told && *resource == deed.1;
                assert!(told, "{spelled} {deed:?}: {problems:?}");
            }
        }
    }
}

#[tokio::test]
async fn scopes_give_nothing_that_the_user_may_not_do() {
    for deed in deeds() {
        let (action, resource, _) = deed;
        if matches!(resource, Resource::ApiTokens)
            || (action, resource) == (Action::Create, Resource::Organizations)
        {
            continue;
        }
        let world = World::new().await;
        let caller = world.enter_with(Who::Nobody, &scopes("read write orders:write users:write")).await;
        let problems = refused(attempt(&world, &caller, deed).await);
        let [Problem::NotFound | Problem::Forbidden(..)] = problems.as_slice() else {
            panic!("{deed:?}: {problems:?}")
        };
    }
}

/// A till that may do no more than take orders: it names customers and items that it cannot list.
#[tokio::test]
async fn a_token_for_orders_alone_places_orders() {
    let world = World::new().await;
    let caller = world.enter_with(Who::Member, &scopes("orders:write")).await;
    let code = world.shop.customer.profile().code;
    let new = new_order(CustomerChoice::Code(code), catalogue(&world.shop.item, 1));
    let placed = world.desk.orders().place(&caller, new, None).await.map(done).unwrap();
    assert_eq!(placed.customer.code, code);
    // Of others it learns as little as its user.
    let theirs = world.desk.shop().await;
    let elsewhere = NewOrder {
        organization: Some(world.shop.organization.id()),
        ..new_order(CustomerChoice::Id(theirs.customer.id()), catalogue(&theirs.item, 1))
    };
    let refusal = refused(world.desk.orders().place(&caller, elsewhere, None).await);
    let unknown = [Problem::CustomerUnknown(theirs.customer.id()), Problem::ItemUnknown(theirs.item.id())];
    assert_eq!(refusal, unknown);
}
