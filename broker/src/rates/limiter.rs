//! The limits: of addresses, of what proves nobody, of clients, of guesses at a client's secret.

use super::place::Place;
use super::standing::{Kind, Standing};
use super::table::{Table, Told};
use crate::telemetry::Metrics;
use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::ids::ClientId;
use broker_domain::ports::{LimitName, RateCount, Rates, StoreError};
use broker_domain::rate::{Admission, window};
use broker_domain::secret::Hasher;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Addresses that are counted each by itself. Those beyond share a count with the network around them, and beyond that many networks
/// nothing more is counted: what all requests together may take still holds.
const ADDRESSES: usize = 131_072;
const NETWORKS: usize = 32_768;
/// How many times as much as an address a /48 of IPv6 may: it has 65,536 networks of one subscriber each, and often one subscriber.
const WIDER: u32 = 16;
/// Names that are told in one round trip.
const BATCH: usize = 500;
/// A client that does not prove who it is weighs as much as this many requests: somebody may be guessing.
const FAILED_PROOF: u32 = 10;
/// Failed proofs in the name of one client that are looked at and kept as events, each minute. Beyond it they are only refused; right
/// proofs are let through as before, for anybody can claim a client's name.
const GUESSES: u32 = 60;

/// The limits, each minute; 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateRules {
    /// Of an address.
    pub address: u32,
    /// Of a client, unless it registered otherwise.
    pub client: u32,
}

/// Counts of one kind by address.
struct Addresses {
    kind: Kind,
    exact: Table<Place>,
    around: Table<Place>,
    wide: Table<Place>,
}

impl Addresses {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            exact: Table::with_room_for(ADDRESSES),
            around: Table::with_room_for(NETWORKS),
            wide: Table::with_room_for(NETWORKS),
        }
    }

    fn count(&self, address: IpAddr, most: u32, weight: u32, now: Timestamp) -> Option<Standing> {
        if let Some(limited) = self.count_wide(address, most, weight, now) {
            return Some(limited);
        }
        let exact = self.exact.count(&Place::of(address), most, weight, now);
        let admission = exact.or_else(|| self.around.count(&Place::around(address), most, weight, now))?;
        Some(Standing::of(self.kind, most, admission))
    }

    /// Counts for the wide network, where there is one; `None` when that may go on. Who is over their own limit already uses up nothing of
    /// what their neighbours have.
    fn count_wide(&self, address: IpAddr, most: u32, weight: u32, now: Timestamp) -> Option<Standing> {
        let wide = Place::wide(address)?;
        let is_limited = |admission: &Admission| matches!(admission, Admission::Limited { .. });
        if let Some(limited) = self.exact.look(&Place::of(address), most, now).filter(is_limited) {
            return Some(Standing::of(self.kind, most, limited));
        }
        let most = most.saturating_mul(WIDER);
        let limited = self.wide.count(&wide, most, weight, now).filter(is_limited)?;
        Some(Standing::of(self.kind, most, limited))
    }

    fn sweep(&self, now: Timestamp) {
        self.exact.sweep(now);
        self.around.sweep(now);
        self.wide.sweep(now);
    }
}

/// All counts of this instance.
pub struct RateLimiter {
    rules: RateRules,
    addresses: Addresses,
    unproven: Addresses,
    // Of registered clients only, and so of bounded size.
    clients: Table<ClientId>,
    guesses: Table<ClientId>,
    swept: AtomicI64,
    metrics: Arc<Metrics>,
}

impl RateLimiter {
    /// With nothing counted.
    pub fn new(rules: RateRules, metrics: Arc<Metrics>) -> Self {
        Self {
            rules,
            addresses: Addresses::new(Kind::Address),
            unproven: Addresses::new(Kind::Unproven),
            clients: Table::with_room_for(usize::MAX),
            guesses: Table::with_room_for(usize::MAX),
            swept: AtomicI64::new(0),
            metrics,
        }
    }

    /// A request of a browser or a public client. `None` when nothing limits it.
    pub fn address(&self, address: Option<IpAddr>, now: Timestamp) -> Option<Standing> {
        let address = address.filter(|_| self.rules.address > 0)?;
        self.told(self.addresses.count(address, self.rules.address, 1, now))
    }

    /// A token that was not alive. Those that are count elsewhere, so that who guesses locks out nobody behind the same address.
    pub fn dead_token(&self, address: Option<IpAddr>, now: Timestamp) -> Option<Standing> {
        let address = address.filter(|_| self.rules.address > 0)?;
        self.told(self.unproven.count(address, self.rules.address, 1, now))
    }

    /// A proof of `claimed`, when there is such a client, that failed. It weighs more than other requests. `None` unless there were too
    /// many.
    pub fn failed_proof(
        &self,
        address: Option<IpAddr>,
        claimed: Option<&ClientId>,
        now: Timestamp,
    ) -> Option<Standing> {
        let address = address.filter(|_| self.rules.address > 0);
        let by_address = address.and_then(|a| self.unproven.count(a, self.rules.address, FAILED_PROOF, now));
        let by_name = claimed
            .and_then(|client| self.guesses.count(client, GUESSES, 1, now))
            .map(|admission| Standing::of(Kind::Guess, GUESSES, admission));
        let (by_address, by_name) = (self.told(by_address), self.told(by_name));
        [by_address, by_name].into_iter().flatten().find(|s| s.exceeded)
    }

    /// A request of a client that proved who it is.
    pub fn client(&self, client: &Client, now: Timestamp) -> Option<Standing> {
        let most = client.metadata.requests_per_minute.unwrap_or(self.rules.client);
        if most == 0 {
            return None;
        }
        let admission = self.clients.count(&client.id, most, 1, now)?;
        self.told(Some(Standing::of(Kind::Client, most, admission)))
    }

    /// Tells the other instances what was counted here, and learns what they counted; forgets who has not come for long.
    ///
    /// # Errors
    /// When the store does not answer: what was counted stays, and is told later.
    pub async fn exchange(
        &self,
        store: &dyn Rates,
        hasher: &Hasher,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.swept.swap(window(now), Ordering::Relaxed) != window(now) {
            self.addresses.sweep(now);
            self.unproven.sweep(now);
            self.clients.sweep(now);
            self.guesses.sweep(now);
        }
        for addresses in [&self.addresses, &self.unproven] {
            let kind = addresses.kind;
            for table in [&addresses.exact, &addresses.around] {
                tell(table, store, |p| LimitName::of(hasher, "rate", &[kind.as_str(), &p.text()])).await?;
            }
            let wide = |p: &Place| LimitName::of(hasher, "rate", &[kind.as_str(), "wide", &p.text()]);
            tell(&addresses.wide, store, wide).await?;
        }
        for (kind, table) in [(Kind::Client, &self.clients), (Kind::Guess, &self.guesses)] {
            tell(table, store, |c| LimitName::of(hasher, "rate", &[kind.as_str(), c.as_str()])).await?;
        }
        Ok(())
    }

    /// How many names are counted.
    pub fn names(&self) -> usize {
        let of = |a: &Addresses| a.exact.len() + a.around.len() + a.wide.len();
        let addresses: usize = [&self.addresses, &self.unproven].into_iter().map(of).sum();
        addresses + self.clients.len() + self.guesses.len()
    }

    fn told(&self, standing: Option<Standing>) -> Option<Standing> {
        if let Some(Standing { kind, .. }) = standing.filter(|s| s.exceeded) {
            self.metrics.count("broker_rate_refusals_total", &[("kind", kind.as_str())], 1);
        }
        standing
    }
}

async fn tell<K: Hash + Eq + Clone>(
    table: &Table<K>,
    store: &dyn Rates,
    name: impl Fn(&K) -> LimitName,
) -> Result<(), StoreError> {
    loop {
        let told = table.take(BATCH);
        if told.is_empty() {
            return Ok(());
        }
        let counts: Vec<RateCount> = told
            .iter()
            .map(|t: &Told<K>| RateCount { name: name(&t.name), window: t.window, more: t.more })
            .collect();
        match store.add(&counts).await {
            Ok(said) => told.iter().zip(said).for_each(|(t, said)| table.learn(t, said)),
            Err(error) => {
                told.iter().for_each(|t| table.take_back(t));
                return Err(error);
            }
        }
        if told.len() < BATCH {
            return Ok(());
        }
    }
}
