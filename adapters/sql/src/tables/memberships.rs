//! Memberships.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MembershipDetails, MembershipField};
use orderdesk_domain::{
    CustomerId, EmailAddress, Member, Membership, MembershipId, OrganizationId, UserId, fold,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for Membership {
    const TABLE: &'static str = "memberships";
    const SOURCE: &'static str = "memberships AS m";
    const NAMES: &'static str = " LEFT JOIN organizations AS g ON g.id = m.organization_id \
         LEFT JOIN users AS u ON u.id = m.user_id \
         LEFT JOIN customers AS c ON c.id = m.customer_id";
    const COLUMNS: &'static [&'static str] = &[
        "m.organization_id",
        "m.id",
        "m.user_id",
        "m.email",
        "m.role",
        "m.customer_id",
        "m.updated_at",
        "m.version",
        "g.name",
        "g.default_currency",
        "u.name",
        "c.code",
        "c.first_name",
        "c.second_name",
    ];
    const HOME: Option<Self::Field> = Some(MembershipField::Organization);

    fn column(field: MembershipField) -> Column {
        match field {
            MembershipField::Id | MembershipField::CreatedAt => Column::Own("m.id"),
            MembershipField::Organization => Column::Own("m.organization_id"),
            MembershipField::User => Column::Own("m.user_id"),
            MembershipField::Email => Column::Folded { exact: "m.email", folded: "m.email_folded" },
            MembershipField::Role => Column::Own("m.role"),
            MembershipField::Customer => Column::Unindexed("m.customer_id"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<MembershipDetails> {
        let organization = OrganizationId::new(row.uuid()?);
        let id = MembershipId::new(row.uuid()?);
        let user = row.optional_uuid()?.map(UserId::new);
        let member = match (user, row.optional_parsed(EmailAddress::parse)?) {
            (Some(user), None) => Member::User(user),
            (None, Some(email)) => Member::Invited(email),
            _ => return Err(row.corrupt("does not go with the user")),
        };
        let standing = parts::standing(row)?;
        let membership = Self::restore(id, organization, member, standing, row.time()?, row.version()?);
        Ok(MembershipDetails {
            membership,
            organization: parts::organization(organization, row)?,
            user: parts::author(user, row)?,
            customer: parts::optional_customer(standing.customer(), row)?,
        })
    }
}

impl Written for Membership {
    const FIXED: &'static [&'static str] = &["organization_id", "id"];
    const CHANGING: &'static [&'static str] =
        &["user_id", "email", "email_folded", "role", "customer_id", "updated_at", "version"];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![self.organization().uuid().into(), self.id().uuid().into()]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let email = self.member().invited().map(EmailAddress::as_str);
        vec![
            self.member().user().map(UserId::uuid).into(),
            email.into(),
            email.map(fold).into(),
            self.standing().role().name().into(),
            self.standing().customer().map(CustomerId::uuid).into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
