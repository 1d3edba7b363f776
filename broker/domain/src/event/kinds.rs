//! The events. Nothing personal stands in them beyond the subject and the `TechID`, which the portal has already.

use crate::ids::{ClientId, SectorId};
use crate::subject::Subject;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$inner])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// As stored and as portals read it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
            /// From [`Self::as_str`].
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }
    };
}

words! {
    /// Why a link ended.
    UnlinkReason {
        /// The citizen asked for it.
        CitizenAsked = "citizen-asked",
        /// It should never have been made: the account is another person's.
        Mistake = "mistake",
        /// The account went over to another citizen, by the decision of two people.
        Moved = "moved",
        /// The portal asked for it.
        PortalAsked = "portal-asked",
        /// Somebody had got hold of the account who is not its owner.
        Fraud = "fraud",
    }
}

words! {
    /// Why nobody signs in as this citizen any more.
    DisabledReason {
        /// They have died.
        Deceased = "deceased",
        /// An operator has blocked them.
        Blocked = "blocked",
    }
}

/// Who is told: a client, and the sector whose subjects it sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Listener {
    /// The client.
    pub client: ClientId,
    /// Its sector.
    pub sector: SectorId,
}

/// Something that a portal is told. `subject` is always the citizen's `sub` at that portal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum PortalEvent {
    /// A legacy account of the portal is the citizen's now.
    AccountLinked {
        /// Whose.
        subject: Subject,
        /// The account.
        tech_id: Subject,
    },
    /// The portal knows the citizen by another subject too: what it keeps under `alias` belongs under `subject`.
    SubjectAlias {
        /// Whose.
        subject: Subject,
        /// What they were known by.
        alias: Subject,
    },
    /// A legacy account of the portal is no longer the citizen's. The subject stays what it was.
    Unlinked {
        /// Whose it was.
        subject: Subject,
        /// The account.
        tech_id: Subject,
        /// Why.
        reason: UnlinkReason,
    },
    /// Nobody signs in as this citizen any more.
    AccountDisabled {
        /// Whose.
        subject: Subject,
        /// Why.
        reason: DisabledReason,
    },
}

impl PortalEvent {
    /// Its URI as a member of `events` (RFC 8417, 2.2). The one that OpenID RISC has a name for bears that name; the other names are
    /// ours and never change meaning: they hold no host, so that they stay when the broker moves.
    pub const fn uri(&self) -> &'static str {
        match self {
            Self::AccountLinked { .. } => "urn:identity-broker:event:account-linked",
            Self::SubjectAlias { .. } => "urn:identity-broker:event:subject-alias",
            Self::Unlinked { .. } => "urn:identity-broker:event:account-unlinked",
            Self::AccountDisabled { .. } => {
                "https://schemas.openid.net/secevent/risc/event-type/account-disabled"
            }
        }
    }

    /// Its short name, for operators.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AccountLinked { .. } => "account-linked",
            Self::SubjectAlias { .. } => "subject-alias",
            Self::Unlinked { .. } => "account-unlinked",
            Self::AccountDisabled { .. } => "account-disabled",
        }
    }

    /// The citizen's `sub` at the portal.
    pub const fn subject(&self) -> &Subject {
        match self {
            Self::AccountLinked { subject, .. }
            | Self::SubjectAlias { subject, .. }
            | Self::Unlinked { subject, .. }
            | Self::AccountDisabled { subject, .. } => subject,
        }
    }

    /// What stands under its URI. RISC keeps `reason` for words of its own, so ours has another name there.
    pub(super) fn payload(&self) -> Map<String, Value> {
        let members: &[(&str, &str)] = match self {
            Self::AccountLinked { tech_id, .. } => &[("tech_id", tech_id.as_str())],
            Self::SubjectAlias { alias, .. } => &[("alias", alias.as_str())],
            Self::Unlinked { tech_id, reason, .. } => {
                &[("tech_id", tech_id.as_str()), ("reason", reason.as_str())]
            }
            Self::AccountDisabled { reason, .. } => &[("status", reason.as_str())],
        };
        members.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
    }
}
