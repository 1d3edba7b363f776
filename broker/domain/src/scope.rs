//! Scopes: what a client asks for, in the order it asked.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A list of scope tokens without repetition, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Parses a `scope` parameter (RFC 6749, 3.3); `None` when a token has a character outside
    /// `%x21 / %x23-5B / %x5D-7E`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut list: Vec<String> = Vec::new();
        for token in text.split(' ').filter(|t| !t.is_empty()) {
            if !token.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
                return None;
            }
            if !list.iter().any(|t| t == token) {
                list.push(token.to_owned());
            }
        }
        Some(Self(list))
    }

    /// Whether it holds `token`.
    pub fn has(&self, token: &str) -> bool {
        self.0.iter().any(|t| t == token)
    }

    /// Whether every token of it is in `of`.
    pub fn is_subset(&self, of: &Self) -> bool {
        self.0.iter().all(|t| of.has(t))
    }

    /// Its tokens, then those of `other` that it lacks.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.0.extend(other.0.iter().filter(|t| !self.has(t)).cloned());
        all
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// The scopes that the broker knows: those of OpenID Connect Core 5.4, refresh, and the national ones.
pub const KNOWN: [&str; 8] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "citizen", "organization"];
