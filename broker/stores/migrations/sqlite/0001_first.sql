-- Every time is in milliseconds since 1970-01-01T00:00:00Z. What is personal is sealed; what finds it again is a blind index.

CREATE TABLE clients (
    id          TEXT PRIMARY KEY,
    record      TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE citizens (
    id          TEXT PRIMARY KEY,
    status      BIGINT NOT NULL,
    profile     BLOB NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

-- The numbers (or an organization's tax code) by which a citizen is found: one row for each index key in force, and for each number
-- that they have had. One number, one citizen.
CREATE TABLE citizen_numbers (
    number_index  BLOB PRIMARY KEY,
    citizen_id    TEXT NOT NULL REFERENCES citizens (id),
    number        BLOB NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX citizen_numbers_citizen ON citizen_numbers (citizen_id);

-- One row for each index key in force.
CREATE TABLE identities (
    identity_index  BLOB PRIMARY KEY,
    citizen_id      TEXT NOT NULL REFERENCES citizens (id),
    upstream        TEXT NOT NULL,
    issuer          TEXT NOT NULL,
    subject         BLOB NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX identities_citizen ON identities (citizen_id);

-- The one subject of a citizen in a sector: stored the first time it is given, never changed.
CREATE TABLE subjects (
    citizen_id  TEXT NOT NULL REFERENCES citizens (id),
    sector      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (citizen_id, sector),
    UNIQUE (sector, subject)
);

-- Subjects that a sector knew a citizen by before, and was told of.
CREATE TABLE subject_aliases (
    sector      TEXT NOT NULL,
    alias       TEXT NOT NULL,
    citizen_id  TEXT NOT NULL REFERENCES citizens (id),
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (sector, alias)
);

CREATE TABLE consents (
    citizen_id  TEXT NOT NULL REFERENCES citizens (id),
    client_id   TEXT NOT NULL,
    scope       TEXT NOT NULL,
    allowed_at  BIGINT NOT NULL,
    PRIMARY KEY (citizen_id, client_id)
);

-- Accounts that portals had created before VNeID. They are imported later; the table waits for them.
CREATE TABLE legacy_accounts (
    id                TEXT PRIMARY KEY,
    namespace         TEXT NOT NULL,
    tech_id           TEXT NOT NULL,
    kind              BIGINT NOT NULL,
    status            BIGINT NOT NULL,
    user_name_index   BLOB,
    number_index      BLOB,
    old_number_index  BLOB,
    tax_code_index    BLOB,
    password_hash     BLOB,
    claims            BLOB NOT NULL,
    source            TEXT NOT NULL,
    imported_at       BIGINT NOT NULL,
    UNIQUE (namespace, tech_id)
);
CREATE INDEX legacy_accounts_user_name ON legacy_accounts (namespace, user_name_index);
CREATE INDEX legacy_accounts_number ON legacy_accounts (number_index);
CREATE INDEX legacy_accounts_old_number ON legacy_accounts (old_number_index);
CREATE INDEX legacy_accounts_tax_code ON legacy_accounts (tax_code_index);

-- Never edited, only ended and made anew.
CREATE TABLE links (
    id          TEXT PRIMARY KEY,
    citizen_id  TEXT NOT NULL REFERENCES citizens (id),
    account_id  TEXT NOT NULL REFERENCES legacy_accounts (id),
    evidence    TEXT NOT NULL,
    linked_by   TEXT NOT NULL,
    linked_at   BIGINT NOT NULL,
    ended_at    BIGINT,
    ended_why   TEXT
);
CREATE UNIQUE INDEX links_one_owner ON links (account_id) WHERE ended_at IS NULL;
CREATE INDEX links_citizen ON links (citizen_id);

-- What people must decide: two of them, with the evidence side by side.
CREATE TABLE review_queue (
    id               TEXT PRIMARY KEY,
    reason           TEXT NOT NULL,
    upstream         TEXT NOT NULL,
    interaction      TEXT,
    citizen_id       TEXT REFERENCES citizens (id),
    account_id       TEXT REFERENCES legacy_accounts (id),
    evidence         BLOB NOT NULL,
    opened_at        BIGINT NOT NULL,
    first_decision   TEXT,
    first_by         TEXT,
    first_at         BIGINT,
    second_decision  TEXT,
    second_by        TEXT,
    second_at        BIGINT,
    closed_at        BIGINT,
    outcome          TEXT
);
CREATE INDEX review_queue_open ON review_queue (opened_at) WHERE closed_at IS NULL;
CREATE INDEX review_queue_citizen ON review_queue (citizen_id);

CREATE TABLE signing_keys (
    kid          TEXT PRIMARY KEY,
    alg          TEXT NOT NULL,
    state        TEXT NOT NULL,
    private_jwk  BLOB NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);

CREATE TABLE audit_events (
    seq          BIGINT PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    at           BIGINT NOT NULL,
    kind         BIGINT NOT NULL,
    citizen      TEXT,
    client       TEXT,
    interaction  TEXT,
    sid          TEXT,
    code         BIGINT,
    trace        TEXT,
    note         TEXT,
    hash         BLOB NOT NULL
);
CREATE INDEX audit_events_trace ON audit_events (trace);
CREATE INDEX audit_events_interaction ON audit_events (interaction);
CREATE INDEX audit_events_citizen ON audit_events (citizen);

-- The last link of the chain: whoever appends locks it first.
CREATE TABLE audit_head (
    one   BIGINT PRIMARY KEY CHECK (one = 1),
    seq   BIGINT NOT NULL,
    hash  BLOB NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    client     TEXT NOT NULL,
    subject    TEXT,
    sid        TEXT NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    error      TEXT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX notices_due ON notices (due_at) WHERE state = 'waiting';

-- Grows with every change of registrations or signing keys.
CREATE TABLE revision (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    value  BIGINT NOT NULL
);
INSERT INTO revision (one, value) VALUES (1, 0);
