//! What happens beside requests: each job is one pass that can be called by itself, and a loop that calls it.

mod audit_drain;
mod blocked;
mod channel;
mod clean_up;
mod emergency;
mod ending;
mod events;
mod instance;
mod keys;
mod lanes;
mod logout;
mod logout_token;
mod message;
mod outbound;
mod outbox;
mod pulse;
mod rates;
mod reload;
mod running;
mod scheduled;
mod shared_clock;
mod tend_keys;

pub use emergency::{Emergency, rotate_in_emergency};
pub use ending::Ending;
pub use instance::{JobRules, Jobs};
pub use keys::{KeyChanges, KeyError, KeyTimes, promote_due, provision, rotate, rotation_is_due};
pub use message::{HELD_SECS, send_at_once, withdraw};
pub use outbound::{Allowed, http_client, is_forbidden};
pub use running::RunningJobs;
pub use scheduled::{Scheduled, ScheduledError};

#[cfg(test)]
mod tests;
