//! A failure, and what an operator may read about it.

use super::failure::UpstreamFailure;
use std::borrow::Cow;
use std::fmt;

/// A failed step: which failure, and words for the log that never hold a value of a person or a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// Which failure.
    pub failure: UpstreamFailure,
    /// What it is about: a claim's or an endpoint's name, a status, an error code. Empty when the failure says it all.
    pub about: Cow<'static, str>,
}

impl Refused {
    /// A failure and what it is about.
    pub fn new(failure: UpstreamFailure, about: impl Into<Cow<'static, str>>) -> Self {
        Self { failure, about: about.into() }
    }

    /// A failure that is about a text from outside: at most 60 characters of it are kept, and only harmless ones.
    pub fn quoting(failure: UpstreamFailure, text: &str) -> Self {
        let kept = text.chars().take(60).map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/') { c } else { '?' }
        });
        Self { failure, about: Cow::Owned(kept.collect()) }
    }
}

impl From<UpstreamFailure> for Refused {
    fn from(failure: UpstreamFailure) -> Self {
        Self { failure, about: Cow::Borrowed("") }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.about.is_empty() {
            write!(f, "{}", self.failure)
        } else {
            write!(f, "{}: {}", self.failure, self.about)
        }
    }
}
