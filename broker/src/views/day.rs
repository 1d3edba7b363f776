//! Dates as people write them.

use crate::texts::{Lang, Words};
use broker_domain::clock::{Timestamp, civil_from_days};

/// Seconds by which Viet Nam is ahead of UTC; it has no summer time.
const VIET_NAM: i64 = 7 * 3600;

/// A day in Viet Nam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    year: i64,
    month: u8,
    day: u8,
}

impl Day {
    /// The day on which `at` falls in Viet Nam.
    pub fn of(at: Timestamp) -> Self {
        let (year, month, day) = civil_from_days(at.plus_secs(VIET_NAM).secs().div_euclid(86_400));
        Self { year, month, day }
    }

    /// As on forms: 05/09/1995. In English the month is a word, because readers disagree about the order.
    pub fn short(&self, words: Words<'_>) -> String {
        match words.lang() {
            Lang::Vi => format!("{:02}/{:02}/{:04}", self.day, self.month, self.year),
            Lang::En => self.in_words(words),
        }
    }

    /// In words, as a screen reader should say it.
    pub fn in_words(&self, words: Words<'_>) -> String {
        let month = words.say(&format!("month-{}", self.month));
        let (day, year) = (self.day.to_string(), self.year.to_string());
        words.with_all("date-in-words", &[("day", &day), ("month", &month), ("year", &year)]).into_owned()
    }
}

/// A text with a date in it: as it is read, and as it is spoken when that differs.
#[derive(Debug)]
pub(super) struct Dated {
    pub(super) read: String,
    pub(super) spoken: Option<String>,
}

impl Dated {
    /// The text of `key`, whose variable is `date`.
    pub(super) fn of(key: &str, day: Day, words: Words<'_>) -> Self {
        let read = words.with(key, "date", &day.short(words)).into_owned();
        let spoken = words.with(key, "date", &day.in_words(words)).into_owned();
        let spoken = (spoken != read).then_some(spoken);
        Self { read, spoken }
    }

    /// A text without a date.
    pub(super) const fn plain(read: String) -> Self {
        Self { read, spoken: None }
    }
}
