//! "Cập nhật từ CSDL Quốc gia về Dân cư".

use super::nav::{AccountNav, NavLine};
use crate::texts::{Texts, Words};
use crate::views::error::groups;
use crate::views::field::{Field, Fill, Summary};
use crate::views::layout::{Layout, Portal};
use askama::Template;

/// Why nothing was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmFault {
    /// What was typed cannot be right.
    Fields {
        /// The old number.
        old_number: bool,
        /// The date of birth.
        birth_date: bool,
    },
    /// Too many attempts.
    TooMany {
        /// How long to wait, in minutes.
        minutes: u32,
    },
    /// It is not confirmed, or there was no answer: the id of the message with the words, as the catalogue's entry has it.
    Refused(&'static str),
}

/// The page. Its form posts `form_token`, `old_number` and `birth_date`, those that are missing.
#[derive(Clone)]
pub struct AccountUpdate {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The number that VNeID proved.
    pub number: String,
    /// The name that VNeID proved.
    pub name: Option<String>,
    /// The old number as it was typed, when it is missing.
    pub old_number: Option<String>,
    /// The date of birth as it was typed, when it is missing.
    pub birth_date: Option<String>,
    /// Why nothing was confirmed.
    pub fault: Option<ConfirmFault>,
    /// Code of the catalogue and trace id, for faults that somebody may call about.
    pub reference: Option<(String, String)>,
}

impl AccountUpdate {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let fields = self.fields(t);
        let summary = match &self.fault {
            None => None,
            Some(ConfirmFault::Fields { .. }) => Summary::of_fields(&fields, t),
            Some(ConfirmFault::TooMany { minutes }) => Some(Summary::too_many(*minutes, t)),
            Some(ConfirmFault::Refused(words)) => Some(Summary::of_words(words, t)),
        };
        let reference = self.reference.as_ref();
        UpdatePage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("account-update").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
            fields,
            summary,
            code: reference.map_or("", |(code, _)| code.as_str()),
            trace: reference.map(|(_, trace)| groups(trace)).unwrap_or_default(),
        }
        .render()
    }

    fn fields(&self, t: Words<'_>) -> Vec<Field> {
        let bad = |of: fn(&ConfirmFault) -> bool| self.fault.as_ref().is_some_and(of);
        let say = |key| t.say(key).into_owned();
        let old = self.old_number.as_ref().map(|typed| {
            let wrong = bad(|f| matches!(f, ConfirmFault::Fields { old_number: true, .. }));
            Field::text("old_number", say("update-old-number"), typed, Fill::Off)
                .hint(say("update-old-number.hint"))
                .digits()
                .optional()
                .fault(wrong.then(|| say("update-old-number.bad")))
        });
        let birth = self.birth_date.as_ref().map(|typed| {
            let wrong = bad(|f| matches!(f, ConfirmFault::Fields { birth_date: true, .. }));
            Field::text("birth_date", say("update-birth-date"), typed, Fill::Birthday)
                .hint(say("update-birth-date.hint"))
                .optional()
                .fault(wrong.then(|| say("update-birth-date.bad")))
        });
        old.into_iter().chain(birth).collect()
    }
}

#[derive(Template)]
#[template(path = "account/update.html")]
struct UpdatePage<'a> {
    page: &'a AccountUpdate,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
    fields: Vec<Field>,
    summary: Option<Summary>,
    code: &'a str,
    trace: Vec<String>,
}
