//! The identity broker: the OpenID provider of the portals, federated to VNeID.
//!
//! Floors, from the ground up: `paths`, `config`, `texts`, `telemetry` → `views`, `errors` → `state` → `extract`, `oauth_engine` →
//! `flow` → `endpoints`, `pages`, `admin`, `jobs` → `routes` → `app` → `cli`.

pub mod errors;
pub mod paths;
pub mod state;
pub mod telemetry;
pub mod texts;
pub mod views;
