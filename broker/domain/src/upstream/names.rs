//! Under which names an upstream gives its claims: a matter of the agreement with it.

/// The name of each claim. One that begins with `/` is a JSON pointer (RFC 6901) into nested claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// The personal number, 12 digits.
    pub personal_number: String,
    /// The full name.
    pub full_name: String,
    /// The date of birth.
    pub birth_date: String,
    /// The sex.
    pub gender: String,
    /// The telephone number.
    pub phone: String,
    /// The e-mail address.
    pub email: String,
    /// The address: a text, or an object with `formatted` (OpenID Connect Core 5.1.1).
    pub address: String,
    /// The old number, 9 digits.
    pub old_number: String,
    /// The passport number.
    pub passport: String,
    /// The organizations that a person may act for: a list of objects that hold the two claims below.
    pub organizations: String,
    /// The organization's name.
    pub organization_name: String,
    /// The organization's tax code.
    pub tax_code: String,
    /// Whether a person or an organization signed in.
    pub account_type: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let name = str::to_owned;
        Self {
            personal_number: name("citizenPid"),
            full_name: name("fullName"),
            birth_date: name("birthDate"),
            gender: name("gender"),
            phone: name("phoneNumber"),
            email: name("email"),
            address: name("address"),
            old_number: name("oldNumber"),
            passport: name("passportNumber"),
            organizations: name("organizations"),
            organization_name: name("organizationName"),
            tax_code: name("taxCode"),
            account_type: name("accountType"),
        }
    }
}
