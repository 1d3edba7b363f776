//! The words by which files name kinds, states and marks.

use broker_domain::claims::Mark;
use broker_domain::linking::{LegacyKind, LegacyStatus};
use broker_domain::person::Gender;

const KINDS: [(&str, LegacyKind); 4] = [
    ("citizen", LegacyKind::Citizen),
    ("organization", LegacyKind::Organization),
    ("administrator", LegacyKind::Administrator),
    ("post", LegacyKind::Post),
];
const STATUSES: [(&str, LegacyStatus); 4] = [
    ("open", LegacyStatus::Open),
    ("closed", LegacyStatus::Closed),
    ("locked", LegacyStatus::Locked),
    ("deceased", LegacyStatus::Deceased),
];

fn of<T: Copy>(words: &[(&'static str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

pub(super) fn kind_of(text: &str) -> Option<LegacyKind> {
    of(&KINDS, text)
}

pub(super) fn status_of(text: &str) -> Option<LegacyStatus> {
    of(&STATUSES, text)
}

/// The word of a kind of account.
pub fn kind_word(kind: LegacyKind) -> &'static str {
    word(&KINDS, &kind)
}

/// The word of an account's state.
pub fn status_word(status: LegacyStatus) -> &'static str {
    word(&STATUSES, &status)
}

/// The word of a mark.
pub const fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Green => "green",
        Mark::Yellow => "yellow",
    }
}

pub(super) const fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "male",
        Gender::Female => "female",
    }
}
