//! Databases of earlier schemas, as the programs of their times left them, and what becomes of them.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Document, doc};
use mongodb::{Client, Database};
use orderdesk_application::ports::{Presented, Proof, RecordKind, Store as _, StoreError, Unique};
use orderdesk_application::views::{OrganizationSummary, UserSummary};
use orderdesk_contract::builders::{Maker, currency, id_at, scopes, text, time, time_zone};
use orderdesk_contract::kinds::{count, everything, find, insert, place, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Account, ApiToken, Charter, Customer, Member, Members, Membership, MembershipId, Message, MessageId,
    Order, Organization, OrganizationId, OrganizationName, Standing, Timestamp, TokenId, TokenName,
    TokenSecret, User, UserId, UserName, Version,
};
use orderdesk_mongodb::{MongoSettings, MongoStore};
use uuid::Uuid;

/// When everything was made.
const THEN: u64 = 1_700_000_000_000;

/// When it changed last.
const LATER: i64 = 1_700_000_500_000;

const SECRET: &str = "od_0123456789abcdefghjkmnpqrstvwxyz";

/// The ids of what there is.
struct Ids {
    duka: Uuid,
    soko: Uuid,
    amina: Uuid,
    zuri: Uuid,
    token: Uuid,
    customer: Uuid,
}

impl Ids {
    fn new() -> Self {
        let [duka, soko, amina, zuri, token, customer] = std::array::from_fn(|number| {
            let number = u64::try_from(number).unwrap();
            id_at(THEN + number, number + 7)
        });
        Self { duka, soko, amina, zuri, token, customer }
    }
}

fn id(id: Uuid) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() })
}

fn later() -> Bson {
    Bson::DateTime(DateTime::from_millis(LATER))
}

/// Two organizations, with Amina in both and Zuri in one, a token of Amina's, and a customer.
async fn keep(database: &Database, ids: &Ids) {
    let indexes = [
        ("users", doc! { "name": "users_by_name", "key": { "name": 1, "_id": 1 } }),
        ("memberships", doc! { "name": "memberships_by_user", "key": { "user": 1 } }),
        ("api_tokens", doc! { "name": "api_tokens_by_digest", "key": { "digest": 1 }, "unique": true }),
    ];
    for (collection, index) in indexes {
        let creation = doc! { "createIndexes": collection, "indexes": [index] };
        database.run_command(creation).await.unwrap();
    }
    let organization = |id_: Uuid, name: &str| {
        doc! {
            "_id": id(id_), "name": name, "default_currency": "KES", "updated_at": later(), "version": 3_i64,
        }
    };
    let user = |id_: Uuid, name: &str| {
        doc! { "_id": id(id_), "name": name, "updated_at": later(), "version": 2_i64 }
    };
    let membership = |user: Uuid, organization: Uuid, role: &str| {
        let pair = doc! { "user": id(user), "organization": id(organization) };
        doc! { "_id": pair, "user": id(user), "organization": id(organization), "role": role }
    };
    let digest = TokenSecret::parse(SECRET).unwrap().digest();
    let digest = Binary { subtype: BinarySubtype::Generic, bytes: digest.bytes().to_vec() };
    let customer = doc! {
        "_id": id(ids.customer), "organization": id(ids.duka), "created_by": id(ids.zuri), "code": "AB12Z",
        "first_name": "Kamau", "first_name_folded": "kamau", "second_name": "Otieno",
        "second_name_folded": "otieno", "phone": "+254712345678", "updated_at": later(), "version": 1_i64,
    };
    for (collection, documents) in [
        ("schema", vec![doc! { "_id": "orderdesk", "version": 1_i64 }]),
        ("installation", vec![doc! { "_id": 1_i64, "installed_at": later() }]),
        ("organizations", vec![organization(ids.duka, "Duka"), organization(ids.soko, "Soko")]),
        ("users", vec![user(ids.amina, "Amina"), user(ids.zuri, "Zuri")]),
        (
            "memberships",
            vec![
                membership(ids.amina, ids.duka, "admin"),
                membership(ids.amina, ids.soko, "viewer"),
                membership(ids.zuri, ids.duka, "member"),
            ],
        ),
        ("api_tokens", vec![doc! { "_id": id(ids.token), "user": id(ids.amina), "digest": digest }]),
        ("customers", vec![customer]),
    ] {
        database.collection::<Document>(collection).insert_many(documents).await.unwrap();
    }
}

async fn database(url: &str) -> Database {
    Client::with_uri_str(url).await.unwrap().default_database().unwrap()
}

fn organization(id: Uuid, name: &str, members: Members) -> Organization {
    let charter = Charter {
        name: text(OrganizationName::parse, name),
        time_zone: time_zone("UTC"),
        default_currency: currency("KES"),
        quiet_hours: None,
    };
    Organization::restore(OrganizationId::new(id), charter, members, time(LATER), Version::new(3).unwrap())
}

fn user(id: Uuid, name: &str) -> User {
    let account = Account::named(text(UserName::parse, name));
    User::restore(UserId::new(id), None, account, time(LATER), Version::new(2).unwrap())
}

/// Half of its user's id and half of its organization's.
fn membership(user: Uuid, organization: Uuid, standing: Standing) -> Membership {
    let mut id = *user.as_bytes();
    id[8..].copy_from_slice(&organization.as_bytes()[8..]);
    Membership::restore(
        MembershipId::new(Uuid::from_bytes(id)),
        OrganizationId::new(organization),
        Member::User(UserId::new(user)),
        standing,
        time(LATER),
        Version::FIRST,
    )
}

#[tokio::test]
async fn everything_of_the_first_schema_is_still_there_and_its_token_works() {
    let kept = orderdesk_servers::mongodb().await;
    let ids = Ids::new();
    keep(&database(kept.url()).await, &ids).await;
    let settings = MongoSettings::new(kept.url());
    let refused = MongoStore::connect(&MongoSettings { migrate: false, ..settings.clone() }).await;
    let Err(StoreError::Unavailable(cause)) = refused else { panic!("an old schema was taken") };
    assert!(cause.to_string().ends_with("migrations are pending: access, messages"), "{cause}");
    assert_eq!(MongoStore::migrate(&settings).await.unwrap(), ["access", "messages"]);

    let store = MongoStore::connect(&MongoSettings { migrate: false, ..settings }).await.unwrap();
    let duka = organization(ids.duka, "Duka", Members { all: 2, administrators: 1 });
    let soko = organization(ids.soko, "Soko", Members { all: 1, administrators: 0 });
    let (amina, zuri) = (user(ids.amina, "Amina"), user(ids.zuri, "Zuri"));
    let digest = TokenSecret::parse(SECRET).unwrap().digest();
    let bearer = store.credentials().bearer(Presented::Token(&digest)).await.unwrap().unwrap();
    assert_eq!(bearer.user, amina);
    let summary = OrganizationSummary::from;
    assert_eq!(bearer.memberships, [(summary(&duka), Standing::Admin), (summary(&soko), Standing::Viewer)]);
    let token = ApiToken {
        id: TokenId::new(ids.token),
        user: amina.id(),
        name: text(TokenName::parse, "token"),
        organization: None,
        scopes: scopes("write"),
        expires_at: None,
        last_used_at: None,
        digest,
    };
    assert_eq!(bearer.proof, Proof::Token(token));

    let users = everything::<User>(&store).await.rows.into_iter().map(|details| details.user);
    assert_eq!(users.collect::<Vec<_>>(), [zuri.clone(), amina]);
    let organizations = everything::<Organization>(&store).await.rows;
    let organizations = organizations.into_iter().map(|details| details.organization);
    assert_eq!(organizations.collect::<Vec<_>>(), [soko, duka]);
    let mut memberships: Vec<_> =
        everything::<Membership>(&store).await.rows.into_iter().map(|details| details.membership).collect();
    memberships.sort_by_key(Membership::id);
    assert_eq!(
        memberships,
        [
            membership(ids.amina, ids.duka, Standing::Admin),
            membership(ids.amina, ids.soko, Standing::Viewer),
            membership(ids.zuri, ids.duka, Standing::Member),
        ]
    );
    let customer = find::<Customer>(&store, ids.customer).await.unwrap();
    assert_eq!(customer.created_by, Some(UserSummary::from(&zuri)));
    assert_eq!(count::<Order>(&store).await, 0);

    let again = Maker::default().membership(OrganizationId::new(ids.duka), zuri.id(), Standing::Viewer);
    let twice = insert(&store, &[again]).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists(Unique::Membership))), "{twice:?}");
    assert_eq!(store.snapshot().await.unwrap().count(RecordKind::Membership).await.unwrap(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_open_it_at_once_one_changes_it_and_all_go_on() {
    let kept = orderdesk_servers::mongodb().await;
    let ids = Ids::new();
    keep(&database(kept.url()).await, &ids).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let settings = MongoSettings::new(kept.url());
            tokio::spawn(async move {
                let applied = MongoStore::migrate(&settings).await.unwrap();
                let store = MongoStore::connect(&settings).await.unwrap();
                assert_eq!(count::<Membership>(&store).await, 3);
                applied.len()
            })
        })
        .collect();
    let mut applied = 0;
    for task in tasks {
        applied += task.await.unwrap();
    }
    assert_eq!(applied, 2);
}

#[tokio::test]
async fn a_change_that_was_interrupted_is_made_up_for() {
    let kept = orderdesk_servers::mongodb().await;
    let ids = Ids::new();
    let old = database(kept.url()).await;
    keep(&old, &ids).await;
    let settings = MongoSettings::new(kept.url());
    MongoStore::migrate(&settings).await.unwrap();
    let schema = old.collection::<Document>("schema");
    schema.update_one(doc! {}, doc! { "$set": { "version": 1_i64 } }).await.unwrap();
    assert_eq!(MongoStore::migrate(&settings).await.unwrap(), ["access", "messages"]);
    let store = MongoStore::connect(&settings).await.unwrap();
    assert_eq!(count::<Membership>(&store).await, 3);
    let duka = find::<Organization>(&store, ids.duka).await.unwrap().organization;
    assert_eq!(duka.members(), Members { all: 2, administrators: 1 });
}

/// A shop with an order, kept by the program of the second schema.
async fn second_schema(database: &Database, settings: &MongoSettings, make: &Maker) -> (Shop, Order) {
    let store = MongoStore::connect(settings).await.unwrap();
    let mut shop = Shop::open(&store, make).await;
    let (order, event) = shop.order(make);
    place(&store, &[(order.clone(), event)]).await.unwrap();
    store.close().await.unwrap();
    for new in ["message_templates", "messages", "message_attempts", "opt_outs", "kept_reports", "holds"] {
        database.collection::<Document>(new).drop().await.unwrap();
    }
    let organizations = database.collection::<Document>("organizations");
    organizations.update_many(doc! {}, doc! { "$unset": { "quiet_hours": "" } }).await.unwrap();
    let schema = database.collection::<Document>("schema");
    schema.update_one(doc! {}, doc! { "$set": { "version": 2_i64 } }).await.unwrap();
    let charter = Charter { quiet_hours: None, ..shop.organization.charter().clone() };
    let it = &shop.organization;
    shop.organization = Organization::restore(it.id(), charter, it.members(), it.updated_at(), it.version());
    (shop, order)
}

#[tokio::test]
async fn a_database_of_the_second_schema_goes_on_and_tells_nobody_of_old_orders() {
    let kept = orderdesk_servers::mongodb().await;
    let (settings, make) = (MongoSettings::new(kept.url()), Maker::default());
    let (shop, order) = second_schema(&database(kept.url()).await, &settings, &make).await;
    let refused = MongoStore::connect(&MongoSettings { migrate: false, ..settings.clone() }).await;
    let Err(StoreError::Unavailable(cause)) = refused else { panic!("an old schema was taken") };
    assert!(cause.to_string().ends_with("migrations are pending: messages"), "{cause}");
    assert_eq!(MongoStore::migrate(&settings).await.unwrap(), ["messages"]);

    let store = MongoStore::connect(&MongoSettings { migrate: false, ..settings }).await.unwrap();
    assert_eq!(stored(&store, &shop.organization).await, Some(shop.organization.clone()));
    assert_eq!(stored(&store, &order).await, Some(order));
    assert_eq!(count::<Message>(&store).await, 0);
    assert_eq!(store.outbox().next_due().await.unwrap(), None);
    let message = make.message(&shop.customer);
    insert(&store, std::slice::from_ref(&message)).await.unwrap();
    let given = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 10).await.unwrap();
    assert_eq!(given.iter().map(Message::id).collect::<Vec<_>>(), [message.id()]);
    let twice = Message::queue(MessageId::new(make.id()), message.letter().clone(), make.now());
    let twice = insert(&store, &[twice]).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists(Unique::Message))), "{twice:?}");
}
