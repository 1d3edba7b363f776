//! The query with which VNeID sends the citizen back.

use super::failure::UpstreamFailure;
use super::refused::Refused;
use super::rules::Dialect;
use crate::form::Form;
use crate::secret::Secret;
use unicode_normalization::UnicodeNormalization;

/// What a callback holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// A code to redeem.
    Code {
        /// The code, as it came: in the sealed dialect possibly encrypted.
        code: Secret,
        /// The sealed key of an encrypted code.
        encrypt_key: Option<Secret>,
        /// Who says that it answers (RFC 9207).
        iss: Option<String>,
    },
    /// An error (RFC 6749, 4.1.2.1; OpenID Connect Core 3.1.2.6).
    Error {
        /// What it means to us.
        refused: Refused,
        /// Who says that it answers (RFC 9207).
        iss: Option<String>,
    },
}

impl Callback {
    /// Reads the raw query. `locked` lists the errors, and the words in error descriptions, by which this upstream says that an
    /// account is locked.
    ///
    /// # Errors
    /// [`UpstreamFailure::NoCode`] when there is neither a usable code nor an error.
    pub fn read(raw_query: &str, dialect: Dialect, locked: &[String]) -> Result<Self, Refused> {
        let form = Form::parse(raw_query.as_bytes())
            .map_err(|_| Refused::new(UpstreamFailure::NoCode, "unreadable query"))?;
        let iss = form.get("iss").map(str::to_owned);
        if let Some(error) = form.get("error") {
            let refused = error_answer(error, form.get("error_description"), locked);
            return Ok(Self::Error { refused, iss });
        }
        let code = value(&form, "code", dialect)?
            .ok_or_else(|| Refused::new(UpstreamFailure::NoCode, "code is missing"))?;
        let encrypt_key = match dialect {
            Dialect::Oidc => None,
            Dialect::Sealed => value(&form, "encrypt_key", dialect)?,
        };
        Ok(Self::Code { code, encrypt_key, iss })
    }
}

/// A parameter as it was meant. In the sealed dialect `+` is sent as itself, and what a proxy on the way made a space of was one:
/// Base64 knows no spaces.
fn value(form: &Form, name: &'static str, dialect: Dialect) -> Result<Option<Secret>, Refused> {
    let text = match dialect {
        Dialect::Oidc => form.get(name).map(str::to_owned),
        Dialect::Sealed => form.get_keeping_plus(name).map(|v| v.replace(' ', "+")),
    };
    // RFC 6749, A.11: visible characters and spaces.
    match text {
        Some(t) if t.bytes().any(|b| !(0x20..0x7f).contains(&b)) => {
            Err(Refused::new(UpstreamFailure::NoCode, name))
        }
        other => Ok(other.map(Secret::new)),
    }
}

fn error_answer(error: &str, description: Option<&str>, locked: &[String]) -> Refused {
    let lower = |text: &str| text.nfc().collect::<String>().to_lowercase();
    let described = description.map(lower).unwrap_or_default();
    let is_locked = locked
        .iter()
        .map(|known| lower(known))
        .any(|known| !known.is_empty() && (known == lower(error) || described.contains(&known)));
    let failure = match error {
        _ if is_locked => UpstreamFailure::AccountLocked,
        "access_denied" => UpstreamFailure::Denied,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            UpstreamFailure::LoginRequired
        }
        "temporarily_unavailable" => UpstreamFailure::Busy,
        _ => UpstreamFailure::ErrorAnswer,
    };
    Refused::quoting(failure, error)
}
