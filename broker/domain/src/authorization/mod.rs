//! Authorization requests and the logins they begin.

mod claims;
mod decision;
mod interaction;
mod pattern;
mod request;
mod step;
mod verified;

pub use claims::{ClaimWish, ClaimWishes, ClaimsRequest};
pub use decision::{Back, Hinted, Next, Returned, after_proof, level_to_say, next};
pub use interaction::{IllegalStep, Interaction, LIFETIME_SECS};
pub use pattern::{Limits, Pattern};
pub use request::{AuthorizationRequest, Invalid, Prompt, Refusal, Unredirectable, Validation, validate};
pub use step::{AsWhom, Attempt, NoLink, OpenedAccount, Outcome, Proving, SentCode, Step, Told};
pub use verified::{VerifiedWish, VerifiedWishes};

#[cfg(test)]
mod tests;
