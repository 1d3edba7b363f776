//! "Danh sách tài khoản liên kết".

use super::nav::{AccountNav, NavLine};
use super::past::{method, name};
use crate::texts::{Texts, Words};
use crate::views::day::Dated;
use crate::views::layout::{Layout, Portal};
use crate::views::moment::day;
use askama::Template;
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::linking::Evidence;

/// A linked account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkLine {
    /// The portal that had created it.
    pub portal: LocalizedName,
    /// The key under which that portal keeps it.
    pub account: String,
    /// Since when.
    pub linked_at: Timestamp,
    /// Why.
    pub evidence: Evidence,
    /// Whether the end of the link was asked for, and people have not decided yet.
    pub unlinking: bool,
    /// Where it is asked for.
    pub unlink: String,
}

/// An account that can be linked from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Another {
    /// As the form says it.
    pub word: String,
    /// Which one.
    pub kind: AnotherKind,
}

/// Which account can be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnotherKind {
    /// One of this portal that waits for its proof.
    Waiting(LocalizedName),
    /// One that the citizen signs in to.
    SignIn(SignInMethod),
}

/// The page.
#[derive(Clone, Debug)]
pub struct AccountLinks {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// The citizen's own number at VNeID, or the organization's tax code.
    pub number: Option<String>,
    /// Since when it is known here.
    pub since: Option<Timestamp>,
    /// Accounts of before.
    pub links: Vec<LinkLine>,
    /// Where a form is posted that links one more.
    pub action: String,
    /// The hidden token of that form.
    pub form_token: String,
    /// What can be linked: those that wait first.
    pub another: Vec<Another>,
}

impl AccountLinks {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        LinksPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("account-links").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
            since: self.since.map(|at| day(at, t)),
            lines: self.links.iter().enumerate().map(|(n, line)| Line::of(n, line, t)).collect(),
            waiting: self.another.iter().enumerate().filter_map(|(n, a)| a.waiting(n, t)).collect(),
            sign_in: self.another.iter().enumerate().filter_map(|(n, a)| a.sign_in(n, t)).collect(),
        }
        .render()
    }
}

#[derive(Template)]
#[template(path = "account/links.html")]
struct LinksPage<'a> {
    page: &'a AccountLinks,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
    since: Option<Dated>,
    lines: Vec<Line<'a>>,
    waiting: Vec<Choice<'a>>,
    sign_in: Vec<Choice<'a>>,
}

/// A button of the form.
struct Choice<'a> {
    number: usize,
    word: &'a str,
    label: String,
}

impl Another {
    fn waiting(&self, at: usize, t: Words<'_>) -> Option<Choice<'_>> {
        let AnotherKind::Waiting(origin) = &self.kind else { return None };
        let label = t.with("another-waiting", "origin", name(origin, t.lang())).into_owned();
        Some(Choice { number: at + 1, word: &self.word, label })
    }

    fn sign_in(&self, at: usize, t: Words<'_>) -> Option<Choice<'_>> {
        let AnotherKind::SignIn(way) = self.kind else { return None };
        Some(Choice { number: at + 1, word: &self.word, label: t.say(method(way)).into_owned() })
    }
}

struct Line<'a> {
    number: usize,
    portal: &'a str,
    account: &'a str,
    dated: Dated,
    evidence: String,
    pending: bool,
    unlink: &'a str,
}

impl<'a> Line<'a> {
    fn of(at: usize, line: &'a LinkLine, t: Words<'_>) -> Self {
        Self {
            number: at + 1,
            portal: name(&line.portal, t.lang()),
            account: &line.account,
            dated: day(line.linked_at, t),
            evidence: t.say(evidence(line.evidence)).into_owned(),
            pending: line.unlinking,
            unlink: &line.unlink,
        }
    }
}

const fn evidence(evidence: Evidence) -> &'static str {
    use broker_domain::linking::Proof;
    match evidence {
        Evidence::VerifiedNumber => "evidence-number",
        Evidence::VerifiedOldNumber => "evidence-old-number",
        Evidence::VerifiedTaxCode => "evidence-tax-code",
        Evidence::Proven(Proof::Password) => "evidence-password",
        Evidence::Proven(Proof::PhoneCode) => "evidence-phone",
        Evidence::Reviewed => "evidence-reviewed",
    }
}
