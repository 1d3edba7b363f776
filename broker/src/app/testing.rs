//! A whole broker over an SQLite file and in-process sessions, under a clock that tests set.

#![allow(clippy::unwrap_used)]

use super::build::{App, build};
use super::overrides::Overrides;
use super::registration::Registration;
use crate::config::{Settings, load};
use crate::telemetry::RequestSummary;
use broker_domain::client::Client;
use broker_domain::clock::{MockClock, Timestamp};
use broker_domain::secret::SeededEntropy;
use serde_json::Value;
use std::sync::{Arc, Mutex};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The broker and what it was made from.
pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) settings: Settings,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) app: App,
    pub(crate) heard: Arc<Mutex<Vec<RequestSummary>>>,
}

/// Settings of a broker in `folder`, with more of them as TOML.
pub(crate) fn settings(folder: &std::path::Path, more: &str) -> Settings {
    let file = folder.join("broker.toml");
    let toml = format!(
        "issuer = \"http://localhost:8080\"\n[stores]\nmigrate_at_start = true\n[listen]\naddress = \"127.0.0.1:0\"\n[admin]\naddress = \"127.0.0.1:0\"\n\
         [secrets]\nhashing_key = \"{KEY}\"\nindex_key = \"{KEY}\"\nsealing_keys = [{{ id = \"a\", key = \"{KEY}\" }}]\n{more}"
    );
    std::fs::write(&file, toml).unwrap();
    load(Some(&file), &[]).unwrap()
}

impl Bench {
    pub(crate) async fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), more);
        let clock = Arc::new(MockClock::at(Timestamp::from_secs(1_800_000_000)));
        let heard: Arc<Mutex<Vec<RequestSummary>>> = Arc::default();
        let into = heard.clone();
        let overrides = Overrides {
            clock: Some(clock.clone()),
            entropy: Some(Arc::new(SeededEntropy::new(7))),
            observer: Some(Arc::new(move |s: &RequestSummary| into.lock().unwrap().push(s.clone()))),
            upstreams: Some(Vec::new()),
            ..Overrides::default()
        };
        let app = build(&settings, overrides).await.unwrap();
        Self { folder, settings, clock, app, heard }
    }

    /// Another instance over the same file.
    pub(crate) async fn another(&self, seed: u64) -> App {
        let overrides = Overrides {
            clock: Some(self.clock.clone()),
            entropy: Some(Arc::new(SeededEntropy::new(seed))),
            stores: Some(self.app.broker.stores.clone()),
            upstreams: Some(Vec::new()),
            ..Overrides::default()
        };
        build(&self.settings, overrides).await.unwrap()
    }

    /// Registers a client in the store, not yet in memory.
    pub(crate) async fn register(&self, metadata: Value) -> Client {
        let broker = &self.app.broker;
        let registration = Registration::parse(metadata.to_string().as_bytes()).unwrap();
        let now = broker.clock.now();
        let (client, _) = registration.into_client(true, &broker.hasher, &*broker.entropy, now).unwrap();
        broker.stores.registrations.add(&client).await.unwrap();
        client
    }
}
