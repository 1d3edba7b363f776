//! From a code to its line.

use super::code::Code;
use super::entry::Entry;
use super::{account, citizen, interaction, linking, logout, ours, request, vneid};

/// The line of a code. A test sees to it that each code stands in exactly one area; a code that stood in none would read as an
/// internal error.
pub(super) fn entry(code: Code) -> Entry {
    [
        request::entry,
        interaction::entry,
        vneid::entry,
        citizen::entry,
        logout::entry,
        linking::entry,
        account::entry,
        ours::entry,
    ]
    .into_iter()
    .find_map(|area| area(code))
    .unwrap_or(ours::INTERNAL)
}

impl Code {
    /// Its line of the catalogue.
    pub fn entry(self) -> Entry {
        entry(self)
    }
}
