-- Everything is kept by organization, and a list is always of one organization or a few: so the tables that
-- grow are stored in the order (organization_id, id), which is also the order of creation, newest last, and
-- every other index begins with the organization and ends with the id. One index (organization_id, x, id) thus
-- serves both `ordering=x` and `x=value` with the newest first. All reads and all writes of such a table pay for
-- its indexes: there is one for every field that can be filtered or ordered by, and no other.
--
-- Ids are UUIDv7 in 16 bytes and carry the time of creation. Times are milliseconds since 1970, money is in
-- 1/10000 of the currency's unit (no currency has more than four decimals), both as exact integers.
-- Text is compared bytewise (BINARY), that is by code point; what ignores case uses a folded copy.

CREATE TABLE schema_migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE installation (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    installed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    default_currency TEXT NOT NULL CHECK (length(default_currency) = 3),
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX users_by_name ON users (name, id);

CREATE TABLE memberships (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'member', 'admin')),
    PRIMARY KEY (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_organization ON memberships (organization_id);

CREATE TABLE api_tokens (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX api_tokens_by_digest ON api_tokens (digest);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

-- No index on created_by, here and below: users are deactivated, not deleted, so no deletion has to find
-- what they wrote.
CREATE TABLE customers (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    created_by BLOB REFERENCES users (id) ON DELETE SET NULL,
    code TEXT NOT NULL CHECK (length(code) = 5),
    first_name TEXT NOT NULL,
    first_name_folded TEXT NOT NULL,
    second_name TEXT NOT NULL,
    second_name_folded TEXT NOT NULL,
    phone TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

-- SQLite looks into the index that was made last first: who repeats both is told that the id is taken.
CREATE UNIQUE INDEX customers_by_code ON customers (organization_id, code);
CREATE UNIQUE INDEX customers_by_id ON customers (id);
CREATE INDEX customers_by_first_name ON customers (organization_id, first_name_folded, first_name, id);
CREATE INDEX customers_by_second_name ON customers (organization_id, second_name_folded, second_name, id);
CREATE INDEX customers_by_phone ON customers (organization_id, phone, id);

CREATE TABLE items (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    price_per_unit INTEGER NOT NULL CHECK (price_per_unit >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX items_by_name ON items (organization_id, name_folded);
CREATE UNIQUE INDEX items_by_id ON items (id);
CREATE INDEX items_by_price ON items (organization_id, price_per_unit, id);
CREATE INDEX items_by_currency ON items (organization_id, currency, id);
CREATE INDEX items_by_is_active ON items (organization_id, is_active, id);

-- The references to customers and items name the organization as well: nobody's order can have another
-- organization's customer.
CREATE TABLE orders (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    customer_id BLOB NOT NULL,
    created_by BLOB REFERENCES users (id) ON DELETE SET NULL,
    item TEXT NOT NULL,
    item_folded TEXT NOT NULL,
    item_id BLOB,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    price_per_unit INTEGER NOT NULL CHECK (price_per_unit >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('Pending', 'Closed', 'Cancelled')),
    time_closed INTEGER,
    -- A copy to sort by: an order that is not closed comes before all that are, in the millisecond before the
    -- year 1. (No generated column: SQLite never takes an index on one for covering.)
    time_closed_or_lowest INTEGER NOT NULL CHECK (time_closed_or_lowest = coalesce(time_closed, -62135596800001)),
    -- Whether the id says that it was placed after it was closed: hardly ever, but a clock may have gone back.
    closed_before_placed INTEGER NOT NULL CHECK (closed_before_placed IN (0, 1)),
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
    FOREIGN KEY (organization_id, item_id) REFERENCES items (organization_id, id),
    CHECK ((status = 'Pending') = (time_closed IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX orders_by_id ON orders (id);
-- A customer belongs to one organization, and may be all that a caller can see.
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_item_id ON orders (organization_id, item_id, id);
CREATE INDEX orders_by_item ON orders (organization_id, item_folded, item, id);
CREATE INDEX orders_by_quantity ON orders (organization_id, quantity, id);
CREATE INDEX orders_by_price ON orders (organization_id, price_per_unit, id);
CREATE INDEX orders_by_status ON orders (organization_id, status, id);
CREATE INDEX orders_by_time_closed ON orders (organization_id, time_closed_or_lowest, id);
-- What was closed by a certain time was placed by then, with these few exceptions.
CREATE INDEX orders_closed_before_placed ON orders (organization_id, id) WHERE closed_before_placed;

-- Stored order by order, each in the order of time: a history is one stretch of the table.
CREATE TABLE order_events (
    order_id BLOB NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    event TEXT NOT NULL CHECK (event IN ('placed', 'changed', 'closed', 'cancelled')),
    created_by BLOB REFERENCES users (id) ON DELETE SET NULL,
    item TEXT NOT NULL,
    item_id BLOB,
    quantity INTEGER NOT NULL,
    price_per_unit INTEGER NOT NULL,
    currency TEXT NOT NULL,
    order_version INTEGER NOT NULL CHECK (order_version >= 1),
    PRIMARY KEY (order_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX order_events_by_id ON order_events (id);

-- What the planner goes by: not this database's statistics, but those of one large organization, so that the
-- plans are the same, and tested, in every database of every size. Without them it takes an organization for
-- something rare and walks all of it. (rows, then how many share the first column, the first two, ...)
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('organizations', 'organizations', '10 1'),
    ('users', 'users', '100 1'),
    ('users', 'users_by_name', '100 1 1'),
    ('memberships', 'memberships', '100 2 1'),
    ('memberships', 'memberships_by_organization', '100 10 1'),
    ('api_tokens', 'api_tokens', '100 1'),
    ('api_tokens', 'api_tokens_by_digest', '100 1'),
    ('api_tokens', 'api_tokens_by_user', '100 2 1'),
    ('customers', 'customers', '100000 100000 1'),
    ('customers', 'customers_by_id', '100000 1'),
    ('customers', 'customers_by_code', '100000 100000 1'),
    ('customers', 'customers_by_first_name', '100000 100000 100 100 1'),
    ('customers', 'customers_by_second_name', '100000 100000 100 100 1'),
    ('customers', 'customers_by_phone', '100000 100000 2 1'),
    ('items', 'items', '10000 10000 1'),
    ('items', 'items_by_id', '10000 1'),
    ('items', 'items_by_name', '10000 10000 1'),
    ('items', 'items_by_price', '10000 10000 10 1'),
    ('items', 'items_by_currency', '10000 10000 1000 1'),
    ('items', 'items_by_is_active', '10000 10000 5000 1'),
    ('orders', 'orders', '1000000 1000000 1'),
    ('orders', 'orders_by_id', '1000000 1'),
    ('orders', 'orders_by_customer', '1000000 100 1'),
    ('orders', 'orders_by_item_id', '1000000 1000000 1000 1'),
    ('orders', 'orders_by_item', '1000000 1000000 1000 1000 1'),
    ('orders', 'orders_by_quantity', '1000000 1000000 1000 1'),
    ('orders', 'orders_by_price', '1000000 1000000 1000 1'),
    ('orders', 'orders_by_status', '1000000 1000000 300000 1'),
    ('orders', 'orders_by_time_closed', '1000000 1000000 10 1'),
    ('orders', 'orders_closed_before_placed', '10 10 1'),
    ('order_events', 'order_events', '3000000 3 1'),
    ('order_events', 'order_events_by_id', '3000000 1');
-- Lets this connection go by them as well.
ANALYZE sqlite_schema;
