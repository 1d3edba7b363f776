//! How often something may be tried.

use crate::clock::Timestamp;
use crate::secret::{Hasher, Purpose};
use std::fmt;

/// Under what attempts are counted: a keyed hash, never the account, the address or the phone itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LimitName(String);

impl LimitName {
    /// The name of what `parts` say, for one `kind` of limit. Two kinds, or two lists of parts, never share a name.
    pub fn of(hasher: &Hasher, kind: &str, parts: &[&str]) -> Self {
        let all: Vec<&[u8]> = std::iter::once(kind).chain(parts.iter().copied()).map(str::as_bytes).collect();
        Self(hasher.hash_parts(Purpose::Limit, &all).to_text())
    }

    /// As text: 43 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A limit: at most `most` attempts in any stretch of `window_secs` seconds. A name belongs to one window: another window needs
/// another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Under what is counted.
    pub name: LimitName,
    /// Attempts at the most; 0 allows none.
    pub most: u32,
    /// The window, in seconds.
    pub window_secs: i64,
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// It may, and is counted under every limit.
    Allowed,
    /// One limit or more is exhausted. Nothing was counted, so that who waits does not wait longer for having asked.
    TooMany {
        /// The first moment at which all of them would allow one, if nobody else tries meanwhile.
        retry_at: Timestamp,
    },
}
