//! The admin listener: one file for each resource.

mod health;
mod numbers;
mod state;

pub use state::AdminState;

use axum::Router;
use axum::routing::get;

/// The resources of the admin listener.
pub fn router(state: AdminState) -> Router {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(numbers::metrics))
        .with_state(state)
}

#[cfg(test)]
mod tests;
