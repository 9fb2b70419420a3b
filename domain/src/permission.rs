//! Who may do what: one table.

use crate::membership::Standing;

/// What there is to be done something with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the objects")]
pub enum Resource {
    Customers,
    Items,
    Orders,
    Organizations,
    Members,
    Users,
    ApiTokens,
    AuditEntries,
    Notifications,
    MessageTemplates,
}

impl Resource {
    /// Every resource.
    pub const ALL: [Self; 10] = [
        Self::Customers,
        Self::Items,
        Self::Orders,
        Self::Organizations,
        Self::Members,
        Self::Users,
        Self::ApiTokens,
        Self::AuditEntries,
        Self::Notifications,
        Self::MessageTemplates,
    ];
    /// Their names.
    pub const NAMES: [&'static str; 10] = [
        "customers",
        "items",
        "orders",
        "organizations",
        "members",
        "users",
        "api-tokens",
        "audit-entries",
        "notifications",
        "message-templates",
    ];

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Items => "items",
            Self::Orders => "orders",
            Self::Organizations => "organizations",
            Self::Members => "members",
            Self::Users => "users",
            Self::ApiTokens => "api-tokens",
            Self::AuditEntries => "audit-entries",
            Self::Notifications => "notifications",
            Self::MessageTemplates => "message-templates",
        }
    }

    /// The resource of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.name() == name)
    }
}

/// What can be done with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See it, and that it exists.
    Read,
    /// Make one.
    Create,
    /// Change it.
    Change,
    /// Remove it.
    Delete,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Change, Self::Delete];

    /// Their names.
    pub const NAMES: [&'static str; 4] = ["read", "create", "change", "delete"];

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Change => "change",
            Self::Delete => "delete",
        }
    }

    /// The action of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

const NOTHING: &[Action] = &[];
const READ: &[Action] = &[Action::Read];
const ALL: &[Action] = &Action::ALL;
const SEND_AGAIN: &[Action] = &[Action::Read, Action::Change];
const MANAGE: &[Action] = &[Action::Read, Action::Change, Action::Delete];

/// What each standing in an organization allows there.
///
/// | resource | guest | viewer | member | admin |
/// | --- | --- | --- | --- | --- |
const TABLE: [(Resource, [&[Action]; 4]); 10] = [
    (Resource::Customers, [READ, READ, ALL, ALL]),
    (Resource::Items, [NOTHING, READ, ALL, ALL]),
    (Resource::Orders, [READ, READ, ALL, ALL]),
    (Resource::Organizations, [READ, READ, READ, MANAGE]),
    (Resource::Members, [NOTHING, READ, READ, ALL]),
    (Resource::Users, [NOTHING, NOTHING, NOTHING, NOTHING]),
    (Resource::ApiTokens, [NOTHING, NOTHING, NOTHING, NOTHING]),
    (Resource::AuditEntries, [NOTHING, NOTHING, NOTHING, READ]),
    // To change a message is to send it again.
    (Resource::Notifications, [READ, READ, SEND_AGAIN, SEND_AGAIN]),
    (Resource::MessageTemplates, [NOTHING, READ, READ, ALL]),
];

/// What everybody may do with what is their own, or with nobody's: tokens of theirs, new organizations, their own
/// memberships, which they may give up.
const OWN: [(Resource, &[Action]); 3] = [
    (Resource::Organizations, &[Action::Create]),
    (Resource::Members, &[Action::Read, Action::Delete]),
    (Resource::ApiTokens, &[Action::Read, Action::Create, Action::Delete]),
];

/// What staff may do everywhere: what an admin may, and look after users.
const STAFF: [(Resource, &[Action]); 1] = [(Resource::Users, MANAGE)];

fn lookup(table: &[(Resource, &[Action])], action: Action, resource: Resource) -> bool {
    table.iter().any(|(of, actions)| *of == resource && actions.contains(&action))
}

impl Standing {
    /// Whether this standing in an organization allows `action` there.
    pub fn allows(self, action: Action, resource: Resource) -> bool {
        let column = match self {
            Self::Guest(_) => 0,
            Self::Viewer => 1,
            Self::Member => 2,
            Self::Admin => 3,
        };
        let row = TABLE.iter().find(|(of, _)| *of == resource);
        row.and_then(|(_, columns)| columns.get(column)).is_some_and(|actions| actions.contains(&action))
    }
}

/// Whether everybody may do this with what is their own.
pub fn allows_own(action: Action, resource: Resource) -> bool {
    lookup(&OWN, action, resource)
}

/// Whether staff may do this everywhere.
pub fn allows_staff(action: Action, resource: Resource) -> bool {
    Standing::Admin.allows(action, resource) || lookup(&STAFF, action, resource)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::identity::CustomerId;

    fn standings() -> [Standing; 4] {
        let guest = Standing::Guest(CustomerId::new(Uuid::nil()));
        [guest, Standing::Viewer, Standing::Member, Standing::Admin]
    }

    #[test]
    fn a_resource_is_found_by_its_name() {
        for (resource, name) in Resource::ALL.into_iter().zip(Resource::NAMES) {
            assert_eq!((Resource::from_name(name), resource.name()), (Some(resource), name));
        }
    }

    #[test]
    fn every_resource_has_one_row() {
        for resource in Resource::ALL {
            assert_eq!(TABLE.iter().filter(|(of, _)| *of == resource).count(), 1, "{resource:?}");
        }
    }

    #[test]
    fn who_stands_higher_may_do_no_less() {
        for (lower, higher) in standings().into_iter().zip(standings().into_iter().skip(1)) {
            for resource in Resource::ALL {
                for action in Action::ALL {
                    let less = lower.allows(action, resource) && !higher.allows(action, resource);
                    assert!(!less, "{higher:?} {action:?} {resource:?}");
                    assert!(allows_staff(action, resource) || !higher.allows(action, resource));
                }
            }
        }
    }

    #[test]
    fn only_who_is_more_than_a_viewer_writes() {
        let [guest, viewer, member, admin] = standings();
        for resource in Resource::ALL {
            for action in [Action::Create, Action::Change, Action::Delete] {
                assert!(!guest.allows(action, resource) && !viewer.allows(action, resource));
            }
        }
        assert!(member.allows(Action::Create, Resource::Orders));
        assert!(!member.allows(Action::Change, Resource::Organizations));
        assert!(admin.allows(Action::Create, Resource::Members));
        assert!(!admin.allows(Action::Read, Resource::Users) && allows_staff(Action::Read, Resource::Users));
    }

    /// What has been written down about what was done is for reading.
    #[test]
    fn nobody_writes_the_audit() {
        for action in [Action::Create, Action::Change, Action::Delete] {
            assert!(
                !allows_staff(action, Resource::AuditEntries) && !allows_own(action, Resource::AuditEntries)
            );
        }
    }
}
