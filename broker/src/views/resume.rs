//! The page of a login that is over: it still knows its portal, and one press begins again there.

use super::button::{Button, To, WayOn};
use super::error::groups;
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// Why the login is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Its time has passed.
    Expired,
    /// The citizen is at the portal.
    Finished,
    /// The citizen or the broker ended it without signing in.
    Stopped,
}

/// The page of a login that is over.
#[derive(Clone, Debug)]
pub struct Resume {
    /// What stands around it.
    pub layout: Layout,
    /// Why it is over.
    pub over: Over,
    /// Where the one button leads.
    pub again: To,
    /// Code of the catalogue and trace id, when the page stands in for an error.
    pub reference: Option<(String, String)>,
}

impl Resume {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let words = match self.over {
            Over::Expired => "resume-expired",
            Over::Finished => "resume-finished",
            Over::Stopped => "resume-stopped",
        };
        let reference = self.reference.as_ref();
        ResumePage {
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say(words).into_owned(),
            what: t.say(&format!("{words}.what")).into_owned(),
            next: t.say(&format!("{words}.next")).into_owned(),
            button: Button::of(&WayOn::StartAgain(self.again.clone()), &self.layout, texts),
            code: reference.map_or("", |(code, _)| code.as_str()),
            trace: reference.map(|(_, trace)| groups(trace)).unwrap_or_default(),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    what: String,
    next: String,
    button: Option<Button>,
    code: &'a str,
    trace: Vec<String>,
}
