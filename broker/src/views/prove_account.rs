//! An old account is perhaps the citizen's: they are asked to prove it.

use super::day::Dated;
use super::field::{Field, Fill, Summary};
use super::hint::AccountHint;
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;
use broker_domain::linking::Proof;

/// Why a proof was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// No password was typed.
    Empty,
    /// Another password.
    Wrong,
    /// Too many attempts.
    TooMany {
        /// How long to wait, in minutes.
        minutes: u32,
    },
    /// The portal's check service does not answer.
    Unavailable,
    /// The code could not be sent.
    SendFailed,
}

/// The page that asks for proof. Each way is a form that posts `form_token` and `decision`: `password` together with `password`,
/// `send-code`, or `later`.
#[derive(Clone, Debug)]
pub struct ProveAccount {
    /// What stands around it.
    pub layout: Layout,
    /// Where the forms post to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The name of the portal that had issued the account.
    pub origin: String,
    /// What may be shown of the account.
    pub hint: AccountHint,
    /// The ways to prove it, the best one first. Only these are shown.
    pub ways: Vec<Proof>,
    /// Why it was not accepted.
    pub fault: Option<ProofFault>,
}

impl ProveAccount {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let fault = match self.fault {
            Some(ProofFault::Empty) => Some(t.say("prove-password.missing").into_owned()),
            Some(ProofFault::Wrong) => Some(t.say("prove-password.wrong").into_owned()),
            _ => None,
        };
        let field = Field::password(t.with("prove-password", "origin", &self.origin).into()).fault(fault);
        let summary = match self.fault {
            None => None,
            Some(ProofFault::Empty | ProofFault::Wrong) => Summary::of_fields([&field], t),
            Some(ProofFault::TooMany { minutes }) => Some(Summary::too_many(minutes, t)),
            Some(ProofFault::Unavailable) => Some(Summary::of_words("error-check-service-away", t)),
            Some(ProofFault::SendFailed) => Some(Summary::of_words("error-message-not-sent", t)),
        };
        let mut ways = self.ways.clone();
        ways.dedup();
        ProveAccountPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("prove-title").into_owned(),
            hints: self.hint.lines(t),
            later: self.layout.naming(texts, "link-later", "link-later-plain"),
            ways,
            field,
            summary,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "prove_account.html")]
struct ProveAccountPage<'a> {
    page: &'a ProveAccount,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    hints: Vec<(String, Dated)>,
    later: String,
    ways: Vec<Proof>,
    field: Field,
    summary: Option<Summary>,
}
