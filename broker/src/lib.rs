//! The identity broker: the OpenID provider of the portals, federated to VNeID.
//!
//! Floors, from the ground up: `paths`, `texts`, `config`, `passwords` → `views`, `errors`, `telemetry` → `rates` → `state`, `server` → `extract`,
//! `oauth_engine`, `jobs`, `outward`, `admin`, `import` → `respond` → `flow` → `pages` → `endpoints` → `routes` → `app` → `cli`.

pub mod admin;
pub mod app;
pub mod cli;
pub mod config;
pub mod endpoints;
pub mod errors;
pub mod extract;
pub mod flow;
pub mod import;
pub mod jobs;
pub mod oauth_engine;
pub mod outward;
pub mod pages;
pub mod passwords;
pub mod paths;
pub mod rates;
pub mod respond;
pub mod routes;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod texts;
pub mod views;
