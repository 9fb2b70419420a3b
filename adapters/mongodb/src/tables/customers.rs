//! Customers.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{CustomerDetails, CustomerField};
use orderdesk_domain::{
    Customer, CustomerCode, CustomerId, OrganizationId, PersonName, PhoneNumber, Profile, UserId, fold,
};

use crate::author::Authored as _;
use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::CUSTOMERS;
use crate::table::{Column, Table, Written};
use crate::value;

impl Table for Customer {
    const COLLECTION: &'static str = CUSTOMERS;

    fn column(field: CustomerField) -> Column {
        match field {
            CustomerField::Id | CustomerField::CreatedAt => Column::Own("_id"),
            CustomerField::Organization => Column::Own("organization"),
            CustomerField::Code => Column::Own("code"),
            CustomerField::FirstName => Column::Folded { exact: "first_name", folded: "first_name_folded" },
            CustomerField::SecondName => {
                Column::Folded { exact: "second_name", folded: "second_name_folded" }
            }
            CustomerField::Phone => Column::Own("phone"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let profile = Profile {
            code: fields.parsed("code", CustomerCode::parse)?,
            first_name: fields.parsed("first_name", PersonName::parse)?,
            second_name: fields.parsed("second_name", PersonName::parse)?,
            phone: fields.parsed("phone", PhoneNumber::restore)?,
        };
        Ok(Self::restore(
            CustomerId::new(fields.id("_id")?),
            OrganizationId::new(fields.id("organization")?),
            profile,
            fields.optional_id("created_by")?.map(UserId::new),
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.insert(self.organization().uuid());
        mentions.users.extend(self.created_by().map(UserId::uuid));
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<CustomerDetails> {
        let organization = names.organization(self.organization())?;
        let (customer, created_by) = self.by_whom(names);
        Ok(CustomerDetails { customer, organization, created_by })
    }
}

impl Written for Customer {
    fn fixed(&self) -> Document {
        doc! {
            "_id": value::id(self.id().uuid()),
            "organization": value::id(self.organization().uuid()),
            "created_by": value::optional_id(self.created_by().map(UserId::uuid)),
        }
    }

    fn changing(&self) -> Document {
        let profile = self.profile();
        doc! {
            "code": profile.code.as_str(),
            "first_name": profile.first_name.as_str(),
            "first_name_folded": fold(profile.first_name.as_str()),
            "second_name": profile.second_name.as_str(),
            "second_name_folded": fold(profile.second_name.as_str()),
            "phone": profile.phone.as_str(),
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        }
    }

    fn refer(&self, references: &mut References) {
        references.organizations.insert(self.organization().uuid());
        references.authors.extend(self.created_by().map(UserId::uuid));
    }

    fn note(details: &CustomerDetails, known: &mut Known) {
        let CustomerDetails { customer, organization, created_by } = details;
        known.organizations.insert(organization.id.uuid());
        known.users.extend(created_by.as_ref().map(|author| author.id.uuid()));
        customer.note_written(known);
    }

    fn note_written(&self, known: &mut Known) {
        known.customers.insert(self.id().uuid(), self.organization().uuid());
    }
}
