//! The pages of the citizen: one file each. Each extracts, asks the flow, and renders a view.

pub mod assets;
pub mod callback;
pub mod consent;
pub mod language;
pub mod login;
pub mod logout;
pub mod problem;
mod render;
