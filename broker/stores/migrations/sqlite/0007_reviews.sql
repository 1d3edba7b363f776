-- The first queue held nothing yet, and had room for two voices alone: whoever differs needs a third one, or another word.
DROP TABLE review_queue;

-- What people must decide, with the evidence side by side. One case is open for each reason, citizen and account.
CREATE TABLE reviews (
    id              TEXT PRIMARY KEY,
    matter          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    citizen_id      TEXT NOT NULL REFERENCES citizens (id),
    account_id      TEXT REFERENCES legacy_accounts (id),
    interaction     TEXT,
    dossier         BLOB NOT NULL,
    evidence_index  BLOB NOT NULL,
    opened_at       BIGINT NOT NULL,
    closed_at       BIGINT,
    ruling          TEXT,
    outcome         TEXT
);
CREATE UNIQUE INDEX reviews_one_open ON reviews (matter) WHERE closed_at IS NULL;
CREATE INDEX reviews_matter ON reviews (matter);
CREATE INDEX reviews_open ON reviews (opened_at) WHERE closed_at IS NULL;
CREATE INDEX reviews_citizen ON reviews (citizen_id);

-- What each of them said: added to, never edited.
CREATE TABLE review_votes (
    review_id  TEXT NOT NULL REFERENCES reviews (id),
    nth        BIGINT NOT NULL,
    name       TEXT NOT NULL,
    account    TEXT NOT NULL,
    ruling     TEXT NOT NULL,
    why        BLOB NOT NULL,
    said_at    BIGINT NOT NULL,
    PRIMARY KEY (review_id, nth)
);
