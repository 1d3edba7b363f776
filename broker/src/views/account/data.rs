//! The citizen's data, to be taken along.

use super::nav::{AccountNav, NavLine};
use crate::texts::{Texts, Words};
use crate::views::layout::{Layout, Portal};
use askama::Template;

/// The page. Its form posts `form_token`, and a file comes back.
#[derive(Clone, Debug)]
pub struct AccountData {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
}

impl AccountData {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        DataPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("account-data").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "account/data.html")]
struct DataPage<'a> {
    page: &'a AccountData,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
}
