//! A portal that is told of its citizens' accounts: the SDK behind a real socket, with a switch for trouble.

use crate::portal::Portal;
use crate::world::World;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use broker_domain::clock::{Clock as _, MockClock};
use http::StatusCode;
use relying_party_sdk::events::{EventHandler, EventReceiver, PortalEvent, ReceivedEvent};
use relying_party_sdk::web::event_routes;
use relying_party_sdk::{ClientAuth, Clock, RelyingParty, StoreError};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    None,
    /// It answers this and does nothing.
    Answers(u16),
    /// It does what it is told, and its answer is lost.
    AnswerLost,
}

struct Time(Arc<MockClock>);

impl Clock for Time {
    fn now(&self) -> i64 {
        self.0.now().secs()
    }
}

/// What the portal was told, once each.
#[derive(Default)]
pub struct Heard(Mutex<Vec<ReceivedEvent>>);

impl Heard {
    pub fn events(&self) -> Vec<PortalEvent> {
        self.0.lock().unwrap().iter().flat_map(|e| e.events.clone()).collect()
    }
}

#[async_trait::async_trait]
impl EventHandler for Heard {
    async fn handle(&self, event: &ReceivedEvent) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(event.clone());
        Ok(())
    }
}

/// The portal.
pub struct Told {
    pub portal: Portal,
    pub heard: Arc<Heard>,
    pub receiver: EventReceiver,
    trouble: Arc<Mutex<Trouble>>,
    calls: Arc<Mutex<usize>>,
}

/// The bearer token that is registered.
pub const EVENTS_TOKEN: &str = "the-token-of-the-broker";

impl Told {
    /// One that is pushed to; `own` is laid over its registration. The world's issuer must be served.
    pub async fn pushed(world: &World, mut own: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        own["events_delivery"] = json!("push");
        own["events_endpoint"] = json!(format!("http://{}/events", listener.local_addr().unwrap()));
        own["events_token"] = json!(EVENTS_TOKEN);
        let told = Self::of(world, world.register(own).await);
        let state = (told.trouble.clone(), told.calls.clone());
        let router: Router = event_routes(&told.receiver.clone().bearer(EVENTS_TOKEN), "/events");
        let router = router.layer(from_fn_with_state(state, in_trouble));
        listener.set_nonblocking(true).unwrap();
        tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(router.into_make_service()));
        told
    }

    /// One that fetches.
    pub async fn fetching(world: &World, mut own: Value) -> Self {
        own["events_delivery"] = json!("poll");
        Self::of(world, world.register(own).await)
    }

    fn of(world: &World, portal: Portal) -> Self {
        let relying_party = RelyingParty::builder(world.issuer(), &portal.id, &portal.redirect_uri)
            .secret(&portal.secret, ClientAuth::Basic)
            .clock(Arc::new(Time(world.clock.clone())))
            .build()
            .unwrap();
        let heard = Arc::new(Heard::default());
        let receiver = EventReceiver::new(&relying_party, heard.clone());
        let trouble = Arc::new(Mutex::new(Trouble::None));
        Self { portal, heard, receiver, trouble, calls: Arc::default() }
    }

    pub fn is_in(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        *self.calls.lock().unwrap()
    }
}

type Switch = (Arc<Mutex<Trouble>>, Arc<Mutex<usize>>);

async fn in_trouble(State((trouble, calls)): State<Switch>, request: Request, next: Next) -> Response {
    *calls.lock().unwrap() += 1;
    let trouble = *trouble.lock().unwrap();
    match trouble {
        Trouble::None => next.run(request).await,
        Trouble::Answers(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Trouble::AnswerLost => {
            next.run(request).await;
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// A world whose issuer is served, so that a portal can ask it for its keys.
pub async fn served(pair: crate::Pair) -> World {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let options = crate::Options { issuer: Some(issuer.leak()), ..crate::Options::default() };
    let world = World::start(pair, options).await;
    listener.set_nonblocking(true).unwrap();
    let router = world.router().clone();
    tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(router.into_make_service()));
    world
}
