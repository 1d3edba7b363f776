//! Whom VNeID has proven.

use crate::clock::Timestamp;
use crate::ids::UpstreamId;
use crate::level::Level;
use crate::person::Profile;
use std::fmt;

/// A citizen as VNeID proves one.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Which upstream.
    pub upstream: UpstreamId,
    /// Its issuer.
    pub issuer: String,
    /// The subject there. The sealed dialect gives none: the number (or tax code and who acts) plays that part.
    pub subject: String,
    /// The session there, when one is named.
    pub sid: Option<String>,
    /// Who it is.
    pub profile: Profile,
    /// How strongly they were authenticated.
    pub level: Level,
    /// When.
    pub auth_time: Timestamp,
}

impl fmt::Debug for Arrival {
    /// Without the subject, which can be a personal number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("upstream", &self.upstream)
            .field("level", &self.level)
            .field("auth_time", &self.auth_time)
            .finish_non_exhaustive()
    }
}
