//! What happens beside requests: each job is one pass that can be called by itself, and a loop that calls it.

mod audit_drain;
mod blocked;
mod emergency;
mod ending;
mod events;
mod instance;
mod keys;
mod logout;
mod logout_token;
mod outbound;
mod pauses;
mod pulse;
mod reload;
mod running;

pub use emergency::{Emergency, rotate_in_emergency};
pub use ending::Ending;
pub use instance::{JobRules, Jobs};
pub use keys::{KeyChanges, KeyError, KeyTimes, promote_due, provision, rotate};
pub use outbound::{Allowed, http_client, is_forbidden};
pub use running::RunningJobs;

#[cfg(test)]
mod tests;
