//! A stand-in for VNeID: both of its dialects, its phone, a gateway for text messages, the population database, and faults on demand.
//!
//! As a library it starts on a free port inside any test:
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let vneid = mock_vneid::MockVneid::start().await?;
//! println!("{}", vneid.issuer());
//! # Ok(())
//! # }
//! ```

mod control;
mod fault;
mod html;
mod keys;
mod oidc;
mod openapi;
mod people;
mod phone;
mod population;
mod record;
mod router;
mod seal;
mod sealed;
mod server;
mod settings;
mod signin;
mod sms;
mod state;
mod texts;

pub use fault::{Endpoint, Fault};
pub use people::{Citizen, Organization, demo_citizens, demo_organizations};
pub use record::Seen;
pub use seal::{KeyPair, generate_key_pair};
pub use server::{Builder, MockVneid, Pending};
pub use settings::{ClientSettings, Settings};
pub use state::Decision;
pub use texts::Sms;
