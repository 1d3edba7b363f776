//! The kinds of values that are found by a blind index. A citizen's number and an account's are of one kind, so that one finds the other.

/// The personal number of a person.
pub(super) const PERSONAL_NUMBER: &str = "personal-number";
/// The tax code of an organization.
pub(super) const TAX_CODE: &str = "tax-code";
/// The number of the old identity card.
pub(super) const OLD_NUMBER: &str = "old-number";
