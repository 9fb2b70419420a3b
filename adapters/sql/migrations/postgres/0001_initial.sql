-- Everything is kept by organization, and a list is always of one organization or a few: so the key of the tables
-- that grow is (organization_id, id), which is also the order of creation, newest last, and every other index
-- begins with the organization and ends with the id. One index (organization_id, x, id) thus serves both
-- `ordering=x` and `x=value` with the newest first. There is one for every field that can be filtered or ordered
-- by, and no other.
--
-- Ids are UUIDv7, made by the program, and carry the time of creation: there is no sequence. Money is numeric with
-- the four decimals that a currency has at the most. Text is compared by code point (COLLATE "C"), whatever the
-- database's own collation; what ignores case uses a folded copy.
--
-- The constraints' names are read by the program: they say what is taken.

CREATE TABLE schema_migrations (
    version bigint NOT NULL PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE installation (
    singleton bigint NOT NULL CONSTRAINT installation_once PRIMARY KEY CHECK (singleton = 1),
    installed_at timestamptz NOT NULL
);

CREATE TABLE organizations (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    default_currency text COLLATE "C" NOT NULL CHECK (length(default_currency) = 3),
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1)
);

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1)
);

CREATE INDEX users_by_name ON users (name, id);

CREATE TABLE memberships (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('viewer', 'member', 'admin')),
    PRIMARY KEY (user_id, organization_id)
);

CREATE INDEX memberships_by_organization ON memberships (organization_id);

CREATE TABLE api_tokens (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (length(digest) = 32)
);

CREATE UNIQUE INDEX api_tokens_by_digest ON api_tokens (digest);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

-- No index on created_by, here and below: users are deactivated, not deleted, so no deletion has to find
-- what they wrote.
CREATE TABLE customers (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    code text COLLATE "C" NOT NULL CHECK (length(code) = 5),
    first_name text COLLATE "C" NOT NULL,
    first_name_folded text COLLATE "C" NOT NULL,
    second_name text COLLATE "C" NOT NULL,
    second_name_folded text COLLATE "C" NOT NULL,
    phone text COLLATE "C" NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id)
);

-- Uniqueness is checked in the order in which the indexes were made: who repeats both is told that the id is taken.
CREATE UNIQUE INDEX customers_by_id ON customers (id);
CREATE UNIQUE INDEX customers_by_code ON customers (organization_id, code);
CREATE INDEX customers_by_first_name ON customers (organization_id, first_name_folded, first_name, id);
CREATE INDEX customers_by_second_name ON customers (organization_id, second_name_folded, second_name, id);
CREATE INDEX customers_by_phone ON customers (organization_id, phone, id);

CREATE TABLE items (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    price_per_unit numeric(16, 4) NOT NULL CHECK (price_per_unit >= 0),
    currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    is_active boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id)
);

CREATE UNIQUE INDEX items_by_id ON items (id);
CREATE UNIQUE INDEX items_by_name ON items (organization_id, name_folded);
CREATE INDEX items_by_price ON items (organization_id, price_per_unit, id);
CREATE INDEX items_by_currency ON items (organization_id, currency, id);
CREATE INDEX items_by_is_active ON items (organization_id, is_active, id);

-- The references to customers and items name the organization as well: nobody's order can have another
-- organization's customer.
-- (That there is such an organization follows from there being the customer; to ask for it as well would make every
-- order touch the same row.)
CREATE TABLE orders (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    item text COLLATE "C" NOT NULL,
    item_folded text COLLATE "C" NOT NULL,
    item_id uuid,
    quantity bigint NOT NULL CHECK (quantity >= 1),
    price_per_unit numeric(16, 4) NOT NULL CHECK (price_per_unit >= 0),
    currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    status text COLLATE "C" NOT NULL CHECK (status IN ('Pending', 'Closed', 'Cancelled')),
    time_closed timestamptz,
    -- A copy to sort by: an order that is not closed comes before all that are, in the millisecond before the
    -- year 1.
    time_closed_or_lowest timestamptz NOT NULL
        CHECK (time_closed_or_lowest = coalesce(time_closed, '0001-12-31 23:59:59.999+00 BC')),
    -- Whether the id says that it was placed after it was closed: hardly ever, but a clock may have gone back.
    closed_before_placed boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
    FOREIGN KEY (organization_id, item_id) REFERENCES items (organization_id, id),
    CHECK ((status = 'Pending') = (time_closed IS NULL))
);

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

CREATE TABLE order_events (
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    event text NOT NULL CHECK (event IN ('placed', 'changed', 'closed', 'cancelled')),
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    item text COLLATE "C" NOT NULL,
    item_id uuid,
    quantity bigint NOT NULL,
    price_per_unit numeric(16, 4) NOT NULL,
    currency text COLLATE "C" NOT NULL,
    order_version bigint NOT NULL CHECK (order_version >= 1),
    PRIMARY KEY (order_id, id),
    FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX order_events_by_id ON order_events (id);
