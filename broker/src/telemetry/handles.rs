//! The numbers of each route, found once: looking them up by their labels for every request would take longer than counting.

use metrics::{Counter, Histogram};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// What is counted by route alone, as it stands in [`super::summary::RequestSummary`].
pub(super) const COUNTED: [&str; 4] = [
    "broker_redis_round_trips_total",
    "broker_sql_statements_total",
    "broker_signatures_total",
    "broker_upstream_calls_total",
];
/// What time is spent on.
pub(super) const PARTS: [&str; 4] = ["own", "redis", "sql", "upstream"];

/// The numbers of one route.
#[derive(Default)]
pub(super) struct OfRoute {
    answers: RwLock<HashMap<(&'static str, u16), Histogram>>,
    pub(super) parts: [OnceLock<Histogram>; 4],
    pub(super) counts: [OnceLock<Counter>; 4],
}

impl OfRoute {
    /// The times of answers with this status to this method.
    pub(super) fn answers(
        &self,
        method: &'static str,
        status: u16,
        find: impl FnOnce() -> Histogram,
    ) -> Histogram {
        let key = (method, status);
        if let Some(known) = self.answers.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let found = find();
        self.answers.write().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        found
    }
}

/// Those of all routes. Routes are templates, so there are as many as the program has.
#[derive(Default)]
pub(super) struct Handles(RwLock<HashMap<String, Arc<OfRoute>>>);

impl Handles {
    pub(super) fn of(&self, route: &str) -> Arc<OfRoute> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(route) {
            return known.clone();
        }
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(route.to_owned()).or_default().clone()
    }
}
