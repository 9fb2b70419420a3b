//! How each kind of object is shown as a line of a table, and in which order its fields stand in a form.

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// As it is.
    Text,
    /// A whole number, to the right.
    Number,
    /// An amount, to the right, with the currency that this member names.
    Money(&'static str),
    /// A moment.
    Time,
    /// One of a few words, coloured.
    Label,
    /// Yes or no.
    Flag,
    /// The names of somebody or something that is an object itself.
    Reference,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) label: &'static str,
    /// The member of the object.
    pub(super) member: &'static str,
    pub(super) show: Show,
}

const fn column(label: &'static str, member: &'static str, show: Show) -> Column {
    Column { label, member, show }
}

/// A kind of objects as pages show them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// The key of the list in its body.
    pub(super) plural: &'static str,
    /// What one of them is called.
    pub(super) singular: &'static str,
    pub(super) columns: &'static [Column],
    /// The fields that come first in a form, in this order.
    pub(super) fields: &'static [&'static str],
    /// The members by which one of them is known, in a title and where it is picked.
    pub(super) names: &'static [&'static str],
}

/// Every kind.
pub(super) const KINDS: [Kind; 11] = [
    Kind {
        plural: "orders",
        singular: "order",
        columns: &[
            column("Placed", "time_placed", Show::Time),
            column("Customer", "customer", Show::Reference),
            column("Item", "item", Show::Text),
            column("Quantity", "quantity", Show::Number),
            column("Price per unit", "price_per_unit", Show::Money("currency")),
            column("Total", "total", Show::Money("currency")),
            column("Status", "status", Show::Label),
        ],
        fields: &[
            "organization",
            "customer",
            "customer_code",
            "item_id",
            "item",
            "price_per_unit",
            "currency",
            "quantity",
            "status",
        ],
        names: &["item"],
    },
    Kind {
        plural: "customers",
        singular: "customer",
        columns: &[
            column("Code", "code", Show::Text),
            column("First name", "first_name", Show::Text),
            column("Second name", "second_name", Show::Text),
            column("Phone", "phone", Show::Text),
            column("Since", "created_at", Show::Time),
        ],
        fields: &["organization", "code", "first_name", "second_name", "phone"],
        names: &["code", "first_name", "second_name"],
    },
    Kind {
        plural: "items",
        singular: "item",
        columns: &[
            column("Name", "name", Show::Text),
            column("Price per unit", "price_per_unit", Show::Money("currency")),
            column("On offer", "is_active", Show::Flag),
            column("Since", "created_at", Show::Time),
        ],
        fields: &["organization", "name", "price_per_unit", "currency", "is_active"],
        names: &["name"],
    },
    Kind {
        plural: "notifications",
        singular: "text",
        columns: &[
            column("Queued", "created_at", Show::Time),
            column("Customer", "customer", Show::Reference),
            column("About", "event", Show::Text),
            column("Text", "text", Show::Text),
            column("Status", "status", Show::Label),
            column("Cost", "cost", Show::Money("cost_currency")),
        ],
        fields: &[],
        names: &["event"],
    },
    Kind {
        plural: "attempts",
        singular: "attempt",
        columns: &[
            column("Began", "created_at", Show::Time),
            column("Gateway", "gateway", Show::Text),
            column("Outcome", "outcome", Show::Label),
            column("Code", "code", Show::Text),
            column("Error", "error", Show::Text),
            column("Cost", "cost", Show::Money("cost_currency")),
        ],
        fields: &["confirm_unknown"],
        names: &["outcome"],
    },
    Kind {
        plural: "message_templates",
        singular: "template",
        columns: &[
            column("Event", "event", Show::Text),
            column("Text", "text", Show::Text),
            column("Active", "is_active", Show::Flag),
        ],
        fields: &["organization", "event", "text", "is_active"],
        names: &["event"],
    },
    Kind {
        plural: "organizations",
        singular: "organization",
        columns: &[
            column("Name", "name", Show::Text),
            column("Time zone", "time_zone", Show::Text),
            column("Currency", "default_currency", Show::Text),
            column("Members", "members_count", Show::Number),
        ],
        fields: &["name", "time_zone", "default_currency", "quiet_hours"],
        names: &["name"],
    },
    Kind {
        plural: "memberships",
        singular: "member",
        columns: &[
            column("Organization", "organization", Show::Reference),
            column("User", "user", Show::Reference),
            column("Invited", "email", Show::Text),
            column("Role", "role", Show::Label),
            column("Since", "created_at", Show::Time),
        ],
        fields: &["email", "role", "customer"],
        names: &["role"],
    },
    Kind {
        plural: "users",
        singular: "user",
        columns: &[
            column("Name", "name", Show::Text),
            column("E-mail", "email", Show::Text),
            column("Staff", "is_staff", Show::Flag),
            column("Active", "is_active", Show::Flag),
        ],
        fields: &["name", "is_active", "is_staff"],
        names: &["name"],
    },
    Kind {
        plural: "api_tokens",
        singular: "token",
        columns: &[
            column("Name", "name", Show::Text),
            column("Expires", "expires_at", Show::Time),
            column("Last used", "last_used_at", Show::Time),
            column("Since", "created_at", Show::Time),
        ],
        fields: &["name", "organization", "scopes", "expires_at"],
        names: &["name"],
    },
    Kind {
        plural: "audit_entries",
        singular: "entry",
        columns: &[
            column("When", "created_at", Show::Time),
            column("Who", "user", Show::Reference),
            column("What", "action", Show::Label),
            column("Of", "resource", Show::Text),
            column("Object", "object", Show::Text),
        ],
        fields: &[],
        names: &["action"],
    },
];

/// The history of an order.
const EVENTS: Kind = Kind {
    plural: "events",
    singular: "event",
    columns: &[
        column("When", "created_at", Show::Time),
        column("What", "event", Show::Label),
        column("Who", "created_by", Show::Reference),
        column("Item", "item", Show::Text),
        column("Quantity", "quantity", Show::Number),
        column("Total", "total", Show::Money("currency")),
        column("Status", "status", Show::Label),
    ],
    fields: &[],
    names: &["event"],
};

impl Kind {
    /// The kind whose list has this key.
    pub(super) fn of_list(key: &str) -> Option<&'static Self> {
        KINDS.iter().chain([&EVENTS]).find(|kind| kind.plural == key || alias(key) == kind.plural)
    }

    /// The kind of what stands at a path below the API's.
    pub(super) fn at(path: &str) -> Option<&'static Self> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let (first, _, third) = (segments.next()?, segments.next(), segments.next());
        Self::of_list(&third.unwrap_or(first).replace('-', "_"))
    }
}

/// What the key of a list is called elsewhere.
fn alias(key: &str) -> &str {
    match key {
        "members" => "memberships",
        "order_events" => "events",
        "notification_attempts" => "attempts",
        key => key,
    }
}
