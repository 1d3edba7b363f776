//! What every request can reach: ports, registrations and keys held in memory, rules.

mod cookies;
mod issuer;
mod keyring;
mod namespaces;
mod own_client;
mod registry;

pub use cookies::{CookiePolicy, clear_cookie, read_cookie};
pub use issuer::Issuer;
pub use keyring::{KeyRing, KeyRingError, algorithm};
pub use namespaces::Namespaces;
pub use own_client::{OWN_CLIENT, own_client};
pub use registry::Registry;

use crate::passwords::Passwords;
use crate::rates::RateLimiter;
use broker_domain::client::Client;
use broker_domain::clock::Clock;
use broker_domain::ids::UpstreamId;
use broker_domain::linking::Protection;
use broker_domain::ports::{
    AccountWalk, Accounts, Announcements, AuditLog, Citizens, Expiring, Limits, Messenger, NamespaceOrders,
    Outbox, OwnData, Rates, Registrations, Reviews, Sectors, SigningKeys, Upkeep, Upstream,
};
use broker_domain::secret::{Entropy, Hasher};
use broker_domain::session::Lifetimes;
use broker_domain::upstream::population::PopulationDatabase;
use std::sync::Arc;

/// The stores, each behind its port.
#[derive(Clone)]
pub struct Stores {
    /// What expires.
    pub expiring: Arc<dyn Expiring>,
    /// Limits of attempts.
    pub limits: Arc<dyn Limits>,
    /// How often who comes.
    pub rates: Arc<dyn Rates>,
    /// Registered clients.
    pub registrations: Arc<dyn Registrations>,
    /// Citizens and their subjects.
    pub citizens: Arc<dyn Citizens>,
    /// Legacy accounts and links.
    pub accounts: Arc<dyn Accounts>,
    /// The review queue.
    pub reviews: Arc<dyn Reviews>,
    /// Going through all legacy accounts.
    pub account_walk: Arc<dyn AccountWalk>,
    /// What is kept of a citizen, for their own eyes.
    pub own_data: Arc<dyn OwnData>,
    /// Signing keys.
    pub keys: Arc<dyn SigningKeys>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// What goes out.
    pub outbox: Arc<dyn Outbox>,
    /// What administrators ordered for namespaces.
    pub namespaces: Arc<dyn NamespaceOrders>,
    /// Scheduled jobs, and what they clean up.
    pub upkeep: Arc<dyn Upkeep>,
    /// Sectors that take over others.
    pub sectors: Arc<dyn Sectors>,
    /// The word of a change.
    pub announcements: Arc<dyn Announcements>,
}

/// The rules that configuration sets. Times are in seconds.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Browser sessions.
    pub sessions: Lifetimes,
    /// Access tokens, unless a client registered otherwise.
    pub access_token_secs: i64,
    /// Refresh tokens, counted from the login.
    pub refresh_token_secs: i64,
    /// id_tokens.
    pub id_token_secs: i64,
    /// The upstream that the VNeID tile leads to.
    pub vneid: UpstreamId,
    /// Proxies whose forwarded addresses are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// The sign-in methods that work at all, whatever a portal offers.
    pub methods_switched_off: Vec<broker_domain::client::SignInMethod>,
    /// The telephone or e-mail line shown on error pages.
    pub help: Option<String>,
    /// The page on the protection of personal data.
    pub privacy: Option<String>,
    /// A notice on every page, Vietnamese and English.
    pub notice: Option<(String, String)>,
    /// Limits of attempts to prove who owns an account.
    pub protection: Protection,
    /// Hosts that calls to clients may reach although they are loopback or private.
    pub private_hosts_allowed: Vec<String>,
}

impl Rules {
    /// The lifetime of a client's access tokens, in seconds.
    pub fn access_secs(&self, client: &Client) -> i64 {
        client.metadata.access_token_lifetime.map_or(self.access_token_secs, i64::from)
    }
}

/// Everything.
pub struct Broker {
    /// Who we are.
    pub issuer: Issuer,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes secrets of machines.
    pub hasher: Hasher,
    /// The stores.
    pub stores: Stores,
    /// Registrations in memory.
    pub registry: Registry,
    /// Signing keys in memory.
    pub keyring: KeyRing,
    /// The rules of namespaces in memory, and the check services of portals.
    pub namespaces: Namespaces,
    /// Upstreams by name.
    pub upstreams: Vec<Arc<dyn Upstream>>,
    /// The population database, when one is configured.
    pub population: Option<Arc<dyn PopulationDatabase>>,
    /// Messages to telephones; without a gateway each fails.
    pub messenger: Arc<dyn Messenger>,
    /// Passwords of people.
    pub passwords: Passwords,
    /// How often who may come.
    pub rates: RateLimiter,
    /// Rules.
    pub rules: Rules,
    /// How cookies are named and marked.
    pub cookies: CookiePolicy,
    /// Texts of pages.
    pub texts: Arc<crate::texts::Texts>,
}

impl Broker {
    /// The upstream of a name.
    pub fn upstream(&self, id: &UpstreamId) -> Option<&Arc<dyn Upstream>> {
        self.upstreams.iter().find(|u| u.id() == id)
    }
}
