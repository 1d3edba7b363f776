//! The account pages.

mod data;
mod history;
mod identity;
mod links;
mod nav;
mod past;
mod sessions;
mod unlink;
mod update;

pub use data::AccountData;
pub use history::AccountHistory;
pub use identity::AccountIdentity;
pub use links::{AccountLinks, Another, AnotherKind, LinkLine};
pub use nav::{AccountItem, AccountNav};
pub use past::{Past, What};
pub use sessions::{AccountSessions, SessionLine};
pub use unlink::{AccountUnlink, UnlinkWhy};
pub use update::{AccountUpdate, ConfirmFault};
