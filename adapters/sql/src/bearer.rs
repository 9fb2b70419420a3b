//! Who calls: a user with all memberships, found by what was presented, in one statement.

use orderdesk_application::ports::{Bearer, Presented, Proof, StoreResult};
use orderdesk_application::views::OrganizationSummary;
use orderdesk_domain::{OrganizationId, Session as SignIn, Standing, User};

use crate::dialect::Dialect;
use crate::row::{Cells, RowReader};
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Plain as _, Table as _};
use crate::tables::{SIGN_IN, TOKEN, parts, token};

/// What follows the user and the proof: one membership in each row, and nothing for a user who has none.
const MEMBERSHIP: &[&str] = &["g.id", "g.name", "g.default_currency", "m.role", "m.customer_id"];

/// Whoever presents this.
pub(crate) async fn bearer<D: Dialect>(
    session: &mut Session<D>,
    presented: Presented<'_>,
) -> StoreResult<Option<Bearer>> {
    let columns = columns(presented);
    let rows = session.fetch(statement(presented, &columns)).await?;
    // All rows are of the same user, found by the same proof.
    let Some(first) = rows.first() else { return Ok(None) };
    let first = &mut RowReader::new(first, &columns);
    let user = User::read(first)?.user;
    let proof = match presented {
        Presented::Token(_) => Proof::Token(token(first)?),
        Presented::Session(_) => Proof::Session(SignIn::read(first)?),
        Presented::Identity(_) => Proof::Identity,
    };
    let start = columns.len().saturating_sub(MEMBERSHIP.len());
    let memberships = rows.iter().map(|row| membership(&mut RowReader::from(row, &columns, start)));
    let memberships = memberships.filter_map(Result::transpose).collect::<StoreResult<_>>()?;
    Ok(Some(Bearer { user, memberships, proof }))
}

/// The columns [`MEMBERSHIP`].
fn membership<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Option<(OrganizationSummary, Standing)>> {
    let Some(id) = row.optional_uuid()? else { return Ok(None) };
    Ok(Some((parts::organization(OrganizationId::new(id), row)?, parts::standing(row)?)))
}

/// What is read: the user, what proves it, a membership.
pub(crate) fn columns(presented: Presented<'_>) -> Vec<&'static str> {
    let proof = match presented {
        Presented::Token(_) => TOKEN,
        Presented::Session(_) => SIGN_IN,
        Presented::Identity(_) => &[],
    };
    [User::COLUMNS, proof, MEMBERSHIP].concat()
}

/// The statement whose rows have these columns. There is one text for each kind of thing that can be presented.
pub(crate) fn statement(presented: Presented<'_>, columns: &[&str]) -> Statement {
    let mut statement = Statement::new("SELECT ");
    statement.push(&columns.join(", ")).push(" FROM ").push(match presented {
        Presented::Token(_) => "api_tokens AS t JOIN users AS u ON u.id = t.user_id",
        Presented::Session(_) => "sessions AS s JOIN users AS u ON u.id = s.user_id",
        Presented::Identity(_) => "users AS u",
    });
    statement.push(
        " LEFT JOIN memberships AS m ON m.user_id = u.id \
         LEFT JOIN organizations AS g ON g.id = m.organization_id WHERE ",
    );
    match presented {
        Presented::Token(digest) => statement.push("t.digest = ").bind(digest),
        Presented::Session(digest) => statement.push("s.digest = ").bind(digest),
        Presented::Identity(identity) => statement
            .push("u.issuer = ")
            .bind(identity.issuer.as_str())
            .push(" AND u.subject = ")
            .bind(identity.subject.as_str()),
    };
    statement.push(" ORDER BY g.id");
    statement
}
