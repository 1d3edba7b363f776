//! What tests put in the place of the real thing.

use crate::state::Stores;
use crate::telemetry::Observer;
use broker_domain::clock::Clock;
use broker_domain::ports::{Messenger, Upstream};
use broker_domain::secret::Entropy;
use broker_domain::upstream::population::PopulationDatabase;
use std::sync::Arc;

/// What tests put in the place of the real thing.
#[derive(Clone, Default)]
pub struct Overrides {
    /// Time; the machine's clock when absent.
    pub clock: Option<Arc<dyn Clock>>,
    /// Randomness; the system's generator when absent.
    pub entropy: Option<Arc<dyn Entropy>>,
    /// Who hears of every request, besides the log and the metrics.
    pub observer: Option<Observer>,
    /// Stores; those of the settings when absent.
    pub stores: Option<Stores>,
    /// Upstreams; those of the settings when absent.
    pub upstreams: Option<Vec<Arc<dyn Upstream>>>,
    /// The population database; that of the settings when absent.
    pub population: Option<Arc<dyn PopulationDatabase>>,
    /// The gateway for messages; that of the settings when absent.
    pub messenger: Option<Arc<dyn Messenger>>,
}
