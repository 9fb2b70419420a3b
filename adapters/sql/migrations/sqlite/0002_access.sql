-- Who may do what: more about organizations, users and tokens, memberships as objects of their own, and the tables
-- of sessions, of the audit, of kept answers and of calls that are counted. What stands where a row had nothing is
-- what held until now: UTC, no staff, everybody active, tokens that may do everything.

-- `name_folded` is filled by the program, which alone folds as all stores do.
ALTER TABLE organizations ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE organizations ADD COLUMN time_zone_folded TEXT NOT NULL DEFAULT 'utc';
ALTER TABLE organizations ADD COLUMN members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0);
ALTER TABLE organizations ADD COLUMN administrators INTEGER NOT NULL DEFAULT 0 CHECK (administrators >= 0);

UPDATE organizations SET members = counted.members, administrators = counted.administrators
FROM (
    SELECT organization_id, count(*) AS members, count(*) FILTER (WHERE role = 'admin') AS administrators
    FROM memberships GROUP BY organization_id
) AS counted
WHERE counted.organization_id = organizations.id;

CREATE INDEX organizations_by_name ON organizations (name_folded, name, id);

ALTER TABLE users ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN email_folded TEXT;
ALTER TABLE users ADD COLUMN issuer TEXT;
ALTER TABLE users ADD COLUMN issuer_folded TEXT;
ALTER TABLE users ADD COLUMN subject TEXT;
ALTER TABLE users ADD COLUMN subject_folded TEXT CHECK ((issuer IS NULL) = (subject IS NULL));
ALTER TABLE users ADD COLUMN is_staff INTEGER NOT NULL DEFAULT 0 CHECK (is_staff IN (0, 1));
ALTER TABLE users ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1));

DROP INDEX users_by_name;
CREATE INDEX users_by_name ON users (name_folded, name, id);
CREATE INDEX users_by_email ON users (email_folded, email, id);
CREATE INDEX users_by_is_staff ON users (is_staff, id);
CREATE INDEX users_by_is_active ON users (is_active, id);
-- SQLite looks into the index that was made last first: who repeats both is told that the id is taken.
CREATE UNIQUE INDEX users_by_identity ON users (issuer, subject);
CREATE UNIQUE INDEX users_by_id ON users (id);

-- Who was only invited has an address and no user. Whether the customer of a guest is there is not asked: a guest of
-- a customer that is gone sees nothing.
ALTER TABLE memberships RENAME TO memberships_without_id;
CREATE TABLE memberships (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    email TEXT,
    email_folded TEXT,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'member', 'admin')),
    customer_id BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (organization_id, id),
    CHECK ((user_id IS NULL) <> (email IS NULL)),
    CHECK (customer_id IS NULL OR role = 'viewer')
) STRICT, WITHOUT ROWID;

-- An id as old as the user: the first half of the user's and the second half of the organization's.
INSERT INTO memberships (organization_id, id, user_id, role, updated_at, version)
SELECT
    m.organization_id,
    unhex(hex(substr(m.user_id, 1, 8)) || hex(substr(m.organization_id, 9, 8))),
    m.user_id,
    m.role,
    u.updated_at,
    1
FROM memberships_without_id AS m JOIN users AS u ON u.id = m.user_id;
DROP TABLE memberships_without_id;

CREATE UNIQUE INDEX memberships_by_user ON memberships (organization_id, user_id);
CREATE UNIQUE INDEX memberships_by_email ON memberships (organization_id, email_folded, email);
CREATE UNIQUE INDEX memberships_by_id ON memberships (id);
CREATE INDEX memberships_by_role ON memberships (organization_id, role, id);
-- Those of one person, wherever they are.
CREATE INDEX memberships_of_user ON memberships (user_id, id);
CREATE INDEX memberships_of_email ON memberships (email_folded, email, id);

-- A token that is bound to an organization which is gone is good for nothing: that it is there is not asked.
ALTER TABLE api_tokens ADD COLUMN name TEXT NOT NULL DEFAULT 'token';
ALTER TABLE api_tokens ADD COLUMN name_folded TEXT NOT NULL DEFAULT 'token';
ALTER TABLE api_tokens ADD COLUMN organization_id BLOB;
ALTER TABLE api_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT 'write';
ALTER TABLE api_tokens ADD COLUMN expires_at INTEGER;
-- A copy to sort by: what never expires comes before all that does.
ALTER TABLE api_tokens ADD COLUMN expires_at_or_lowest INTEGER NOT NULL DEFAULT -62135596800001
    CHECK (expires_at_or_lowest = coalesce(expires_at, -62135596800001));
ALTER TABLE api_tokens ADD COLUMN last_used_at INTEGER;

DROP INDEX api_tokens_by_user;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, id);
CREATE INDEX api_tokens_by_name ON api_tokens (user_id, name_folded, name, id);
CREATE INDEX api_tokens_by_organization ON api_tokens (user_id, organization_id, id);
CREATE INDEX api_tokens_by_expires_at ON api_tokens (user_id, expires_at_or_lowest, id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    issuer TEXT,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sessions_by_digest ON sessions (digest);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- No references: an entry stays when its organization, its user or its object goes. Before and after are the text of
-- JSON, to the letter.
CREATE TABLE audit_entries (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB,
    user_id BLOB,
    credential TEXT NOT NULL,
    credential_name TEXT,
    address TEXT,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    object_id BLOB NOT NULL,
    facts_before TEXT,
    facts_after TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_entries_by_organization ON audit_entries (organization_id, id);
CREATE INDEX audit_entries_by_user ON audit_entries (organization_id, user_id, id);
CREATE INDEX audit_entries_by_action ON audit_entries (organization_id, action, id);
CREATE INDEX audit_entries_by_resource ON audit_entries (organization_id, resource, id);
CREATE INDEX audit_entries_by_object ON audit_entries (organization_id, object_id, id);

-- No reference to the user: what is left of one who is gone is swept within a day.
CREATE TABLE kept_answers (
    user_id BLOB NOT NULL,
    key TEXT NOT NULL,
    request BLOB NOT NULL CHECK (length(request) = 32),
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;

CREATE INDEX kept_answers_by_kept_at ON kept_answers (kept_at);

CREATE TABLE rate_windows (
    key TEXT NOT NULL PRIMARY KEY,
    calls INTEGER NOT NULL CHECK (calls >= 1),
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the planner goes by, as for the other tables. Here an organization is one of a hundred: of a table that lies in
-- the order of ids it would else walk all for the newest of the one.
UPDATE sqlite_stat1 SET stat = '1000 1' WHERE tbl = 'organizations' AND idx = 'organizations';
UPDATE sqlite_stat1 SET stat = '10000 1' WHERE tbl = 'users' AND idx = 'users';
UPDATE sqlite_stat1 SET stat = '10000 1' WHERE tbl = 'api_tokens' AND idx IN ('api_tokens', 'api_tokens_by_digest');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('organizations', 'organizations_by_name', '1000 2 1 1'),
    ('users', 'users_by_id', '10000 1'),
    ('users', 'users_by_identity', '10000 10000 1'),
    ('users', 'users_by_name', '10000 2 2 1'),
    ('users', 'users_by_email', '10000 2 2 1'),
    ('users', 'users_by_is_staff', '10000 5000 1'),
    ('users', 'users_by_is_active', '10000 5000 1'),
    ('memberships', 'memberships', '100000 1000 1'),
    ('memberships', 'memberships_by_id', '100000 1'),
    ('memberships', 'memberships_by_user', '100000 1000 1'),
    ('memberships', 'memberships_by_email', '100000 1000 2 1'),
    ('memberships', 'memberships_by_role', '100000 1000 300 1'),
    ('memberships', 'memberships_of_user', '100000 2 1'),
    ('memberships', 'memberships_of_email', '100000 2 2 1'),
    ('api_tokens', 'api_tokens_by_user', '10000 10 1'),
    ('api_tokens', 'api_tokens_by_name', '10000 10 2 2 1'),
    ('api_tokens', 'api_tokens_by_organization', '10000 10 5 1'),
    ('api_tokens', 'api_tokens_by_expires_at', '10000 10 5 1'),
    ('sessions', 'sessions', '10000 1'),
    ('sessions', 'sessions_by_digest', '10000 1'),
    ('sessions', 'sessions_by_user', '10000 2'),
    ('audit_entries', 'audit_entries', '5000000 1'),
    ('audit_entries', 'audit_entries_by_organization', '5000000 50000 1'),
    ('audit_entries', 'audit_entries_by_user', '5000000 50000 1000 1'),
    ('audit_entries', 'audit_entries_by_action', '5000000 50000 20000 1'),
    ('audit_entries', 'audit_entries_by_resource', '5000000 50000 10000 1'),
    ('audit_entries', 'audit_entries_by_object', '5000000 50000 5 1'),
    ('kept_answers', 'sqlite_autoindex_kept_answers_1', '100000 1000 1'),
    ('kept_answers', 'kept_answers_by_kept_at', '100000 1'),
    ('rate_windows', 'rate_windows', '1000 1');
-- Lets this connection go by them as well.
ANALYZE sqlite_schema;
