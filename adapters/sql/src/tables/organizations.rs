//! Organizations.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{OrganizationDetails, OrganizationField};
use orderdesk_domain::{
    Charter, Currency, Members, Organization, OrganizationId, OrganizationName, QuietHours, TimeZone, fold,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::value::SqlValue;

impl Table for Organization {
    const TABLE: &'static str = "organizations";
    const SOURCE: &'static str = "organizations AS g";
    const NAMES: &'static str = "";
    const COLUMNS: &'static [&'static str] = &[
        "g.id",
        "g.name",
        "g.time_zone",
        "g.default_currency",
        "g.quiet_hours",
        "g.members",
        "g.administrators",
        "g.updated_at",
        "g.version",
    ];
    const HOME: Option<Self::Field> = None;

    fn column(field: OrganizationField) -> Column {
        match field {
            OrganizationField::Id | OrganizationField::CreatedAt => Column::Own("g.id"),
            OrganizationField::Name => Column::Folded { exact: "g.name", folded: "g.name_folded" },
            // No client asks for one, so there is no index.
            OrganizationField::TimeZone => {
                Column::Folded { exact: "g.time_zone", folded: "g.time_zone_folded" }
            }
            OrganizationField::DefaultCurrency => Column::Unindexed("g.default_currency"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<OrganizationDetails> {
        let id = OrganizationId::new(row.uuid()?);
        let charter = Charter {
            name: row.parsed(OrganizationName::parse)?,
            time_zone: row.parsed(TimeZone::parse)?,
            default_currency: row.parsed(Currency::parse)?,
            quiet_hours: row.optional_parsed(QuietHours::parse)?,
        };
        let members = Members { all: row.number()?, administrators: row.number()? };
        let organization = Self::restore(id, charter, members, row.time()?, row.version()?);
        Ok(OrganizationDetails { organization })
    }
}

impl Written for Organization {
    const FIXED: &'static [&'static str] = &["id"];
    const CHANGING: &'static [&'static str] = &[
        "name",
        "name_folded",
        "time_zone",
        "time_zone_folded",
        "default_currency",
        "quiet_hours",
        "members",
        "administrators",
        "updated_at",
        "version",
    ];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![self.id().uuid().into()]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let (charter, members) = (self.charter(), self.members());
        vec![
            charter.name.as_str().into(),
            fold(charter.name.as_str()).into(),
            charter.time_zone.name().into(),
            fold(charter.time_zone.name()).into(),
            charter.default_currency.code().into(),
            charter.quiet_hours.as_ref().map(QuietHours::to_string).into(),
            i64::from(members.all).into(),
            i64::from(members.administrators).into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
