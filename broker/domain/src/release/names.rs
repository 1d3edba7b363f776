//! Which claims there are, and which scope releases them (OpenID Connect Core 5.1, 5.4).

/// All claims that may be released, for discovery's `claims_supported`.
pub const CLAIMS: [&str; 32] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "sid",
    "at_hash",
    "name",
    "family_name",
    "middle_name",
    "given_name",
    "gender",
    "birthdate",
    "locale",
    "zoneinfo",
    "email",
    "email_verified",
    "address",
    "phone_number",
    "phone_number_verified",
    "account_type",
    "personal_number",
    "old_number",
    "passport_number",
    "tax_code",
    "business_code",
    "organization_name",
    "representative_name",
    "representative_number",
];

/// The claims that may stand within `verified_claims`, for discovery's `claims_in_verified_claims_supported`.
pub const VERIFIABLE: [&str; 17] = [
    "name",
    "family_name",
    "middle_name",
    "given_name",
    "gender",
    "birthdate",
    "email",
    "address",
    "phone_number",
    "personal_number",
    "old_number",
    "passport_number",
    "tax_code",
    "business_code",
    "organization_name",
    "representative_name",
    "representative_number",
];

/// The claims of a scope.
pub(super) fn of_scope(scope: &str) -> &'static [&'static str] {
    match scope {
        "profile" => {
            &["name", "family_name", "middle_name", "given_name", "gender", "birthdate", "locale", "zoneinfo"]
        }
        "email" => &["email", "email_verified"],
        "phone" => &["phone_number", "phone_number_verified"],
        "address" => &["address"],
        "citizen" => &["account_type", "personal_number", "old_number", "passport_number"],
        "organization" => &[
            "account_type",
            "tax_code",
            "business_code",
            "organization_name",
            "representative_name",
            "representative_number",
        ],
        _ => &[],
    }
}
