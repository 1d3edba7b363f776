//! Authorization requests and the logins they begin.

mod claims;
mod decision;
mod interaction;
mod request;

pub use claims::{ClaimWish, ClaimsRequest};
pub use decision::{Back, Hinted, Next, Returned, level_to_say, next};
pub use interaction::{Attempt, IllegalStep, Interaction, LIFETIME_SECS, Outcome, Step};
pub use request::{AuthorizationRequest, Invalid, Prompt, Refusal, Unredirectable, Validation, validate};

#[cfg(test)]
mod tests;
