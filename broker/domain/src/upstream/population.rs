//! The national population database: whether numbers, name and date of birth belong together.

use crate::person::{BirthDate, Name, OldNumber, PersonalNumber};
use async_trait::async_trait;
use serde_json::{Map, Value, json};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The personal number.
    pub personal_number: PersonalNumber,
    /// The old number that should belong to the same person.
    pub old_number: Option<OldNumber>,
    /// The personal number that the same person should have had before: numbers are issued anew after corrections of sex or birth data.
    pub former_number: Option<PersonalNumber>,
    /// The name.
    pub full_name: Option<Name>,
    /// The date of birth. A year alone is not asked about: the database compares whole dates.
    pub birth_date: Option<BirthDate>,
}

impl Question {
    /// As it is sent. What is not known is not there.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut out = Map::new();
        out.insert("personal_number".to_owned(), json!(self.personal_number.as_str()));
        if let Some(old) = &self.old_number {
            out.insert("old_number".to_owned(), json!(old.as_str()));
        }
        if let Some(former) = &self.former_number {
            out.insert("former_number".to_owned(), json!(former.as_str()));
        }
        if let Some(name) = &self.full_name {
            // In capitals, as the database and the cards have names.
            out.insert("full_name".to_owned(), json!(name.as_str().to_uppercase()));
        }
        if let Some(date @ BirthDate::Day(..)) = &self.birth_date {
            out.insert("birth_date".to_owned(), json!(date.iso()));
        }
        out
    }
}

/// Whether each field that was asked about is the person's; `None` when it was not asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The personal number: not, when the old number led to somebody else.
    pub personal_number: Option<bool>,
    /// The old number.
    pub old_number: Option<bool>,
    /// The personal number of before.
    pub former_number: Option<bool>,
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
    /// A person is known, and at least one field is not theirs.
    Differs(Fields),
    /// Nobody has that number.
    Nobody,
    /// Several records answer to it: an office has to look.
    Several,
    /// The person has died.
    Deceased,
}

impl Answer {
    /// Reads the answer to `question`. A match counts only when it says yes to every field that was asked about.
    ///
    /// # Errors
    /// [`PopulationFailure::Malformed`].
    pub fn read(answer: &Map<String, Value>, question: &Question) -> Result<Self, PopulationFailure> {
        let asked = question.to_json();
        let field =
            |name: &str| match (asked.contains_key(name), answer.get("fields").and_then(|f| f.get(name))) {
                (false, _) | (true, None | Some(Value::Null)) => Ok(None),
                (true, Some(Value::Bool(is_theirs))) => Ok(Some(*is_theirs)),
                (true, Some(_)) => Err(PopulationFailure::Malformed),
            };
        let fields = Fields {
            personal_number: field("personal_number")?,
            old_number: field("old_number")?,
            former_number: field("former_number")?,
            full_name: field("full_name")?,
            birth_date: field("birth_date")?,
        };
        let each = [
            fields.personal_number,
            fields.old_number,
            fields.former_number,
            fields.full_name,
            fields.birth_date,
        ];
        match answer.get("result").and_then(Value::as_str) {
            Some("match") if each.iter().filter(|f| **f == Some(true)).count() == asked.len() => {
                Ok(Self::Match)
            }
            Some("mismatch") if each.contains(&Some(false)) => Ok(Self::Differs(fields)),
            Some("no_match") => Ok(Self::Nobody),
            Some("several") => Ok(Self::Several),
            Some("deceased") => Ok(Self::Deceased),
            _ => Err(PopulationFailure::Malformed),
        }
    }
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
    /// An answer that cannot be read, contradicts itself, or is larger than anything sensible.
    #[error("the population database's answer is malformed")]
    Malformed,
    /// Too many failures just now: it was not asked.
    #[error("the circuit to the population database is open")]
    CircuitOpen,
}

impl PopulationFailure {
    /// Whether it says that the database itself is ill, which the circuit breaker counts.
    pub const fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::TimedOut | Self::Busy | Self::BadStatus | Self::Malformed)
    }

    /// What an answer's status means; `None` for a good one.
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            200 => None,
            401 | 403 => Some(Self::Refused),
            408 | 504 => Some(Self::TimedOut),
            429 | 503 => Some(Self::Busy),
            _ => Some(Self::BadStatus),
        }
    }
}

/// The population database.
#[async_trait]
pub trait PopulationDatabase: Send + Sync {
    /// Asks whether what is known of a person belongs together. Asking twice is harmless.
    async fn ask(&self, question: &Question) -> Result<Answer, PopulationFailure>;
}
