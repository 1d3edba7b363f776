//! So many may wait for one that is asked.

use crate::outward::Bounded;
use crate::telemetry::Metrics;
use async_trait::async_trait;
use broker_domain::ids::EventId;
use broker_domain::person::PersonalNumber;
use broker_domain::ports::{CheckFailure, Messenger, MessengerFailure, PasswordCheck};
use broker_domain::secret::Secret;
use broker_domain::upstream::population::{Answer, PopulationDatabase, PopulationFailure, Question};
use std::sync::Arc;
use std::time::{Duration, Instant};

struct Never;

#[async_trait]
impl Messenger for Never {
    async fn send(&self, _: &EventId, _: &str, _: &str) -> Result<(), MessengerFailure> {
        std::future::pending().await
    }
}

#[async_trait]
impl PasswordCheck for Never {
    async fn check(&self, _: &str, _: &Secret) -> Result<bool, CheckFailure> {
        std::future::pending().await
    }
}

#[async_trait]
impl PopulationDatabase for Never {
    async fn ask(&self, _: &Question) -> Result<Answer, PopulationFailure> {
        std::future::pending().await
    }
}

fn question() -> Question {
    Question {
        personal_number: PersonalNumber::parse("001085000123").unwrap(),
        old_number: None,
        former_number: None,
        full_name: None,
        birth_date: None,
    }
}

/// Who would be one too many is told at once that it is busy; whoever gives up makes room.
#[tokio::test]
async fn a_slow_one_holds_so_many_and_no_more() {
    let never: Arc<dyn PopulationDatabase> = Arc::new(Never);
    let metrics = Arc::new(Metrics::new());
    let bounded = Arc::new(Bounded::new(never, "population", 2, metrics.clone()));
    let waiting = || {
        let bounded = bounded.clone();
        tokio::spawn(async move { bounded.ask(&question()).await })
    };
    let (one, _two) = (waiting(), waiting());
    tokio::task::yield_now().await;
    let began = Instant::now();
    assert_eq!(bounded.ask(&question()).await.err(), Some(PopulationFailure::Busy));
    assert!(began.elapsed() < Duration::from_millis(500));
    assert!(metrics.render().contains("broker_upstream_refusals_total{upstream=\"population\"} 1"));
    one.abort();
    let _ = one.await;
    let third = tokio::time::timeout(Duration::from_millis(50), bounded.ask(&question())).await;
    assert!(third.is_err(), "it waits, for there is room");
}

/// The gateway for messages and the check services of portals are bounded as well.
#[tokio::test]
async fn messages_and_passwords_wait_for_places_too() {
    let metrics = Arc::new(Metrics::new());
    let gateway: Arc<dyn Messenger> = Arc::new(Never);
    let gateway = Arc::new(Bounded::new(gateway, "sms", 1, metrics.clone()));
    let service: Arc<dyn PasswordCheck> = Arc::new(Never);
    let service = Arc::new(Bounded::new(service, "check-old", 1, metrics.clone()));
    let (sending, checking) = (gateway.clone(), service.clone());
    let _sending = tokio::spawn(async move { sending.send(&EventId::new("m-1"), "0912000001", "x").await });
    let _checking = tokio::spawn(async move { checking.check("an", &Secret::new("x")).await });
    tokio::task::yield_now().await;
    let sent = gateway.send(&EventId::new("m-2"), "0912000001", "x").await;
    assert_eq!(sent, Err(MessengerFailure::Busy));
    assert_eq!(service.check("an", &Secret::new("x")).await, Err(CheckFailure::Busy));
    let numbers = metrics.render();
    for upstream in ["sms", "check-old"] {
        let told = format!("broker_upstream_refusals_total{{upstream=\"{upstream}\"}} 1");
        assert!(numbers.contains(&told), "{numbers}");
    }
}

/// The broker itself puts them there.
#[tokio::test]
async fn the_broker_s_gateway_has_its_places() {
    let bench = crate::app::testing::Bench::new("").await;
    let overrides = crate::app::Overrides {
        clock: Some(bench.clock.clone()),
        stores: Some(bench.app.broker.stores.clone()),
        upstreams: Some(Vec::new()),
        messenger: Some(Arc::new(Never)),
        ..Default::default()
    };
    let mut settings = bench.settings.clone();
    settings.limits.max_upstream = 1;
    let app = crate::app::build(&settings, overrides).await.unwrap();
    let broker = app.broker.clone();
    let _sending =
        tokio::spawn(async move { broker.messenger.send(&EventId::new("m-1"), "0912000001", "x").await });
    tokio::task::yield_now().await;
    let sent = app.broker.messenger.send(&EventId::new("m-2"), "0912000001", "x").await;
    assert_eq!(sent, Err(MessengerFailure::Busy));
}
