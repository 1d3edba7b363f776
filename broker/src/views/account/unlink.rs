//! "Yêu cầu hủy liên kết": why, and what happens then.

use super::nav::{AccountNav, NavLine};
use super::past::name;
use crate::texts::{Texts, Words};
use crate::views::field::Summary;
use crate::views::layout::{Layout, Portal};
use askama::Template;
use broker_domain::client::LocalizedName;

/// Why a citizen wants a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlinkWhy {
    /// The account is not theirs.
    NotMine,
    /// They do not know how it came about.
    NotByMe,
    /// They no longer use the portal.
    NotUsed,
    /// Something else: an operator asks.
    Other,
}

impl UnlinkWhy {
    /// In the order of the page.
    pub const ALL: [Self; 4] = [Self::NotMine, Self::NotByMe, Self::NotUsed, Self::Other];

    /// What the form posts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotMine => "mine",
            Self::NotByMe => "unknown",
            Self::NotUsed => "unused",
            Self::Other => "other",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.as_str() == text)
    }

    const fn key(self) -> &'static str {
        match self {
            Self::NotMine => "unlink-not-mine",
            Self::NotByMe => "unlink-not-by-me",
            Self::NotUsed => "unlink-not-used",
            Self::Other => "unlink-other",
        }
    }
}

/// The page. Its form posts `form_token` and `reason`, absent when none was chosen.
#[derive(Clone, Debug)]
pub struct AccountUnlink {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The portal that had created the account.
    pub origin: LocalizedName,
    /// The key under which that portal keeps it.
    pub account: String,
    /// Whether the form came without a choice.
    pub nothing_chosen: bool,
}

impl AccountUnlink {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let summary = self.nothing_chosen.then(|| Summary {
            title: t.say("fault-title").into_owned(),
            lines: vec![(t.say("unlink-legend.missing").into_owned(), Some("reason"))],
        });
        UnlinkPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("unlink-title").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
            origin: name(&self.origin, t.lang()),
            reasons: UnlinkWhy::ALL.map(|w| (w.as_str(), t.say(w.key()).into_owned())),
            summary,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "account/unlink.html")]
struct UnlinkPage<'a> {
    page: &'a AccountUnlink,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
    origin: &'a str,
    reasons: [(&'static str, String); 4],
    summary: Option<Summary>,
}
