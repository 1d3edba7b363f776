//! A moment on a citizen's page: day and time of day in Viet Nam.

use super::day::{Dated, Day};
use crate::texts::Words;
use broker_domain::clock::Timestamp;

/// Seconds by which Viet Nam is ahead of UTC; it has no summer time.
const VIET_NAM: i64 = 7 * 3600;

/// Day and time of day.
pub(super) fn moment(at: Timestamp, t: Words<'_>) -> Dated {
    let minutes = at.plus_secs(VIET_NAM).secs().rem_euclid(86_400) / 60;
    let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    said(at, t, |date| t.with_all("time-and-date", &[("time", &time), ("date", date)]).into_owned())
}

/// The day alone.
pub(super) fn day(at: Timestamp, t: Words<'_>) -> Dated {
    said(at, t, str::to_owned)
}

fn said(at: Timestamp, t: Words<'_>, say: impl Fn(&str) -> String) -> Dated {
    let day = Day::of(at);
    let (read, spoken) = (say(&day.short(t)), say(&day.in_words(t)));
    Dated { spoken: (spoken != read).then_some(spoken), read }
}
