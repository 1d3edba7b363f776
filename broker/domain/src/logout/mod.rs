//! What a logout leads to (OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0).

use crate::client::Client;
use crate::clock::Timestamp;
use crate::ids::{ClientId, EventId, SessionId};
use crate::subject::Subject;
use serde::{Deserialize, Serialize};

/// A verified `id_token_hint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// To whom the id_token was given.
    pub client: ClientId,
    /// Whose it is.
    pub subject: String,
    /// The session.
    pub sid: Option<SessionId>,
}

/// Where the citizen goes after the logout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Back to the portal, with `state` when it was sent.
    Redirect {
        /// Registered.
        uri: String,
        /// As sent.
        state: Option<String>,
    },
    /// A page that says so.
    Page,
}

/// Decides where to go: only to a URI that the client registered exactly, and only when we know the client.
pub fn after(client: Option<&Client>, uri: Option<&str>, state: Option<&str>) -> After {
    match (client, uri) {
        (Some(client), Some(uri)) if client.post_logout_uri_fits(uri) => {
            After::Redirect { uri: uri.to_owned(), state: state.map(str::to_owned) }
        }
        _ => After::Page,
    }
}

/// Whether the citizen must confirm: a logout that no portal vouches for could be forged by any page.
pub fn needs_confirmation(hint: Option<&Hint>, session_sid: Option<&SessionId>) -> bool {
    match (hint.and_then(|h| h.sid.as_ref()), session_sid) {
        (_, None) => false,
        (Some(hinted), Some(live)) => hinted != live,
        (None, Some(_)) => true,
    }
}

/// A logout token to be delivered to one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutNotice {
    /// Its id: the `jti`.
    pub id: EventId,
    /// To whom.
    pub client: ClientId,
    /// The subject that the client knows.
    pub subject: Option<Subject>,
    /// The session that ended.
    pub sid: SessionId,
    /// When it ended.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests;
