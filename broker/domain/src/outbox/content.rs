//! One thing that goes out.

use crate::clock::Timestamp;
use crate::event::{OutgoingEvent, PortalEvent};
use crate::ids::{ClientId, Destination, EventId, InteractionId, SessionId};
use crate::logout::LogoutNotice;
use crate::secret::{Secret, SecretHash};
use crate::subject::Subject;
use serde::{Deserialize, Serialize};

/// What goes out, by how it is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutboxKind {
    /// Security event tokens to portals (RFC 8935, RFC 8936).
    Event,
    /// Logout tokens to portals (OpenID Connect Back-Channel Logout 1.0).
    Logout,
    /// Text messages to phones.
    Message,
}

impl OutboxKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Event, Self::Logout, Self::Message];

    /// As stored, and as operators read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Logout => "logout",
            Self::Message => "message",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether one destination gets what happened first before what happened later.
    pub const fn is_in_order(self) -> bool {
        matches!(self, Self::Event)
    }
}

/// A code on its way to a phone. It is worth nothing once the code is dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The phone's number.
    pub to: Secret,
    /// What it reads.
    pub text: Secret,
    /// The login that waits for the code.
    pub interaction: InteractionId,
    /// The code's hash, as the login keeps it.
    pub code: SecretHash,
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// What a portal is told of a citizen's accounts.
    Event(PortalEvent),
    /// The end of a session.
    Logout {
        /// The subject that the portal knows.
        subject: Option<Subject>,
        /// The session that ended.
        sid: SessionId,
    },
    /// A code for a phone.
    Message(Message),
    /// Something of this kind that does not read. It is shown to operators, and neither written nor sent.
    #[serde(skip)]
    Unreadable(OutboxKind),
}

/// One thing on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id: the same however often it is sent, so that whoever gets it twice knows it again.
    pub id: EventId,
    /// Where it goes.
    pub destination: Destination,
    /// What it says.
    pub content: Content,
    /// When it happened.
    pub at: Timestamp,
    /// When there is no use in it any more.
    pub ends_at: Option<Timestamp>,
}

impl Outgoing {
    /// What it is.
    pub const fn kind(&self) -> OutboxKind {
        match self.content {
            Content::Event(_) => OutboxKind::Event,
            Content::Logout { .. } => OutboxKind::Logout,
            Content::Message(_) => OutboxKind::Message,
            Content::Unreadable(kind) => kind,
        }
    }

    /// The event, when it is one.
    pub fn event(&self) -> Option<OutgoingEvent> {
        let Content::Event(event) = &self.content else { return None };
        Some(OutgoingEvent {
            id: self.id.clone(),
            client: ClientId::new(self.destination.as_str()),
            event: event.clone(),
            at: self.at,
        })
    }

    /// The logout notice, when it is one.
    pub fn notice(&self) -> Option<LogoutNotice> {
        let Content::Logout { subject, sid } = &self.content else { return None };
        Some(LogoutNotice {
            id: self.id.clone(),
            client: ClientId::new(self.destination.as_str()),
            subject: subject.clone(),
            sid: sid.clone(),
            at: self.at,
        })
    }

    /// The message, when it is one.
    pub const fn message(&self) -> Option<&Message> {
        match &self.content {
            Content::Message(message) => Some(message),
            _ => None,
        }
    }
}

impl From<OutgoingEvent> for Outgoing {
    fn from(outgoing: OutgoingEvent) -> Self {
        let OutgoingEvent { id, client, event, at } = outgoing;
        Self {
            id,
            destination: Destination::from(&client),
            content: Content::Event(event),
            at,
            ends_at: None,
        }
    }
}

impl From<LogoutNotice> for Outgoing {
    fn from(notice: LogoutNotice) -> Self {
        let LogoutNotice { id, client, subject, sid, at } = notice;
        let content = Content::Logout { subject, sid };
        Self { id, destination: Destination::from(&client), content, at, ends_at: None }
    }
}
