//! What goes back: to clients, to browsers.

mod cors;
mod https;
mod json;
mod standing;
mod to_client;

pub use cors::{cors, cors_of_refusals};
pub use https::https_alone;
pub use json::{empty_ok, json_cached, json_no_store, jwt_no_store, oauth_error, token_refused};
pub use standing::with_standing;
pub use to_client::{answer_code, answer_error, build_url, see_other};
