//! Several old accounts at one portal: the citizen chooses the primary one.

use super::day::Dated;
use super::field::Summary;
use super::hint::AccountHint;
use super::layout::{Layout, Portal};
use crate::texts::{Texts, Words};
use askama::Template;

/// An account to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChoice {
    /// What the form posts for it; it tells a reader nothing.
    pub value: String,
    /// What may be shown of it.
    pub hint: AccountHint,
    /// Whether it has to be proven before it is linked.
    pub needs_proof: bool,
}

/// The page with the accounts. Its form posts `form_token`, `account` (one of the values, absent when none was chosen), and
/// `decision`, which is `choose` or `later`.
#[derive(Clone, Debug)]
pub struct ChooseAccount {
    /// What stands around it.
    pub layout: Layout,
    /// Where the form posts to.
    pub action: String,
    /// The hidden form token.
    pub form_token: String,
    /// The name of the portal that had issued the accounts.
    pub origin: String,
    /// The accounts.
    pub accounts: Vec<AccountChoice>,
    /// The value that was chosen before.
    pub chosen: Option<String>,
    /// Whether the form came without a choice.
    pub nothing_chosen: bool,
}

impl ChooseAccount {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        let summary = self.nothing_chosen.then(|| Summary {
            title: t.say("fault-title").into_owned(),
            lines: vec![(t.say("accounts-legend.missing").into_owned(), Some("account"))],
        });
        let accounts = self.accounts.iter().enumerate().map(|(at, account)| Choice {
            number: (at + 1).to_string(),
            value: &account.value,
            chosen: self.chosen.as_ref() == Some(&account.value),
            hints: account.hint.lines(t),
            needs_proof: account.needs_proof,
        });
        ChooseAccountPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("accounts-title").into_owned(),
            later: self.layout.naming(texts, "link-later", "link-later-plain"),
            accounts: accounts.collect(),
            summary,
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "choose_account.html")]
struct ChooseAccountPage<'a> {
    page: &'a ChooseAccount,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    later: String,
    accounts: Vec<Choice<'a>>,
    summary: Option<Summary>,
}

/// An account in words.
struct Choice<'a> {
    /// As people count.
    number: String,
    value: &'a str,
    chosen: bool,
    hints: Vec<(String, Dated)>,
    needs_proof: bool,
}
