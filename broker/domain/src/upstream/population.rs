//! The national population database: whether numbers, name and date of birth belong together.

use crate::person::{BirthDate, Name, OldNumber, PersonalNumber};
use async_trait::async_trait;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The personal number.
    pub personal_number: PersonalNumber,
    /// The old number that should belong to the same person.
    pub old_number: Option<OldNumber>,
    /// The name.
    pub full_name: Option<Name>,
    /// The date of birth.
    pub birth_date: Option<BirthDate>,
}

/// Whether each field that was asked about is the person's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The old number; `None` when it was not asked about.
    pub old_number: Option<bool>,
    /// The name.
    pub full_name: Option<bool>,
    /// The date of birth.
    pub birth_date: Option<bool>,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All that was asked about is one person's.
    Match,
    /// The person is known, and at least one field is not theirs.
    Differs(Fields),
    /// Nobody has that number.
    Nobody,
    /// Several records answer to it: an office has to look.
    Several,
    /// The person has died.
    Deceased,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PopulationFailure {
    /// No connection, or it broke.
    #[error("no connection to the population database")]
    Unreachable,
    /// It took too long.
    #[error("the population database took too long")]
    TimedOut,
    /// It said that it is busy.
    #[error("the population database is busy")]
    Busy,
    /// Our credentials or our address were refused.
    #[error("the population database refused us")]
    Refused,
    /// A status that no answer should have.
    #[error("the population database answered an unexpected status")]
    BadStatus,
    /// An answer that cannot be read, or is larger than anything sensible.
    #[error("the population database's answer is malformed")]
    Malformed,
    /// Too many failures just now: it was not asked.
    #[error("the circuit to the population database is open")]
    CircuitOpen,
}

/// The population database.
#[async_trait]
pub trait PopulationDatabase: Send + Sync {
    /// Asks whether what is known of a person belongs together. Asking twice is harmless.
    async fn ask(&self, question: &Question) -> Result<Answer, PopulationFailure>;
}
