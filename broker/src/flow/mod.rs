//! The steps of a login and a logout: they ask the domain, carry out what it decides, and say where to go. They render nothing.
//!
//! ```text
//!   begin ──► tiles ──────────────────► VNeID ──arrive──► prove ──► told ──► consent ──► code to the portal
//!     │         │ └─► account ─► update ─► notice ─┘        ▲                               ▲
//!     │         └── another tab signed in ──────────────────┤                               │
//!     └── live session (single sign-on) ────────────────────┴───────────────────────────────┘
//! ```

mod account;
mod arrive;
mod begin;
mod choose;
mod commit;
mod consent;
mod enter;
mod give;
mod handover;
mod hint;
mod link;
mod load;
mod logout;
mod notice;
mod number;
mod onward;
mod own;
mod population;
mod problem;
mod proof;
mod prove;
mod recheck;
mod recognise;
mod send;
mod step;
mod told;
mod update;
mod verify;
mod whom;

pub use account::{AccountForm, account_form, open_account};
pub use arrive::arrive;
pub use begin::begin;
pub use choose::{Offer, Shown, choose, show};
pub use consent::{Wanted, agree, refuse, wanted};
pub use load::again;
pub use logout::{Ended, LogoutRequest, LogoutStep, confirm_logout, logout};
pub use notice::{Notice, decide_notice, notice};
pub use own::{
    AccountPage, AccountPlace, Confirming, EndWhich, Entered, HistoryPage, Identity, Linkable, LinkedOne,
    Links, OwnSession, PastEvent, Unconfirmed, Visit, ask_unlink, can_update, check_form, confirm_claims,
    confirming, end_sessions, enter, history, identity, link_another, linkable, linked, links, own_sessions,
    signed_in, take_data,
};
pub use problem::{Go, Problem};
pub use proof::{Again, CodePage, code_page, enter_code, prove};
pub use prove::{Waiting, choose_account, waiting};
pub use step::Page;
pub use told::{Telling, telling, told};
pub use update::{Update, decide_update, update};
pub use whom::{Whom, choose_whom, whom};
