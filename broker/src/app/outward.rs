//! What stands outside beside VNeID, made of settings: messages, check services, the population database; and the work of passwords.

use crate::config::{ConfigError, Findings, PasswordSettings, Settings};
use crate::outward::{Bounded, CheckService, SmsGateway};
use crate::passwords::{PasswordRules, Passwords};
use crate::telemetry::{Metrics, add_upstream};
use broker_domain::clock::{Clock, SystemClock};
use broker_domain::ids::Namespace;
use broker_domain::ports::{Messenger, PasswordCheck, Upstream};
use broker_domain::secret::Entropy;
use broker_domain::upstream::population::PopulationDatabase;
use std::collections::HashMap;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

/// What the clients live by.
pub(super) struct MadeBy {
    pub(super) clock: Arc<dyn Clock>,
}

impl MadeBy {
    /// For clients that are made to see whether they can be.
    pub(super) fn nobody() -> Self {
        Self { clock: Arc::new(SystemClock) }
    }
}

/// What the settings name.
#[derive(Default)]
pub(super) struct Outside {
    pub(super) messenger: Option<Arc<dyn Messenger>>,
    pub(super) population: Option<Arc<dyn PopulationDatabase>>,
    pub(super) services: Services,
}

/// The check services of portals.
type Services = HashMap<Namespace, Arc<dyn PasswordCheck>>;

/// Makes the clients that the settings name. Nothing is sent yet.
///
/// # Errors
/// Names each setting that cannot stand.
pub(super) fn outward(settings: &Settings, by: &MadeBy) -> Result<Outside, ConfigError> {
    let mut findings = Findings::default();
    let mut outside = Outside::default();
    // The words of each error begin with the member of the section.
    if let Some(sms) = &settings.sms {
        match SmsGateway::new(sms, by.clock.clone(), Arc::new(|time| add_upstream("sms", time))) {
            Ok(gateway) => outside.messenger = Some(Arc::new(gateway)),
            Err(error) => findings.add("", format!("sms.{error}")),
        }
    }
    if let Some(population) = &settings.population {
        match broker_vneid::build_population(
            population,
            by.clock.clone(),
            Arc::new(|time| add_upstream("population", time)),
        ) {
            Ok(database) => outside.population = Some(database),
            Err(error) => findings.add("", format!("population.{error}")),
        }
    }
    for (i, namespace) in settings.namespaces.iter().enumerate() {
        let Some(check) = &namespace.check else { continue };
        let id = Namespace::new(namespace.id.as_str());
        let peer = format!("check-{}", namespace.id);
        let observer = Arc::new(move |time| add_upstream(&peer, time));
        match CheckService::new(id.clone(), check, by.clock.clone(), observer) {
            Ok(service) => drop(outside.services.insert(id, Arc::new(service))),
            Err(error) => findings.add("", format!("namespaces.{i}.check.{error}")),
        }
    }
    findings.into_result()?;
    Ok(outside)
}

/// How many requests may wait for each that is asked.
pub(super) struct Bound {
    pub(super) most: u32,
    pub(super) metrics: Arc<Metrics>,
}

impl Bound {
    /// An upstream with its bound.
    pub(super) fn upstream(&self, upstream: Arc<dyn Upstream>) -> Arc<dyn Upstream> {
        let name = upstream.id().to_string();
        Arc::new(Bounded::new(upstream, name, self.most, self.metrics.clone()))
    }

    /// The gateway for messages with its bound.
    pub(super) fn messenger(&self, messenger: Arc<dyn Messenger>) -> Arc<dyn Messenger> {
        Arc::new(Bounded::new(messenger, "sms", self.most, self.metrics.clone()))
    }

    /// The check services of portals, each with a bound of its own.
    pub(super) fn services(&self, all: Services) -> Services {
        let bound = |(namespace, service): (Namespace, Arc<dyn PasswordCheck>)| {
            let name = format!("check-{namespace}");
            let bounded: Arc<dyn PasswordCheck> =
                Arc::new(Bounded::new(service, name, self.most, self.metrics.clone()));
            (namespace, bounded)
        };
        all.into_iter().map(bound).collect()
    }

    /// The population database with its bound.
    pub(super) fn population(&self, database: Arc<dyn PopulationDatabase>) -> Arc<dyn PopulationDatabase> {
        Arc::new(Bounded::new(database, "population", self.most, self.metrics.clone()))
    }
}

/// How passwords are hashed and checked.
pub fn password_rules(settings: &PasswordSettings) -> PasswordRules {
    let processors = || std::thread::available_parallelism().map_or(1, NonZero::get);
    let at_once = usize::try_from(settings.at_once).ok().filter(|n| *n > 0).unwrap_or_else(processors);
    PasswordRules {
        memory_kib: settings.memory_kib,
        passes: settings.passes,
        lanes: settings.lanes,
        at_once,
        wait: Duration::from_millis(settings.wait_ms.into()),
        answer_after: Duration::from_millis(settings.answer_after_ms.into()),
    }
}

/// The service that checks passwords.
///
/// # Errors
/// When no hash can be made by these settings.
pub(super) fn passwords(
    settings: &PasswordSettings,
    entropy: Arc<dyn Entropy>,
) -> Result<Passwords, ConfigError> {
    let rules = password_rules(settings);
    Passwords::new(rules, entropy).map_err(|error| ConfigError::one("passwords", error.to_string()))
}
