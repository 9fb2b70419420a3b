//! Organizations, users, memberships and tokens.

use async_trait::async_trait;
use orderdesk_application::Principal;
use orderdesk_application::ports::{AccountRepository, StoreResult};
use orderdesk_application::views::UserSummary;
use orderdesk_domain::{
    ApiToken, Membership, Organization, OrganizationId, Role, Timestamp, TokenDigest, User, UserId, UserName,
};

use crate::dialect::Dialect;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
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

/// An insertion of one row.
fn insertion(into: &str, values: impl IntoIterator<Item = SqlValue>) -> Statement {
    let mut statement = Statement::new("INSERT INTO ");
    statement.push(into).push(" VALUES ").bind_row(values);
    statement
}

#[async_trait]
impl<D: Dialect> AccountRepository for SqlUnitOfWork<D> {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        let values = [1_i64.into(), at.into()];
        self.add(insertion("installation (singleton, installed_at)", values)).await
    }

    async fn add_organization(&mut self, organization: &Organization) -> StoreResult<()> {
        let values = [
            organization.id().uuid().into(),
            organization.name().as_str().into(),
            organization.default_currency().code().into(),
            organization.updated_at().into(),
            organization.version().number().into(),
        ];
        let into = "organizations (id, name, default_currency, updated_at, version)";
        self.add(insertion(into, values)).await
    }

    async fn add_user(&mut self, user: &User) -> StoreResult<()> {
        let values = [
            user.id().uuid().into(),
            user.name().as_str().into(),
            user.updated_at().into(),
            user.version().number().into(),
        ];
        self.add(insertion("users (id, name, updated_at, version)", values)).await
    }

    async fn add_membership(&mut self, membership: &Membership) -> StoreResult<()> {
        let values = [
            membership.user.uuid().into(),
            membership.organization.uuid().into(),
            membership.role.name().into(),
        ];
        self.add(insertion("memberships (user_id, organization_id, role)", values)).await
    }

    async fn add_token(&mut self, token: &ApiToken) -> StoreResult<()> {
        let values = [token.id.uuid().into(), token.user.uuid().into(), (&token.digest).into()];
        self.add(insertion("api_tokens (id, user_id, digest)", values)).await
    }

    async fn users_named(&mut self, name: &UserName) -> StoreResult<Vec<User>> {
        let outcome = users_named(self.enter()?, name).await;
        self.leave(outcome)
    }
}

/// What [`users_named`] reads.
const USER: &[&str] = &["u.id", "u.name", "u.updated_at", "u.version"];

async fn users_named<D: Dialect>(session: &mut Session<D>, name: &UserName) -> StoreResult<Vec<User>> {
    let mut statement = Statement::new("SELECT ");
    statement.push(&USER.join(", ")).push(" FROM users AS u WHERE u.name = ").bind(name.as_str());
    statement.push(" ORDER BY u.id");
    let rows = session.fetch(statement).await?;
    let users = rows.iter().map(|row| {
        let row = &mut RowReader::new(row, USER);
        Ok(User::restore(UserId::new(row.uuid()?), row.parsed(UserName::parse)?, row.time()?, row.version()?))
    });
    users.collect()
}
