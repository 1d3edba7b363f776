//! Import of legacy accounts: rows of a file become accounts, batch after batch, and each row that cannot is reported.
//!
//! A row that names no account is refused. A claim that cannot be read is left out and reported, and its account comes in without it:
//! nobody loses an account over a misspelt e-mail address.

mod column;
mod reader;
mod record;
mod report;
mod run;

pub use reader::Format;
pub use run::{ImportError, Imported, Wanted, import};

#[cfg(test)]
mod tests;
