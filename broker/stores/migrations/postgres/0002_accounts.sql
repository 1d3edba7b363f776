-- Legacy accounts come in: what tells whether an account changed since it was imported, and how far each import got.
ALTER TABLE legacy_accounts ADD COLUMN digest BYTEA;

CREATE TABLE imports (
    namespace   TEXT NOT NULL,
    file        TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    lines       BIGINT NOT NULL,
    added       BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    unchanged   BIGINT NOT NULL,
    bad         BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (namespace, file)
);
