//! Every page for everybody: read aloud, on the narrowest screen, with the keyboard alone, in both languages.

use crate::accounts_tour;
use crate::checks;
use crate::chromium::Browser;
use crate::journey::{NAME, SIGN_IN, is_known};
use crate::machine::{Consent, Demo, Dialect, Portal, Stores, Variant};
use crate::people::{AN, CODE, PASSWORD};
use crate::pictures::Photographer;
use crate::stage::{Scripts, play};
use crate::tour::{Owner, Visitor, walk};
use crate::trouble::{Done, ensure};
use fantoccini::key::Key;

/// The portals ask before they are told who signed in: that is a page too.
const ASKING: Variant =
    Variant { dialect: Dialect::Oidc, stores: Stores::Embedded, consent: Consent::Asked, accounts: false };

/// Checks each page and goes on, so that one run tells of all of them.
struct Inspector {
    lang: &'static str,
    photographer: Photographer,
    findings: Vec<String>,
}

impl Visitor for Inspector {
    async fn look(&mut self, browser: &Browser, owner: Owner, name: &str) -> Done {
        self.photographer.shoot(browser, name).await?;
        let mut faults = vec![];
        match owner {
            Owner::Broker => {
                faults.push(checks::well_made(browser, self.lang).await);
                faults.push(checks::reachable(browser).await);
                faults.push(checks::narrow(browser).await);
            }
            Owner::Portal => {
                faults.push(checks::axe(browser, &[]).await);
                faults.push(checks::narrow(browser).await);
            }
            // A stand-in: its page with the QR code renews itself where scripts are off.
            Owner::Vneid => faults.push(checks::axe(browser, &["meta-refresh", "region"]).await),
        }
        for fault in faults.into_iter().filter_map(Result::err) {
            self.findings.push(format!("{name}: {}", fault.0));
        }
        Ok(())
    }
}

/// Which pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    SigningIn,
    OldAccounts,
}

async fn inspect(demo: &mut Demo, browser: &Browser, lang: &'static str, pages: Pages) -> Done {
    let mut inspector = Inspector { lang, photographer: Photographer::new(lang), findings: vec![] };
    let walked = match pages {
        Pages::SigningIn => walk(demo, browser, lang, &mut inspector).await,
        Pages::OldAccounts => accounts_tour::walk(demo, browser, lang, &mut inspector).await,
    };
    inspector.findings.extend(walked.err().map(|t| t.0));
    ensure!(inspector.findings.is_empty(), "\n{}", inspector.findings.join("\n\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_in_vietnamese() {
    play("pages_vi", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        inspect(demo, browser, "vi", Pages::SigningIn).await
    })
    .await;
}

/// Those of old accounts and of the citizen's own, too.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_old_accounts_in_vietnamese() {
    let variant = Variant { accounts: true, ..Variant::default() };
    play("accounts_vi", variant, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        inspect(demo, browser, "vi", Pages::OldAccounts).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_old_accounts_in_english() {
    let variant = Variant { accounts: true, ..Variant::default() };
    play("accounts_en", variant, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        inspect(demo, browser, "en", Pages::OldAccounts).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_in_english() {
    play("pages_en", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        inspect(demo, browser, "en", Pages::SigningIn).await
    })
    .await;
}

/// From the portal's front page to signed out again without a mouse.
async fn by_keyboard(demo: &mut Demo, browser: &Browser) -> Done {
    browser.open(&demo.portal(Portal::National)).await?;
    checks::press_by_keyboard(browser, SIGN_IN).await?;
    checks::press_by_keyboard(browser, "#login-vneid").await?;
    checks::tab_to(browser, "input[name=username]").await?;
    browser.type_keys(AN.number).await?;
    browser.key(Key::Tab).await?;
    browser.type_keys(PASSWORD).await?;
    browser.key(Key::Enter).await?;
    checks::tab_to(browser, "input[name=otp]").await?;
    browser.type_keys(CODE).await?;
    browser.key(Key::Enter).await?;
    checks::press_by_keyboard(browser, "#as-citizen").await?;
    checks::press_by_keyboard(browser, "#consent-allow").await?;
    is_known(browser, demo, Portal::National, AN).await?;
    browser.open(&format!("{}/oidc/logout", demo.broker)).await?;
    checks::press_by_keyboard(browser, "#logout-confirm").await?;
    browser.wait_for("#logged-out").await?;
    browser.open(&demo.portal(Portal::National)).await?;
    browser.wait_for(&format!("{SIGN_IN}, {NAME}")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_keyboard_alone() {
    play("keyboard", ASKING, Scripts::On, by_keyboard).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_keyboard_alone_and_without_scripts() {
    play("keyboard_without_scripts", ASKING, Scripts::Off, by_keyboard).await;
}
