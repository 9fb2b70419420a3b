-- Who may do what: more about organizations, users and tokens, memberships as objects of their own, and the tables
-- of sessions, of the audit, of kept answers and of calls that are counted. What stands where a row had nothing is
-- what held until now: UTC, no staff, everybody active, tokens that may do everything.

-- `name_folded` is filled by the program, which alone folds as all stores do.
ALTER TABLE organizations
    ADD COLUMN name_folded text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN time_zone text COLLATE "C" NOT NULL DEFAULT 'UTC',
    ADD COLUMN time_zone_folded text COLLATE "C" NOT NULL DEFAULT 'utc',
    ADD COLUMN members bigint NOT NULL DEFAULT 0 CHECK (members >= 0),
    ADD COLUMN administrators bigint NOT NULL DEFAULT 0 CHECK (administrators >= 0);

UPDATE organizations SET members = counted.members, administrators = counted.administrators
FROM (
    SELECT organization_id, count(*) AS members, count(*) FILTER (WHERE role = 'admin') AS administrators
    FROM memberships GROUP BY organization_id
) AS counted
WHERE counted.organization_id = organizations.id;

ALTER TABLE organizations
    ALTER COLUMN name_folded DROP DEFAULT,
    ALTER COLUMN time_zone DROP DEFAULT,
    ALTER COLUMN time_zone_folded DROP DEFAULT,
    ALTER COLUMN members DROP DEFAULT,
    ALTER COLUMN administrators DROP DEFAULT;

CREATE INDEX organizations_by_name ON organizations (name_folded, name, id);

ALTER TABLE users
    ADD COLUMN name_folded text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN email text COLLATE "C",
    ADD COLUMN email_folded text COLLATE "C",
    ADD COLUMN issuer text COLLATE "C",
    ADD COLUMN issuer_folded text COLLATE "C",
    ADD COLUMN subject text COLLATE "C",
    ADD COLUMN subject_folded text COLLATE "C",
    ADD COLUMN is_staff boolean NOT NULL DEFAULT FALSE,
    ADD COLUMN is_active boolean NOT NULL DEFAULT TRUE,
    ADD CHECK ((issuer IS NULL) = (subject IS NULL));

ALTER TABLE users
    ALTER COLUMN name_folded DROP DEFAULT,
    ALTER COLUMN is_staff DROP DEFAULT,
    ALTER COLUMN is_active DROP DEFAULT;

DROP INDEX users_by_name;
CREATE UNIQUE INDEX users_by_identity ON users (issuer, subject);
CREATE INDEX users_by_name ON users (name_folded, name, id);
CREATE INDEX users_by_email ON users (email_folded, email, id);
CREATE INDEX users_by_is_staff ON users (is_staff, id);
CREATE INDEX users_by_is_active ON users (is_active, id);

-- Who was only invited has an address and no user. Whether the customer of a guest is there is not asked: a guest of
-- a customer that is gone sees nothing.
ALTER TABLE memberships
    ADD COLUMN id uuid,
    ADD COLUMN email text COLLATE "C",
    ADD COLUMN email_folded text COLLATE "C",
    ADD COLUMN customer_id uuid,
    ADD COLUMN updated_at timestamptz,
    ADD COLUMN version bigint;

-- An id as old as the user: the first half of the user's and the second half of the organization's.
UPDATE memberships SET
    id = encode(
        substring(uuid_send(memberships.user_id) FROM 1 FOR 8)
            || substring(uuid_send(memberships.organization_id) FROM 9 FOR 8),
        'hex'
    )::uuid,
    updated_at = users.updated_at,
    version = 1
FROM users WHERE users.id = memberships.user_id;

DROP INDEX memberships_by_organization;
ALTER TABLE memberships
    DROP CONSTRAINT memberships_pkey,
    ALTER COLUMN user_id DROP NOT NULL,
    ALTER COLUMN updated_at SET NOT NULL,
    ALTER COLUMN version SET NOT NULL,
    ADD PRIMARY KEY (id),
    ADD CHECK (version >= 1),
    ADD CHECK ((user_id IS NULL) <> (email IS NULL)),
    ADD CHECK (customer_id IS NULL OR role = 'viewer');

CREATE UNIQUE INDEX memberships_by_user ON memberships (organization_id, user_id);
CREATE UNIQUE INDEX memberships_by_email ON memberships (organization_id, email_folded, email);
CREATE INDEX memberships_by_organization ON memberships (organization_id, id);
CREATE INDEX memberships_by_role ON memberships (organization_id, role, id);
-- Those of one person, wherever they are.
CREATE INDEX memberships_of_user ON memberships (user_id, id);
CREATE INDEX memberships_of_email ON memberships (email_folded, email, id);

-- A token that is bound to an organization which is gone is good for nothing: that it is there is not asked.
ALTER TABLE api_tokens
    ADD COLUMN name text COLLATE "C" NOT NULL DEFAULT 'token',
    ADD COLUMN name_folded text COLLATE "C" NOT NULL DEFAULT 'token',
    ADD COLUMN organization_id uuid,
    ADD COLUMN scopes text COLLATE "C" NOT NULL DEFAULT 'write',
    ADD COLUMN expires_at timestamptz,
    -- A copy to sort by: what never expires comes before all that does.
    ADD COLUMN expires_at_or_lowest timestamptz NOT NULL DEFAULT '0001-12-31 23:59:59.999+00 BC'
        CHECK (expires_at_or_lowest = coalesce(expires_at, '0001-12-31 23:59:59.999+00 BC')),
    ADD COLUMN last_used_at timestamptz;

ALTER TABLE api_tokens
    ALTER COLUMN name DROP DEFAULT,
    ALTER COLUMN name_folded DROP DEFAULT,
    ALTER COLUMN scopes DROP DEFAULT,
    ALTER COLUMN expires_at_or_lowest DROP DEFAULT;

DROP INDEX api_tokens_by_user;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, id);
CREATE INDEX api_tokens_by_name ON api_tokens (user_id, name_folded, name, id);
CREATE INDEX api_tokens_by_organization ON api_tokens (user_id, organization_id, id);
CREATE INDEX api_tokens_by_expires_at ON api_tokens (user_id, expires_at_or_lowest, id);

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    issuer text COLLATE "C",
    seen_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX sessions_by_digest ON sessions (digest);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- No references: an entry stays when its organization, its user or its object goes. Before and after are the text of
-- JSON, to the letter.
CREATE TABLE audit_entries (
    id uuid NOT NULL PRIMARY KEY,
    organization_id uuid,
    user_id uuid,
    credential text COLLATE "C" NOT NULL,
    credential_name text COLLATE "C",
    address text COLLATE "C",
    action text COLLATE "C" NOT NULL,
    resource text COLLATE "C" NOT NULL,
    object_id uuid NOT NULL,
    facts_before text COLLATE "C",
    facts_after text COLLATE "C"
);

CREATE INDEX audit_entries_by_organization ON audit_entries (organization_id, id);
CREATE INDEX audit_entries_by_user ON audit_entries (organization_id, user_id, id);
CREATE INDEX audit_entries_by_action ON audit_entries (organization_id, action, id);
CREATE INDEX audit_entries_by_resource ON audit_entries (organization_id, resource, id);
CREATE INDEX audit_entries_by_object ON audit_entries (organization_id, object_id, id);

-- No reference to the user, whose row every request would have to touch: what is left of one who is gone is swept
-- within a day.
CREATE TABLE kept_answers (
    user_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    request bytea NOT NULL CHECK (length(request) = 32),
    status bigint NOT NULL,
    location text COLLATE "C",
    etag text COLLATE "C",
    body text COLLATE "C" NOT NULL,
    kept_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX kept_answers_by_kept_at ON kept_answers (kept_at);

-- Calls of the last minutes are not worth a log on the disk: after a crash the table is empty. Rows are rewritten
-- with every call, so there is room for that beside each.
CREATE UNLOGGED TABLE rate_windows (
    key text COLLATE "C" NOT NULL PRIMARY KEY,
    calls bigint NOT NULL CHECK (calls >= 1),
    ends_at timestamptz NOT NULL
) WITH (fillfactor = 50);
