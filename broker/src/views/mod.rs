//! The pages of the citizen: typed contexts over the templates. A view decides nothing; it shows what it is given.

pub mod assets;
mod button;
mod choose;
mod consent;
mod day;
mod error;
mod layout;
mod logout;
mod resume;

pub use button::{To, WayOn};
pub use choose::{Choose, Tile, TileState};
pub use consent::{Consent, Share};
pub use day::Day;
pub use error::ErrorPage;
pub use layout::{Help, Layout, Portal};
pub use logout::{LoggedOut, LogoutConfirm, Reached};
pub use resume::{Over, Resume};

#[cfg(test)]
mod tests;
