//! Registrations in memory: parsed once, replaced whole, read without a lock.

use arc_swap::ArcSwap;
use broker_domain::client::Client;
use broker_domain::ids::ClientId;
use broker_domain::ports::{Registrations, StoreError};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

#[derive(Default)]
struct Snapshot {
    clients: HashMap<String, Arc<Client>>,
    origins: HashSet<String>,
}

/// All clients, as the store held them last.
#[derive(Default)]
pub struct Registry(ArcSwap<Snapshot>);

impl Registry {
    /// Reads all clients again.
    pub async fn reload(&self, store: &dyn Registrations) -> Result<(), StoreError> {
        let all = store.all().await?;
        let enabled = all.iter().filter(|c| c.is_enabled());
        let origins = enabled.flat_map(|c| c.metadata.allowed_origins.iter().cloned()).collect();
        let clients = all.into_iter().map(|c| (c.id.as_str().to_owned(), Arc::new(c))).collect();
        self.0.store(Arc::new(Snapshot { clients, origins }));
        Ok(())
    }

    /// A client, also one that is switched off.
    pub fn find(&self, id: &str) -> Option<Arc<Client>> {
        self.0.load().clients.get(id).cloned()
    }

    /// A client that is switched on.
    pub fn enabled(&self, id: &ClientId) -> Option<Arc<Client>> {
        self.find(id.as_str()).filter(|c| c.is_enabled())
    }

    /// Whether a client registered this origin for calls from browsers.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.0.load().origins.contains(origin)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.load().clients.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
