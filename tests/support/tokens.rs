//! What comes for a code, and what stands in it.

use crate::answer::Answer;
use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

/// A token answer, read.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    pub id_token: Option<String>,
    pub body: Value,
}

impl Tokens {
    /// Reads a token answer, and checks what every one must have (RFC 6749, 5.1).
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        assert_eq!(body["token_type"], "Bearer");
        assert!(body["expires_in"].as_i64().is_some_and(|s| s > 0), "{body}");
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        Self {
            access: text("access_token").unwrap(),
            refresh: text("refresh_token"),
            id_token: text("id_token"),
            body,
        }
    }

    /// The claims of the id_token, not verified.
    #[track_caller]
    pub fn claims(&self) -> Value {
        payload(self.id_token.as_deref().expect("an id_token"))
    }

    #[track_caller]
    pub fn refresh(&self) -> &str {
        self.refresh.as_deref().expect("a refresh token")
    }

    #[track_caller]
    pub fn id_token(&self) -> &str {
        self.id_token.as_deref().expect("an id_token")
    }

    pub fn scope(&self) -> &str {
        self.body["scope"].as_str().unwrap_or("")
    }
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap_or_else(|| panic!("not a JWT: {token}"));
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}

/// The claims of a JWT, not verified.
pub fn payload(token: &str) -> Value {
    part(token, 1)
}

/// The header of a JWT.
pub fn header(token: &str) -> Value {
    part(token, 0)
}

/// The same claims under another header and no true signature.
pub fn forge(token: &str, header: &Value, signature: &str) -> String {
    let header = BASE64URL_NOPAD.encode(header.to_string().as_bytes());
    format!("{header}.{}.{signature}", token.split('.').nth(1).unwrap())
}
