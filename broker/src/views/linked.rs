//! "Liên kết thành công": the list of linked accounts.

use super::button::{Button, To, WayOn};
use super::day::{Dated, Day};
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// What kind of account is linked.
#[derive(Clone, PartialEq, Eq)]
pub enum LinkedKind {
    /// The citizen's own, by the number that VNeID proved.
    Vneid {
        /// The number of the citizen, or the tax code of the organization.
        number: String,
    },
    /// One that a portal or Vietnam Post had issued.
    Legacy {
        /// Who had issued it.
        origin: String,
        /// The key under which they keep it.
        account: String,
    },
}

impl std::fmt::Debug for LinkedKind {
    /// Without the number, which is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vneid { .. } => f.write_str("Vneid"),
            Self::Legacy { origin, .. } => write!(f, "Legacy({origin:?})"),
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    /// Which account.
    pub kind: LinkedKind,
    /// When it was linked.
    pub on: Day,
}

/// The page after a link.
#[derive(Clone, Debug)]
pub struct Linked {
    /// What stands around it.
    pub layout: Layout,
    /// The citizen's accounts.
    pub accounts: Vec<LinkedAccount>,
    /// Where the one button leads: on to the portal.
    pub onward: To,
}

impl Linked {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        LinkedPage {
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("linked-title").into_owned(),
            lines: self.accounts.iter().map(|account| Line::of(account, t)).collect(),
            button: Button::of(&WayOn::Continue(self.onward.clone()), &self.layout, texts),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "linked.html")]
struct LinkedPage<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    lines: Vec<Line<'a>>,
    button: Option<Button>,
}

/// An account in words.
struct Line<'a> {
    account: &'a str,
    origin: String,
    dated: Dated,
}

impl<'a> Line<'a> {
    fn of(account: &'a LinkedAccount, t: Words<'_>) -> Self {
        let (name, origin) = match &account.kind {
            LinkedKind::Vneid { number } => (number.as_str(), t.say("method-vneid").into_owned()),
            LinkedKind::Legacy { origin, account } => (account.as_str(), origin.clone()),
        };
        Self { account: name, origin, dated: Dated::of("linked-on", account.on, t) }
    }
}
