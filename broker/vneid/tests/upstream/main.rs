//! Both dialects and the population database against the stand-in of VNeID, and against a provider that says whatever a test wants.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod asking;
mod at_vneid;
mod calls;
mod keys;
mod logs;
mod plain;
mod provider;
mod sealed;
mod tokens;
mod trust;

use broker_domain::clock::{Clock, SystemClock, Timestamp};
use broker_domain::ports::Upstream;
use broker_domain::upstream::{Ask, Binding};
use broker_vneid::UpstreamSettings;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const REDIRECT: &str = "http://localhost:8080/callback/vneid";

fn now() -> Timestamp {
    SystemClock.now()
}

/// A binding of its own for each sign-in.
fn binding(fresh: bool) -> Binding {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let n = COUNT.fetch_add(1, Ordering::SeqCst);
    Binding {
        state: format!("state-{n}"),
        nonce: format!("nonce-{n}"),
        verifier: format!("verifier-of-at-least-forty-three-characters-{n}"),
        started_at: now(),
        fresh,
    }
}

const fn ask(fresh: bool) -> Ask {
    Ask { level: None, fresh, ui_locales: Vec::new(), login_hint: None }
}

/// An upstream of `base` settings with `changes` laid over them.
fn upstream(mut base: Value, changes: &Value) -> Arc<dyn Upstream> {
    // They take long to read, and only the tests of TLS need them.
    base["system_authorities"] = Value::Bool(false);
    for (name, value) in changes.as_object().unwrap() {
        base[name] = value.clone();
    }
    let settings: UpstreamSettings = serde_json::from_value(base).unwrap();
    broker_vneid::build(&settings, Arc::new(|_| {})).unwrap()
}
