//! What MongoDB means to do, by `explain`: no collection is read from end to end for a page of a list.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::Scope;
use orderdesk_application::ports::Store as _;
use orderdesk_application::query::{
    Comparison, Field, Filter, Key, Listed, Lookup, Order, Query, Selection, Test, Value,
};
use orderdesk_application::views::{
    ApiTokenField, AuditEntryField, CustomerField, ItemField, MembershipField, MessageAttemptField,
    MessageField, MessageTemplateField, OrderField, OrganizationField, UserField,
};
use orderdesk_contract::builders::{Maker, message_states, reference};
use orderdesk_contract::kinds::{Readable, append_attempts, find, insert, keep, place};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Account, ApiToken, AuditEntry, Customer, Gateway, Item, Membership, Message, MessageAttempt, MessageId,
    MessageTemplate, Organization, OrganizationId, Standing, Timestamp, User, UserId,
};
use orderdesk_servers::Database;
use uuid::Uuid;

use crate::bearer;
use crate::listing::Selected;
use crate::schema::{API_TOKENS, SESSIONS, USERS};
use crate::session::Search;
use crate::table::Table;
use crate::{MongoSettings, MongoStore, claim, messaging, outbox};

/// How many of each kind others have.
const CROWD: usize = 300;

/// A stage of our own: an index is read from end to end.
const WHOLE_INDEX: &str = "whole index";

/// A shop with one of everything.
struct Bench {
    store: MongoStore,
    make: Maker,
    shop: Shop,
    order: orderdesk_domain::Order,
    /// Somebody of whom everything is known.
    user: User,
    invitation: Membership,
    token: ApiToken,
    entry: AuditEntry,
    message: Message,
    template: MessageTemplate,
    _database: Database,
}

impl Bench {
    async fn new() -> Self {
        let database = orderdesk_servers::mongodb().await;
        let store = MongoStore::connect(&MongoSettings::new(database.url())).await.unwrap();
        let make = Maker::default();
        let shop = Shop::open(&store, &make).await;
        let (mut order, event) = shop.order(&make);
        let act = make.act(None);
        order.transition(orderdesk_domain::OrderStatus::Closed, act).unwrap();
        place(&store, &[(order.clone(), event)]).await.unwrap();
        let account = Account { email: Some(make.email()), ..make.account() };
        let user = User::enrol(UserId::new(make.id()), Some(make.identity()), account);
        keep(&store, &user).await;
        let invitation = make.invitation(shop.organization.id(), Standing::Viewer);
        keep(&store, &invitation).await;
        let (mut token, _) = make.token(user.id());
        token.organization = Some(shop.organization.id());
        token.expires_at = Some(make.now());
        keep(&store, &token).await;
        let mut entry = make.audit_entry(Some(shop.organization.id()));
        entry.actor.user = Some(user.id());
        let mut work = store.begin().await.unwrap();
        work.audit_entries().append(std::slice::from_ref(&entry)).await.unwrap();
        work.commit().await.unwrap();
        let mut letter = make.letter(&shop.customer);
        letter.order = order.id();
        let message = Message::queue(MessageId::new(make.id()), letter, make.now());
        keep(&store, &message).await;
        append_attempts(&store, &[make.attempt(message.id())]).await.unwrap();
        let template = make.template(shop.organization.id());
        keep(&store, &template).await;
        crowd(&store, &make).await;
        Self {
            store,
            make,
            shop,
            order,
            user,
            invitation,
            token,
            entry,
            message,
            template,
            _database: database,
        }
    }

    /// What somebody may see who belongs to these organizations.
    fn member_of(&self, organizations: Vec<OrganizationId>) -> Scope {
        Scope::Limited { organizations, customers: Vec::new(), user: Some(self.user.id()) }
    }

    /// The stages of the plan for a page.
    async fn stages<E: Table>(&self, query: &Query<E::Field>) -> Vec<String> {
        let mut view = self.store.shared.view().await.unwrap();
        let selected = Selected::by::<E>(&mut view.session, query.selection.filter()).await.unwrap();
        let search = selected.search::<E>(query);
        self.plan_of(search).await
    }

    /// The stages of the plan for a search.
    async fn plan_of(&self, search: Search) -> Vec<String> {
        let mut find = doc! { "find": search.collection, "filter": search.filter, "limit": 21 };
        find.extend(search.sort.map(|sort| doc! { "sort": sort }).unwrap_or_default());
        find.extend(search.fields.map(|fields| doc! { "projection": fields }).unwrap_or_default());
        self.plan(find).await
    }

    /// The stages of the plan for a command.
    async fn plan(&self, command: Document) -> Vec<String> {
        let explain = doc! { "explain": command, "verbosity": "queryPlanner" };
        let plan = self.store.shared.database.run_command(explain).await.unwrap();
        let mut stages = Vec::new();
        plans(&Bson::Document(plan), &mut |plan| collect(plan, &mut stages));
        stages
    }
}

fn query<F: Field>(scope: &Scope, filter: Filter<F>, keys: &[Key<F>]) -> Query<F> {
    let mut query = Query::first(Selection::new(scope, filter), 21);
    query.order = Order::new(keys).unwrap();
    query
}

/// Adds what others have and did: so much that it would be slow to go through it all, as the server finds out by trying.
async fn crowd(store: &MongoStore, make: &Maker) {
    let others = Shop::open(store, make).await;
    let (there, owner) = (others.organization.id(), others.owner.id());
    let many = 0..CROWD;
    let invitations: Vec<_> = many.clone().map(|_| make.invitation(there, Standing::Viewer)).collect();
    insert(store, &invitations).await.unwrap();
    let tokens: Vec<_> = many.clone().map(|_| make.token(owner).0).collect();
    insert(store, &tokens).await.unwrap();
    let messages: Vec<_> = many.clone().map(|_| make.message(&others.customer)).collect();
    insert(store, &messages).await.unwrap();
    for state in message_states(make.now()) {
        let some: Vec<_> = (0..5).map(|_| make.message_in(&others.customer, state.clone())).collect();
        insert(store, &some).await.unwrap();
    }
    let attempts: Vec<_> = messages.iter().map(|message| make.attempt(message.id())).collect();
    append_attempts(store, &attempts).await.unwrap();
    let entries: Vec<_> = many.map(|_| make.audit_entry(Some(there))).collect();
    let mut work = store.begin().await.unwrap();
    work.audit_entries().append(&entries).await.unwrap();
    work.commit().await.unwrap();
}

/// Every plan that has won, wherever in the answer it stands.
fn plans(answer: &Bson, found: &mut impl FnMut(&Bson)) {
    match answer {
        Bson::Document(document) => {
            document.iter().for_each(
                |(name, value)| {
                    if name == "winningPlan" { found(value) } else { plans(value, found) }
                },
            );
        }
        Bson::Array(values) => values.iter().for_each(|value| plans(value, found)),
        _ => {}
    }
}

/// Whether an index is read from end to end, but for what leads to the next page.
fn is_unbounded(bounds: &Document) -> bool {
    let ranges = bounds.values().next().and_then(Bson::as_array).into_iter().flatten();
    ranges.filter_map(Bson::as_str).any(|range| range == "[MinKey, MaxKey]" || range == "[MaxKey, MinKey]")
}

fn collect(plan: &Bson, stages: &mut Vec<String>) {
    match plan {
        Bson::Document(document) => {
            stages.extend(document.get_str("stage").map(str::to_owned));
            stages.extend(document.get_str("indexName").map(|name| format!("by {name}")));
            if document.get_document("indexBounds").is_ok_and(is_unbounded) {
                stages.push(WHOLE_INDEX.to_owned());
            }
            document.values().for_each(|value| collect(value, stages));
        }
        Bson::Array(values) => values.iter().for_each(|value| collect(value, stages)),
        _ => {}
    }
}

/// A filter for every lookup on every field that clients may filter by, and the lookup. What compares needs a value to
/// compare with.
fn filters<L: Listed>(sample: &L) -> Vec<(Filter<L::Field>, Lookup)> {
    let of_field = |field: L::Field| {
        let value = sample.value(field);
        let makes_sense = |lookup: &Lookup| match lookup {
            // Nobody asks an organization for what no organization has.
            Lookup::Isnull => Some(field) != L::Field::ORGANIZATION,
            Lookup::Icontains | Lookup::Istartswith => true,
            _ => value != Value::Null,
        };
        let lookups: Vec<_> = field.spec().lookups().filter(makes_sense).collect();
        lookups.into_iter().map(move |lookup| {
            let value = sample.value(field);
            let compare = |comparison| Filter::new(field, Test::Compare(comparison, sample.value(field)));
            let filter = match lookup {
                Lookup::Exact => Filter::new(field, Test::Equals(value)),
                Lookup::In => Filter::new(field, Test::In(vec![value.clone(), value])),
                Lookup::Gt => compare(Comparison::Above),
                Lookup::Gte => compare(Comparison::AtLeast),
                Lookup::Lt => compare(Comparison::Below),
                Lookup::Lte => compare(Comparison::AtMost),
                Lookup::Icontains => Filter::contains(field, "a"),
                Lookup::Istartswith => Filter::starts_with(field, "a"),
                Lookup::Isnull => Filter::new(field, Test::IsNull(true)),
            };
            (filter.unwrap(), lookup)
        })
    };
    L::Field::ALL.iter().copied().flat_map(of_field).collect()
}

/// Every order by one field that clients may ask for.
fn orders<F: Field>() -> Vec<Key<F>> {
    let fields = F::ALL.iter().copied().filter(|field| field.spec().orders);
    fields.flat_map(|field| [false, true].map(|descending| Key { field, descending })).collect()
}

async fn no_collection_is_scanned<E: Table>(bench: &Bench, scope: &Scope, sample: &E::Details) {
    let forbidden: &[&str] =
        if *scope == Scope::Everything { &["COLLSCAN"] } else { &["COLLSCAN", WHOLE_INDEX] };
    let is_forbidden = |stage: &String| forbidden.contains(&stage.as_str());
    for key in orders::<E::Field>() {
        let mut query = query(scope, Filter::everything(), &[key]);
        for after in [None, Some(query.order.position_of(sample))] {
            query.after = after;
            let stages = bench.stages::<E>(&query).await;
            assert!(
                !stages.iter().any(|stage| is_forbidden(stage) || stage == "SORT"),
                "{query:?}: {stages:?}"
            );
        }
        for (filter, _) in filters(sample) {
            let mut query = self::query(scope, filter, &[key]);
            for after in [None, Some(query.order.position_of(sample))] {
                query.after = after;
                let stages = bench.stages::<E>(&query).await;
                assert!(!stages.iter().any(is_forbidden), "{query:?}: {stages:?}");
            }
        }
    }
    let everything = query(&Scope::Everything, Filter::everything(), &[]);
    let stages = bench.stages::<E>(&everything).await;
    assert!(!stages.iter().any(|stage| stage == "COLLSCAN" || stage == "SORT"), "{stages:?}");
}

/// What equals a value comes newest first without being sorted.
async fn nothing_equal_is_sorted<E: Table>(bench: &Bench, scope: &Scope, sample: &E::Details) {
    for (filter, lookup) in filters(sample) {
        if matches!(lookup, Lookup::Exact | Lookup::Isnull) {
            let query = query(scope, filter, &[]);
            let stages = bench.stages::<E>(&query).await;
            let led = |stage: &String| stage != "SORT" && stage != WHOLE_INDEX;
            assert!(stages.iter().all(led), "{query:?}: {stages:?}");
        }
    }
}

async fn sample<E: Readable>(bench: &Bench, id: Uuid) -> E::Details {
    find::<E>(&bench.store, id).await.unwrap()
}

#[tokio::test]
async fn no_list_reads_a_collection_from_end_to_end() {
    let bench = Bench::new().await;
    let scope = bench.shop.scope();
    let customer = sample::<Customer>(&bench, bench.shop.customer.id().uuid()).await;
    no_collection_is_scanned::<Customer>(&bench, &scope, &customer).await;
    nothing_equal_is_sorted::<Customer>(&bench, &scope, &customer).await;
    let item = sample::<Item>(&bench, bench.shop.item.id().uuid()).await;
    no_collection_is_scanned::<Item>(&bench, &scope, &item).await;
    nothing_equal_is_sorted::<Item>(&bench, &scope, &item).await;
    let order = sample::<orderdesk_domain::Order>(&bench, bench.order.id().uuid()).await;
    no_collection_is_scanned::<orderdesk_domain::Order>(&bench, &scope, &order).await;
    nothing_equal_is_sorted::<orderdesk_domain::Order>(&bench, &scope, &order).await;
    assert_eq!(
        orders::<CustomerField>().len() + orders::<ItemField>().len() + orders::<OrderField>().len(),
        26
    );
}

#[tokio::test]
async fn no_list_of_callers_and_what_they_did_reads_a_collection_from_end_to_end() {
    let bench = Bench::new().await;
    let here = bench.shop.organization.id();
    let elsewhere = OrganizationId::new(Uuid::max());
    let user = sample::<User>(&bench, bench.user.id().uuid()).await;
    no_collection_is_scanned::<User>(&bench, &Scope::Everything, &user).await;
    nothing_equal_is_sorted::<User>(&bench, &Scope::Everything, &user).await;
    let token = sample::<ApiToken>(&bench, bench.token.id.uuid()).await;
    let own = bench.member_of(Vec::new());
    no_collection_is_scanned::<ApiToken>(&bench, &own, &token).await;
    nothing_equal_is_sorted::<ApiToken>(&bench, &own, &token).await;
    let organization = sample::<Organization>(&bench, here.uuid()).await;
    no_collection_is_scanned::<Organization>(&bench, &Scope::Everything, &organization).await;
    nothing_equal_is_sorted::<Organization>(&bench, &Scope::Everything, &organization).await;
    let membership = sample::<Membership>(&bench, bench.shop.membership.id().uuid()).await;
    let invitation = sample::<Membership>(&bench, bench.invitation.id().uuid()).await;
    let entry = sample::<AuditEntry>(&bench, bench.entry.id.uuid()).await;
    let only_here = Scope::Limited { organizations: vec![here], customers: Vec::new(), user: None };
    nothing_equal_is_sorted::<Membership>(&bench, &only_here, &membership).await;
    nothing_equal_is_sorted::<Membership>(&bench, &only_here, &invitation).await;
    nothing_equal_is_sorted::<AuditEntry>(&bench, &only_here, &entry).await;
    for organizations in [vec![], vec![here], vec![here, elsewhere]] {
        let scope = bench.member_of(organizations.clone());
        no_collection_is_scanned::<Membership>(&bench, &scope, &membership).await;
        no_collection_is_scanned::<Membership>(&bench, &scope, &invitation).await;
        if !organizations.is_empty() {
            no_collection_is_scanned::<AuditEntry>(&bench, &scope, &entry).await;
        }
    }
    assert_eq!(
        orders::<UserField>().len() + orders::<ApiTokenField>().len() + orders::<OrganizationField>().len(),
        14
    );
    assert_eq!(orders::<MembershipField>().len() + orders::<AuditEntryField>().len(), 4);
}

#[tokio::test]
async fn whoever_calls_is_found_by_an_index() {
    let bench = Bench::new().await;
    let digest = doc! { "digest": crate::value::digest(&bench.token.digest) };
    let identity = bench.user.identity().as_ref().unwrap();
    let identity = doc! { "issuer": identity.issuer.as_str(), "subject": identity.subject.as_str() };
    for (collection, condition) in [(API_TOKENS, digest.clone()), (SESSIONS, digest), (USERS, identity)] {
        let stages = bearer::stages(collection, condition);
        let stages = bench.plan(doc! { "aggregate": collection, "pipeline": stages, "cursor": {} }).await;
        assert!(stages.iter().any(|stage| stage == "IXSCAN"), "{collection}: {stages:?}");
        assert!(!stages.iter().any(|stage| stage == "COLLSCAN"), "{collection}: {stages:?}");
    }
}

#[tokio::test]
async fn no_list_of_messages_reads_a_collection_from_end_to_end() {
    let bench = Bench::new().await;
    let (member, customer) = (bench.shop.scope(), bench.shop.customer.id());
    let guest = Scope::Limited { organizations: Vec::new(), customers: vec![customer], user: None };
    let message = sample::<Message>(&bench, bench.message.id().uuid()).await;
    no_collection_is_scanned::<Message>(&bench, &member, &message).await;
    let newest = bench.stages::<Message>(&query(&guest, Filter::everything(), &[])).await;
    assert!(newest.iter().all(|stage| stage != "SORT" && stage != "COLLSCAN"), "{newest:?}");
    let template = sample::<MessageTemplate>(&bench, bench.template.id().uuid()).await;
    no_collection_is_scanned::<MessageTemplate>(&bench, &member, &template).await;
    nothing_equal_is_sorted::<MessageTemplate>(&bench, &member, &template).await;
    for (filter, lookup) in filters(&message) {
        // An order has a few messages at the most, which are sorted when they are found.
        let is_of_order = matches!(&filter, Filter::Is(term) if term.field() == MessageField::Order);
        if lookup == Lookup::Exact && !is_of_order {
            let query = query(&member, filter, &[]);
            let stages = bench.stages::<Message>(&query).await;
            assert!(!stages.iter().any(|stage| stage == "SORT"), "{query:?}: {stages:?}");
        }
    }
    assert_eq!(orders::<MessageField>().len() + orders::<MessageTemplateField>().len(), 8);
}

#[tokio::test]
async fn the_messages_of_an_order_and_the_attempts_of_a_message_are_found_by_them() {
    let bench = Bench::new().await;
    let scope = bench.shop.scope();
    let others: Vec<_> = (0..CROWD).map(|_| bench.make.message(&bench.shop.customer)).collect();
    insert(&bench.store, &others).await.unwrap();
    let is = |order: Uuid| Filter::new(MessageField::Order, Test::Equals(order.into())).unwrap();
    let stages = bench.stages::<Message>(&query(&scope, is(bench.order.id().uuid()), &[])).await;
    assert!(stages.iter().any(|stage| stage == "by messages_by_order"), "{stages:?}");
    let theirs =
        Filter::new(MessageAttemptField::Message, Test::Equals(bench.message.id().uuid().into())).unwrap();
    let stages = bench.stages::<MessageAttempt>(&query(&scope, theirs, &[])).await;
    assert!(!stages.iter().any(|stage| stage == "COLLSCAN" || stage == "SORT"), "{stages:?}");
}

/// By name, for each would be found by another index as well, among everything else.
#[tokio::test]
async fn what_waits_and_what_gateways_call_it_is_found_in_indexes_of_nothing_else() {
    let bench = Bench::new().await;
    let (now, number) = (Timestamp::LATEST, bench.shop.customer.profile().phone.clone());
    let tried = [bench.message.id().uuid()];
    for (search, index) in [
        (claim::search(now, 10, &[]), "messages_by_due"),
        (claim::search(now, 10, &tried), "messages_by_due"),
        (outbox::first(), "messages_by_due"),
        (outbox::lost(now, 10), "messages_by_due"),
        (outbox::too_old(now, 10), "messages_by_expiry"),
        (messaging::called(Gateway::Twilio, &reference("SM1")), "messages_by_reference"),
        (messaging::unsettled(&number, Timestamp::EARLIEST, 10), "messages_unsettled"),
        (outbox::reports(doc! { "number": number.as_str() }, 10), "kept_reports_by_number"),
    ] {
        let what = format!("{search:?}");
        let stages = bench.plan_of(search).await;
        assert!(stages.contains(&format!("by {index}")), "{what}: {stages:?}");
        assert!(!stages.iter().any(|stage| stage == "COLLSCAN" || stage == "SORT"), "{what}: {stages:?}");
    }
}
