//! Whom VNeID has proven.

use super::claims::organization_subject;
use crate::clock::Timestamp;
use crate::ids::UpstreamId;
use crate::level::Level;
use crate::person::{AccountKind, Organization, Profile};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A citizen as VNeID proves one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The organizations that this person may act for instead, as VNeID says; none when an organization has signed in already.
    pub organizations: Vec<Organization>,
    /// How strongly they were authenticated.
    pub level: Level,
    /// When.
    pub auth_time: Timestamp,
}

impl Arrival {
    /// Whether the person must say as whom they come.
    pub const fn has_choice(&self) -> bool {
        !self.organizations.is_empty()
    }

    /// The person for themselves: nothing is left to choose.
    #[must_use]
    pub fn as_themselves(self) -> Self {
        Self { organizations: Vec::new(), ..self }
    }

    /// The person acting for the organization at `index` of [`Self::organizations`]; `None` when there is none. An organization is
    /// known by its tax code and who acts for it, never by the subject of the person: whoever represents two organizations and
    /// themselves is three citizens to us.
    pub fn acting_for(&self, index: usize) -> Option<Self> {
        let organization = self.organizations.get(index)?.clone();
        let subject = organization_subject(&organization, &self.profile.personal_number);
        let profile = Profile {
            kind: AccountKind::Organization,
            organization: Some(organization),
            ..self.profile.clone()
        };
        Some(Self { subject, profile, organizations: Vec::new(), ..self.clone() })
    }
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
