//! An old account was found and is not linked: the citizen goes on without it.

use super::button::{Button, To, WayOn};
use super::error::groups;
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// Why it is not linked, as far as it may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLinkedWhy {
    /// The number fits, and something else does not: what kind of thing, never what stands there.
    Differs {
        /// The name does not.
        name: bool,
        /// The date of birth does not.
        birth_date: bool,
    },
    /// It is linked to somebody else. The page says only that people look at it.
    LinkedToAnother,
    /// It was closed.
    Closed,
    /// It is locked.
    Locked,
    /// Its owner is marked as deceased.
    Deceased,
    /// There is no way to prove it.
    NoWay,
    /// Its data are others by now than when it was found.
    Changed,
}

impl NotLinkedWhy {
    /// What happened, and what the citizen can do.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Differs { name: true, birth_date: false } => ("not-linked-name", "not-linked-review"),
            Self::Differs { name: false, birth_date: true } => ("not-linked-birth", "not-linked-review"),
            Self::Differs { .. } => ("not-linked-both", "not-linked-review"),
            Self::LinkedToAnother => ("not-linked-unclear", "not-linked-review"),
            Self::Closed => ("not-linked-closed", "not-linked-call"),
            Self::Locked => ("not-linked-locked", "not-linked-call"),
            Self::Deceased => ("not-linked-deceased", "not-linked-call"),
            Self::NoWay => ("not-linked-no-way", "not-linked-call"),
            Self::Changed => ("not-linked-changed", "not-linked-call"),
        }
    }
}

/// The page that says so.
#[derive(Clone, Debug)]
pub struct NotLinked {
    /// What stands around it.
    pub layout: Layout,
    /// The name of the portal that had issued the account.
    pub origin: String,
    /// Why.
    pub why: NotLinkedWhy,
    /// Code of the catalogue and trace id.
    pub reference: (String, String),
    /// Where the one button leads: on to the portal.
    pub onward: To,
}

impl NotLinked {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let (what, advice) = self.why.words();
        let (code, trace) = &self.reference;
        NotLinkedPage {
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("not-linked-title").into_owned(),
            what: t.with(what, "origin", &self.origin).into_owned(),
            goes_on: self.layout.naming(texts, "not-linked-goes-on", "not-linked-goes-on-plain"),
            advice: t.say(advice).into_owned(),
            button: Button::of(&WayOn::Continue(self.onward.clone()), &self.layout, texts),
            code,
            trace: groups(trace),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "not_linked.html")]
struct NotLinkedPage<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    what: String,
    goes_on: String,
    advice: String,
    button: Option<Button>,
    code: &'a str,
    trace: Vec<String>,
}
