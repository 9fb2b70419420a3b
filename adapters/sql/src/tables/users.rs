//! Users.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{UserDetails, UserField};
use orderdesk_domain::{
    Account, EmailAddress, ExternalIdentity, Issuer, Subject, User, UserId, UserName, fold,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::value::SqlValue;

impl Table for User {
    const TABLE: &'static str = "users";
    const SOURCE: &'static str = "users AS u";
    const NAMES: &'static str = "";
    const COLUMNS: &'static [&'static str] = &[
        "u.id",
        "u.issuer",
        "u.subject",
        "u.name",
        "u.email",
        "u.is_staff",
        "u.is_active",
        "u.updated_at",
        "u.version",
    ];
    const HOME: Option<Self::Field> = None;

    fn column(field: UserField) -> Column {
        match field {
            UserField::Id | UserField::CreatedAt => Column::Own("u.id"),
            UserField::Name => Column::Folded { exact: "u.name", folded: "u.name_folded" },
            UserField::Email => Column::Folded { exact: "u.email", folded: "u.email_folded" },
            // These are looked for to the letter, and together; for that there is an index.
            UserField::Issuer => Column::Folded { exact: "u.issuer", folded: "u.issuer_folded" },
            UserField::Subject => Column::Folded { exact: "u.subject", folded: "u.subject_folded" },
            UserField::IsStaff => Column::Own("u.is_staff"),
            UserField::IsActive => Column::Own("u.is_active"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<UserDetails> {
        let id = UserId::new(row.uuid()?);
        let issuer = row.optional_parsed(Issuer::parse)?;
        let identity = match (issuer, row.optional_parsed(Subject::parse)?) {
            (Some(issuer), Some(subject)) => Some(ExternalIdentity { issuer, subject }),
            (None, None) => None,
            _ => return Err(row.corrupt("does not go with the issuer")),
        };
        let account = Account {
            name: row.parsed(UserName::parse)?,
            email: row.optional_parsed(EmailAddress::parse)?,
            is_staff: row.boolean()?,
            is_active: row.boolean()?,
        };
        Ok(UserDetails { user: Self::restore(id, identity, account, row.time()?, row.version()?) })
    }
}

impl Written for User {
    const FIXED: &'static [&'static str] = &["id", "issuer", "issuer_folded", "subject", "subject_folded"];
    const CHANGING: &'static [&'static str] =
        &["name", "name_folded", "email", "email_folded", "is_staff", "is_active", "updated_at", "version"];

    fn fixed(&self) -> Vec<SqlValue> {
        let issuer = self.identity().as_ref().map(|identity| identity.issuer.as_str());
        let subject = self.identity().as_ref().map(|identity| identity.subject.as_str());
        vec![
            self.id().uuid().into(),
            issuer.into(),
            issuer.map(fold).into(),
            subject.into(),
            subject.map(fold).into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let account = self.account();
        let email = account.email.as_ref().map(EmailAddress::as_str);
        vec![
            account.name.as_str().into(),
            fold(account.name.as_str()).into(),
            email.into(),
            email.map(fold).into(),
            account.is_staff.into(),
            account.is_active.into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
