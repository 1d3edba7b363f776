//! `broker backup` and `broker restore`, for the embedded pair: one file with a manifest in its first line and a copy of the SQLite
//! file behind it.

mod files;
mod manifest;
mod restore;
mod take;

pub(super) use restore::restore;
pub(super) use take::take;
