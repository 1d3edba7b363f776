//! What the stand-in remembers, under one lock.

use crate::fault::{Endpoint, Fault, Plan};
use crate::keys::Keys;
use crate::people::{Citizen, Organization};
use crate::record::Seen;
use crate::settings::{ClientSettings, Settings};
use crate::texts::Texts;
use aws_lc_rs::rand;
use broker_jose::JoseError;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most requests that are remembered.
const MOST_SEEN: usize = 10_000;

/// How the two dialects differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Oidc,
    Sealed,
}

/// A client's request to sign somebody in.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) dialect: Dialect,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    /// The level asked for: 1 to 4.
    pub(crate) level: Option<u8>,
    pub(crate) english: bool,
    /// Who gave the right password, and waits for the code.
    pub(crate) citizen: Option<String>,
    pub(crate) otp: Option<String>,
    /// Who is signed in, and chooses as whom.
    pub(crate) proven: Option<Proven>,
    /// The QR picture's word.
    pub(crate) qr: Option<String>,
}

/// Somebody who has proven who they are.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    pub(crate) citizen: String,
    pub(crate) level: u8,
    pub(crate) at: i64,
    pub(crate) tax_code: Option<String>,
}

/// A session in a browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) proven: Proven,
}

/// A code or token, and whom it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) signin: SignIn,
    pub(crate) proven: Proven,
    pub(crate) sid: String,
    pub(crate) expires_at: i64,
}

/// What a phone says to a QR sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Yes, with the phone unlocked: level 2.
    Approve,
    /// Yes, with face or fingerprint: level 3.
    Biometric,
    /// No.
    Reject,
}

/// A QR sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Qr {
    pub(crate) decided: Option<(Decision, String)>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) citizens: BTreeMap<String, Citizen>,
    pub(crate) organizations: BTreeMap<String, Organization>,
    pub(crate) keys: Keys,
    pub(crate) signins: HashMap<String, SignIn>,
    pub(crate) sessions: HashMap<String, Session>,
    pub(crate) codes: HashMap<String, Given>,
    pub(crate) tokens: HashMap<String, Given>,
    pub(crate) qrs: BTreeMap<String, Qr>,
    /// One-time codes by phone, the newest first.
    pub(crate) messages: HashMap<String, VecDeque<String>>,
    /// Text messages of others.
    pub(crate) texts: Texts,
    pub(crate) plan: Plan,
    pub(crate) seen: VecDeque<Seen>,
    pub(crate) clock_offset: i64,
    /// Whoever is signed in at once, without a page, and at which level.
    pub(crate) instant: Option<(String, u8)>,
}

/// The shared state.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) base_url: Arc<str>,
    inner: Arc<Mutex<Inner>>,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl State {
    pub(crate) fn new(
        base_url: &str,
        settings: Settings,
        clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    ) -> Result<Self, JoseError> {
        let by_number = |c: Citizen| (c.personal_number.clone(), c);
        let by_code = |o: Organization| (o.tax_code.clone(), o);
        let inner = Inner {
            settings,
            citizens: crate::people::demo_citizens().into_iter().map(by_number).collect(),
            organizations: crate::people::demo_organizations().into_iter().map(by_code).collect(),
            keys: Keys::new()?,
            signins: HashMap::new(),
            sessions: HashMap::new(),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            qrs: BTreeMap::new(),
            messages: HashMap::new(),
            texts: Texts::default(),
            plan: Plan::default(),
            seen: VecDeque::new(),
            clock_offset: 0,
            instant: None,
        };
        Ok(Self { base_url: base_url.into(), inner: Arc::new(Mutex::new(inner)), clock })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds since the epoch, by this stand-in's clock.
    pub(crate) fn now(&self) -> i64 {
        let offset = self.lock().clock_offset;
        (self.clock)().saturating_add(offset)
    }

    pub(crate) fn issuer(&self) -> String {
        format!("{}/oidc", self.base_url)
    }

    pub(crate) fn strike(&self, endpoint: Endpoint) -> Vec<Fault> {
        self.lock().plan.strike(endpoint)
    }
}

impl Inner {
    pub(crate) fn client(&self, id: &str) -> Option<&ClientSettings> {
        self.settings.clients.iter().find(|c| c.client_id == id)
    }

    pub(crate) fn organizations_of(&self, number: &str) -> Vec<Organization> {
        self.organizations.values().filter(|o| o.represented_by == number).cloned().collect()
    }

    /// Gives a citizen another number, and keeps the one before; `false` when there is no such citizen or the number is somebody's.
    pub(crate) fn renumber(&mut self, number: &str, new: &str) -> bool {
        let taken = self
            .citizens
            .values()
            .any(|c| c.personal_number == new || c.former_numbers.iter().any(|n| n == new));
        if taken {
            return false;
        }
        let Some(mut citizen) = self.citizens.remove(number) else { return false };
        citizen.former_numbers.push(std::mem::replace(&mut citizen.personal_number, new.to_owned()));
        self.citizens.insert(new.to_owned(), citizen);
        for organization in self.organizations.values_mut().filter(|o| o.represented_by == number) {
            organization.represented_by = new.to_owned();
        }
        true
    }

    pub(crate) fn remember(&mut self, seen: Seen) {
        if self.seen.len() >= MOST_SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
    }

    /// Sends a one-time code to a phone.
    pub(crate) fn send_code(&mut self, phone: &str) -> String {
        let code = if self.settings.otp.is_empty() { six_digits() } else { self.settings.otp.clone() };
        let messages = self.messages.entry(phone.to_owned()).or_default();
        messages.push_front(code.clone());
        messages.truncate(5);
        code
    }
}

/// A random word of unreserved characters.
#[allow(clippy::disallowed_methods)] // a stand-in for tests: nothing of it is predicted or replayed
pub(crate) fn word() -> String {
    let mut bytes = [0u8; 24];
    // Without randomness the word would be all zero, and the sign-in would fail: good enough for a stand-in.
    let _ = rand::fill(&mut bytes);
    BASE64URL_NOPAD.encode(&bytes)
}

#[allow(clippy::disallowed_methods)]
fn six_digits() -> String {
    let mut bytes = [0u8; 4];
    let _ = rand::fill(&mut bytes);
    format!("{:06}", u32::from_le_bytes(bytes) % 1_000_000)
}
