//! Organizations, users, memberships and tokens.

use async_trait::async_trait;
use orderdesk_application::Principal;
use orderdesk_application::ports::{AccountRepository, StoreResult};
use orderdesk_application::views::UserSummary;
use orderdesk_domain::{
    ApiToken, Currency, Membership, Organization, OrganizationId, OrganizationName, Role, Timestamp,
    TokenDigest, TokenId, User, UserId, UserName,
};

use crate::dialect::Dialect;
use crate::repository::insert_rows;
use crate::row::{Cells, RowReader};
use crate::session::Session;
use crate::statement::Statement;
use crate::table::Plain;
use crate::tables::parts;
use crate::unit_of_work::SqlUnitOfWork;
use crate::value::SqlValue;

/// What [`principal`] reads.
const PRINCIPAL: &[&str] = &["u.id", "u.name", "g.id", "g.name", "g.default_currency", "m.role"];

/// Whoever the token with this digest acts for: one row for each membership, one without for a user who has none.
pub(crate) async fn principal<D: Dialect>(
    session: &mut Session<D>,
    digest: &TokenDigest,
) -> StoreResult<Option<Principal>> {
    let mut statement = Statement::new("SELECT ");
    statement.push(&PRINCIPAL.join(", "));
    statement.push(
        " FROM api_tokens AS t JOIN users AS u ON u.id = t.user_id \
         LEFT JOIN memberships AS m ON m.user_id = u.id \
         LEFT JOIN organizations AS g ON g.id = m.organization_id WHERE t.digest = ",
    );
    statement.bind(digest).push(" ORDER BY g.id");
    let mut principal = None;
    for row in session.fetch(statement).await? {
        let row = &mut RowReader::new(&row, PRINCIPAL);
        let user = UserSummary { id: UserId::new(row.uuid()?), name: row.parsed(UserName::parse)? };
        let principal = principal.get_or_insert_with(|| Principal { user, memberships: Vec::new() });
        if let Some(id) = row.optional_uuid()? {
            let organization = parts::organization(OrganizationId::new(id), row)?;
            principal.memberships.push((organization, row.named(Role::from_name)?));
        }
    }
    Ok(principal)
}

impl From<&TokenDigest> for SqlValue {
    fn from(digest: &TokenDigest) -> Self {
        Self::Bytes(digest.bytes().to_vec())
    }
}

#[async_trait]
impl<D: Dialect> AccountRepository for SqlUnitOfWork<D> {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        self.add_one(&Installation(at)).await
    }

    async fn add_organization(&mut self, organization: &Organization) -> StoreResult<()> {
        self.add_one(organization).await
    }

    async fn add_user(&mut self, user: &User) -> StoreResult<()> {
        self.add_one(user).await
    }

    async fn add_membership(&mut self, membership: &Membership) -> StoreResult<()> {
        self.add_one(membership).await
    }

    async fn add_token(&mut self, token: &ApiToken) -> StoreResult<()> {
        self.add_one(token).await
    }

    async fn users_named(&mut self, name: &UserName) -> StoreResult<Vec<User>> {
        let outcome = users_named(self.enter()?, name).await;
        self.leave(outcome)
    }
}

async fn users_named<D: Dialect>(session: &mut Session<D>, name: &UserName) -> StoreResult<Vec<User>> {
    let mut statement = select::<User>();
    statement.push(" WHERE name = ").bind(name.as_str()).push(" ORDER BY id");
    read(session, statement).await
}

impl<D: Dialect> SqlUnitOfWork<D> {
    async fn add_one<P: Plain>(&mut self, record: &P) -> StoreResult<()> {
        let outcome = add(self.enter()?, std::slice::from_ref(record)).await;
        self.leave(outcome)
    }
}

/// Adds records to their table.
pub(crate) async fn add<D: Dialect, P: Plain>(session: &mut Session<D>, records: &[P]) -> StoreResult<()> {
    insert_rows(session, P::TABLE, P::COLUMNS, records, P::values).await
}

/// The records whose keys follow `last`, in the order of the keys.
pub(crate) async fn page<D: Dialect, P: Plain>(
    session: &mut Session<D>,
    last: Option<Vec<SqlValue>>,
    limit: u32,
) -> StoreResult<Vec<P>> {
    let key = P::KEY.join(", ");
    let mut statement = select::<P>();
    if let Some(last) = last {
        statement.push(" WHERE (").push(&key).push(") > ").bind_row(last);
    }
    statement.push(" ORDER BY ").push(&key).push(" LIMIT ").number(limit);
    read(session, statement).await
}

fn select<P: Plain>() -> Statement {
    let mut statement = Statement::new("SELECT ");
    statement.push(&P::COLUMNS.join(", ")).push(" FROM ").push(P::TABLE);
    statement
}

async fn read<D: Dialect, P: Plain>(session: &mut Session<D>, statement: Statement) -> StoreResult<Vec<P>> {
    let rows = session.fetch(statement).await?;
    rows.iter().map(|row| P::read(&mut RowReader::new(row, P::COLUMNS))).collect()
}

/// When the store was set up.
pub(crate) struct Installation(pub(crate) Timestamp);

impl Plain for Installation {
    const TABLE: &'static str = "installation";
    const KEY: &'static [&'static str] = &["singleton"];
    const COLUMNS: &'static [&'static str] = &["singleton", "installed_at"];

    fn values(&self) -> Vec<SqlValue> {
        vec![1_i64.into(), self.0.into()]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        row.integer()?;
        row.time().map(Self)
    }
}

impl Plain for Organization {
    const TABLE: &'static str = "organizations";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "default_currency", "updated_at", "version"];

    fn values(&self) -> Vec<SqlValue> {
        vec![
            self.id().uuid().into(),
            self.name().as_str().into(),
            self.default_currency().code().into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        let id = OrganizationId::new(row.uuid()?);
        let (name, currency) = (row.parsed(OrganizationName::parse)?, row.parsed(Currency::parse)?);
        Ok(Self::restore(id, name, currency, row.time()?, row.version()?))
    }
}

impl Plain for User {
    const TABLE: &'static str = "users";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "updated_at", "version"];

    fn values(&self) -> Vec<SqlValue> {
        vec![
            self.id().uuid().into(),
            self.name().as_str().into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        let id = UserId::new(row.uuid()?);
        Ok(Self::restore(id, row.parsed(UserName::parse)?, row.time()?, row.version()?))
    }
}

impl Plain for Membership {
    const TABLE: &'static str = "memberships";
    const KEY: &'static [&'static str] = &["user_id", "organization_id"];
    const COLUMNS: &'static [&'static str] = &["user_id", "organization_id", "role"];

    fn values(&self) -> Vec<SqlValue> {
        vec![self.user.uuid().into(), self.organization.uuid().into(), self.role.name().into()]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        let (user, organization) = (UserId::new(row.uuid()?), OrganizationId::new(row.uuid()?));
        Ok(Self { user, organization, role: row.named(Role::from_name)? })
    }
}

impl Plain for ApiToken {
    const TABLE: &'static str = "api_tokens";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "user_id", "digest"];

    fn values(&self) -> Vec<SqlValue> {
        vec![self.id.uuid().into(), self.user.uuid().into(), (&self.digest).into()]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        let (id, user) = (TokenId::new(row.uuid()?), UserId::new(row.uuid()?));
        Ok(Self { id, user, digest: TokenDigest::new(row.bytes()?) })
    }
}
