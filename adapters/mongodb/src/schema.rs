//! The collections and their indexes.
//!
//! Everything is kept by organization, and a list is always of one organization or a few: so every index of what grows
//! begins with the organization and ends with the id, which is also the order of creation. One index
//! `(organization, x, _id)` thus serves both `ordering=x` and `x=value` with the newest first. All writes pay for the
//! indexes: there is one for every field that can be filtered or ordered by, and no other.
//!
//! What no organization owns is its user's own, as tokens are, and its indexes begin with the user; or it is for those
//! to list who may see all, as users are, and an index begins with its field.
//!
//! Text is compared bytewise, that is by code point, for there are no collations; what ignores case uses a folded
//! copy. What is missing is an explicit null, and comes before all else.
//!
//! What has to be found whoever owns it, such as the messages that are due, is in an index of nothing else, and leaves it
//! once it is done.

use mongodb::bson::{Document, doc};
use orderdesk_domain::MessageStatus;

use crate::value;

/// What the program and its schema are known by.
pub(crate) const SCHEMA: &str = "schema";
/// That the store has been set up.
pub(crate) const INSTALLATION: &str = "installation";
/// See `references`.
pub(crate) const GUARDS: &str = "guards";
pub(crate) const ORGANIZATIONS: &str = "organizations";
pub(crate) const USERS: &str = "users";
pub(crate) const MEMBERSHIPS: &str = "memberships";
pub(crate) const API_TOKENS: &str = "api_tokens";
pub(crate) const CUSTOMERS: &str = "customers";
pub(crate) const ITEMS: &str = "items";
pub(crate) const ORDERS: &str = "orders";
pub(crate) const ORDER_EVENTS: &str = "order_events";
pub(crate) const AUDIT_ENTRIES: &str = "audit_entries";
pub(crate) const MESSAGE_TEMPLATES: &str = "message_templates";
pub(crate) const MESSAGES: &str = "messages";
pub(crate) const MESSAGE_ATTEMPTS: &str = "message_attempts";
pub(crate) const OPT_OUTS: &str = "opt_outs";
/// See `messaging`.
pub(crate) const KEPT_REPORTS: &str = "kept_reports";
/// The gateways that send nothing at present.
pub(crate) const HOLDS: &str = "holds";
pub(crate) const SESSIONS: &str = "sessions";
/// See `access`.
pub(crate) const KEPT_ANSWERS: &str = "kept_answers";
/// See `rate_limiter`.
pub(crate) const RATE_WINDOWS: &str = "rate_windows";

/// A collection, and its indexes beside the one on `_id`.
pub(crate) struct Collection {
    pub(crate) name: &'static str,
    indexes: &'static [Index],
}

/// An index in ascending order.
struct Index {
    name: &'static str,
    fields: &'static [&'static str],
    unique: bool,
    only: Only,
}

/// What is in an index. A search is led to it only where it asks for nothing else, in so many words.
enum Only {
    /// Everything.
    Everything,
    /// What has text in this field.
    WithText(&'static str),
    /// What is in one of these states.
    In(&'static [MessageStatus]),
}

const fn index(name: &'static str, fields: &'static [&'static str]) -> Index {
    Index { name, fields, unique: false, only: Only::Everything }
}

const fn unique(name: &'static str, fields: &'static [&'static str]) -> Index {
    Index { name, fields, unique: true, only: Only::Everything }
}

/// An index of messages that somebody has to look after, which few of them are after a while.
const fn only_in(
    states: &'static [MessageStatus],
    name: &'static str,
    fields: &'static [&'static str],
) -> Index {
    Index { only: Only::In(states), ..index(name, fields) }
}

/// Everything that is kept, beside the schema's own record and the guards.
pub(crate) const COLLECTIONS: &[Collection] = &[
    Collection { name: INSTALLATION, indexes: &[] },
    Collection {
        name: ORGANIZATIONS,
        indexes: &[index("organizations_by_folded_name", &["name_folded", "name", "_id"])],
    },
    Collection {
        name: USERS,
        indexes: &[
            // Those whom no provider knows have nothing in common.
            Index { only: Only::WithText("issuer"), ..unique("users_by_identity", &["issuer", "subject"]) },
            index("users_by_folded_name", &["name_folded", "name", "_id"]),
            index("users_by_email", &["email_folded", "email", "_id"]),
            index("users_by_is_staff", &["is_staff", "_id"]),
            index("users_by_is_active", &["is_active", "_id"]),
        ],
    },
    Collection {
        name: MEMBERSHIPS,
        indexes: &[
            unique("memberships_by_member", &["organization", "member"]),
            index("memberships_by_age", &["organization", "_id"]),
            index("memberships_by_role", &["organization", "role", "_id"]),
            // A user sees what is their own, wherever it is, and an invitation takes effect wherever it is.
            index("memberships_of_user", &["user", "_id"]),
            index("memberships_by_email", &["email_folded", "email", "_id"]),
        ],
    },
    Collection {
        name: API_TOKENS,
        indexes: &[
            unique("api_tokens_by_digest", &["digest"]),
            index("api_tokens_by_age", &["user", "_id"]),
            index("api_tokens_by_name", &["user", "name_folded", "name", "_id"]),
            index("api_tokens_by_organization", &["user", "organization", "_id"]),
            index("api_tokens_by_expiry", &["user", "expires_at", "_id"]),
        ],
    },
    Collection {
        name: CUSTOMERS,
        indexes: &[
            unique("customers_by_code", &["organization", "code"]),
            index("customers_by_age", &["organization", "_id"]),
            // What is unique is one index, what is in a total order another: a sort goes by all of its fields.
            index("customers_in_order_of_code", &["organization", "code", "_id"]),
            index("customers_by_first_name", &["organization", "first_name_folded", "first_name", "_id"]),
            index("customers_by_second_name", &["organization", "second_name_folded", "second_name", "_id"]),
            index("customers_by_phone", &["organization", "phone", "_id"]),
        ],
    },
    Collection {
        name: ITEMS,
        indexes: &[
            unique("items_by_name", &["organization", "name_folded"]),
            index("items_by_age", &["organization", "_id"]),
            index("items_in_order_of_name", &["organization", "name_folded", "name", "_id"]),
            index("items_by_price", &["organization", "price_per_unit", "_id"]),
            index("items_by_currency", &["organization", "currency", "_id"]),
            index("items_by_is_active", &["organization", "is_active", "_id"]),
        ],
    },
    Collection {
        name: ORDERS,
        indexes: &[
            index("orders_by_age", &["organization", "_id"]),
            // A customer belongs to one organization, and may be all that a caller can see.
            index("orders_by_customer", &["customer", "_id"]),
            index("orders_by_item_id", &["organization", "item_id", "_id"]),
            index("orders_by_item", &["organization", "item_folded", "item", "_id"]),
            index("orders_by_quantity", &["organization", "quantity", "_id"]),
            index("orders_by_price", &["organization", "price_per_unit", "_id"]),
            index("orders_by_status", &["organization", "status", "_id"]),
            index("orders_by_time_closed", &["organization", "time_closed", "_id"]),
        ],
    },
    // A history is read by itself.
    Collection { name: ORDER_EVENTS, indexes: &[index("order_events_by_order", &["order", "_id"])] },
    Collection {
        name: AUDIT_ENTRIES,
        indexes: &[
            index("audit_entries_by_age", &["organization", "_id"]),
            index("audit_entries_by_user", &["organization", "user", "_id"]),
            index("audit_entries_by_object", &["organization", "object", "_id"]),
            index("audit_entries_by_resource", &["organization", "resource", "_id"]),
            index("audit_entries_by_action", &["organization", "action", "_id"]),
        ],
    },
    Collection {
        name: MESSAGE_TEMPLATES,
        indexes: &[
            unique("message_templates_by_event", &["organization", "event"]),
            index("message_templates_by_age", &["organization", "_id"]),
            index("message_templates_in_order_of_event", &["organization", "event", "_id"]),
            index("message_templates_by_is_active", &["organization", "is_active", "_id"]),
        ],
    },
    // A message comes with every order.
    Collection {
        name: MESSAGES,
        indexes: &[
            // Also those of an order, of which there are hardly more than one.
            unique("messages_by_order", &["organization", "order", "event"]),
            index("messages_by_age", &["organization", "_id"]),
            index("messages_by_customer", &["customer", "_id"]),
            index("messages_by_event", &["organization", "event", "_id"]),
            index("messages_by_status", &["organization", "status", "_id"]),
            only_in(
                &[MessageStatus::Queued, MessageStatus::Sending],
                "messages_by_due",
                &["status", "due_at", "_id"],
            ),
            only_in(&[MessageStatus::Queued], "messages_by_expiry", &["expires_at", "_id"]),
            only_in(&[MessageStatus::Sending, MessageStatus::Unknown], "messages_unsettled", &["to", "_id"]),
            Index {
                only: Only::WithText("reference"),
                ..index("messages_by_reference", &["reference", "gateway", "_id"])
            },
        ],
    },
    Collection {
        name: MESSAGE_ATTEMPTS,
        indexes: &[index("message_attempts_by_message", &["message", "_id"])],
    },
    Collection { name: OPT_OUTS, indexes: &[unique("opt_outs_by_number", &["number"])] },
    Collection {
        name: KEPT_REPORTS,
        indexes: &[
            index("kept_reports_by_age", &["at"]),
            Index { only: Only::WithText("number"), ..index("kept_reports_by_number", &["number"]) },
        ],
    },
    Collection { name: HOLDS, indexes: &[] },
    Collection {
        name: SESSIONS,
        indexes: &[unique("sessions_by_digest", &["digest"]), index("sessions_by_user", &["user"])],
    },
    Collection { name: KEPT_ANSWERS, indexes: &[index("kept_answers_by_age", &["kept_at"])] },
    Collection { name: RATE_WINDOWS, indexes: &[index("rate_windows_by_end", &["ends_at"])] },
];

impl Collection {
    /// The command that makes the collection with its indexes, where they are not there yet.
    pub(crate) fn creation(&self) -> Document {
        if self.indexes.is_empty() {
            return doc! { "create": self.name };
        }
        let indexes: Vec<_> = self.indexes.iter().map(Index::specification).collect();
        doc! { "createIndexes": self.name, "indexes": indexes }
    }
}

impl Index {
    fn specification(&self) -> Document {
        let key: Document = self.fields.iter().map(|field| ((*field).to_owned(), 1.into())).collect();
        let mut specification = doc! { "name": self.name, "key": key, "unique": self.unique };
        let only = match self.only {
            Only::Everything => return specification,
            // All text is at or after the empty one, and what equals some text is known to be among it.
            Only::WithText(field) => doc! { field: { "$gte": "" } },
            Only::In(states) => doc! { "status": value::one_of(states) },
        };
        specification.insert("partialFilterExpression", only);
        specification
    }
}
