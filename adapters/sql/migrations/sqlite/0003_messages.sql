-- What customers are told: messages, the attempts to send them, templates, and what is kept about gateways and
-- numbers. Orders that are there already get no message.

ALTER TABLE organizations ADD COLUMN quiet_hours TEXT;

-- An organization has three at the most, so there is no index but those that keep it so.
CREATE TABLE message_templates (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    event TEXT NOT NULL CHECK (event IN ('order.placed', 'order.closed', 'order.cancelled')),
    text TEXT NOT NULL,
    text_folded TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

-- SQLite looks into the index that was made last first: who repeats both is told that the id is taken.
CREATE UNIQUE INDEX message_templates_by_event ON message_templates (organization_id, event);
CREATE UNIQUE INDEX message_templates_by_id ON message_templates (id);

-- No reference to the order, which may go: what was said about it has been said.
CREATE TABLE messages (
    organization_id BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    order_id BLOB NOT NULL,
    customer_id BLOB NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('order.placed', 'order.closed', 'order.cancelled')),
    phone TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown')),
    -- When a queued message is due. One that is being sent may still tell when it was due.
    due_at INTEGER CHECK (due_at IS NULL OR status IN ('queued', 'sending')),
    lease_ends_at INTEGER,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    deferrals INTEGER NOT NULL CHECK (deferrals >= 0),
    failure_code TEXT,
    failure_remark TEXT,
    gateway TEXT,
    reference TEXT,
    -- In millionths of the currency's unit.
    cost INTEGER CHECK (cost >= 0),
    cost_currency TEXT,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id) ON DELETE CASCADE,
    CHECK (status <> 'queued' OR due_at IS NOT NULL),
    CHECK ((status = 'sending') = (lease_ends_at IS NOT NULL)),
    CHECK ((status IN ('failed', 'unknown')) = (failure_code IS NOT NULL)),
    CHECK ((cost IS NULL) = (cost_currency IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX messages_by_order ON messages (organization_id, order_id, event);
CREATE UNIQUE INDEX messages_by_id ON messages (id);
-- A customer belongs to one organization, and may be all that a caller can see.
CREATE INDEX messages_by_customer ON messages (customer_id, id);
CREATE INDEX messages_by_event ON messages (organization_id, event, id);
CREATE INDEX messages_by_status ON messages (organization_id, status, id);
-- What is left to do, of whatever organization. These hold what they are made for and nothing else, so that it is
-- found as quickly among few messages as among very many. (The second half of a condition is of use to PostgreSQL.)
CREATE INDEX messages_due ON messages (due_at, id) WHERE status = 'queued' AND due_at IS NOT NULL;
CREATE INDEX messages_expiring ON messages (expires_at, id) WHERE status = 'queued' AND lease_ends_at IS NULL;
CREATE INDEX messages_leased ON messages (lease_ends_at, id) WHERE status = 'sending';
CREATE INDEX messages_unsettled ON messages (phone, id) WHERE status IN ('sending', 'unknown');
CREATE INDEX messages_by_reference ON messages (gateway, reference, id) WHERE reference IS NOT NULL;
-- All that it takes to add up what an organization's messages have cost, altogether or in a stretch of time.
CREATE INDEX messages_by_cost ON messages (organization_id, cost_currency, id, cost) WHERE cost IS NOT NULL;

-- Stored message by message, each in the order of time.
CREATE TABLE message_attempts (
    message_id BLOB NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    gateway TEXT,
    outcome TEXT NOT NULL
        CHECK (outcome IN ('accepted', 'refused', 'deferred', 'held', 'unanswered', 'lost')),
    reference TEXT,
    code TEXT,
    cost INTEGER CHECK (cost >= 0),
    cost_currency TEXT,
    error TEXT,
    finished_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, id),
    CHECK ((cost IS NULL) = (cost_currency IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX message_attempts_by_id ON message_attempts (id);

CREATE TABLE opt_outs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number TEXT NOT NULL,
    gateway TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX opt_outs_by_number ON opt_outs (number);

-- Reports that came before it was known what they are about. No reference to the message, for the same reason.
CREATE TABLE delivery_reports (
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    message_id BLOB,
    number TEXT,
    failure_code TEXT,
    failure_remark TEXT,
    reported_at INTEGER NOT NULL,
    PRIMARY KEY (gateway, reference)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_reports_by_number ON delivery_reports (number) WHERE number IS NOT NULL;
CREATE INDEX delivery_reports_by_reported_at ON delivery_reports (reported_at);

CREATE TABLE gateway_holds (
    gateway TEXT NOT NULL PRIMARY KEY,
    remark TEXT,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the planner goes by, as for the other tables: here, that very many are queued. With fewer it would take the
-- indexes of what is left to do for a short way to the queued messages of an organization.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('message_templates', 'message_templates', '3000 3 1'),
    ('message_templates', 'message_templates_by_event', '3000 3 1'),
    ('message_templates', 'message_templates_by_id', '3000 1'),
    ('messages', 'messages', '1000000 1000000 1'),
    ('messages', 'messages_by_order', '1000000 1000000 2 1'),
    ('messages', 'messages_by_id', '1000000 1'),
    ('messages', 'messages_by_customer', '1000000 100 1'),
    ('messages', 'messages_by_event', '1000000 1000000 300000 1'),
    ('messages', 'messages_by_status', '1000000 1000000 300000 1'),
    ('messages', 'messages_due', '1000000 10 1'),
    ('messages', 'messages_expiring', '1000000 10 1'),
    ('messages', 'messages_leased', '1000000 100 1'),
    ('messages', 'messages_unsettled', '1000000 2 1'),
    ('messages', 'messages_by_cost', '1000000 1000000 500000 1 1'),
    ('messages', 'messages_by_reference', '1000000 500000 1 1'),
    ('message_attempts', 'message_attempts', '1000000 2 1'),
    ('message_attempts', 'message_attempts_by_id', '1000000 1'),
    ('opt_outs', 'opt_outs', '10000 1'),
    ('opt_outs', 'opt_outs_by_number', '10000 1'),
    ('delivery_reports', 'delivery_reports', '1000 500 1'),
    ('delivery_reports', 'delivery_reports_by_number', '1000 2'),
    ('delivery_reports', 'delivery_reports_by_reported_at', '1000 2'),
    ('gateway_holds', 'gateway_holds', '3 1');
-- Lets this connection go by them as well.
ANALYZE sqlite_schema;
