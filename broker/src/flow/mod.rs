//! The steps of a login and a logout: they ask the domain, carry out what it decides, and say where to go. They render nothing.
//!
//! ```text
//!   begin ──► tiles ──choose──► VNeID ──arrive──► consent ──► code to the portal
//!     │          └── another tab signed in ──────────────────────▲
//!     └── live session (single sign-on) ─────────────────────────┘
//! ```

mod arrive;
mod begin;
mod choose;
mod consent;
mod give;
mod hint;
mod link;
mod load;
mod logout;
mod number;
mod problem;
mod send;

pub use arrive::arrive;
pub use begin::begin;
pub use choose::{Offer, Shown, choose, show};
pub use consent::{Wanted, agree, refuse, wanted};
pub use load::again;
pub use logout::{Ended, LogoutRequest, LogoutStep, confirm_logout, logout};
pub use problem::{Go, Problem};
