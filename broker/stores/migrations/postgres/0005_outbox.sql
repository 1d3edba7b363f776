-- What portals are told: written in the transaction of what it tells of, one row for each portal, there until the portal has
-- acknowledged it.
CREATE TABLE outbox (
    id          TEXT PRIMARY KEY,
    client      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    state       TEXT NOT NULL,
    attempts    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    error       TEXT,
    changed_at  BIGINT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (client, at, id) WHERE state = 'waiting';
CREATE INDEX outbox_at ON outbox (at, id);

-- Sectors that were taken over: they keep the subjects that they gave, and give no new ones.
CREATE TABLE sector_merges (
    from_sector  TEXT PRIMARY KEY,
    into_sector  TEXT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX sector_merges_into ON sector_merges (into_sector);
CREATE INDEX subject_aliases_citizen ON subject_aliases (citizen_id, sector);

ALTER TABLE links ADD COLUMN ended_by TEXT;

-- How we prove to a portal who we are when we push an event to it: sealed.
ALTER TABLE clients ADD COLUMN events_token BYTEA;
