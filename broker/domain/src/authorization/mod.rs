//! Authorization requests and the logins they begin.

mod claims;
mod decision;
mod interaction;
mod request;
mod step;

pub use claims::{ClaimWish, ClaimsRequest};
pub use decision::{Back, Hinted, Next, Returned, after_proof, level_to_say, next};
pub use interaction::{IllegalStep, Interaction, LIFETIME_SECS};
pub use request::{AuthorizationRequest, Invalid, Prompt, Refusal, Unredirectable, Validation, validate};
pub use step::{Attempt, NoLink, OpenedAccount, Outcome, Proving, SentCode, Step, Told};

#[cfg(test)]
mod tests;
