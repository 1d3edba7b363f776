//! Where the citizen is signed in, and how to end it.

use super::nav::{AccountNav, NavLine};
use super::past::{method, name};
use crate::texts::{Texts, Words};
use crate::views::day::Dated;
use crate::views::layout::{Layout, Portal};
use crate::views::moment::moment;
use askama::Template;
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::level::Level;

/// Where the citizen is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// What the form posts to end it.
    pub id: String,
    /// Whether it is the browser that looks at the page.
    pub is_this: bool,
    /// When it began.
    pub began: Timestamp,
    /// When it was used last.
    pub used: Timestamp,
    /// How they signed in.
    pub method: SignInMethod,
    /// How strongly.
    pub level: Level,
    /// The portals that took part.
    pub portals: Vec<LocalizedName>,
}

/// The page. Its form posts `form_token`, and `end` with the id of a line, or `end_all` with `others` or `all`.
#[derive(Clone, Debug)]
pub struct AccountSessions {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// This one first.
    pub sessions: Vec<SessionLine>,
}

impl AccountSessions {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        SessionsPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("account-sessions").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
            lines: self.sessions.iter().enumerate().map(|(n, line)| Line::of(n, line, t)).collect(),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage<'a> {
    page: &'a AccountSessions,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
    lines: Vec<Line<'a>>,
}

struct Line<'a> {
    number: usize,
    id: &'a str,
    is_this: bool,
    began: Dated,
    used: Dated,
    method: String,
    level: String,
    portals: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn of(at: usize, line: &'a SessionLine, t: Words<'_>) -> Self {
        Self {
            number: at + 1,
            id: &line.id,
            is_this: line.is_this,
            began: moment(line.began, t),
            used: moment(line.used, t),
            method: t.say(method(line.method)).into_owned(),
            level: t.with("past-level", "level", &line.level.number().to_string()).into_owned(),
            portals: line.portals.iter().map(|p| name(p, t.lang())).collect(),
        }
    }
}
