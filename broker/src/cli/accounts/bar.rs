//! How far a command is.

use indicatif::{ProgressBar, ProgressStyle};

/// How the bar of a walk through accounts looks.
pub(super) const ACCOUNTS: &str = "{bar:30} {percent:>3} %  {human_pos} accounts, {per_sec}  {eta} left";

/// A bar of a template. It hides itself where nobody looks: in a log or a pipe.
pub(super) fn bar(template: &str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
