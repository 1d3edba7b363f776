//! What the sealed columns of an account are bound to, and how counts are read.

/// What the claims of an account are sealed for.
pub(super) fn claims_place(id: &str) -> String {
    format!("legacy_accounts/{id}/claims")
}

/// What the confirmed claims of an account are sealed for.
pub(super) fn confirmed_place(id: &str) -> String {
    format!("legacy_accounts/{id}/confirmed")
}

/// What the password hash of an account is sealed for.
pub(super) fn password_place(id: &str) -> String {
    format!("legacy_accounts/{id}/password_hash")
}

/// A count as the database has it.
pub(super) fn read(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
