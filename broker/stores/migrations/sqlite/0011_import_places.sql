-- Which bytes of a file are done and what was left out of them; and where in its file an account stands.
ALTER TABLE imports ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN digest BLOB;
ALTER TABLE legacy_accounts ADD COLUMN source_place INTEGER;
ALTER TABLE legacy_accounts ADD COLUMN source_line INTEGER;
