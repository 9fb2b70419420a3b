//! Customers.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{CustomerDetails, CustomerField};
use orderdesk_domain::{
    Customer, CustomerCode, CustomerId, OrganizationId, PersonName, PhoneNumber, Profile, UserId, fold,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for Customer {
    const TABLE: &'static str = "customers";
    const SOURCE: &'static str = "customers AS c";
    const NAMES: &'static str = " LEFT JOIN organizations AS g ON g.id = c.organization_id \
                                 LEFT JOIN users AS u ON u.id = c.created_by";
    const COLUMNS: &'static [&'static str] = &[
        "c.organization_id",
        "c.id",
        "c.created_by",
        "c.code",
        "c.first_name",
        "c.second_name",
        "c.phone",
        "c.updated_at",
        "c.version",
        "g.name",
        "g.default_currency",
        "u.name",
    ];
    const HOME: Option<Self::Field> = Some(CustomerField::Organization);

    fn column(field: CustomerField) -> Column {
        match field {
            CustomerField::Id | CustomerField::CreatedAt => Column::Own("c.id"),
            CustomerField::Organization => Column::Own("c.organization_id"),
            CustomerField::Code => Column::Own("c.code"),
            CustomerField::FirstName => {
                Column::Folded { exact: "c.first_name", folded: "c.first_name_folded" }
            }
            CustomerField::SecondName => {
                Column::Folded { exact: "c.second_name", folded: "c.second_name_folded" }
            }
            CustomerField::Phone => Column::Own("c.phone"),
        }
    }

    fn is_key(field: CustomerField) -> bool {
        matches!(field, CustomerField::Id | CustomerField::Code)
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<CustomerDetails> {
        let organization = OrganizationId::new(row.uuid()?);
        let id = CustomerId::new(row.uuid()?);
        let author = row.optional_uuid()?.map(UserId::new);
        let profile = Profile {
            code: row.parsed(CustomerCode::parse)?,
            first_name: row.parsed(PersonName::parse)?,
            second_name: row.parsed(PersonName::parse)?,
            phone: row.parsed(PhoneNumber::restore)?,
        };
        Ok(CustomerDetails {
            customer: Customer::restore(id, organization, profile, author, row.time()?, row.version()?),
            organization: parts::organization(organization, row)?,
            created_by: parts::author(author, row)?,
        })
    }
}

impl Written for Customer {
    const FIXED: &'static [&'static str] = &["organization_id", "id", "created_by"];
    const CHANGING: &'static [&'static str] = &[
        "code",
        "first_name",
        "first_name_folded",
        "second_name",
        "second_name_folded",
        "phone",
        "updated_at",
        "version",
    ];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![
            self.organization().uuid().into(),
            self.id().uuid().into(),
            self.created_by().map(UserId::uuid).into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let profile = self.profile();
        vec![
            profile.code.as_str().into(),
            profile.first_name.as_str().into(),
            fold(profile.first_name.as_str()).into(),
            profile.second_name.as_str().into(),
            fold(profile.second_name.as_str()).into(),
            profile.phone.as_str().into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
