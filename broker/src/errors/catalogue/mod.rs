//! The catalogue of codes for people: `VB-` and four digits, one for each thing that can go wrong.
//!
//! The first two digits are the area: 11 requests, 12 logins in flight, 13 VNeID, 14 who arrives, 15 logout, 16 old accounts, 17 account
//! pages, 19 ours.

mod account;
mod citizen;
mod code;
mod entry;
mod interaction;
mod linking;
mod logout;
mod lookup;
mod of_domain;
mod ours;
mod request;
mod table;
mod vneid;

pub use code::Code;
pub use entry::{Action, Entry};
pub use table::catalogue_markdown;

#[cfg(test)]
mod tests;
