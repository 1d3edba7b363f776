//! The pages of the citizen: typed contexts over the templates. A view decides nothing; it shows what it is given.

mod account;
mod as_whom;
pub mod assets;
mod button;
mod choose;
mod choose_account;
mod consent;
mod day;
mod enter_code;
mod error;
mod field;
mod hint;
mod layout;
mod legacy_sign_in;
mod link_notice;
mod linked;
mod logout;
mod masked;
mod moment;
mod not_linked;
mod not_the_owner;
mod number_update;
mod prove_account;
mod resume;

pub use account::{
    AccountData, AccountHistory, AccountIdentity, AccountItem, AccountLinks, AccountNav, AccountSessions,
    AccountUnlink, AccountUpdate, Another, AnotherKind, ConfirmFault, LinkLine, Past, SessionLine, UnlinkWhy,
    What,
};
pub use as_whom::{ActsFor, AsWhom};
pub use button::{To, WayOn};
pub use choose::{Choose, Tile, TileState};
pub use choose_account::{AccountChoice, ChooseAccount};
pub use consent::{Consent, LeftOut, Share};
pub use day::Day;
pub use enter_code::{CodeFault, EnterCode};
pub use error::ErrorPage;
pub use hint::AccountHint;
pub use layout::{Help, Layout, Portal};
pub use legacy_sign_in::{LegacySignIn, SignInFault};
pub use link_notice::LinkNotice;
pub use linked::{Linked, LinkedAccount, LinkedKind};
pub use logout::{LoggedOut, LogoutConfirm, Reached};
pub use masked::Masked;
pub use not_linked::{NotLinked, NotLinkedWhy};
pub use not_the_owner::NotTheOwner;
pub use number_update::{BadField, NumberUpdate, Typed, UpdateFault};
pub use prove_account::{ProofFault, ProveAccount};
pub use resume::{Over, Resume};

#[cfg(test)]
mod tests;
