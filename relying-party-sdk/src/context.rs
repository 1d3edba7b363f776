//! What every step of a sign-in needs at hand.

use std::sync::Arc;

use reqwest::Client;
use tokio::sync::Mutex;

use crate::clock::{self, Clock, Entropy};
use crate::cookies::Cookies;
use crate::provider::Provider;
use crate::session::SessionStore;
use crate::settings::Settings;

/// Refreshes of one session wait for each other; sessions share these locks by the first letter of their key.
const LOCKS: usize = 64;

pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) cookies: Cookies,
    pub(crate) http: Client,
    pub(crate) provider: Provider,
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    locks: [Mutex<()>; LOCKS],
}

impl Context {
    pub(crate) fn new(
        settings: Settings,
        http: Client,
        store: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            cookies: Cookies::new(settings.is_https(), &settings.client_id),
            provider: Provider::new(settings.issuer.clone(), http.clone(), Arc::clone(&clock)),
            locks: std::array::from_fn(|_| Mutex::new(())),
            settings,
            http,
            store,
            clock,
            entropy,
        }
    }

    /// The lock that refreshes of this session hold.
    pub(crate) fn lock(&self, key: &str) -> &Mutex<()> {
        let index = usize::from(key.bytes().next().unwrap_or_default()) % LOCKS;
        // The index is below the length; the first lock stands in for what cannot happen.
        self.locks.get(index).unwrap_or(&self.locks[0])
    }

    /// Under which key the session of this cookie is kept.
    pub(crate) fn session_key(cookie: &str) -> String {
        clock::fingerprint(&["session", cookie])
    }

    /// Under which key a sign-in is kept: its state and this browser. Another browser's state is simply not found, and
    /// trying it does not use it up.
    pub(crate) fn attempt_key(state: &str, browser: &str) -> String {
        clock::fingerprint(&["attempt", state, browser])
    }
}
