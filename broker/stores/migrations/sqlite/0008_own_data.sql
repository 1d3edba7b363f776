-- What the population database confirmed of a citizen, sealed; and what citizens look at themselves is found without a long search.
ALTER TABLE citizens ADD COLUMN claims BLOB;
CREATE INDEX audit_events_citizen_seq ON audit_events (citizen, seq);
DROP INDEX audit_events_citizen;
CREATE INDEX citizens_stopped ON citizens (updated_at) WHERE status <> 0;
