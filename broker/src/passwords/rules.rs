//! How passwords are hashed and checked.

use std::time::Duration;

/// The rules. The work of a new hash is what OWASP's Password Storage Cheat Sheet recommends: argon2id with 19 MiB, 2 passes, 1 lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// Memory of a new hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Checks at once.
    pub at_once: usize,
    /// How long a check waits for its turn before it is refused as [`super::Busy`].
    pub wait: Duration,
    /// No answer comes sooner after the question.
    pub answer_after: Duration,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            at_once: 2,
            wait: Duration::from_secs(3),
            answer_after: Duration::from_millis(400),
        }
    }
}

/// Rules by which no hash can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no argon2id hash can be made with this memory, these passes and lanes")]
pub struct BadRules;

/// Bytes of a password at the most; nothing longer is right.
pub(super) const LONGEST_PASSWORD: usize = 256;

/// The most work that a hash may demand: what takes about a second on the machines of the day. More is no password hash but an attack.
pub(super) mod most {
    /// Memory of argon2id, in KiB: 256 MiB.
    pub(crate) const ARGON2_MEMORY_KIB: u32 = 262_144;
    /// Memory times passes of argon2id, in KiB: 1 GiB.
    pub(crate) const ARGON2_WORK_KIB: u64 = 1_048_576;
    /// Lanes of argon2id.
    pub(crate) const ARGON2_LANES: u32 = 16;
    /// Cost of bcrypt: 2^14 rounds.
    pub(crate) const BCRYPT_COST: u32 = 14;
    /// Rounds of PBKDF2, times the blocks of its output.
    pub(crate) const PBKDF2_ROUNDS: u32 = 2_000_000;
    /// Rounds of SHA-crypt.
    pub(crate) const SHA_CRYPT_ROUNDS: u32 = 500_000;
}
