-- What the holder of an account typed in and the population database confirmed, sealed, apart from what its portal knew.
ALTER TABLE legacy_accounts ADD COLUMN confirmed BYTEA;
