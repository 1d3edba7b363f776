//! The code that was sent to the phone of an old account.

use super::field::{Field, Fill, Summary};
use super::layout::{Layout, Portal};
use super::masked::Masked;
use crate::texts::{Texts, Words};
use askama::Template;

/// Why a code was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// No code was typed.
    Empty,
    /// Another code.
    Wrong {
        /// How many attempts are left.
        left: u32,
    },
    /// The code is too old, or was used.
    Expired,
    /// Too many attempts, or too many codes were asked for.
    TooMany {
        /// How long to wait, in minutes.
        minutes: u32,
    },
    /// The message could not be sent.
    SendFailed,
}

/// The page that asks for the code. Its forms post `form_token` and `decision`: `code` together with `code`, `resend`,
/// `other-way`, or `later`.
#[derive(Clone, Debug)]
pub struct EnterCode {
    /// What stands around it.
    pub layout: Layout,
    /// Where the forms post to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// Where the code was sent to.
    pub phone: Masked,
    /// How long a code can be used, in minutes.
    pub minutes: u32,
    /// Whether there is another way to prove the account.
    pub other_way: bool,
    /// Why it was not accepted.
    pub fault: Option<CodeFault>,
}

impl EnterCode {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let fault = match self.fault {
            Some(CodeFault::Empty) => Some(t.say("code-label.missing").into_owned()),
            Some(CodeFault::Wrong { left }) => {
                Some(t.with("code-label.wrong", "left", &left.to_string()).into_owned())
            }
            Some(CodeFault::Expired) => Some(t.say("code-label.expired").into_owned()),
            _ => None,
        };
        let field = Field::text("code", t.say("code-label").into(), "", Fill::Code)
            .hint(t.with("code-label.hint", "minutes", &self.minutes.to_string()).into())
            .digits()
            .fault(fault);
        let summary = match self.fault {
            None => None,
            Some(CodeFault::Empty | CodeFault::Wrong { .. } | CodeFault::Expired) => {
                Summary::of_fields([&field], t)
            }
            Some(CodeFault::TooMany { minutes }) => Some(Summary::too_many(minutes, t)),
            Some(CodeFault::SendFailed) => Some(Summary::of_words("error-message-not-sent", t)),
        };
        EnterCodePage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("code-title").into_owned(),
            spoken: self.phone.spoken(t),
            later: self.layout.naming(texts, "link-later", "link-later-plain"),
            field,
            summary,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "enter_code.html")]
struct EnterCodePage<'a> {
    page: &'a EnterCode,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    spoken: String,
    later: String,
    field: Field,
    summary: Option<Summary>,
}
