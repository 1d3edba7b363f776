//! The requests received.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request as it came. Secrets are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// `GET`, `POST` …
    pub method: String,
    /// The path.
    pub path: String,
    /// The raw query.
    pub query: String,
    /// The fields of a form body, without passwords and secrets.
    pub form: BTreeMap<String, String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The scheme of the `Authorization` header.
    pub authorization: Option<String>,
}

/// Fields that are not kept.
pub(crate) const SECRET: [&str; 4] = ["password", "client_secret", "otp", "code_verifier"];
