//! Taking events, pushed or fetched.

use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use tokio::sync::Mutex;
use url::Url;

use super::event::ReceivedEvent;
use super::seen::Seen;
use super::verify::verify;
use crate::context::Context;
use crate::error::{Error, SettingsError, StoreError};
use crate::relying_party::RelyingParty;
use crate::settings::{Secret, secure_url};

/// What the portal does when it is told something: moves dossiers from one key to another, and the like.
///
/// The broker counts an event as told when this has returned `Ok`, so return it when what was done is stored. An event can come
/// again, for example when the answer to the broker was lost: do it such that a second time changes nothing, or remember
/// [`ReceivedEvent::id`] in the same transaction. Within one process, what was taken before is not handed out again.
#[async_trait]
pub trait EventHandler: Send + Sync {
    /// Does it. With an error the broker tells it again later.
    async fn handle(&self, event: &ReceivedEvent) -> Result<(), StoreError>;
}

/// What came of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The handler has done it.
    New,
    /// It was taken before; nothing was done.
    Before,
}

/// Verifies events and hands them to the portal. Cheap to clone; made once at the start.
#[derive(Clone)]
pub struct EventReceiver {
    pub(super) context: Arc<Context>,
    handler: Arc<dyn EventHandler>,
    bearer: Option<Secret>,
    pub(super) poll_at: Option<Url>,
    // Held while one is handled: the same event twice at once must not be done twice.
    seen: Arc<Mutex<Seen>>,
}

impl std::fmt::Debug for EventReceiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventReceiver").field("settings", &self.context.settings).finish_non_exhaustive()
    }
}

impl EventReceiver {
    /// For a portal, with what it does when it is told something.
    pub fn new(relying_party: &RelyingParty, handler: Arc<dyn EventHandler>) -> Self {
        Self { context: relying_party.context(), handler, bearer: None, poll_at: None, seen: Arc::default() }
    }

    /// The bearer token that the broker must send along with what it pushes, when one is registered (`events_token`).
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        self.bearer = Some(Secret(token.to_owned()));
        self
    }

    /// Where events are fetched; `/oauth2/events/poll` of the issuer unless said otherwise.
    ///
    /// # Errors
    /// When it is no https URL (or http on loopback).
    pub fn poll_at(mut self, url: &str) -> Result<Self, SettingsError> {
        self.poll_at = Some(secure_url(url).map_err(SettingsError::Issuer)?);
        Ok(self)
    }

    /// Whether a push comes from somebody who has the registered bearer token; `authorization` is that header of the request.
    pub fn is_broker(&self, authorization: Option<&str>) -> bool {
        let Some(Secret(wanted)) = &self.bearer else { return true };
        let given = authorization.and_then(|header| header.split_once(' '));
        given.is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer")
                && verify_slices_are_equal(token.trim().as_bytes(), wanted.as_bytes()).is_ok()
        })
    }

    /// Takes one token: verifies it and hands it to the portal, unless it was taken before.
    ///
    /// # Errors
    /// [`Error::Event`] when the token is refused; others when it cannot be checked or stored now, and then it comes again.
    pub async fn receive(&self, token: &str) -> Result<Taken, Error> {
        let event = verify(&self.context, token).await?;
        let mut seen = self.seen.lock().await;
        if seen.has(&event.id) {
            return Ok(Taken::Before);
        }
        self.handler.handle(&event).await?;
        seen.remember(&event.id);
        Ok(Taken::New)
    }
}
