-- What customers are told: messages, the attempts to send them, templates, and what is kept about gateways and
-- numbers. Orders that are there already get no message.

ALTER TABLE organizations ADD COLUMN quiet_hours text COLLATE "C";

-- An organization has three at the most, so there is no index but those that keep it so.
CREATE TABLE message_templates (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL PRIMARY KEY,
    event text COLLATE "C" NOT NULL CHECK (event IN ('order.placed', 'order.closed', 'order.cancelled')),
    text text COLLATE "C" NOT NULL,
    text_folded text COLLATE "C" NOT NULL,
    is_active boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1)
);

CREATE UNIQUE INDEX message_templates_by_event ON message_templates (organization_id, event);

-- No reference to the order, which may go: what was said about it has been said.
CREATE TABLE messages (
    organization_id uuid NOT NULL,
    id uuid NOT NULL PRIMARY KEY,
    order_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    event text COLLATE "C" NOT NULL CHECK (event IN ('order.placed', 'order.closed', 'order.cancelled')),
    phone text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL
        CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown')),
    -- When a queued message is due. One that is being sent may still tell when it was due.
    due_at timestamptz CHECK (due_at IS NULL OR status IN ('queued', 'sending')),
    lease_ends_at timestamptz,
    expires_at timestamptz NOT NULL,
    attempts bigint NOT NULL CHECK (attempts >= 0),
    deferrals bigint NOT NULL CHECK (deferrals >= 0),
    failure_code text COLLATE "C",
    failure_remark text COLLATE "C",
    gateway text COLLATE "C",
    reference text COLLATE "C",
    -- In millionths of the currency's unit.
    cost bigint CHECK (cost >= 0),
    cost_currency text COLLATE "C",
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id) ON DELETE CASCADE,
    CHECK (status <> 'queued' OR due_at IS NOT NULL),
    CHECK ((status = 'sending') = (lease_ends_at IS NOT NULL)),
    CHECK ((status IN ('failed', 'unknown')) = (failure_code IS NOT NULL)),
    CHECK ((cost IS NULL) = (cost_currency IS NULL))
)
-- What has left the queue is passed by with every look at what is due, until it has been swept out: sooner here than
-- elsewhere. (No room is left beside the rows: each step changes what indexes hold, and the last is soon done.)
WITH (autovacuum_vacuum_scale_factor = 0.05);

-- Uniqueness is checked in the order in which the indexes were made: who repeats both is told that the id is taken.
CREATE UNIQUE INDEX messages_by_order ON messages (organization_id, order_id, event);
CREATE INDEX messages_by_organization ON messages (organization_id, id);
-- A customer belongs to one organization, and may be all that a caller can see.
CREATE INDEX messages_by_customer ON messages (customer_id, id);
CREATE INDEX messages_by_event ON messages (organization_id, event, id);
CREATE INDEX messages_by_status ON messages (organization_id, status, id);
-- What is left to do, of whatever organization. These hold what they are made for and nothing else, so that it is
-- found as quickly among few messages as among very many. The second half of a condition tells one index of queued
-- messages from the other: while the statistics say that nothing is queued, PostgreSQL would take either for short,
-- and then sort the million that have come since.
CREATE INDEX messages_due ON messages (due_at, id) WHERE status = 'queued' AND due_at IS NOT NULL;
CREATE INDEX messages_expiring ON messages (expires_at, id) WHERE status = 'queued' AND lease_ends_at IS NULL;
CREATE INDEX messages_leased ON messages (lease_ends_at, id) WHERE status = 'sending';
CREATE INDEX messages_unsettled ON messages (phone, id) WHERE status IN ('sending', 'unknown');
CREATE INDEX messages_by_reference ON messages (gateway, reference, id) WHERE reference IS NOT NULL;
-- All that it takes to add up what an organization's messages have cost, altogether or in a stretch of time.
CREATE INDEX messages_by_cost ON messages (organization_id, cost_currency, id, cost) WHERE cost IS NOT NULL;

CREATE TABLE message_attempts (
    message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    gateway text COLLATE "C",
    outcome text COLLATE "C" NOT NULL
        CHECK (outcome IN ('accepted', 'refused', 'deferred', 'held', 'unanswered', 'lost')),
    reference text COLLATE "C",
    code text COLLATE "C",
    cost bigint CHECK (cost >= 0),
    cost_currency text COLLATE "C",
    error text COLLATE "C",
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, id),
    CHECK ((cost IS NULL) = (cost_currency IS NULL))
);

CREATE UNIQUE INDEX message_attempts_by_id ON message_attempts (id);

CREATE TABLE opt_outs (
    id uuid NOT NULL PRIMARY KEY,
    number text COLLATE "C" NOT NULL,
    gateway text COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX opt_outs_by_number ON opt_outs (number);

-- Reports that came before it was known what they are about. No reference to the message, for the same reason.
CREATE TABLE delivery_reports (
    gateway text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    message_id uuid,
    number text COLLATE "C",
    failure_code text COLLATE "C",
    failure_remark text COLLATE "C",
    reported_at timestamptz NOT NULL,
    PRIMARY KEY (gateway, reference)
);

CREATE INDEX delivery_reports_by_number ON delivery_reports (number) WHERE number IS NOT NULL;
CREATE INDEX delivery_reports_by_reported_at ON delivery_reports (reported_at);

CREATE TABLE gateway_holds (
    gateway text COLLATE "C" NOT NULL PRIMARY KEY,
    remark text COLLATE "C",
    since timestamptz NOT NULL,
    until timestamptz NOT NULL
);
