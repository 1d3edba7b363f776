//! The pages of the citizen: one file each. Each extracts, asks the flow, and renders a view.

pub mod account;
pub mod assets;
pub mod callback;
pub mod consent;
mod form;
pub mod language;
pub mod login;
pub mod logout;
mod names;
pub mod notice;
pub mod own;
pub mod problem;
pub mod prove;
mod render;
pub mod told;
pub mod update;
pub mod whom;
