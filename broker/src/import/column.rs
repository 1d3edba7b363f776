//! What a column holds, by its name.

use std::collections::HashMap;
use std::sync::LazyLock;

macro_rules! claims {
    ($($name:ident = $word:literal,)*) => {
        /// The claims that an account can have, in the order in which they are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Claim { $($name,)* }

        impl Claim {
            pub(super) const ALL: [Self; COUNT] = [$(Self::$name,)*];

            /// Its column's name.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

/// How many claims there are.
pub(super) const COUNT: usize = 13;

claims! {
    PersonalNumber = "personal_number",
    OldNumber = "old_number",
    Passport = "passport",
    FullName = "full_name",
    BirthDate = "birth_date",
    Gender = "gender",
    Phone = "phone",
    Email = "email",
    Address = "address",
    CurrentAddress = "current_address",
    TaxCode = "tax_code",
    BusinessCode = "business_code",
    OrganizationName = "organization_name",
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    TechId,
    UserName,
    PasswordHash,
    Kind,
    Status,
    FamilyName,
    MiddleName,
    GivenName,
    Value(Claim),
    Mark(Claim),
    Source(Claim),
    VerifiedAt(Claim),
}

/// Columns that belong to no claim.
const PLAIN: [(&str, Column); 8] = [
    ("tech_id", Column::TechId),
    ("user_name", Column::UserName),
    ("password_hash", Column::PasswordHash),
    ("kind", Column::Kind),
    ("status", Column::Status),
    ("family_name", Column::FamilyName),
    ("middle_name", Column::MiddleName),
    ("given_name", Column::GivenName),
];

/// All columns by their names.
static NAMES: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
    let of_claims = Claim::ALL.into_iter().flat_map(|claim| {
        let name = claim.name();
        [
            (name.to_owned(), Column::Value(claim)),
            (format!("{name}_mark"), Column::Mark(claim)),
            (format!("{name}_source"), Column::Source(claim)),
            (format!("{name}_verified_at"), Column::VerifiedAt(claim)),
        ]
    });
    PLAIN.into_iter().map(|(name, column)| (name.to_owned(), column)).chain(of_claims).collect()
});

impl Column {
    /// The column of a name; `None` when there is no such column.
    pub(super) fn of(name: &str) -> Option<Self> {
        NAMES.get(name.trim()).copied()
    }
}
