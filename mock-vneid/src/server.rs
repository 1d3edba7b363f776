//! The stand-in as a library.

use crate::fault::{Endpoint, Fault, Planned};
use crate::oidc::logout_token;
use crate::people::{Citizen, Organization};
use crate::record::Seen;
use crate::router::router;
use crate::settings::Settings;
use crate::signin::decide;
use crate::state::{Decision, State};
use crate::texts::Sms;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A QR sign-in that waits, by its word.
pub type Pending = String;

/// A running stand-in; it stops when it is dropped.
pub struct MockVneid {
    state: State,
    task: JoinHandle<()>,
}

/// How a stand-in is started.
pub struct Builder {
    listen: SocketAddr,
    base_url: Option<String>,
    settings: Settings,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

#[allow(clippy::disallowed_methods)] // the one place that reads the machine's clock
fn machine_clock() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Builder {
    /// Listens at an address instead of a free port of 127.0.0.1.
    #[must_use]
    pub fn listen(mut self, listen: SocketAddr) -> Self {
        self.listen = listen;
        self
    }

    /// The address by which browsers and clients reach it; else `http://localhost:PORT`.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// A clock of one's own: seconds since the epoch.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// When the address is taken or keys cannot be made.
    pub async fn start(self) -> io::Result<MockVneid> {
        let listener = TcpListener::bind(self.listen).await?;
        let base_url = self.base_url.unwrap_or(format!("http://localhost:{}", listener.local_addr()?.port()));
        let state = State::new(&base_url, self.settings, self.clock).map_err(io::Error::other)?;
        let app = router(state.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the stand-in stopped");
            }
        });
        Ok(MockVneid { state, task })
    }
}

impl Drop for MockVneid {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MockVneid {
    /// Starts one on a free port with the people of the demo.
    ///
    /// # Errors
    /// When no port is free or keys cannot be made.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// To start one otherwise.
    pub fn builder() -> Builder {
        Builder {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            base_url: None,
            settings: Settings::default(),
            clock: Arc::new(machine_clock),
        }
    }

    /// Waits until it ends.
    pub async fn run(mut self) {
        let _ = (&mut self.task).await;
    }

    /// Where it is.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// The issuer of the plain dialect.
    pub fn issuer(&self) -> String {
        self.state.issuer()
    }

    /// The three endpoints of the sealed dialect: authorization, token, userinfo.
    pub fn sealed_endpoints(&self) -> [String; 3] {
        ["authorize", "token", "userinfo"].map(|e| format!("{}/sealed/{e}", self.state.base_url))
    }

    /// The population database.
    pub fn population_url(&self) -> String {
        format!("{}/population/match", self.state.base_url)
    }

    /// The gateway for text messages.
    pub fn sms_url(&self) -> String {
        format!("{}/sms", self.state.base_url)
    }

    /// Adds or changes a citizen.
    pub fn put_citizen(&self, citizen: Citizen) {
        self.state.lock().citizens.insert(citizen.personal_number.clone(), citizen);
    }

    /// Gives a citizen another personal number; the one before becomes a former one. `false` when there is no such citizen, or the new
    /// number is somebody's.
    pub fn renumber_citizen(&self, number: &str, new: &str) -> bool {
        self.state.lock().renumber(number, new)
    }

    /// Removes a citizen.
    pub fn remove_citizen(&self, number: &str) {
        self.state.lock().citizens.remove(number);
    }

    /// A citizen as they are now.
    pub fn citizen(&self, number: &str) -> Option<Citizen> {
        self.state.lock().citizens.get(number).cloned()
    }

    /// Adds or changes an organization.
    pub fn put_organization(&self, organization: Organization) {
        self.state.lock().organizations.insert(organization.tax_code.clone(), organization);
    }

    /// Adds or replaces a client.
    pub fn put_client(&self, client: crate::settings::ClientSettings) {
        let mut inner = self.state.lock();
        inner.settings.clients.retain(|c| c.client_id != client.client_id);
        inner.settings.clients.push(client);
    }

    /// Whether claims stand in the id_token, or in userinfo only.
    pub fn claims_in_id_token(&self, yes: bool) {
        self.state.lock().settings.claims_in_id_token = yes;
    }

    /// Whether people who represent organizations bring the list of them, instead of choosing here.
    pub fn list_organizations(&self, yes: bool) {
        self.state.lock().settings.list_organizations = yes;
    }

    /// Lets a fault strike: `times` times, or always.
    pub fn fault(&self, endpoint: Endpoint, fault: Fault, times: Option<u32>) {
        self.state.lock().plan.add(Planned { endpoint, fault, times });
    }

    /// Clears all faults.
    pub fn clear_faults(&self) {
        self.state.lock().plan.clear();
    }

    /// Signs with a new key from now on; its id.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn rotate_keys(&self) -> io::Result<String> {
        self.state.lock().keys.rotate().map_err(io::Error::other)
    }

    /// Signs a citizen in at once, without pages, at a level (1 to 4); `None` ends it.
    pub fn instant(&self, citizen: Option<(&str, u8)>) {
        self.state.lock().instant = citizen.map(|(number, level)| (number.to_owned(), level));
    }

    /// Moves the clock by seconds.
    pub fn set_clock_offset(&self, secs: i64) {
        self.state.lock().clock_offset = secs;
    }

    /// Ends all sessions here.
    pub fn end_sessions(&self) {
        self.state.lock().sessions.clear();
    }

    /// The last one-time code sent to a phone.
    pub fn last_otp(&self, phone: &str) -> Option<String> {
        self.state.lock().messages.get(phone)?.front().cloned()
    }

    /// The last text message that came to a phone by way of the gateway.
    pub fn last_sms(&self, phone: &str) -> Option<Sms> {
        self.state.lock().texts.last(phone).cloned()
    }

    /// Forgets the text messages.
    pub fn forget_sms(&self) {
        self.state.lock().texts.clear();
    }

    /// QR sign-ins that wait.
    pub fn pending_qr(&self) -> Vec<Pending> {
        self.state.lock().qrs.iter().filter(|(_, q)| q.decided.is_none()).map(|(w, _)| w.clone()).collect()
    }

    /// Decides a QR sign-in; `false` when none of this word waits.
    pub fn decide_qr(&self, word: &str, decision: Decision, citizen: &str) -> bool {
        decide(&self.state, word, decision, citizen)
    }

    /// A logout token for a client, by session, by subject, or by both.
    pub fn logout_token(&self, client: &str, sid: Option<&str>, sub: Option<&str>) -> Option<String> {
        logout_token(&self.state, client, sid, sub)
    }

    /// The requests received, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.state.lock().seen.iter().cloned().collect()
    }

    /// Forgets the requests received.
    pub fn forget_requests(&self) {
        self.state.lock().seen.clear();
    }
}
