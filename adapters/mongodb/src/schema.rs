//! The collections and their indexes.
//!
//! Everything is kept by organization, and a list is always of one organization or a few: so every index of what grows
//! begins with the organization and ends with the id, which is also the order of creation. One index
//! `(organization, x, _id)` thus serves both `ordering=x` and `x=value` with the newest first. All writes pay for the
//! indexes: there is one for every field that can be filtered or ordered by, and no other.
//!
//! Text is compared bytewise, that is by code point, for there are no collations; what ignores case uses a folded
//! copy. What is missing is an explicit null, and comes before all else.

use mongodb::bson::{Document, doc};

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
}

const fn index(name: &'static str, fields: &'static [&'static str]) -> Index {
    Index { name, fields, unique: false }
}

const fn unique(name: &'static str, fields: &'static [&'static str]) -> Index {
    Index { name, fields, unique: true }
}

/// Everything that is kept, beside the schema's own record and the guards.
pub(crate) const COLLECTIONS: &[Collection] = &[
    Collection { name: INSTALLATION, indexes: &[] },
    Collection { name: ORGANIZATIONS, indexes: &[] },
    Collection { name: USERS, indexes: &[index("users_by_name", &["name", "_id"])] },
    Collection { name: MEMBERSHIPS, indexes: &[index("memberships_by_user", &["user"])] },
    Collection { name: API_TOKENS, indexes: &[unique("api_tokens_by_digest", &["digest"])] },
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
        doc! { "name": self.name, "key": key, "unique": self.unique }
    }
}
