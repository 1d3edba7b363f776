//! Hints at an account that is not proven yet.

use super::day::{Dated, Day};
use super::masked::Masked;
use crate::texts::Words;

/// What may be shown of an account before it is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountHint {
    /// Its user name.
    pub user_name: Option<Masked>,
    /// Its phone.
    pub phone: Option<Masked>,
    /// When it was last used.
    pub last_used: Option<Day>,
    /// When it was opened.
    pub opened: Option<Day>,
}

impl AccountHint {
    /// Label and value of each line, as `hints.html` shows them.
    pub(super) fn lines(&self, t: Words<'_>) -> Vec<(String, Dated)> {
        let masked = |key, hint: &Option<Masked>| {
            let hint = hint.as_ref()?;
            let value = Dated { read: hint.shown().to_owned(), spoken: Some(hint.spoken(t)) };
            Some((t.say(key).into_owned(), value))
        };
        let day = |key, day: Option<Day>| Some((t.say(key).into_owned(), Dated::of("hint-day", day?, t)));
        let lines = [
            masked("hint-user-name", &self.user_name),
            masked("hint-phone", &self.phone),
            day("hint-last-used", self.last_used),
            day("hint-opened", self.opened),
        ];
        lines.into_iter().flatten().collect()
    }
}
