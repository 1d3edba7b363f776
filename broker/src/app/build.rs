//! From settings to a broker that can take requests.

use super::check::{issuer, upstreams};
use super::error::StartError;
use super::front::{Front, Parts, front};
use super::import;
use super::open::{Opened, open_with};
use super::outward::{Bound, MadeBy, outward, passwords};
use super::overrides::Overrides;
use super::refuse;
use crate::admin::{self, AdminState};
use crate::config::{KeySettings, LimitSettings, NamespaceSettings, Settings};
use crate::errors::catalogue::Code;
use crate::jobs::{JobRules, Jobs, KeyTimes, RunningJobs, provision};
use crate::outward::NoMessenger;
use crate::rates::{RateLimiter, RateRules};
use crate::server::{Guard, Lifecycle};
use crate::state::{Broker, CookiePolicy, KeyRing, Namespaces, Registry, Rules, Stores, own_client};
use crate::telemetry::{Metrics, Sending, Telemetry, TracedBy, Traces};
use crate::texts::Texts;
use axum::Router;
use axum::middleware::from_fn_with_state;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::{Clock, SystemClock};
use broker_domain::ids::{EventId, UpstreamId};
use broker_domain::ports::Topic;
use broker_domain::secret::Entropy;
use broker_domain::session::Lifetimes;
use std::sync::{Arc, Once};
use std::time::Duration;

/// A broker that can take requests.
pub struct App {
    /// What every request can reach.
    pub broker: Arc<Broker>,
    /// The public listener's routes with every layer: for the server, or for a test's `oneshot`.
    pub router: Router,
    /// The admin listener's routes.
    pub admin: Router,
    /// The numbers.
    pub metrics: Arc<Metrics>,
    /// The stage; [`build`] leaves it at its start.
    pub lifecycle: Lifecycle,
    /// What all requests together may take.
    pub guard: Guard,
    jobs: Jobs,
    /// The task that sends traces, to be stopped last.
    pub sending: Option<Sending>,
}

impl App {
    /// The jobs, for a pass by hand.
    pub const fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Starts the jobs, and gives the routes to whoever serves them.
    pub fn start_jobs(self) -> (Router, Router, RunningJobs) {
        (self.router, self.admin, RunningJobs::start(self.jobs))
    }
}

/// Opens the stores, adds the registrations that come with the configuration, makes the first signing keys, and reads what is
/// held in memory.
///
/// # Errors
/// [`StartError`] names the setting to change.
pub async fn build(settings: &Settings, overrides: Overrides) -> Result<App, StartError> {
    let began = overrides.clock.as_ref().map_or_else(|| SystemClock.now(), |clock| clock.now());
    let issuer = issuer(settings)?;
    let texts = Arc::new(Texts::load()?);
    let registrations = import::read(&settings.clients.files)?;
    let opened = open_with(settings, &overrides, settings.stores.migrate_at_start).await?;
    let upstreams = match overrides.upstreams {
        Some(upstreams) => upstreams,
        None => upstreams(settings)?,
    };
    let Opened { stores, hasher, clock, entropy } = opened;
    let now = clock.now();
    let (known, audit) = (&*stores.registrations, &*stores.audit);
    import::add_missing(registrations, settings, known, audit, (&hasher, &*entropy, now)).await?;
    make_first_keys(&stores, &*entropy, &*clock).await?;

    let store = |e| StartError::Store("stores.lasting", e);
    let revision = stores.registrations.revision().await.map_err(store)?;
    let (registry, keyring) = (Registry::with_own(own_client(&issuer)), KeyRing::default());
    let metrics = Arc::new(Metrics::new());
    // By our own clock: a unit that is walled in does not see when the machine was started, from which the system counts.
    #[allow(clippy::cast_precision_loss)] // seconds since 1970
    metrics.gauge("process_start_time_seconds", &[], began.secs() as f64);
    let bound = Bound { most: settings.limits.max_upstream, metrics: metrics.clone() };
    let outside = outward(settings, &MadeBy { clock: clock.clone() })?;
    let messenger = overrides.messenger.or(outside.messenger);
    let configured = settings.namespaces.iter().map(NamespaceSettings::rules).collect();
    let namespaces = Namespaces::new(configured, bound.services(outside.services), messenger.is_some());
    namespaces.reload(&*stores.namespaces).await.map_err(store)?;
    let passwords = passwords(&settings.passwords, entropy.clone())?;
    registry.reload(&*stores.registrations, &*stores.sectors).await.map_err(store)?;
    keyring.reload(&*stores.keys).await?;

    let cookies = CookiePolicy { secure: issuer.is_https() };
    let rules = rules(settings);
    let rates = RateLimiter::new(rate_rules(&settings.limits), metrics.clone());
    let broker = Arc::new(Broker {
        issuer,
        clock,
        entropy,
        hasher,
        stores,
        registry,
        keyring,
        namespaces,
        upstreams: upstreams.into_iter().map(|u| bound.upstream(u)).collect(),
        population: overrides.population.or(outside.population).map(|p| bound.population(p)),
        messenger: messenger.map_or_else(|| Arc::new(NoMessenger) as _, |m| bound.messenger(m)),
        passwords,
        rates,
        rules,
        cookies,
        texts,
    });
    begin_at_nothing(&metrics);
    let lifecycle = Lifecycle::default();
    let guard =
        Guard::new(&settings.limits, metrics.clone(), lifecycle.clone(), refuse::page(broker.clone()));
    let by = TracedBy {
        clock: broker.clock.clone(),
        entropy: broker.entropy.clone(),
        metrics: metrics.clone(),
        lasting: settings.stores.lasting_system(),
        expiring: settings.stores.expiring_system(),
    };
    let (traces, sending) = Traces::start(&settings.telemetry, by)?.unzip();
    let telemetry = Telemetry {
        metrics: metrics.clone(),
        entropy: broker.entropy.clone(),
        patience: settings.stores.patience(),
        observer: overrides.observer,
        traces: traces.clone(),
        proxies: settings.proxy.trusted.clone(),
    };
    let parts = Parts { broker: broker.clone(), telemetry, guard: guard.clone(), proxy_told: Once::new() };
    let router =
        crate::routes::router(broker.clone()).layer(from_fn_with_state(Front(Arc::new(parts)), front));
    let admin = admin::router(AdminState {
        broker: broker.clone(),
        metrics: metrics.clone(),
        lifecycle: lifecycle.clone(),
        guard: guard.clone(),
        runtime: tokio::runtime::Handle::current(),
    });
    let jobs = Jobs::new(broker.clone(), metrics.clone(), job_rules(settings), revision)?.traced(traces);
    Ok(App { broker, router, admin, metrics, lifecycle, guard, jobs, sending })
}

/// A number that is seen for the first time has no rate yet: the first error of a kind must be seen as one.
fn begin_at_nothing(metrics: &Metrics) {
    for code in Code::ALL {
        metrics.count("broker_answers_with_code_total", &[("code", &code.to_string())], 0);
    }
    for kind in AuditKind::ALL {
        metrics.count("broker_audit_events_total", &[("kind", kind.name())], 0);
    }
}

async fn make_first_keys(
    stores: &Stores,
    entropy: &dyn Entropy,
    clock: &dyn Clock,
) -> Result<(), StartError> {
    let now = clock.now();
    let made = provision(&*stores.keys, entropy, now).await?;
    if made.any() {
        let mut event = AuditEvent::new(EventId::generate(entropy), now, AuditKind::KeysRotated);
        event.note = Some("first keys".to_owned());
        stores.audit.append(&[event]).await.map_err(|e| StartError::Store("stores.lasting", e))?;
        tracing::info!(made = made.added, "the first signing keys were made");
        // Instances that are up already look for themselves too.
        let _ = stores.announcements.announce(Topic::Keys).await;
    }
    Ok(())
}

fn rules(settings: &Settings) -> Rules {
    let notice = settings.pages.notice_vi.clone().zip(settings.pages.notice_en.clone());
    Rules {
        sessions: Lifetimes {
            idle: settings.sessions.idle_secs.into(),
            absolute: settings.sessions.absolute_secs.into(),
            ..Lifetimes::default()
        },
        access_token_secs: settings.tokens.access_secs.into(),
        refresh_token_secs: settings.tokens.refresh_secs.into(),
        id_token_secs: settings.tokens.id_token_secs.into(),
        vneid: UpstreamId::new(settings.vneid.as_str()),
        trusted_proxies: settings.proxy.trusted.clone(),
        methods_switched_off: settings.pages.methods_switched_off.clone(),
        help: settings.pages.help.clone(),
        privacy: settings.pages.privacy.clone(),
        notice,
        protection: settings.protection.rules(),
        private_hosts_allowed: settings.logout.private_hosts_allowed.clone(),
    }
}

const fn rate_rules(limits: &LimitSettings) -> RateRules {
    RateRules { address: limits.address_per_minute, client: limits.client_per_minute }
}

/// A client may register access tokens of a day at the most.
const LONGEST_ACCESS_TOKEN: i64 = 86_400;

fn job_rules(settings: &Settings) -> JobRules {
    let KeySettings { publish_ahead_secs, rotate_every_days } = settings.keys;
    // id_tokens serve as hints for as long as a session can live.
    let retiring = [
        LONGEST_ACCESS_TOKEN,
        settings.sessions.absolute_secs.into(),
        settings.tokens.refresh_secs.into(),
        settings.tokens.id_token_secs.into(),
    ];
    JobRules {
        logout_timeout: Duration::from_secs(settings.logout.timeout_secs.into()),
        logout_attempts: settings.logout.attempts,
        events_timeout: Duration::from_secs(settings.events.timeout_secs.into()),
        events_stuck_after: settings.events.stuck_after_secs.into(),
        key_times: KeyTimes {
            publish_ahead: publish_ahead_secs.into(),
            retiring: retiring.into_iter().max().unwrap_or(LONGEST_ACCESS_TOKEN),
            rotate_every: i64::from(rotate_every_days) * 86_400,
        },
    }
}
