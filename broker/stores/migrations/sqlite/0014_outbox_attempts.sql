-- Attempts that were answered: only these let later events step over an earlier one. And when an operator made it due anew.
ALTER TABLE deliveries ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN retried_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_retried ON deliveries (kind, destination, retried_at) WHERE state = 'waiting' AND retried_at > 0;
-- How much there is of what is counted every few seconds, from the index alone.
CREATE INDEX deliveries_counted ON deliveries (kind, state, at);
-- What was refused is cleaned up some day.
CREATE INDEX deliveries_refused ON deliveries (changed_at) WHERE state = 'refused';
