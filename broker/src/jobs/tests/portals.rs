//! Portals that are told of events, and what waits for them.

use crate::app::testing::Bench;
use broker_domain::event::{OutgoingEvent, PortalEvent};
use broker_domain::ids::{ClientId, EventId};
use broker_domain::outbox::Outgoing;
use broker_domain::subject::Subject;
use serde_json::json;

/// A portal that takes events and notices of logout at `uri`.
pub(super) async fn register(bench: &Bench, id: &str, uri: &str) {
    bench
        .register(json!({
            "client_id": id, "client_name": "Cổng", "redirect_uris": ["https://rp.example/cb"],
            "events_delivery": "push", "events_endpoint": uri, "events_token": "the-token-of-this-portal",
            "backchannel_logout_uri": uri, "id_token_signed_response_alg": "ES256",
        }))
        .await;
    bench.app.jobs().reload_if_changed().await.unwrap();
}

/// Events of one client, a second apart, the last one now.
pub(super) async fn put(bench: &Bench, client: &str, count: i64) -> Vec<Outgoing> {
    let broker = &bench.app.broker;
    let event = |n| OutgoingEvent {
        id: EventId::generate(&*broker.entropy),
        client: ClientId::new(client),
        event: PortalEvent::SubjectAlias {
            subject: Subject::new("sub-1").unwrap(),
            alias: Subject::new(format!("alias-{n}")).unwrap(),
        },
        at: broker.clock.now().plus_secs(n - count),
    };
    let events: Vec<Outgoing> = (0..count).map(|n| event(n).into()).collect();
    broker.stores.outbox.push(&events, None).await.unwrap();
    events
}
