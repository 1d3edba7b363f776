//! The people of the demo and their old accounts: each ends as the demo's table says, and each portal sees the subject that it should.

use crate::checks;
use crate::chromium::Browser;
use crate::journey::{begin, choose_vneid, give_credentials};
use crate::machine::{Demo, Dialect, Portal, Stores, Variant};
use crate::people::{AN, BINH, CUONG, DUNG, EM, PHUONG, Person};
use crate::stage::{Scripts, play};
use crate::trouble::{Done, ensure};
use std::path::{Path, PathBuf};

const PASSWORD: &str = "Legacy@1234";

/// What the portal was told.
async fn told(browser: &Browser, demo: &Demo, portal: Portal) -> Done<String> {
    browser.wait_for("#sub, #consent-allow").await?;
    if browser.has("#consent-allow").await? {
        browser.click("#consent-allow").await?;
    }
    browser.wait_for_address(&demo.portal(portal)).await?;
    browser.text("#sub").await
}

async fn arrive(browser: &Browser, demo: &Demo, portal: Portal, person: Person) -> Done {
    browser.forget_cookies().await?;
    begin(browser, demo, portal).await?;
    choose_vneid(browser, demo).await?;
    give_credentials(browser, person).await
}

/// Everything that a page of ours must be; and a picture of it, kept for people to look at, when it was asked for.
async fn look(browser: &Browser, name: &str) -> Done {
    checks::well_made(browser, "vi").await?;
    // Of several radio buttons Tab reaches one: that is how they work.
    if !browser.has("input[type=radio]").await? {
        checks::reachable(browser).await?;
    }
    checks::narrow(browser).await?;
    if let Some(folder) = std::env::var_os("SCREENS").map(PathBuf::from) {
        std::fs::create_dir_all(&folder)?;
        browser.screen(360, 740, true).await?;
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), browser.picture().await?)?;
        browser.screen(1280, 900, false).await?;
    }
    Ok(())
}

async fn type_in(browser: &Browser, user_name: &str, password: &str) -> Done {
    browser.fill("input[name=username]", user_name).await?;
    browser.fill("input[name=password]", password).await?;
    browser.click("#legacy-submit").await
}

/// Each person of the table, VNeID first.
async fn everyone(demo: &mut Demo, browser: &Browser) -> Done {
    let demo = &*demo;
    // A verified number: linked at once.
    arrive(browser, demo, Portal::National, AN).await?;
    ensure!(told(browser, demo, Portal::National).await? == "dvcqg-1001", "An's account is not back");
    // Typed in by its user: the old password proves it.
    arrive(browser, demo, Portal::Province, BINH).await?;
    browser.wait_for("#prove-password").await?;
    look(browser, "prove").await?;
    browser.fill("input[name=password]", "Wrong@1234").await?;
    browser.click("#prove-password").await?;
    browser.wait_for("#fault").await?;
    look(browser, "prove-wrong").await?;
    browser.fill("input[name=password]", PASSWORD).await?;
    browser.click("#prove-password").await?;
    browser.wait_for("#continue").await?;
    look(browser, "linked").await?;
    browser.click("#continue").await?;
    ensure!(told(browser, demo, Portal::Province).await? == "bd-2002", "Binh's account is not back");
    // The old number alone.
    arrive(browser, demo, Portal::National, CUONG).await?;
    ensure!(told(browser, demo, Portal::National).await? == "dvcqg-1003", "Cuong's account is not back");
    // None.
    arrive(browser, demo, Portal::National, DUNG).await?;
    ensure!(!told(browser, demo, Portal::National).await?.starts_with("dvcqg"), "Dung has an account");
    // Two: one is chosen.
    arrive(browser, demo, Portal::National, EM).await?;
    browser.wait_for("#choose-primary").await?;
    look(browser, "choose").await?;
    browser.click("label[for=account]").await?;
    browser.click("#choose-primary").await?;
    browser.click("#continue").await?;
    let chosen = told(browser, demo, Portal::National).await?;
    ensure!(["dvcqg-1005", "dvcqg-1105"].contains(&chosen.as_str()), "Em is {chosen}");
    // The same number and another name: told in kind, and on with a fresh identity.
    arrive(browser, demo, Portal::National, PHUONG).await?;
    browser.wait_for("#continue, #not-linked").await?;
    look(browser, "not-linked").await?;
    if browser.has("#continue").await? {
        browser.click("#continue").await?;
    }
    ensure!(
        told(browser, demo, Portal::National).await? != "dvcqg-1006",
        "Phuong has somebody else's account"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_their_account() {
    play("old_accounts", Variant { accounts: true, ..Variant::default() }, Scripts::On, everyone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_their_account_sealed_on_servers() {
    let variant = Variant {
        accounts: true,
        dialect: Dialect::Sealed,
        stores: Stores::Production,
        ..Variant::default()
    };
    play("old_accounts_sealed", variant, Scripts::On, everyone).await;
}

/// The guide's way: the old account first, the notice, VNeID, the list of linked accounts; then the administrator, who is exempt.
async fn account_first(demo: &mut Demo, browser: &Browser) -> Done {
    let demo = &*demo;
    browser.forget_cookies().await?;
    begin(browser, demo, Portal::National).await?;
    browser.wait_for("#login-national").await?;
    look(browser, "tiles").await?;
    browser.click("#login-national").await?;
    browser.wait_for("#legacy-submit").await?;
    look(browser, "account").await?;
    type_in(browser, "legacy-dvcqg-1001", "nonsense").await?;
    browser.wait_for("#fault").await?;
    look(browser, "account-wrong").await?;
    type_in(browser, "legacy-dvcqg-1001", PASSWORD).await?;
    browser.wait_for("#link-with-vneid").await?;
    look(browser, "notice").await?;
    browser.click("#link-with-vneid").await?;
    give_credentials(browser, AN).await?;
    browser.wait_for("#continue").await?;
    let words = browser.words().await?;
    ensure!(words.contains("Danh sách tài khoản liên kết") && words.contains(AN.number), "{words}");
    browser.click("#continue").await?;
    ensure!(told(browser, demo, Portal::National).await? == "dvcqg-1001", "An's account is not back");
    // Without a verified number: the page of the population database, put off.
    browser.forget_cookies().await?;
    begin(browser, demo, Portal::National).await?;
    browser.click("#login-national").await?;
    type_in(browser, "legacy-dvcqg-1003", PASSWORD).await?;
    browser.wait_for("#update").await?;
    look(browser, "update").await?;
    browser.click("#update").await?;
    browser.wait_for("#fault").await?;
    look(browser, "update-wrong").await?;
    browser.click("#skip").await?;
    browser.wait_for("#link-with-vneid").await?;
    browser.click("#skip").await?;
    browser.wait_for("#login-vneid").await?;
    // Another VNeID than the owner's.
    browser.click("#login-national").await?;
    type_in(browser, "legacy-dvcqg-1005", PASSWORD).await?;
    browser.click("#link-with-vneid").await?;
    give_credentials(browser, DUNG).await?;
    browser.wait_for("#error-code, #way-on").await?;
    look(browser, "not-the-owner").await?;
    let words = browser.words().await?;
    ensure!(words.contains("VB-1604") && !words.contains(EM.name), "{words}");
    // An administrator keeps their account.
    browser.forget_cookies().await?;
    begin(browser, demo, Portal::National).await?;
    browser.click("#login-national").await?;
    type_in(browser, "quantri.dvcqg", PASSWORD).await?;
    let sub = told(browser, demo, Portal::National).await?;
    ensure!(sub == "dvcqg-admin-1", "the administrator is {sub}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_first() {
    play("account_first", Variant { accounts: true, ..Variant::default() }, Scripts::On, account_first).await;
}

/// The citizen's own account: every page of it.
async fn own_account(demo: &mut Demo, browser: &Browser) -> Done {
    let demo = &*demo;
    browser.forget_cookies().await?;
    browser.open(&format!("{}/account?client_id=cong-dvcqg", demo.broker)).await?;
    browser.wait_for("#login-vneid, input[name=username]").await?;
    if browser.has("#login-vneid").await? {
        browser.click("#login-vneid").await?;
    }
    give_credentials(browser, AN).await?;
    browser.wait_for("#legend").await?;
    look(browser, "own-identity").await?;
    for (page, element) in [
        ("links", "#nav-links"),
        ("history", "#nav-history"),
        ("sessions", "#nav-sessions"),
        ("data", "#nav-data"),
    ] {
        browser.click(element).await?;
        browser.wait_for(&format!("{element}[aria-current], h1")).await?;
        look(browser, &format!("own-{page}")).await?;
    }
    browser.open(&format!("{}/account/links", demo.broker)).await?;
    let words = browser.words().await?;
    ensure!(words.contains("Danh sách tài khoản liên kết"), "{words}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_citizens_own_account() {
    play("own_account", Variant { accounts: true, ..Variant::default() }, Scripts::On, own_account).await;
}
