//! Clocks: ours against those of whom we speak with.

use super::finding::{Finding, Level, Place};
use broker_domain::clock::Timestamp;

/// Milliseconds of difference that deserve a look.
const WARN: i64 = 5000;
/// Milliseconds with which tokens and records go wrong.
const FAIL: i64 = 30_000;

/// Compares a clock with ours at the moments before and after it was asked for.
pub(super) fn compare(whose: &str, theirs: Timestamp, before: Timestamp, after: Timestamp) -> Finding {
    let ours = before.millis().saturating_add(after.millis_since(before) / 2);
    let skew = theirs.millis().saturating_sub(ours);
    #[allow(clippy::cast_precision_loss)] // for people: tenths of seconds
    let secs = skew as f64 / 1000.0;
    let way = if skew < 0 { "behind" } else { "ahead of" };
    let seen = format!("the clock of {whose} is {:.1} s {way} ours", secs.abs());
    let finding = Finding::ok(format!("clock.{whose}"), seen, Place::CLOCKS);
    let action = "let both machines keep time by the same servers (chrony, systemd-timesyncd), and see which of them is wrong";
    match skew.abs() {
        skew if skew > FAIL => {
            finding.but(Level::Fail, "codes and tokens are refused, or live too long", action)
        }
        skew if skew > WARN => finding.but(Level::Warn, "a difference of this size keeps growing", action),
        _ => finding,
    }
}
