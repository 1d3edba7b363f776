//! What a column holds, by its name.

/// The claims that an account can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Claim {
    PersonalNumber,
    OldNumber,
    Passport,
    FullName,
    BirthDate,
    Gender,
    Phone,
    Email,
    Address,
    TaxCode,
    BusinessCode,
    OrganizationName,
}

impl Claim {
    pub(super) const ALL: [(&'static str, Self); 12] = [
        ("personal_number", Self::PersonalNumber),
        ("old_number", Self::OldNumber),
        ("passport", Self::Passport),
        ("full_name", Self::FullName),
        ("birth_date", Self::BirthDate),
        ("gender", Self::Gender),
        ("phone", Self::Phone),
        ("email", Self::Email),
        ("address", Self::Address),
        ("tax_code", Self::TaxCode),
        ("business_code", Self::BusinessCode),
        ("organization_name", Self::OrganizationName),
    ];

    /// Its column's name.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, claim)| *claim == self).map_or("", |(name, _)| name)
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    TechId,
    UserName,
    PasswordHash,
    Kind,
    Status,
    Value(Claim),
    Mark(Claim),
    Source(Claim),
    VerifiedAt(Claim),
}

impl Column {
    /// The column of a name; `None` when there is no such column.
    pub(super) fn of(name: &str) -> Option<Self> {
        let claim = |name: &str| Claim::ALL.into_iter().find(|(n, _)| *n == name).map(|(_, claim)| claim);
        match name.trim() {
            "tech_id" => Some(Self::TechId),
            "user_name" => Some(Self::UserName),
            "password_hash" => Some(Self::PasswordHash),
            "kind" => Some(Self::Kind),
            "status" => Some(Self::Status),
            name => {
                if let Some(claim) = claim(name) {
                    Some(Self::Value(claim))
                } else if let Some(claim) = name.strip_suffix("_mark").and_then(claim) {
                    Some(Self::Mark(claim))
                } else if let Some(claim) = name.strip_suffix("_source").and_then(claim) {
                    Some(Self::Source(claim))
                } else {
                    name.strip_suffix("_verified_at").and_then(claim).map(Self::VerifiedAt)
                }
            }
        }
    }
}
