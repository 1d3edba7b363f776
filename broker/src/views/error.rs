//! The page of an error.

use super::button::{Button, WayOn};
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// An error for people: what happened, what they can do, and two codes to read out on the phone.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// What stands around it.
    pub layout: Layout,
    /// The code of the catalogue, for example `VB-1203`.
    pub code: String,
    /// The id of the message with the words: its value is the title, `.what` and `.advice` are its attributes.
    pub words: &'static str,
    /// The trace id of the request.
    pub trace_id: String,
    /// The one button.
    pub way_on: Option<WayOn>,
}

impl ErrorPage {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        ErrorTemplate {
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say(self.words).into_owned(),
            what: t.say(&format!("{}.what", self.words)).into_owned(),
            advice: t.say(&format!("{}.advice", self.words)).into_owned(),
            button: self.way_on.as_ref().and_then(|way| Button::of(way, &self.layout, texts)),
            leads_home: matches!(self.way_on, Some(WayOn::BackToPortal)),
            code: &self.code,
            trace: groups(&self.trace_id),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    what: String,
    advice: String,
    button: Option<Button>,
    leads_home: bool,
    code: &'a str,
    trace: Vec<String>,
}

/// A long code in groups of four, which the eye can follow; the text as a whole stays as it is.
pub(super) fn groups(code: &str) -> Vec<String> {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect()).collect()
}
