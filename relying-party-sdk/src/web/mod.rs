//! The portal's routes and extractors for axum 0.8.
//!
//! [`Portal`] is the state: it holds the [`RelyingParty`](crate::RelyingParty) and the page that shows errors. Add its
//! [`routes`] to the portal's router; in handlers take a [`Citizen`], an `Option<Citizen>` or a [`RequireLevel`].

mod citizen;
mod events;
mod handlers;
mod portal;
mod responses;

pub use citizen::{Citizen, RequireLevel};
pub use events::event_routes;
pub use handlers::routes;
pub use portal::{Portal, Rejection};
