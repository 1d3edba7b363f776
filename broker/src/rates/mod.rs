//! How often who may come: counted in this process at no round trip of a request's own, and shared with the other instances beside
//! requests.
//!
//! ```text
//!   request ─► counted here ─► allowed or not                    others' instances
//!                  │ five times a second, once 1/64 of a limit is used      │
//!                  └───────────► store: one sum for all ◄───────────────────┘
//! ```
//! All instances together let in what the limit says, and at most, for each instance, 1/64 of it and what comes within a fifth of a
//! second more. While the store is away each instance limits by itself.

mod limiter;
mod place;
mod standing;
mod table;

pub use limiter::{RateLimiter, RateRules};
pub use standing::{Kind, Standing};

#[cfg(test)]
mod tests;
