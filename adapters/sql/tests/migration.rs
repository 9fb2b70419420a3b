//! Databases as earlier programs left them: before there was anything to sign in with, and before customers were texted.
//! They are brought up to date, nothing in them is lost, whoever had a token still has, and nobody is texted for what was.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use orderdesk_application::Scope;
use orderdesk_application::ports::{Backlog, Presented, Proof, Store};
use orderdesk_application::query::{Filter, Key, Order as ListOrder, Query, Selection};
use orderdesk_application::views::{OrganizationField, UserField};
use orderdesk_contract::builders::Maker;
use orderdesk_contract::kinds::{
    Changeable as _, count, delete, everything, find, insert, keep, stored, update,
};
use orderdesk_domain::{
    ApiToken, Customer, Letter, Member, Members, Membership, Message, MessageId, Order, OrderEvent, OrderId,
    Organization, OrganizationId, Role, SecretDigest, Standing, TimeZone, Timestamp, TokenScopes, User,
    UserId,
};
use orderdesk_sql::{PostgresSettings, PostgresStore, SqliteSettings, SqliteStore};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use uuid::Uuid;

/// 2025-06-01T00:00:00Z, in milliseconds.
const THEN: i64 = 1_748_736_000_000;
/// More than are folded at once.
const USERS: u128 = 1_100;

/// How an engine writes what the rows are made of.
struct Spelling {
    id: fn(Uuid) -> String,
    bytes: fn(&[u8]) -> String,
    time: fn(i64) -> String,
    money: fn(i64) -> String,
    lowest: &'static str,
}

const SQLITE: Spelling = Spelling {
    id: |id| format!("x'{}'", id.simple()),
    bytes: |bytes| format!("x'{}'", hex(bytes)),
    time: |milliseconds| milliseconds.to_string(),
    money: |units| format!("{units}0000"),
    lowest: "-62135596800001",
};

const POSTGRES: Spelling = Spelling {
    id: |id| format!("'{id}'"),
    bytes: |bytes| format!("'\\x{}'", hex(bytes)),
    time: |milliseconds| format!("to_timestamp({milliseconds} / 1000.0)"),
    money: |units| units.to_string(),
    lowest: "'0001-12-31 23:59:59.999+00 BC'",
};

fn hex(bytes: &[u8]) -> String {
    bytes.chunks(16).map(|half| Uuid::from_slice(half).unwrap().simple().to_string()).collect()
}

/// A UUIDv7 of the time of the old database.
fn id(number: u128) -> Uuid {
    Uuid::from_u128(((THEN as u128) << 80) + (number << 80) + (7 << 76) + (2 << 62) + number)
}

fn digest() -> SecretDigest {
    SecretDigest::of(b"od_of_old")
}

const DUKA: u128 = 1;
const SOKO: u128 = 2;
const AMINA: u128 = 3;
const BARAKA: u128 = 4;
const CUSTOMER: u128 = 5;
const ORDER: u128 = 6;
const EVENT: u128 = 7;
const TOKEN: u128 = 8;

/// Two organizations, of which one has an administrator and a viewer and the other nobody, and what else there was.
fn rows(spelling: &Spelling) -> String {
    let Spelling { id: spell, bytes, time, money, lowest } = spelling;
    let [duka, soko, amina, baraka, customer, order, event, token] =
        [DUKA, SOKO, AMINA, BARAKA, CUSTOMER, ORDER, EVENT, TOKEN].map(|number| spell(id(number)));
    let (then, later, price, digest) = (time(THEN), time(THEN + 5), money(20), bytes(digest().bytes()));
    let others: Vec<_> = (100..100 + USERS)
        .map(|number| format!("({}, 'Ömer {number}', {then}, 1)", spell(id(number))))
        .collect();
    format!(
        "INSERT INTO installation VALUES (1, {then});
        INSERT INTO organizations VALUES ({duka}, 'Straße', 'KES', {then}, 1), ({soko}, 'soko', 'UGX', {later}, 3);
        INSERT INTO users VALUES ({amina}, 'ÁMINA', {later}, 2), ({baraka}, 'Baraka', {then}, 1);
        INSERT INTO users VALUES {others};
        INSERT INTO memberships VALUES ({amina}, {duka}, 'admin'), ({baraka}, {duka}, 'viewer');
        INSERT INTO api_tokens VALUES ({token}, {amina}, {digest});
        INSERT INTO customers VALUES ({duka}, {customer}, {amina}, 'WK001', 'Wanjiku', 'wanjiku', 'Kamau', 'kamau',
            '+254712345678', {then}, 1);
        INSERT INTO orders VALUES ({duka}, {order}, {customer}, {amina}, 'Soap', 'soap', NULL, 3, {price}, 'KES',
            'Pending', NULL, {lowest}, {no}, {then}, 1);
        INSERT INTO order_events VALUES ({order}, {event}, 'placed', {amina}, 'Soap', NULL, 3, {price}, 'KES', 1);",
        others = others.join(", "),
        no = if *lowest == SQLITE.lowest { "0" } else { "FALSE" },
    )
}

/// The names in folded case, which the program fills in.
const FOLDED: &str = "
    UPDATE organizations SET name_folded = CASE name WHEN 'Straße' THEN 'strasse' ELSE name END;
    UPDATE users SET name_folded =
        CASE name WHEN 'ÁMINA' THEN 'ámina' WHEN 'Baraka' THEN 'baraka' ELSE replace(name, 'Ö', 'ö') END;";

/// What is applied to a database that has come so far.
fn applied(has_access: bool) -> &'static [&'static str] {
    if has_access { &["messages"] } else { &["access", "messages"] }
}

#[tokio::test]
async fn an_sqlite_database_of_old_goes_on() {
    for has_access in [false, true] {
        sqlite_goes_on(has_access).await;
    }
}

async fn sqlite_goes_on(has_access: bool) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.db");
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute(include_str!("../migrations/sqlite/0001_initial.sql")).await.unwrap();
    connection.execute(AssertSqlSafe(rows(&SQLITE))).await.unwrap();
    connection.execute("INSERT INTO schema_migrations VALUES (1, 'initial')").await.unwrap();
    if has_access {
        connection.execute(include_str!("../migrations/sqlite/0002_access.sql")).await.unwrap();
        connection.execute(FOLDED).await.unwrap();
        connection.execute("INSERT INTO schema_migrations VALUES (2, 'access')").await.unwrap();
    }
    connection.close().await.unwrap();

    let settings = SqliteSettings::new(path);
    assert_eq!(SqliteStore::migrate(&settings).await.unwrap(), applied(has_access));
    let store = SqliteStore::connect(&settings).await.unwrap();
    goes_on(&store).await;
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_postgres_database_of_old_goes_on() {
    for has_access in [false, true] {
        postgres_goes_on(has_access).await;
    }
}

async fn postgres_goes_on(has_access: bool) {
    let database = orderdesk_servers::postgres().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    connection.execute(include_str!("../migrations/postgres/0001_initial.sql")).await.unwrap();
    connection.execute(include_str!("../migrations/postgres/0002_trigrams.sql")).await.unwrap();
    connection.execute(AssertSqlSafe(rows(&POSTGRES))).await.unwrap();
    let history = "INSERT INTO schema_migrations VALUES (1, 'initial'), (2, 'trigrams')";
    connection.execute(history).await.unwrap();
    if has_access {
        connection.execute(include_str!("../migrations/postgres/0003_access.sql")).await.unwrap();
        connection.execute(FOLDED).await.unwrap();
        connection.execute("INSERT INTO schema_migrations VALUES (3, 'access')").await.unwrap();
    }
    connection.close().await.unwrap();

    let settings = PostgresSettings::new(database.url());
    assert_eq!(PostgresStore::migrate(&settings).await.unwrap(), applied(has_access));
    let store = PostgresStore::connect(&settings).await.unwrap();
    goes_on(&store).await;
    store.close().await.unwrap();
}

async fn goes_on(store: &dyn Store) {
    a_token_is_still_one(store).await;
    organizations_count_their_members(store).await;
    memberships_have_become_objects(store).await;
    names_are_found_in_any_case(store).await;
    nobody_is_texted_for_what_was(store).await;
    what_was_there_can_be_changed_and_go(store).await;
}

async fn a_token_is_still_one(store: &dyn Store) {
    let bearer = store.credentials().bearer(Presented::Token(&digest())).await.unwrap().unwrap();
    assert_eq!(bearer.user.id().uuid(), id(AMINA));
    let account = bearer.user.account();
    assert_eq!((account.name.as_str(), account.is_active, account.is_staff), ("ÁMINA", true, false));
    assert_eq!((&account.email, bearer.user.identity()), (&None, &None));
    let [(organization, standing)] = bearer.memberships.as_slice() else { panic!("one membership") };
    assert_eq!((organization.id.uuid(), *standing), (id(DUKA), Standing::Admin));
    let Proof::Token(token) = bearer.proof else { panic!("by a token") };
    assert_eq!((token.id.uuid(), token.name.as_str(), token.digest), (id(TOKEN), "token", digest()));
    assert_eq!(token.scopes, TokenScopes::everything());
    assert_eq!((token.organization, token.expires_at, token.last_used_at), (None, None, None));
}

async fn organizations_count_their_members(store: &dyn Store) {
    for (number, members) in [(DUKA, Members { all: 2, administrators: 1 }), (SOKO, Members::default())] {
        let organization = find::<Organization>(store, id(number)).await.unwrap().organization;
        assert_eq!(organization.members(), members);
        assert_eq!(organization.charter().time_zone, TimeZone::utc());
        assert_eq!(organization.charter().quiet_hours, None);
    }
}

async fn memberships_have_become_objects(store: &dyn Store) {
    let memberships = everything::<Membership>(store).await.rows;
    assert_eq!(memberships.len(), 2);
    for (details, (user, role)) in
        memberships.iter().rev().zip([(AMINA, Role::Admin), (BARAKA, Role::Viewer)])
    {
        let membership = &details.membership;
        let user = find::<User>(store, id(user)).await.unwrap().user;
        let [first, second] = [user.id().uuid(), id(DUKA)].map(Uuid::into_bytes);
        let both: Vec<_> = first.into_iter().take(8).chain(second.into_iter().skip(8)).collect();
        assert_eq!(membership.id().uuid().as_bytes().as_slice(), both);
        assert_eq!(membership.id().created_at(), user.id().created_at());
        assert_eq!(membership.member(), &Member::User(user.id()));
        assert_eq!((membership.standing().role(), membership.organization().uuid()), (role, id(DUKA)));
        assert_eq!((membership.version().number(), membership.updated_at()), (1, user.updated_at()));
    }
}

async fn names_are_found_in_any_case(store: &dyn Store) {
    let filter = Filter::starts_with(OrganizationField::Name, "STRASSE").unwrap();
    let query = Query::first(Selection::new(&Scope::Everything, filter), 10);
    let found = store.organizations().list(&query).await.unwrap().rows;
    let [only] = found.as_slice() else { panic!("one organization of this name") };
    assert_eq!(only.organization.id().uuid(), id(DUKA));

    let filter = Filter::starts_with(UserField::Name, "ömer").unwrap();
    let order = ListOrder::new(&[Key { field: UserField::Name, descending: true }]).unwrap();
    let first = Query::first(Selection::new(&Scope::Everything, filter), 1);
    let rows = store.users().list(&Query { order, counted: true, ..first }).await.unwrap();
    assert_eq!(rows.count.map(u128::from), Some(USERS));
    assert_eq!(rows.rows.first().unwrap().user.account().name.as_str(), "Ömer 999");
}

async fn nobody_is_texted_for_what_was(store: &dyn Store) {
    assert_eq!(store.outbox().backlog().await.unwrap(), Backlog::default());
    let claimed = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 10).await.unwrap();
    assert_eq!((claimed, count::<Message>(store).await), (Vec::new(), 0));

    // What comes of it from now on is told.
    let make = Maker::default();
    let customer = find::<Customer>(store, id(CUSTOMER)).await.unwrap().customer;
    let letter = Letter { order: OrderId::new(id(ORDER)), ..make.letter(&customer) };
    let message = Message::queue(MessageId::new(make.id()), letter, make.now());
    keep(store, &message).await;
    let claimed = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 10).await.unwrap();
    assert_eq!(claimed.iter().map(Message::id).collect::<Vec<_>>(), [message.id()]);
    assert_eq!(delete(store, &message).await.unwrap(), 1);
}

async fn what_was_there_can_be_changed_and_go(store: &dyn Store) {
    // Ids from another time than that of the old ones.
    let make = Maker::default();
    let organization = find::<Organization>(store, id(DUKA)).await.unwrap().organization;
    let renamed = organization.changed(&make);
    update(store, &organization, &renamed).await.unwrap();
    assert_eq!(stored(store, &organization).await.unwrap(), renamed);
    keep(store, &make.invitation(OrganizationId::new(id(DUKA)), Standing::Member)).await;
    let user = UserId::new(id(BARAKA));
    keep(store, &make.membership(OrganizationId::new(id(SOKO)), user, Standing::Admin)).await;
    let again = make.membership(OrganizationId::new(id(DUKA)), user, Standing::Admin);
    insert(store, &[again]).await.unwrap_err();
    keep(store, &make.token(user).0).await;

    let amina = find::<User>(store, id(AMINA)).await.unwrap().user;
    assert_eq!(delete(store, &amina).await.unwrap(), 1);
    assert_eq!((count::<Membership>(store).await, count::<ApiToken>(store).await), (3, 1));
    let customer = find::<Customer>(store, id(CUSTOMER)).await.unwrap();
    let order = find::<Order>(store, id(ORDER)).await.unwrap();
    let event = find::<OrderEvent>(store, id(EVENT)).await.unwrap();
    assert_eq!((customer.created_by, order.created_by, event.by), (None, None, None));
}
