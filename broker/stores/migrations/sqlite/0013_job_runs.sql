-- When each scheduled job succeeded last, for all instances.
CREATE TABLE job_runs (
    name     TEXT PRIMARY KEY,
    last_at  BIGINT NOT NULL
);
-- What was given up is cleaned up some day.
CREATE INDEX deliveries_given_up ON deliveries (changed_at) WHERE state = 'given-up';
