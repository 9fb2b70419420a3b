//! Users.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{UserDetails, UserField};
use orderdesk_domain::{
    Account, EmailAddress, ExternalIdentity, Issuer, Subject, User, UserId, UserName, fold,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::USERS;
use crate::table::{Column, Table, Written};
use crate::value;

impl Table for User {
    const COLLECTION: &'static str = USERS;

    fn column(field: UserField) -> Column {
        match field {
            UserField::Id | UserField::CreatedAt => Column::Own("_id"),
            UserField::Name => Column::Folded { exact: "name", folded: "name_folded" },
            UserField::Email => Column::Folded { exact: "email", folded: "email_folded" },
            UserField::Issuer => Column::Folded { exact: "issuer", folded: "issuer_folded" },
            UserField::Subject => Column::Folded { exact: "subject", folded: "subject_folded" },
            UserField::IsStaff => Column::Own("is_staff"),
            UserField::IsActive => Column::Own("is_active"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let issuer = fields.optional_parsed("issuer", Issuer::parse)?;
        let subject = fields.optional_parsed("subject", Subject::parse)?;
        let identity = match (issuer, subject) {
            (Some(issuer), Some(subject)) => Some(ExternalIdentity { issuer, subject }),
            (None, None) => None,
            _ => return Err(fields.corrupt("subject", "does not go with the issuer")),
        };
        let account = Account {
            name: fields.parsed("name", UserName::parse)?,
            email: fields.optional_parsed("email", EmailAddress::parse)?,
            is_staff: fields.boolean("is_staff")?,
            is_active: fields.boolean("is_active")?,
        };
        Ok(Self::restore(
            UserId::new(fields.id("_id")?),
            identity,
            account,
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, _mentions: &mut Mentions) {}

    fn show(self, _fields: &Fields<'_>, _names: &Names) -> StoreResult<UserDetails> {
        Ok(UserDetails { user: self })
    }
}

impl Written for User {
    fn fixed(&self) -> Document {
        let identity = self.identity().as_ref();
        let issuer = identity.map(|identity| identity.issuer.as_str());
        let subject = identity.map(|identity| identity.subject.as_str());
        doc! {
            "_id": value::id(self.id().uuid()),
            "issuer": value::optional_text(issuer),
            "issuer_folded": value::optional_text(issuer.map(fold).as_deref()),
            "subject": value::optional_text(subject),
            "subject_folded": value::optional_text(subject.map(fold).as_deref()),
        }
    }

    fn changing(&self) -> Document {
        let account = self.account();
        let email = account.email.as_ref().map(EmailAddress::as_str);
        doc! {
            "name": account.name.as_str(),
            "name_folded": fold(account.name.as_str()),
            "email": value::optional_text(email),
            "email_folded": value::optional_text(email.map(fold).as_deref()),
            "is_staff": account.is_staff,
            "is_active": account.is_active,
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        }
    }

    fn refer(&self, _references: &mut References) {}

    fn note(details: &UserDetails, known: &mut Known) {
        details.user.note_written(known);
    }

    fn note_written(&self, known: &mut Known) {
        known.users.insert(self.id().uuid());
    }
}
