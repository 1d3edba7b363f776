//! The sign-in history.

use super::nav::{AccountNav, NavLine};
use super::past::{Past, PastLine};
use crate::texts::{Texts, Words};
use crate::views::layout::{Layout, Portal};
use askama::Template;

/// A page of it.
#[derive(Clone, Debug)]
pub struct AccountHistory {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// The newest first.
    pub events: Vec<Past>,
    /// Where older ones are, when there are some.
    pub older: Option<String>,
    /// Where the newest are, when these are not.
    pub newest: Option<String>,
}

impl AccountHistory {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        HistoryPage {
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("account-history").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
            lines: self.events.iter().map(|past| PastLine::of(past, t)).collect(),
            older: self.older.as_deref().unwrap_or_default(),
            newest: self.newest.as_deref().unwrap_or_default(),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "account/history.html")]
struct HistoryPage<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
    lines: Vec<PastLine>,
    older: &'a str,
    newest: &'a str,
}
