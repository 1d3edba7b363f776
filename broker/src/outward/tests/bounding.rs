//! So many may wait for one that is asked.

use crate::outward::Bounded;
use crate::telemetry::Metrics;
use async_trait::async_trait;
use broker_domain::person::PersonalNumber;
use broker_domain::upstream::population::{Answer, PopulationDatabase, PopulationFailure, Question};
use std::sync::Arc;
use std::time::{Duration, Instant};

struct Never;

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
