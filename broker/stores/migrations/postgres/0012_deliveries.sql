-- All that goes out: events and logout notices to portals, messages to phones. Written before it is sent, in the transaction of its
-- cause where that is in this database; what is delivered is gone. The body is sealed. The tables outbox and notices stay for instances
-- of the version before: what still stands in them is taken over row by row.
CREATE TABLE deliveries (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL,
    destination    TEXT NOT NULL,
    body           BYTEA NOT NULL,
    at             BIGINT NOT NULL,
    ends_at        BIGINT,
    state          TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    due_at         BIGINT NOT NULL,
    claimed_until  BIGINT NOT NULL,
    error          TEXT,
    changed_at     BIGINT NOT NULL
);
CREATE INDEX deliveries_order ON deliveries (kind, destination, at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_due ON deliveries (kind, destination, due_at) WHERE state = 'waiting';
CREATE INDEX deliveries_at ON deliveries (at, id);
