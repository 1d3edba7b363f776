//! The VNeID that came back is not the owner of the account that was signed in to.

use super::button::{Button, To, WayOn};
use super::error::groups;
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// The page. It tells nothing of whose the account is; both sign-ins have ended.
#[derive(Clone, Debug)]
pub struct NotTheOwner {
    /// What stands around it.
    pub layout: Layout,
    /// Where the one button leads: the login from its beginning.
    pub again: To,
    /// Code of the catalogue and trace id.
    pub reference: Option<(String, String)>,
}

impl NotTheOwner {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let reference = self.reference.as_ref();
        NotTheOwnerPage {
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("error-not-the-owner").into_owned(),
            button: Button::of(&WayOn::StartAgain(self.again.clone()), &self.layout, texts),
            code: reference.map_or("", |(code, _)| code.as_str()),
            trace: reference.map(|(_, trace)| groups(trace)).unwrap_or_default(),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "not_the_owner.html")]
struct NotTheOwnerPage<'a> {
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    button: Option<Button>,
    code: &'a str,
    trace: Vec<String>,
}
