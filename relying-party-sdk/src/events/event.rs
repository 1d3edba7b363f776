//! The events, typed.

use serde_json::{Map, Value};

const LINKED: &str = "urn:identity-broker:event:account-linked";
const ALIAS: &str = "urn:identity-broker:event:subject-alias";
const UNLINKED: &str = "urn:identity-broker:event:account-unlinked";
const DISABLED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";

/// What happened. `subject` is always the `sub` under which the portal knows the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PortalEvent {
    /// An account that the portal had before VNeID is the citizen's: what it keeps under `tech_id` belongs to `subject`. The two
    /// are the same for a citizen whom the portal first sees now.
    AccountLinked {
        /// Whose.
        subject: String,
        /// The account.
        tech_id: String,
    },
    /// The portal knew the citizen by another subject too: what it keeps under `alias` belongs to `subject`.
    SubjectAlias {
        /// Whose.
        subject: String,
        /// What they were known by.
        alias: String,
    },
    /// An account of the portal is no longer the citizen's. Their subject stays what it was.
    AccountUnlinked {
        /// Whose it was.
        subject: String,
        /// The account.
        tech_id: String,
        /// Why: `citizen-asked`, `mistake`, `moved`, `portal-asked`, `fraud`.
        reason: String,
    },
    /// Nobody signs in as this citizen any more.
    AccountDisabled {
        /// Whose.
        subject: String,
        /// `deceased` or `blocked`, where the broker says it.
        status: Option<String>,
    },
    /// One that this version of the SDK does not know. It is taken, so that the broker does not send it for ever.
    Unknown {
        /// Its URI.
        uri: String,
    },
}

/// A token that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedEvent {
    /// `jti`: the same each time the token comes.
    pub id: String,
    /// When it happened, in seconds since 1970-01-01 UTC. Events can come in another order than they happened in.
    pub at: i64,
    /// What happened; the broker sends one event a token.
    pub events: Vec<PortalEvent>,
}

impl PortalEvent {
    /// Reads one member of `events`; `None` when something is missing in it.
    pub(super) fn read(uri: &str, payload: &Map<String, Value>, subject: &str) -> Option<Self> {
        let text = |name: &str| {
            let value = payload.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
            value.map(str::to_owned)
        };
        let subject = subject.to_owned();
        Some(match uri {
            LINKED => Self::AccountLinked { subject, tech_id: text("tech_id")? },
            ALIAS => Self::SubjectAlias { subject, alias: text("alias")? },
            UNLINKED => Self::AccountUnlinked { subject, tech_id: text("tech_id")?, reason: text("reason")? },
            DISABLED => Self::AccountDisabled { subject, status: text("status") },
            uri => Self::Unknown { uri: uri.to_owned() },
        })
    }
}
