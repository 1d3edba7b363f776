//! What people do, step by step.

use crate::chromium::Browser;
use crate::machine::{Demo, Portal};
use crate::people::{CODE, PASSWORD, Person};
use crate::trouble::{Done, Said, ensure};

/// Elements of the sample portal.
pub(crate) const SIGN_IN: &str = "#login";
pub(crate) const SIGN_OUT: &str = "#logout";
pub(crate) const NAME: &str = "#signed-in-name";

/// Opens a portal and presses "sign in".
pub(crate) async fn begin(browser: &Browser, demo: &Demo, portal: Portal) -> Done {
    browser.open(&demo.portal(portal)).await?;
    browser.click(SIGN_IN).await
}

/// The tiles: VNeID.
pub(crate) async fn choose_vneid(browser: &Browser, demo: &Demo) -> Done {
    browser.click("#login-vneid").await?;
    browser.wait_for_address(&demo.vneid).await
}

/// VNeID's page: number and password, then the one-time code.
pub(crate) async fn give_credentials(browser: &Browser, person: Person) -> Done {
    give_password(browser, person).await?;
    give_code(browser, person).await
}

/// VNeID's page: the one-time code. Who can act for an organization too is asked, and acts for nobody else.
pub(crate) async fn give_code(browser: &Browser, person: Person) -> Done {
    browser.fill("input[name=otp]", CODE).await?;
    browser.click("#otp-submit").await?;
    if person.has_organization {
        browser.click("#as-citizen").await?;
    }
    Ok(())
}

/// VNeID's page: the code on the screen is scanned, and the phone approves in another tab.
pub(crate) async fn scan(browser: &Browser, person: Person, approval: &str) -> Done {
    if browser.has("#use-qr").await? {
        browser.click("#use-qr").await?;
    }
    browser.wait_for("#qr").await?;
    let phone = browser
        .wait_for("#phone-link")
        .await?
        .prop("href")
        .await?
        .said(|| "the phone has no address".to_owned())?;
    let first = browser.new_tab().await?;
    browser.open(&phone).await?;
    browser.click(&format!("#citizen option[value='{}']", person.number)).await?;
    browser.click(approval).await?;
    // The answer to the press is awaited before the tab is left.
    browser.wait_for("body").await?;
    browser.go_to_tab(&first).await
}

/// VNeID's page: number and password.
pub(crate) async fn give_password(browser: &Browser, person: Person) -> Done {
    browser.fill("input[name=username]", person.number).await?;
    browser.fill("input[name=password]", PASSWORD).await?;
    browser.click("#login-submit").await
}

/// Allows what the portal asks to know, where that is asked, and comes back to the portal.
pub(crate) async fn come_back(browser: &Browser, demo: &Demo, portal: Portal) -> Done {
    let home = demo.portal(portal);
    browser.wait_for(&format!("{NAME}, #consent-allow, #error-code")).await?;
    if browser.has("#consent-allow").await? {
        browser.click("#consent-allow").await?;
    }
    browser.wait_for_address(&home).await
}

/// The portal greets this person.
pub(crate) async fn is_known(browser: &Browser, demo: &Demo, portal: Portal, person: Person) -> Done {
    browser.wait_for_address(&demo.portal(portal)).await?;
    let name = browser.text(NAME).await?;
    ensure!(name.contains(person.name), "the portal greets {name:?}, not {}", person.name);
    Ok(())
}

/// From the portal's front page to being greeted there.
pub(crate) async fn sign_in(browser: &Browser, demo: &Demo, portal: Portal, person: Person) -> Done {
    begin(browser, demo, portal).await?;
    choose_vneid(browser, demo).await?;
    give_credentials(browser, person).await?;
    come_back(browser, demo, portal).await?;
    is_known(browser, demo, portal, person).await
}

/// The portal's "sign out", as far as the end.
pub(crate) async fn sign_out(browser: &Browser, demo: &Demo, portal: Portal) -> Done {
    browser.open(&demo.portal(portal)).await?;
    browser.click(SIGN_OUT).await?;
    browser.wait_for(&format!("{SIGN_IN}, #logout-confirm, #logged-out")).await?;
    if browser.has("#logout-confirm").await? {
        browser.click("#logout-confirm").await?;
        browser.wait_for(&format!("{SIGN_IN}, #logged-out")).await?;
    }
    Ok(())
}
