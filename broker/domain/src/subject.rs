//! The one `sub` of a citizen at a portal: stored the first time it is given, never recomputed.

use crate::ids::{CitizenId, SectorId};
use crate::secret::{Hasher, Purpose};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A subject identifier: at most 255 ASCII characters (OpenID Connect Core 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject(String);

impl Subject {
    /// Takes a stored or imported subject; `None` when no `sub` may be so.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = !text.is_empty() && text.len() <= 255 && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// The value that a sector is given when no legacy account decides it: an HMAC of sector and citizen. What the store
    /// already holds wins over it.
    pub fn pairwise(hasher: &Hasher, sector: &SectorId, citizen: &CitizenId) -> Self {
        Self(
            hasher
                .hash_parts(Purpose::Subject, &[sector.as_str().as_bytes(), citizen.as_str().as_bytes()])
                .to_text(),
        )
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
