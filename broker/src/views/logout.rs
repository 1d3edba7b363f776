//! The question before a logout, and the page after one.

use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// The page that asks before a logout. Its form posts the hidden fields.
#[derive(Clone, Debug)]
pub struct LogoutConfirm {
    /// What stands around it.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// Hidden fields, name and value: the form token among them.
    pub fields: Vec<(String, String)>,
}

impl LogoutConfirm {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let heading = t.say("logout-title").into_owned();
        LogoutConfirmPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "logout_confirm.html")]
struct LogoutConfirmPage<'a> {
    page: &'a LogoutConfirm,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
}

/// What a portal knows of a logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It has confirmed.
    Told,
    /// The word is on its way.
    Pending,
    /// It could not be reached.
    Unreached,
}

/// The page after a logout.
#[derive(Clone, Debug)]
pub struct LoggedOut {
    /// What stands around it.
    pub layout: Layout,
    /// The portals that took part, by name; empty when that is not to be shown.
    pub portals: Vec<(String, Reached)>,
}

impl LoggedOut {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let heading = t.say("logged-out-title").into_owned();
        let portals = self.portals.iter().map(|(name, reached)| Line::of(name, *reached)).collect();
        LoggedOutPage { layout: &self.layout, portal: self.layout.portal.as_ref(), t, heading, portals }
            .render()
    }
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    portals: Vec<Line<'a>>,
}

/// A portal with its mark: never colour alone, always words beside it.
struct Line<'a> {
    name: &'a str,
    class: &'static str,
    mark: &'static str,
    key: &'static str,
}

impl<'a> Line<'a> {
    const fn of(name: &'a str, reached: Reached) -> Self {
        match reached {
            Reached::Told => Self { name, class: "green", mark: "✔", key: "logged-out-told" },
            Reached::Pending => Self { name, class: "plain", mark: "…", key: "logged-out-pending" },
            Reached::Unreached => Self { name, class: "yellow", mark: "!", key: "logged-out-unreached" },
        }
    }
}
