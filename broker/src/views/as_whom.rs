//! VNeID proved a person and an organization: the citizen says as whom they act.

use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// An organization that the person may act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActsFor {
    /// Its name.
    pub name: String,
    /// Its tax code.
    pub tax_code: String,
}

/// The page of the choice. Its form posts `form_token` and `whom`: `myself`, or `organization-` and the place in the list, from 0.
#[derive(Clone, Debug)]
pub struct AsWhom {
    /// What stands around it.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The person's name.
    pub person: String,
    /// The organizations.
    pub organizations: Vec<ActsFor>,
}

impl AsWhom {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        AsWhomPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: self.layout.naming(texts, "whom-title", "whom-title-plain"),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "as_whom.html")]
struct AsWhomPage<'a> {
    page: &'a AsWhom,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
}
