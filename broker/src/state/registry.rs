//! Registrations in memory: parsed once, replaced whole, read without a lock.

use arc_swap::ArcSwap;
use broker_domain::client::{Client, EventsDelivery};
use broker_domain::event::Listener;
use broker_domain::ids::{ClientId, SectorId};
use broker_domain::ports::{Registrations, Sectors, StoreError};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

#[derive(Default)]
struct Snapshot {
    clients: HashMap<String, Arc<Client>>,
    origins: HashSet<String>,
    /// Who is told of what happens in a sector.
    listeners: HashMap<SectorId, Vec<Listener>>,
    /// Sectors that were taken over, and by which.
    successors: HashMap<SectorId, SectorId>,
    pushed_to: Vec<ClientId>,
}

/// All clients, as the store held them last; and the broker's own account pages, which are in no store.
#[derive(Default)]
pub struct Registry(ArcSwap<Snapshot>, Option<Arc<Client>>);

impl Registry {
    /// With nothing but the broker's own account pages.
    pub fn with_own(own: Client) -> Self {
        Self(ArcSwap::default(), Some(Arc::new(own)))
    }

    /// Reads all clients and merges of sectors again.
    pub async fn reload(&self, store: &dyn Registrations, sectors: &dyn Sectors) -> Result<(), StoreError> {
        let all = store.all().await?;
        let successors = sectors.merges().await?.into_iter().map(|m| (m.from, m.into)).collect();
        let (mut listeners, mut pushed_to) = (HashMap::<_, Vec<_>>::new(), Vec::new());
        for client in all.iter().filter(|c| c.is_enabled()) {
            let Some(delivery) = client.metadata.events_delivery else { continue };
            let listener = Listener { client: client.id.clone(), sector: client.sector() };
            listeners.entry(listener.sector.clone()).or_default().push(listener);
            if delivery == EventsDelivery::Push {
                pushed_to.push(client.id.clone());
            }
        }
        let enabled = all.iter().filter(|c| c.is_enabled());
        let origins = enabled.flat_map(|c| c.metadata.allowed_origins.iter().cloned()).collect();
        let clients = all.into_iter().map(|c| (c.id.as_str().to_owned(), Arc::new(c))).collect();
        self.0.store(Arc::new(Snapshot { clients, origins, listeners, successors, pushed_to }));
        Ok(())
    }

    /// A client, also one that is switched off.
    pub fn find(&self, id: &str) -> Option<Arc<Client>> {
        let own = self.1.as_ref().filter(|own| own.id.as_str() == id);
        own.cloned().or_else(|| self.0.load().clients.get(id).cloned())
    }

    /// A client that is switched on.
    pub fn enabled(&self, id: &ClientId) -> Option<Arc<Client>> {
        self.find(id.as_str()).filter(|c| c.is_enabled())
    }

    /// Whether a client registered this origin for calls from browsers.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.0.load().origins.contains(origin)
    }

    /// Which sector gives new subjects for this one: itself, unless another took it over.
    pub fn giver(&self, sector: &SectorId) -> SectorId {
        self.0.load().successors.get(sector).unwrap_or(sector).clone()
    }

    /// Which clients are told of what happens to a citizen in a sector: its own, and those of the sector that took it over.
    pub fn listeners(&self, sector: &SectorId) -> Vec<Listener> {
        let snapshot = self.0.load();
        let sectors = std::iter::once(sector).chain(snapshot.successors.get(sector));
        sectors.filter_map(|s| snapshot.listeners.get(s)).flatten().cloned().collect()
    }

    /// Which clients are told of what happens to a citizen everywhere.
    pub fn all_listeners(&self) -> Vec<Listener> {
        self.0.load().listeners.values().flatten().cloned().collect()
    }

    /// Which clients have events pushed to them.
    pub fn pushed_to(&self) -> Vec<ClientId> {
        self.0.load().pushed_to.clone()
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
