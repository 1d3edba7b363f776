//! The sign-in with an account that a portal or Vietnam Post had issued.

use super::day::{Dated, Day};
use super::field::{Field, Fill, Summary};
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;
use broker_domain::client::SignInMethod;

/// Why a sign-in was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFault {
    /// User name or password was left empty.
    Empty,
    /// No such account, or another password: the page never says which.
    Wrong,
    /// Too many attempts, at the account or from the address.
    TooMany {
        /// How long to wait, in minutes.
        minutes: u32,
    },
    /// The portal's check service does not answer.
    Unavailable,
}

/// The page that asks for user name and password. Its form posts `form_token`, `username` and `password`.
#[derive(Clone, Debug)]
pub struct LegacySignIn {
    /// What stands around it.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The path of the tiles.
    pub back: String,
    /// Which account the tile named.
    pub which: SignInMethod,
    /// After the cut-off: since when this account opens no portal, and only proves whose it is.
    pub proves_only: Option<Day>,
    /// The user name that was typed.
    pub user_name: String,
    /// Why it was not accepted.
    pub fault: Option<SignInFault>,
}

impl LegacySignIn {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let (heading, note) = match self.which {
            SignInMethod::Vnpost => ("legacy-title-vnpost", Some("method-vnpost.note")),
            SignInMethod::National | SignInMethod::Vneid => ("legacy-title-national", None),
        };
        let missing =
            |is: bool, key| (is && self.fault == Some(SignInFault::Empty)).then(|| t.say(key).into());
        // The password has to be typed again in any case.
        let name = Field::text("username", t.say("legacy-user-name").into(), &self.user_name, Fill::UserName)
            .fault(missing(self.user_name.trim().is_empty(), "legacy-user-name.missing"));
        let password =
            Field::password(t.say("legacy-password").into()).fault(missing(true, "legacy-password.missing"));
        let fields = [name, password];
        let summary = match self.fault {
            None => None,
            Some(SignInFault::Empty) => Summary::of_fields(&fields, t),
            Some(SignInFault::Wrong) => Some(Summary::of_words("legacy-wrong", t)),
            Some(SignInFault::TooMany { minutes }) => Some(Summary::too_many(minutes, t)),
            Some(SignInFault::Unavailable) => Some(Summary::of_words("error-check-service-away", t)),
        };
        LegacySignInPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say(heading).into_owned(),
            note,
            dated: self.proves_only.map(|day| Dated::of("legacy-proves-only", day, t)),
            fields,
            summary,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "legacy_sign_in.html")]
struct LegacySignInPage<'a> {
    page: &'a LegacySignIn,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    note: Option<&'static str>,
    dated: Option<Dated>,
    fields: [Field; 2],
    summary: Option<Summary>,
}
