//! "Thông báo": what the decree asks of whoever signed in with an old account.

use super::day::{Dated, Day};
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// The notice. Its form posts `form_token` and `decision`, which is `link` or `skip`.
#[derive(Clone, Debug)]
pub struct LinkNotice {
    /// What stands around it.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// Before the cut-off: until when the old account signs in.
    pub ends: Option<Day>,
    /// Whether who skips is signed in to the portal. After the cut-off nobody is: skipping leads back to the choice.
    pub skip_leads_to_portal: bool,
}

impl LinkNotice {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let skip = match self.skip_leads_to_portal {
            true => self.layout.naming(texts, "notice-skip-portal", "notice-skip-portal-plain"),
            false => t.say("notice-skip-choice").into_owned(),
        };
        LinkNoticePage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("notice-title").into_owned(),
            dated: self.ends.map(|day| Dated::of("notice-ends", day, t)),
            skip,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "link_notice.html")]
struct LinkNoticePage<'a> {
    page: &'a LinkNotice,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    dated: Option<Dated>,
    skip: String,
}
