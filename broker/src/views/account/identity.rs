//! "Thông tin định danh": each claim with its mark, its source and its day, and the legend of the marks.

use super::nav::{AccountNav, NavLine};
use super::past::{Past, PastLine};
use crate::texts::{Texts, Words};
use crate::views::day::Dated;
use crate::views::layout::{Layout, Portal};
use crate::views::moment::day;
use askama::Template;
use broker_domain::claims::{Claims, Mark, Marked, Source};
use broker_domain::person::Gender;

/// The page.
#[derive(Clone, Debug)]
pub struct AccountIdentity {
    /// What stands around it.
    pub layout: Layout,
    /// The other pages.
    pub nav: AccountNav,
    /// What is known.
    pub claims: Claims,
    /// What happened lately.
    pub news: Vec<Past>,
    /// Whether they signed in with an account of before, not by VNeID.
    pub by_account: bool,
    /// Where more can be confirmed, when it can.
    pub update: Option<String>,
}

impl AccountIdentity {
    /// The page as HTML.
    pub fn render(&self, texts: &Texts) -> Result<String, askama::Error> {
        let t = texts.words(self.layout.lang);
        IdentityPage {
            page: self,
            layout: &self.layout,
            portal: self.layout.portal.as_ref(),
            t,
            heading: t.say("account-identity").into_owned(),
            nav: self.nav.lines(t),
            log_out: self.nav.log_out(),
            rows: self.rows(t),
            news: self.news.iter().map(|past| PastLine::of(past, t)).collect(),
            update: self.update.as_deref().unwrap_or_default(),
        }
        .render()
    }

    /// In the order that people know; what only organizations or few people have is left out when there is none.
    fn rows(&self, t: Words<'_>) -> Vec<Row> {
        let claims = &self.claims;
        let text = |text: &String| text.clone();
        let gender = |gender: &Gender| match gender {
            Gender::Male => t.say("gender-male").into_owned(),
            Gender::Female => t.say("gender-female").into_owned(),
        };
        let always = [
            Row::of("name", "claim-name", claims.full_name.as_ref(), |n| n.as_str().to_owned(), t),
            Row::of("old", "claim-old-number", claims.old_number.as_ref(), |n| n.as_str().to_owned(), t),
            Row::of("number", "claim-number", claims.personal_number.as_ref(), |n| n.as_str().to_owned(), t),
            Row::of("born", "claim-born", claims.birth_date.as_ref(), |d| d.vietnamese(), t),
            Row::of("phone", "claim-phone", claims.phone.as_ref(), text, t),
            Row::of("gender", "claim-gender", claims.gender.as_ref(), gender, t),
            Row::of("email", "claim-email", claims.email.as_ref(), text, t),
            Row::of("address", "claim-address", claims.address.as_ref(), text, t),
        ];
        let seldom = [
            Row::of("current", "claim-current-address", claims.current_address.as_ref(), text, t),
            Row::of("passport", "claim-passport", claims.passport.as_ref(), text, t),
            Row::of("tax", "claim-tax-code", claims.tax_code.as_ref(), |c| c.as_str().to_owned(), t),
            Row::of("business", "claim-business", claims.business_code.as_ref(), text, t),
            Row::of("organization", "claim-organization", claims.organization_name.as_ref(), text, t),
        ];
        always.into_iter().chain(seldom.into_iter().filter(|row| row.value.is_some())).collect()
    }
}

/// A claim: never colour alone, always words beside it.
struct Row {
    word: &'static str,
    label: String,
    value: Option<String>,
    class: &'static str,
    sign: &'static str,
    mark: String,
    source: Option<String>,
    dated: Option<Dated>,
}

impl Row {
    fn of<T>(
        word: &'static str,
        key: &str,
        claim: Option<&Marked<T>>,
        value: impl Fn(&T) -> String,
        t: Words<'_>,
    ) -> Self {
        let (class, sign, mark) = match claim.map(|c| c.mark) {
            Some(Mark::Green) => ("green", "✔", "mark-green"),
            Some(Mark::Yellow) => ("yellow", "!", "mark-yellow"),
            None => ("red", "✕", "mark-red"),
        };
        let source = claim.and_then(|c| c.source.as_ref()).map(|source| match source {
            Source::Vneid => t.say("source-vneid").into_owned(),
            Source::PopulationDatabase => t.say("source-population").into_owned(),
            Source::Other(name) => name.clone(),
        });
        let verified = claim.filter(|c| c.is_green()).and_then(|c| c.verified_at);
        Self {
            word,
            label: t.say(key).into_owned(),
            value: claim.map(|c| value(&c.value)),
            class,
            sign,
            mark: t.say(mark).into_owned(),
            source,
            dated: verified.map(|at| day(at, t)),
        }
    }
}

#[derive(Template)]
#[template(path = "account/identity.html")]
struct IdentityPage<'a> {
    page: &'a AccountIdentity,
    layout: &'a Layout,
    portal: Option<&'a Portal>,
    t: Words<'a>,
    heading: String,
    nav: Vec<NavLine<'a>>,
    log_out: &'static str,
    rows: Vec<Row>,
    news: Vec<PastLine>,
    update: &'a str,
}
