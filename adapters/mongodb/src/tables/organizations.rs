//! Organizations.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{OrganizationDetails, OrganizationField};
use orderdesk_domain::{
    Charter, Currency, Members, Organization, OrganizationId, OrganizationName, QuietHours, TimeZone, fold,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::ORGANIZATIONS;
use crate::table::{Column, Table, Written};
use crate::value;

impl Table for Organization {
    const COLLECTION: &'static str = ORGANIZATIONS;

    fn column(field: OrganizationField) -> Column {
        match field {
            OrganizationField::Id | OrganizationField::CreatedAt => Column::Own("_id"),
            OrganizationField::Name => Column::Folded { exact: "name", folded: "name_folded" },
            OrganizationField::TimeZone => Column::Folded { exact: "time_zone", folded: "time_zone_folded" },
            OrganizationField::DefaultCurrency => Column::Own("default_currency"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let charter = Charter {
            name: fields.parsed("name", OrganizationName::parse)?,
            time_zone: fields.parsed("time_zone", TimeZone::parse)?,
            default_currency: fields.parsed("default_currency", Currency::parse)?,
            quiet_hours: fields.optional_parsed("quiet_hours", QuietHours::parse)?,
        };
        let members =
            Members { all: fields.count("members")?, administrators: fields.count("administrators")? };
        Ok(Self::restore(
            OrganizationId::new(fields.id("_id")?),
            charter,
            members,
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, _mentions: &mut Mentions) {}

    fn show(self, _fields: &Fields<'_>, _names: &Names) -> StoreResult<OrganizationDetails> {
        Ok(OrganizationDetails { organization: self })
    }
}

impl Written for Organization {
    fn fixed(&self) -> Document {
        doc! { "_id": value::id(self.id().uuid()) }
    }

    fn changing(&self) -> Document {
        let (charter, members) = (self.charter(), self.members());
        doc! {
            "name": charter.name.as_str(),
            "name_folded": fold(charter.name.as_str()),
            "time_zone": charter.time_zone.name(),
            "time_zone_folded": fold(charter.time_zone.name()),
            "default_currency": charter.default_currency.code(),
            "quiet_hours": value::optional_text(charter.quiet_hours.map(|hours| hours.to_string()).as_deref()),
            "members": i64::from(members.all),
            "administrators": i64::from(members.administrators),
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        }
    }

    fn refer(&self, _references: &mut References) {}

    fn note(details: &OrganizationDetails, known: &mut Known) {
        details.organization.note_written(known);
    }

    fn note_written(&self, known: &mut Known) {
        known.organizations.insert(self.id().uuid());
    }
}
