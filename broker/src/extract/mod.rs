//! What a request brings: who calls, from which browser, with which form.

mod address;
mod body;
mod browser;
mod client_auth;
mod form_token;
mod rate;

pub use address::client_address;
pub use body::{MAX_BODY, as_query, is_form, query_form, read_form, read_form_body};
pub use browser::{Browser, NewBrowser};
pub use client_auth::{Tried, authenticate, bearer, claimed_id};
pub use form_token::{FormToken, TokenFault};
pub use rate::{count_call, count_dead_token};
