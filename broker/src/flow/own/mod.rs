//! The account pages: what the citizen sees of themselves, and what they can do about it.
//!
//! ```text
//!   any page ── nobody signed in ──► login as a portal begins one ──► signed-in ──► the page
//!      │  └──── signed in too long ago for what it does ──────────────▲
//!      ├── signed in: the page, its forms bound to the session
//!      └── an account more is linked: a login that begins in its middle, and comes back to the page
//! ```

mod another;
mod data;
mod enter;
mod history;
mod identity;
mod links;
mod place;
mod sessions;
mod unlink;
mod update;

pub use another::{Linkable, link_another, linkable};
pub use data::take_data;
pub use enter::{Entered, Visit, check_form, enter, signed_in};
pub use history::{HistoryPage, PastEvent, history};
pub use identity::{Identity, identity};
pub use links::{LinkedOne, Links, links};
pub use place::{AccountPage, AccountPlace};
pub use sessions::{EndWhich, OwnSession, end_sessions, own_sessions};
pub use unlink::{ask_unlink, linked};
pub use update::{Confirming, Unconfirmed, can_update, confirming, update as confirm_claims};
