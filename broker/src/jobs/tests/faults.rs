//! Deliveries while the outbox itself is away, or a portal is slow.

use super::portals::{put, register};
use crate::app::testing::Bench;
use crate::app::{App, Overrides, build};
use crate::jobs::Scheduled;
use crate::state::Stores;
use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{any, post};
use broker_domain::audit::AuditKind;
use broker_domain::clock::{Clock, MockClock, SystemClock, Timestamp};
use broker_domain::ids::{ClientId, Destination, EventId, SessionId};
use broker_domain::logout::LogoutNotice;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{Lane, Leftovers, OutboxFilter, Queued, StoreError, Upkeep};
use broker_domain::secret::SeededEntropy;
use broker_domain::subject::Subject;
use broker_stores::testing::{Asked, Watched};
use futures_util::FutureExt;
use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A database whose clock is so many seconds ahead of the machine's.
struct Ahead(Arc<dyn Upkeep>, i64);

#[async_trait]
impl Upkeep for Ahead {
    async fn clock(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(Some(SystemClock.now().plus_secs(self.1)))
    }

    async fn last_runs(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        self.0.last_runs().await
    }

    async fn ran(&self, job: &str, at: Timestamp) -> Result<(), StoreError> {
        self.0.ran(job, at).await
    }

    async fn clean(&self, leftovers: &Leftovers, limit: i64) -> Result<u64, StoreError> {
        self.0.clean(leftovers, limit).await
    }
}

/// What a portal got, and the statuses that it will answer, last one first.
#[derive(Clone, Default)]
struct Portal {
    got: Arc<AtomicUsize>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Portal {
    async fn start(&self) -> u16 {
        let router = Router::new()
            .route("/events", post(receive))
            .route(
                "/steady",
                post(async |state: State<Self>| {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    receive(state).await
                }),
            )
            .route("/slow", any(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    }

    fn got(&self) -> usize {
        self.got.load(Ordering::Relaxed)
    }
}

async fn receive(State(portal): State<Portal>) -> StatusCode {
    portal.got.fetch_add(1, Ordering::Relaxed);
    StatusCode::from_u16(portal.answers.lock().unwrap().pop().unwrap_or(202)).unwrap()
}

const LOCAL: &str =
    "[logout]\nprivate_hosts_allowed = [\"localhost\"]\ntimeout_secs = 20\n[events]\ntimeout_secs = 20\n";

async fn put_notice(bench: &Bench, client: &str) {
    let broker = &bench.app.broker;
    let notice = LogoutNotice {
        id: EventId::generate(&*broker.entropy),
        client: ClientId::new(client),
        subject: Subject::new("sub-1"),
        sid: SessionId::generate(&*broker.entropy),
        at: broker.clock.now(),
    };
    broker.stores.outbox.push(&[notice.into()], None).await.unwrap();
}

async fn left(bench: &Bench) -> Vec<Queued> {
    bench.app.broker.stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap()
}

/// Another instance, whose outbox is away so many times when something is to be noted.
async fn faulty(bench: &Bench, faults: usize) -> App {
    let mut stores = bench.app.broker.stores.clone();
    let faults = AtomicUsize::new(faults);
    let away = move |asked| {
        let is_fault =
            || faults.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
        let is_away = asked == Asked::Note && is_fault();
        ready(if is_away { Err(StoreError::Unavailable("away".to_owned())) } else { Ok(()) }).boxed()
    };
    stores.outbox = Arc::new(Watched::new(stores.outbox.clone(), away));
    over(bench, stores, bench.clock.clone()).await
}

async fn over(bench: &Bench, stores: Stores, clock: Arc<MockClock>) -> App {
    let overrides = Overrides {
        clock: Some(clock),
        entropy: Some(Arc::new(SeededEntropy::new(31))),
        stores: Some(stores),
        upstreams: Some(Vec::new()),
        ..Overrides::default()
    };
    build(&bench.settings, overrides).await.unwrap()
}

#[tokio::test]
async fn what_came_of_a_delivery_is_noted_when_the_outbox_is_back() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    let events = put(&bench, "portal", 3).await;
    *portal.answers.lock().unwrap() = vec![500, 202, 202];
    let other = faulty(&bench, 3).await;
    assert_eq!(other.jobs().deliver(OutboxKind::Event).await.unwrap(), 3);
    let waiting = left(&bench).await;
    assert_eq!((waiting.len(), &waiting[0].outgoing), (1, &events[2]));
    assert_eq!((portal.got(), waiting[0].attempts), (3, 1));
}

/// The program is killed after a portal has taken an event and before the outbox has heard of it: the audit log has.
#[tokio::test]
async fn what_was_delivered_is_in_the_audit_log_before_it_leaves_the_outbox() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    let events = put(&bench, "portal", 2).await;
    let mut stores = bench.app.broker.stores.clone();
    let reached = Arc::new(tokio::sync::Notify::new());
    let at_note = reached.clone();
    let hangs = move |asked| {
        let at_note = at_note.clone();
        async move {
            if asked == Asked::Note {
                at_note.notify_one();
                std::future::pending::<()>().await;
            }
            Ok(())
        }
        .boxed()
    };
    stores.outbox = Arc::new(Watched::new(stores.outbox.clone(), hangs));
    let other = over(&bench, stores, bench.clock.clone()).await;
    let killed = tokio::spawn(async move { other.jobs().deliver(OutboxKind::Event).await });
    reached.notified().await;
    killed.abort();
    assert_eq!((portal.got(), left(&bench).await.len()), (1, 2));
    let said = bench.app.broker.stores.expiring.pending_events(100).await.unwrap();
    let told: Vec<_> = said.iter().filter(|e| e.kind == AuditKind::EventsDelivered).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].note.as_deref(), Some(format!("{} pushed", events[0].id).as_str()));
}

/// While what was delivered cannot be noted at all, nothing more is sent: of three, one is sent twice, and not all three.
#[tokio::test]
async fn nothing_more_is_sent_while_nothing_can_be_noted() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    put(&bench, "portal", 3).await;
    let other = faulty(&bench, 8).await;
    other.jobs().deliver(OutboxKind::Event).await.unwrap_err();
    assert_eq!(portal.got(), 1);
    bench.clock.advance(3600);
    assert_eq!(other.jobs().deliver(OutboxKind::Event).await.unwrap(), 3);
    assert_eq!((portal.got(), left(&bench).await.len()), (4, 0));
}

/// An outage of hours does not change the order in which a portal hears.
#[tokio::test]
async fn after_a_long_silence_events_come_in_order() {
    let bench = Bench::new(LOCAL).await;
    register(&bench, "portal", "http://localhost:1/events").await;
    let events = put(&bench, "portal", 2).await;
    for _ in 0..12 {
        assert_eq!(bench.app.jobs().deliver_fully(OutboxKind::Event).await.unwrap(), 1);
        bench.clock.advance(3600);
    }
    let waiting = left(&bench).await;
    assert_eq!((&waiting[0].outgoing, waiting[0].attempts), (&events[0], 12));
    assert_eq!((&waiting[1].outgoing, waiting[1].attempts), (&events[1], 0));
}

/// One that its portal answers with errors for hours is stepped over, by the very instance that tries it.
#[tokio::test]
async fn what_is_answered_with_errors_is_stepped_over() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    let events = put(&bench, "portal", 3).await;
    for n in 1..=8 {
        portal.answers.lock().unwrap().push(500);
        let tried = bench.app.jobs().deliver_fully(OutboxKind::Event).await.unwrap();
        assert_eq!(tried, if n < 8 { 1 } else { 3 }, "{n}");
        bench.clock.advance(3600);
    }
    let waiting = left(&bench).await;
    assert_eq!((waiting.len(), &waiting[0].outgoing), (1, &events[0]));
}

/// An operator who says "again" is heard at once, also by an instance that leaves the portal alone.
#[tokio::test]
async fn an_operator_ends_the_pause() {
    let bench = Bench::new(LOCAL).await;
    register(&bench, "portal", "http://localhost:1/events").await;
    put(&bench, "portal", 2).await;
    put_notice(&bench, "portal").await;
    let deliver = async |kind| bench.app.jobs().deliver(kind).await.unwrap();
    for kind in [OutboxKind::Event, OutboxKind::Logout] {
        for _ in 0..4 {
            assert!(deliver(kind).await > 0);
            bench.clock.advance(120);
        }
        assert!(deliver(kind).await > 0);
        assert_eq!(deliver(kind).await, 0);
        put_notice(&bench, "portal").await;
        assert_eq!(deliver(kind).await, 0, "it is left alone, also with what is new");
        let now = bench.app.broker.clock.now();
        bench.app.broker.stores.outbox.retry(&OutboxFilter::default(), now).await.unwrap();
        assert!(deliver(kind).await > 0);
        assert_eq!(deliver(kind).await, 0);
        bench.clock.advance(3600);
        bench
            .app
            .broker
            .stores
            .outbox
            .discard(&OutboxFilter { kind: Some(OutboxKind::Event), ..OutboxFilter::default() })
            .await
            .unwrap();
    }
}

/// However many portals are slow, and whenever each of them began to be: none holds up another.
#[tokio::test]
async fn many_slow_portals_hold_up_no_other() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    let slow: Vec<String> = (0..10).map(|n| format!("slow-{n}")).collect();
    for id in &slow {
        register(&bench, id, &format!("http://localhost:{port}/slow")).await;
    }
    register(&bench, "quick", &format!("http://localhost:{port}/events")).await;
    let (_, _, jobs) = bench.another(5).await.start_jobs();
    for id in &slow {
        put(&bench, id, 1).await;
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    put(&bench, "quick", 1).await;
    let began = Instant::now();
    while portal.got() == 0 {
        assert!(began.elapsed() < Duration::from_secs(3), "held up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(jobs);
}

/// The end of the program waits for the delivery in hand, not for all that was claimed: the rest is free for others at once.
#[tokio::test]
async fn the_end_waits_for_one_delivery() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/steady")).await;
    let put = put(&bench, "portal", 12).await.len();
    let (_, _, jobs) = bench.another(7).await.start_jobs();
    let began = Instant::now();
    while portal.got() == 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "nothing arrives");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stopping = Instant::now();
    jobs.stop().await.unwrap();
    assert!(stopping.elapsed() < Duration::from_secs(3), "{:?}", stopping.elapsed());
    let left = left(&bench).await.len();
    assert_eq!(left, put - portal.got());
    let (outbox, now) = (&bench.app.broker.stores.outbox, bench.app.broker.clock.now());
    let lane = Lane { kind: OutboxKind::Event, destination: Destination::new("portal") };
    assert_eq!(outbox.claim(&lane, now, now.plus_secs(60), 100).await.unwrap().len(), left);
}

/// An instance whose machine is ten minutes ahead takes nothing that another has in hand, and one that is behind takes what is due.
#[rstest::rstest]
#[case::ahead(600)]
#[case::behind(-600)]
#[tokio::test]
async fn a_machine_whose_clock_is_wrong(#[case] wrong: i64) {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    put(&bench, "portal", 1).await;
    let (outbox, now) = (&bench.app.broker.stores.outbox, bench.app.broker.clock.now());
    let lane = Lane { kind: OutboxKind::Event, destination: Destination::new("portal") };
    assert_eq!(outbox.claim(&lane, now, now.plus_secs(60), 5).await.unwrap().len(), 1);
    assert_eq!(bench.app.jobs().run_scheduled().await.unwrap(), Scheduled::ALL);
    let mut stores = bench.app.broker.stores.clone();
    stores.upkeep = Arc::new(Ahead(stores.upkeep.clone(), -wrong));
    let other = over(&bench, stores, Arc::new(MockClock::at(now.plus_secs(wrong)))).await;
    other.jobs().compare_clocks().await.unwrap();
    assert_eq!(other.jobs().deliver(OutboxKind::Event).await.unwrap(), 0, "another has it in hand");
    assert_eq!(other.jobs().run_scheduled().await.unwrap(), [], "it has just been done");
    outbox.release(&lane, &[left(&bench).await[0].outgoing.id.clone()], now.plus_secs(60)).await.unwrap();
    assert_eq!(other.jobs().deliver(OutboxKind::Event).await.unwrap(), 1);
    let numbers = other.metrics.render();
    let gauge = format!("broker_database_clock_ahead_seconds {}", -wrong);
    assert!(numbers.contains(&gauge), "{numbers}");
}

/// Events to a portal that takes none any more go some day; those to one that does stay for ever.
#[tokio::test]
async fn old_events_that_nobody_wants_go() {
    let bench = Bench::new(LOCAL).await;
    for id in ["off", "on"] {
        register(&bench, id, "http://localhost:1/events").await;
        put(&bench, id, 1).await;
    }
    put(&bench, "never-registered", 1).await;
    let mut off = (*bench.app.broker.registry.find("off").unwrap()).clone();
    off.disabled_at = Some(bench.app.broker.clock.now());
    bench.app.broker.stores.registrations.replace(&off).await.unwrap();
    bench.app.jobs().reload_if_changed().await.unwrap();
    bench.clock.advance(364 * 86_400);
    bench.app.jobs().clean_up().await.unwrap();
    assert_eq!(left(&bench).await.len(), 3);
    bench.clock.advance(2 * 86_400);
    bench.app.jobs().clean_up().await.unwrap();
    let left = left(&bench).await;
    assert_eq!((left.len(), left[0].outgoing.destination.as_str()), (1, "on"));
}
