//! Legacy accounts for operators: import (rows of a file become accounts, batch after batch, and each row that cannot is reported),
//! export (the way back), and the plan of what would happen to each when its owner arrives.
//!
//! A row that names no account is refused. A claim that cannot be read is left out and reported, and its account comes in without it:
//! nobody loses an account over a misspelt e-mail address. So is a password hash that no password could be checked against.

mod column;
mod export;
mod json;
mod place;
mod plan;
mod reader;
mod record;
mod report;
mod run;
mod words;

pub use export::{ExportError, Exported, export, shown_claims};
pub use plan::{Plan, Tally, plan_all};
pub use reader::Format;
pub use run::{ImportError, Imported, Wanted, import};
pub use words::{kind_word, mark_word, status_word};

#[cfg(test)]
mod tests;
