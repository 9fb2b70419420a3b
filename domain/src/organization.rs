//! Organizations own the data; users belong to them.

use std::fmt;
use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;
use thiserror::Error;

use crate::getters::getters;
use crate::identity::OrganizationId;
use crate::invalid::{Invalid, Reason};
use crate::membership::Standing;
use crate::money::Currency;
use crate::quiet_hours::QuietHours;
use crate::text::OrganizationName;
use crate::time::Timestamp;
use crate::version::Version;

/// The time zones of this release: part of the program, so that every machine has the same.
static TIME_ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The name of a time zone (IANA Time Zone Database), such as `Africa/Nairobi`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TimeZone(String);

impl TimeZone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// Takes the name of a zone, in any case, or of a link to one.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let zone = TIME_ZONES.get(input.trim()).map_err(|_| Invalid::from(Reason::TimeZone))?;
        zone.iana_name().map(|name| Self(name.to_owned())).ok_or_else(|| Reason::TimeZone.into())
    }

    /// The name as it is stored and shown.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// When the day began there that it is at `at`.
    pub fn midnight(&self, at: Timestamp) -> Timestamp {
        let midnight = || {
            let moment = jiff::Timestamp::from_millisecond(at.milliseconds()).ok()?;
            let began = moment.to_zoned(self.rules()?).start_of_day().ok()?;
            Timestamp::from_milliseconds(began.timestamp().as_millisecond())
        };
        midnight().unwrap_or(at)
    }

    /// When its clocks are set to what.
    pub(crate) fn rules(&self) -> Option<jiff::tz::TimeZone> {
        TIME_ZONES.get(&self.0).ok()
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What may change about an organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Charter {
    /// What it calls itself.
    pub name: OrganizationName,
    /// By which clock its days begin.
    pub time_zone: TimeZone,
    /// The currency of a price that names none.
    pub default_currency: Currency,
    /// When no texts are sent, by that clock.
    pub quiet_hours: Option<QuietHours>,
}

/// That an organization would be left without an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("The last administrator of an organization can neither leave nor get another role.")]
pub struct LastAdministrator;

/// A business: the owner of customers, items and orders.
///
/// It counts its members. Whoever joins, leaves or gets another role makes another version of it, so that of two
/// administrators who leave at once, one is the last and stays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Organization {
    id: OrganizationId,
    charter: Charter,
    members: Members,
    updated_at: Timestamp,
    version: Version,
}

/// How many belong to an organization. Those who are only invited do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Members {
    /// Everybody.
    pub all: u32,
    /// Its administrators among them.
    pub administrators: u32,
}

impl Organization {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: OrganizationId;
        /// Name, time zone, currency and quiet hours.
        get charter: Charter;
        /// How many belong to it.
        copy members: Members;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new organization with its first administrator, in its first version.
    pub fn found(id: OrganizationId, charter: Charter) -> Self {
        let members = Members { all: 1, administrators: 1 };
        Self { id, charter, members, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// An organization as a store kept it.
    pub fn restore(
        id: OrganizationId,
        charter: Charter,
        members: Members,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, charter, members, updated_at, version }
    }

    /// Takes on `charter`. What is already so is no change: the version stays, and the answer is `false`.
    pub fn revise(&mut self, charter: Charter, at: Timestamp) -> bool {
        if self.charter == charter {
            return false;
        }
        self.charter = charter;
        self.touch(at);
        true
    }

    /// Counts one who joins.
    pub fn admit(&mut self, standing: Standing, at: Timestamp) {
        self.members.all = self.members.all.saturating_add(1);
        self.members.administrators =
            self.members.administrators.saturating_add(u32::from(standing == Standing::Admin));
        self.touch(at);
    }

    /// Counts one who leaves.
    pub fn dismiss(&mut self, standing: Standing, at: Timestamp) -> Result<(), LastAdministrator> {
        if standing == Standing::Admin {
            self.members.administrators = self.other_administrators()?;
        }
        self.members.all = self.members.all.saturating_sub(1);
        self.touch(at);
        Ok(())
    }

    /// Counts one who gets another standing.
    pub fn reappoint(
        &mut self,
        was: Standing,
        now: Standing,
        at: Timestamp,
    ) -> Result<(), LastAdministrator> {
        match (was == Standing::Admin, now == Standing::Admin) {
            (true, false) => self.members.administrators = self.other_administrators()?,
            (false, true) => {
                self.members.administrators = self.members.administrators.saturating_add(1);
            }
            _ => {}
        }
        self.touch(at);
        Ok(())
    }

    fn other_administrators(&self) -> Result<u32, LastAdministrator> {
        self.members.administrators.checked_sub(1).filter(|others| *others > 0).ok_or(LastAdministrator)
    }

    fn touch(&mut self, at: Timestamp) {
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn charter(name: &str) -> Charter {
        Charter {
            name: OrganizationName::parse(name).unwrap(),
            time_zone: TimeZone::utc(),
            default_currency: Currency::parse("KES").unwrap(),
            quiet_hours: None,
        }
    }

    fn duka() -> Organization {
        Organization::found(OrganizationId::new(uuid::Uuid::from_u128(1_000 << 80)), charter("Duka"))
    }

    fn later() -> Timestamp {
        Timestamp::from_milliseconds(2_000).unwrap()
    }

    #[test]
    fn a_new_organization_has_an_administrator_and_is_as_old_as_its_id() {
        let organization = duka();
        assert_eq!(organization.members(), Members { all: 1, administrators: 1 });
        assert_eq!(organization.updated_at(), organization.id().created_at());
        assert_eq!(organization.version(), Version::FIRST);
    }

    #[test]
    fn a_change_is_another_version_and_none_is_not() {
        let mut organization = duka();
        assert!(!organization.revise(charter("Duka"), later()));
        assert_eq!(organization, duka());
        assert!(organization.revise(charter("Soko"), later()));
        assert_eq!((organization.updated_at(), organization.version().number()), (later(), 2));
    }

    #[test]
    fn the_last_administrator_stays_one() {
        let mut organization = duka();
        organization.admit(Standing::Member, later());
        let before = organization.clone();
        assert_eq!(organization.dismiss(Standing::Admin, later()), Err(LastAdministrator));
        assert_eq!(
            organization.reappoint(Standing::Admin, Standing::Viewer, later()),
            Err(LastAdministrator)
        );
        assert_eq!(organization, before);
        assert_eq!(organization.reappoint(Standing::Member, Standing::Admin, later()), Ok(()));
        assert_eq!(organization.dismiss(Standing::Admin, later()), Ok(()));
        assert_eq!(organization.members(), Members { all: 1, administrators: 1 });
    }

    #[test]
    fn every_change_of_members_is_another_version() {
        let mut organization = duka();
        organization.admit(Standing::Viewer, later());
        organization.reappoint(Standing::Viewer, Standing::Member, later()).unwrap();
        organization.dismiss(Standing::Member, later()).unwrap();
        assert_eq!(organization.version().number(), 4);
        assert_eq!(organization.members(), Members { all: 1, administrators: 1 });
    }

    #[test]
    fn what_a_store_kept_is_the_same_organization() {
        let it = duka();
        let charter = it.charter().clone();
        assert_eq!(Organization::restore(it.id(), charter, it.members(), it.updated_at(), it.version()), it);
    }

    #[test]
    fn a_day_begins_by_the_clock_of_the_place() {
        let at = |milliseconds| Timestamp::from_milliseconds(milliseconds).unwrap();
        let nairobi = TimeZone::parse("Africa/Nairobi").unwrap();
        // 2026-01-31T08:00:00Z is 11:00 in Nairobi, where the day began at 21:00Z.
        assert_eq!(nairobi.midnight(at(1_769_846_400_000)).to_string(), "2026-01-30T21:00:00.000Z");
        assert_eq!(TimeZone::utc().midnight(at(1_769_846_400_000)).to_string(), "2026-01-31T00:00:00.000Z");
        assert_eq!(TimeZone::utc().midnight(Timestamp::LATEST), Timestamp::LATEST);
    }

    #[test]
    fn a_time_zone_has_a_name_that_everybody_knows() {
        assert_eq!(TimeZone::parse("africa/nairobi").unwrap().name(), "Africa/Nairobi");
        assert_eq!(TimeZone::parse("UTC"), Ok(TimeZone::utc()));
        for input in ["", "Mars/Olympus", "+03:00"] {
            assert_eq!(TimeZone::parse(input).unwrap_err().reasons(), [Reason::TimeZone], "{input}");
        }
    }

    proptest! {
        #[test]
        fn there_is_always_an_administrator(steps in prop::collection::vec((0..3, 0..4_usize, 0..4_usize), 0..40)) {
            let mut organization = duka();
            let mut standings = vec![Standing::Admin];
            let kinds = [Standing::Viewer, Standing::Member, Standing::Admin, Standing::Member];
            for (what, who, into) in steps {
                let index = who % standings.len();
                let standing = kinds[into];
                match what {
                    0 => {
                        organization.admit(standing, later());
                        standings.push(standing);
                    }
                    1 if organization.dismiss(standings[index], later()).is_ok() => {
                        standings.swap_remove(index);
                    }
                    2 if organization.reappoint(standings[index], standing, later()).is_ok() => {
                        standings[index] = standing;
                    }
                    _ => {}
                }
                let administrators = standings.iter().filter(|it| **it == Standing::Admin).count();
                prop_assert!(administrators > 0);
                let Members { all, administrators: counted } = organization.members();
                prop_assert_eq!((all as usize, counted as usize), (standings.len(), administrators));
            }
        }
    }
}
