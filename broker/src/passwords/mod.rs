//! Passwords of people: checked against the hashes that portals had made, in every notation that an import takes, and made anew as
//! argon2id (RFC 9106).
//!
//! Whoever asks learns nothing from the time: for an account that there is not, or that has no hash, the same work is done on
//! nothing; every check makes one argon2id hash besides what an old notation takes; and no answer comes before
//! [`PasswordRules::answer_after`] has passed. Work is done off the async threads, so much at once and no more, and a hash that
//! demands absurd memory or rounds is refused without being computed.
//!
//! A low floor: it knows of the domain and of nothing else in the program.

mod argon2id;
mod bcrypt;
mod heaviest;
mod notations;
mod parts;
mod pbkdf2;
mod rules;
mod salted;
mod service;
mod sha_crypt;

pub use heaviest::Heaviest;
pub use notations::usable;
pub use parts::Unusable;
pub use rules::{BadRules, PasswordRules};
pub use service::{Busy, Checked, Passwords};

#[cfg(test)]
mod tests;
