//! The account pages: one file each.

pub mod data;
pub mod history;
pub mod identity;
pub mod links;
pub mod sessions;
mod shared;
pub mod unlink;
pub mod update;
