//! What everybody may do, and what happens to everything else.

use orderdesk_application::error::Result;
use orderdesk_application::ports::Record;
use orderdesk_application::services::{Browse as _, Precondition};
use orderdesk_application::views::MembershipDetails;
use orderdesk_application::{Caller, Error, Problem};
use orderdesk_contract::kinds::find;
use orderdesk_domain::{Action, Resource, User};

use super::deeds::{Deed, Way, attempt, deeds};
use super::world::{Who, World};
use crate::common::{TestDesk, all, refused};

/// What comes of reading, creating, changing and deleting, in this order: `+` it is done, `-` it is forbidden, `?` there
/// is nothing of the kind, as far as the caller can tell, ` ` there is no such thing. Everybody has tokens of their own,
/// and can found an organization.
const TABLE: &str = "
                guest  viewer  member  admin  staff  stranger  nobody
customers       +---   +---    ++++    ++++   ++++   ????      ----
items           ----   +---    ++++    ++++   ++++   ????      ----
orders          +---   +---    ++++    ++++   ++++   ????      ----
organizations   ++--   ++--    ++--    ++++   ++++   ?+??      -+--
members         ?-??   +---    +---    ++++   ++++   ????      ????
users           -.--   -.--    -.--    -.--   +.++   -.--      -.--
api-tokens      ++.+   ++.+    ++.+    ++.+   ++.+   ++.+      ++.+
audit-entries   -...   -...    -...    +...   +...   ?...      -...
notifications   +.-.   +.-.    +.+.    +.+.   +.+.   ?.?.      -.-.
message-templates ---- +---    +---    ++++   ++++   ????      ----
";

/// What is to come of it.
fn expected((action, resource, _): Deed, who: Who) -> char {
    let mut lines = TABLE.trim().lines();
    let names: Vec<_> = lines.next().unwrap().split_whitespace().map(str::to_owned).collect();
    let column = names.iter().position(|name| *name == format!("{who:?}").to_lowercase()).unwrap();
    let row = lines.find(|line| line.starts_with(resource.name())).unwrap();
    let cell = row.split_whitespace().nth(1 + column).unwrap();
    let place = Action::ALL.iter().position(|it| *it == action).unwrap();
    cell.chars().nth(place).unwrap()
}

/// What came of it.
fn outcome(outcome: &Result<()>, (action, resource, _): Deed) -> char {
    let Err(Error::Refused(problems)) = outcome else {
        assert!(outcome.is_ok(), "{outcome:?}");
        return '+';
    };
    match problems.as_slice() {
        [Problem::NotFound | Problem::OrganizationUnknown(_)] => '?',
        // Who may not even see it is told that.
        [Problem::Forbidden(what, of)] if (*what == action || *what == Action::Read) && *of == resource => {
            '-'
        }
        [Problem::ForbiddenIn { resource: of, .. }] if *of == resource && action == Action::Create => '-',
        problems => panic!("{problems:?}"),
    }
}

/// Whether asking about an action comes to what trying it comes to.
fn agrees(deed: Deed, came: char, expected: char) -> bool {
    // Where something is to be created is asked after whether it may be anywhere.
    let anywhere = (deed.0, deed.2) == (Action::Create, Way::Permit) && deed.1 != Resource::Members;
    came == expected || (anywhere && (came, expected) == ('+', '?'))
}

#[tokio::test]
async fn everybody_does_what_the_table_says_and_nothing_else() {
    for who in Who::ALL {
        for deed in deeds() {
            let world = World::new().await;
            let caller = world.enter(who).await;
            let came = outcome(&attempt(&world, &caller, deed).await, deed);
            let expected = expected(deed, who);
            assert!(agrees(deed, came, expected), "{who:?} {deed:?}: {came}, not {expected}");
        }
    }
}

/// What is forbidden, or not there, is so before anything is written: not even an entry of the audit.
#[tokio::test]
async fn what_is_refused_leaves_everything_as_it_was() {
    for who in Who::ALL {
        for deed in deeds() {
            let (action, resource, way) = deed;
            let writes = action != Action::Read && matches!(way, Way::One | Way::Bulk);
            if !writes || expected(deed, who) == '+' || resource == Resource::ApiTokens {
                continue;
            }
            let world = World::new().await;
            let caller = world.enter(who).await;
            let order_goes = (action, resource) == (Action::Delete, Resource::Customers);
            let before = without_order(world.desk.records().await, &world, order_goes);
            attempt(&world, &caller, deed).await.unwrap_err();
            let after = without_order(world.desk.records().await, &world, order_goes);
            assert_eq!(after, before, "{who:?} {deed:?}");
        }
    }
}

/// The order that keeps the customer goes before the attempt.
fn without_order(records: Vec<Record>, world: &World, leave_out: bool) -> Vec<Record> {
    let is_it = |record: &Record| match record {
        Record::Order(order) => order.id() == world.order.id(),
        Record::OrderEvent(event) => event.order == world.order.id(),
        _ => false,
    };
    records.into_iter().filter(|record| !(leave_out && is_it(record))).collect()
}

/// The secret things of others: not even staff see their tokens.
#[tokio::test]
async fn nobody_sees_or_revokes_a_token_of_somebody_else() {
    for who in Who::ALL {
        let world = World::new().await;
        let (caller, tokens, theirs) =
            (world.enter(who).await, world.desk.api_tokens(), world.their_token.id);
        assert_eq!(refused(tokens.find(&caller, theirs.uuid()).await), [Problem::NotFound], "{who:?}");
        assert_eq!(tokens.list(&caller, all()).await.unwrap().count, Some(1), "{who:?}");
        let revoked = tokens.revoke(&caller, theirs, &Precondition::default()).await;
        assert_eq!(refused(revoked), [Problem::NotFound], "{who:?}");
    }
}

#[tokio::test]
async fn everybody_who_belongs_may_leave() {
    for who in [Who::Guest, Who::Viewer, Who::Member, Who::Admin] {
        let world = World::new().await;
        let (caller, members) = (world.enter(who).await, world.desk.members());
        let is_own = |it: &&MembershipDetails| it.membership.member().user() == Some(caller.user.id);
        let listed = members.list(&caller, all()).await.unwrap().objects;
        let own = listed.iter().find(is_own).unwrap().membership.id();
        members.remove(&caller, own, &Precondition::default()).await.unwrap();
        let caller = again(&world.desk, &caller).await;
        assert!(caller.grants.is_empty(), "{who:?}");
    }
}

/// The same user, with another token.
async fn again(desk: &TestDesk, caller: &Caller) -> Caller {
    let id = caller.user.id.uuid();
    let user = find::<User>(&*desk.store, id).await.unwrap();
    desk.caller(&user.user).await
}
