//! What happened, in words.

use crate::texts::{Lang, Words};
use crate::views::day::Dated;
use crate::views::moment::moment;
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::level::Level;

/// What happened to a citizen's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Signed in by VNeID, so strongly.
    SignedIn(Option<Level>),
    /// Signed in at a further portal without being asked again.
    SingleSignOn,
    /// Somebody came who was not let in.
    Refused,
    /// Recorded for the first time.
    Recorded,
    /// Came by a further identity of VNeID.
    IdentityAdded,
    /// Allowed a portal to have data.
    Allowed,
    /// Did not.
    Denied,
    /// An account was linked.
    Linked,
    /// A link ended.
    Unlinked,
    /// Signed out.
    SignedOut,
    /// Somebody else signed in in the same browser.
    Replaced,
    /// The data was taken along.
    DataTaken,
    /// A session was ended from the account pages.
    Ended,
    /// The end of a link was asked for.
    UnlinkAsked,
    /// The population database confirmed more.
    Updated,
    /// An operator ended a session.
    EndedByOperator,
}

impl What {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::SignedIn(_) => "past-signed-in",
            Self::SingleSignOn => "past-single",
            Self::Refused => "past-refused",
            Self::Recorded => "past-recorded",
            Self::IdentityAdded => "past-identity-added",
            Self::Allowed => "past-allowed",
            Self::Denied => "past-denied",
            Self::Linked => "past-linked",
            Self::Unlinked => "past-unlinked",
            Self::SignedOut => "past-signed-out",
            Self::Replaced => "past-replaced",
            Self::DataTaken => "past-data-taken",
            Self::Ended => "past-ended",
            Self::UnlinkAsked => "past-unlink-asked",
            Self::Updated => "past-updated",
            Self::EndedByOperator => "past-ended-by-operator",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// At which portal.
    pub portal: Option<LocalizedName>,
}

/// What kind of account a way to sign in takes, as pages call it.
pub(super) const fn method(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Vneid => "method-vneid",
        SignInMethod::National => "method-national",
        SignInMethod::Vnpost => "method-vnpost",
    }
}

/// A name in the language of the page.
pub(super) fn name(name: &LocalizedName, lang: Lang) -> &str {
    match lang {
        Lang::En if !name.en.trim().is_empty() => &name.en,
        _ => &name.vi,
    }
}

/// The same as a template shows it.
#[derive(Debug)]
pub(super) struct PastLine {
    pub(super) dated: Dated,
    pub(super) what: String,
    pub(super) portal: Option<String>,
    pub(super) detail: Option<String>,
}

impl PastLine {
    pub(super) fn of(past: &Past, t: Words<'_>) -> Self {
        let level = match past.what {
            What::SignedIn(level) => level,
            _ => None,
        };
        Self {
            dated: moment(past.at, t),
            what: t.say(past.what.key()).into_owned(),
            portal: past.portal.as_ref().map(|p| name(p, t.lang()).to_owned()),
            detail: level.map(|l| t.with("past-level", "level", &l.number().to_string()).into_owned()),
        }
    }
}
