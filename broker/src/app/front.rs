//! What every request passes before its handler, outermost first: telemetry, the reading of refusals by browsers, the limit
//! of an address, the guard. One layer for all: each layer of its own would put every request on the heap once more.

use super::gate::may_come;
use crate::respond::{cors_of_refusals, https_alone};
use crate::server::{Guard, protect};
use crate::state::Broker;
use crate::telemetry::{Telemetry, observe};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, Once};

/// What the layer needs.
#[derive(Clone)]
pub(super) struct Front(pub(super) Arc<Parts>);

/// Its parts.
pub(super) struct Parts {
    pub(super) broker: Arc<Broker>,
    pub(super) telemetry: Telemetry,
    pub(super) guard: Guard,
    pub(super) proxy_told: Once,
}

/// The layer, for `axum::middleware::from_fn_with_state` on the whole router: inside of it the route is known.
pub(super) async fn front(State(Front(parts)): State<Front>, request: Request, next: Next) -> Response {
    let Parts { broker, telemetry, guard, proxy_told } = &*parts;
    let guarded = |request| async {
        match may_come(broker, proxy_told, &request) {
            Ok(()) => protect(guard, request, |request| next.run(request)).await,
            Err(refused) => guard.refuse(&request, refused),
        }
    };
    let readable = |request| async {
        let mut response = cors_of_refusals(broker, request, guarded).await;
        https_alone(broker, &mut response);
        response
    };
    observe(telemetry, request, readable).await
}
