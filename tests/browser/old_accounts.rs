//! The people of the demo and their old accounts: each ends as the demo's table says, and each portal sees the subject that it should.

use crate::accounts_tour::{arrive, tiles, type_in};
use crate::chromium::Browser;
use crate::journey::{give_credentials, give_password};
use crate::machine::{Demo, Dialect, Portal, Stores, Variant};
use crate::people::{AN, BINH, CODE, CUONG, DUNG, EM, GIANG, HA, ICH, LEGACY_PASSWORD, PHUONG, Person};
use crate::stage::{Scripts, play};
use crate::trouble::{Done, ensure};
use crate::vneid;
use serde_json::json;

/// As whom the portal greets the citizen: its subject.
async fn told(browser: &Browser, demo: &Demo, portal: Portal) -> Done<String> {
    browser.wait_for("#sub, #consent-allow").await?;
    if browser.has("#consent-allow").await? {
        browser.click("#consent-allow").await?;
    }
    browser.wait_for_address(&demo.portal(portal)).await?;
    browser.text("#sub").await
}

/// A claim that the portal was given.
async fn claim(browser: &Browser, name: &str) -> Done<String> {
    browser.text(&format!("tr[data-claim='{name}'] td.value")).await
}

async fn sub(browser: &Browser, demo: &Demo, portal: Portal, person: Person) -> Done<String> {
    arrive(browser, demo, portal, person, "vi").await?;
    told(browser, demo, portal).await
}

/// `dvcqg-1009` is linked to a man in whom nobody of the demo is interested; then its portal corrects its number.
async fn give_away(demo: &Demo, browser: &Browser) -> Done {
    let lam = Person { number: "001079000010", name: "TRẦN VĂN LÂM", has_organization: false };
    let citizen = json!({
        "personal_number": lam.number, "full_name": lam.name, "birth_date": "1979-04-02", "gender": "Nam", "phone": "0912000079",
    });
    vneid::add(&demo.vneid, &citizen).await?;
    demo.bring_one(&json!({
        "tech_id": "dvcqg-1009", "kind": "citizen", "personal_number": lam.number, "personal_number_mark": "green",
        "full_name": lam.name, "full_name_mark": "green", "birth_date": "1979-04-02", "birth_date_mark": "green",
    }))?;
    ensure!(sub(browser, demo, Portal::National, lam).await? == "dvcqg-1009", "it is not his");
    demo.bring_accounts()
}

/// Each person of the table, VNeID first.
async fn everyone(demo: &mut Demo, browser: &Browser) -> Done {
    let demo = &*demo;
    give_away(demo, browser).await?;
    // A verified number: linked at once.
    ensure!(sub(browser, demo, Portal::National, AN).await? == "dvcqg-1001", "An's account is not back");
    // Typed in by its user: the old password proves it.
    arrive(browser, demo, Portal::Province, BINH, "vi").await?;
    browser.wait_for("#prove-password").await?;
    browser.fill("input[name=password]", "Wrong@1234").await?;
    browser.click("#prove-password").await?;
    browser.wait_for("#fault").await?;
    browser.fill("input[name=password]", LEGACY_PASSWORD).await?;
    browser.click("#prove-password").await?;
    browser.click("#continue").await?;
    ensure!(told(browser, demo, Portal::Province).await? == "bd-2002", "Binh's account is not back");
    // The old number alone.
    ensure!(
        sub(browser, demo, Portal::National, CUONG).await? == "dvcqg-1003",
        "Cuong's account is not back"
    );
    // None: a subject of our own, the same for ever.
    let fresh = sub(browser, demo, Portal::National, DUNG).await?;
    ensure!(!fresh.starts_with("dvcqg"), "Dung has an account");
    ensure!(sub(browser, demo, Portal::National, DUNG).await? == fresh, "Dung is somebody else");
    // Two: one is chosen.
    arrive(browser, demo, Portal::National, EM, "vi").await?;
    browser.wait_for("#choose-primary").await?;
    browser.click("label[for=account]").await?;
    browser.click("#choose-primary").await?;
    browser.wait_for("#continue").await?;
    let words = browser.words().await?;
    ensure!(words.contains("dvcqg-1005") && words.contains("dvcqg-1105"), "{words}");
    browser.click("#continue").await?;
    let chosen = told(browser, demo, Portal::National).await?;
    ensure!(["dvcqg-1005", "dvcqg-1105"].contains(&chosen.as_str()), "Em is {chosen}");
    ensure!(sub(browser, demo, Portal::National, EM).await? == chosen, "Em is somebody else");
    // The same number and another name; linked to somebody else: told in kind, and on with a fresh identity.
    for (person, words) in [(PHUONG, "không khớp"), (ICH, "cần được kiểm tra")] {
        arrive(browser, demo, Portal::National, person, "vi").await?;
        browser.wait_for("#continue").await?;
        let page = browser.words().await?;
        ensure!(page.contains(words) && !page.contains("LÂM"), "{}: {page}", person.name);
        browser.click("#continue").await?;
        let fresh = told(browser, demo, Portal::National).await?;
        ensure!(!fresh.starts_with("dvcqg"), "{} has somebody else's account", person.name);
    }
    // Level 1; locked.
    ensure!(!sub(browser, demo, Portal::National, GIANG).await?.starts_with("dvcqg"), "Giang has an account");
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-vneid").await?;
    give_password(browser, HA).await?;
    browser.wait_for("#error-code, #otp-submit, [role=alert]").await?;
    let words = browser.words().await?.to_lowercase();
    ensure!(words.contains("khóa") || words.contains("khoá"), "{words}");
    // The company, by its tax code.
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-vneid").await?;
    give_password(browser, AN).await?;
    browser.fill("input[name=otp]", CODE).await?;
    browser.click("#otp-submit").await?;
    browser.click("button[name=as][value='0101234567']").await?;
    ensure!(
        told(browser, demo, Portal::National).await? == "dvcqg-9001",
        "the company's account is not back"
    );
    // A portal of the old kind: it is given the subject as its TechID, for ever.
    let first = sub(browser, demo, Portal::Ministry, AN).await?;
    ensure!(claim(browser, "TechID").await? == first, "the TechID is not the subject");
    ensure!(claim(browser, "SoDinhDanh").await? == AN.number, "the number is another one");
    ensure!(sub(browser, demo, Portal::Ministry, AN).await? == first, "An is somebody else");
    ensure!(claim(browser, "TechID").await? == first, "the TechID is another one");
    Ok(())
}

const fn with(dialect: Dialect, stores: Stores) -> Variant {
    Variant { accounts: true, dialect, stores, consent: crate::machine::Consent::AsRegistered }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_their_account() {
    play("old_accounts", with(Dialect::Oidc, Stores::Embedded), Scripts::On, everyone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_their_account_on_servers() {
    play("old_accounts_servers", with(Dialect::Oidc, Stores::Production), Scripts::Off, everyone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_their_account_sealed() {
    play("old_accounts_sealed", with(Dialect::Sealed, Stores::Embedded), Scripts::Off, everyone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_their_account_sealed_on_servers() {
    play("old_accounts_sealed_servers", with(Dialect::Sealed, Stores::Production), Scripts::On, everyone)
        .await;
}

/// The guide's way: the old account first, the notice, VNeID, the list of linked accounts; then those that are not like the others.
async fn account_first(demo: &mut Demo, browser: &Browser) -> Done {
    let demo = &*demo;
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-national").await?;
    type_in(browser, "legacy-dvcqg-1001", LEGACY_PASSWORD).await?;
    browser.click("#link-with-vneid").await?;
    give_credentials(browser, AN).await?;
    browser.wait_for("#continue").await?;
    let words = browser.words().await?;
    ensure!(words.contains("Danh sách tài khoản liên kết") && words.contains(AN.number), "{words}");
    browser.click("#continue").await?;
    ensure!(told(browser, demo, Portal::National).await? == "dvcqg-1001", "An's account is not back");
    // Without a verified number: the population database knows both of his, and VNeID then comes with the same.
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-national").await?;
    type_in(browser, "legacy-dvcqg-1003", LEGACY_PASSWORD).await?;
    for (field, value) in [
        ("old_number", "171234567"),
        ("personal_number", CUONG.number),
        ("full_name", CUONG.name),
        ("birth_date", "02/11/1975"),
    ] {
        browser.fill(&format!("input[name={field}]"), value).await?;
    }
    browser.click("#update").await?;
    browser.click("#link-with-vneid").await?;
    give_credentials(browser, CUONG).await?;
    browser.click("#continue").await?;
    ensure!(told(browser, demo, Portal::National).await? == "dvcqg-1003", "Cuong's account is not back");
    // Another VNeID than the owner's: nothing of the owner is shown.
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-national").await?;
    type_in(browser, "legacy-dvcqg-1005", LEGACY_PASSWORD).await?;
    browser.click("#link-with-vneid").await?;
    give_credentials(browser, DUNG).await?;
    browser.wait_for("#error-code, #way-on").await?;
    let words = browser.words().await?;
    ensure!(words.contains("VB-1604") && !words.contains(EM.name), "{words}");
    // Vietnam Post's: the notice, put off, leads back to the tiles.
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-vnpost").await?;
    type_in(browser, "buudien01", LEGACY_PASSWORD).await?;
    browser.wait_for("#skip").await?;
    browser.click("#skip").await?;
    browser.wait_for("#link-with-vneid").await?;
    browser.click("#skip").await?;
    browser.wait_for("#login-vneid").await?;
    // An administrator keeps their account.
    tiles(browser, demo, Portal::National, "vi").await?;
    browser.click("#login-national").await?;
    type_in(browser, "quantri.dvcqg", LEGACY_PASSWORD).await?;
    let sub = told(browser, demo, Portal::National).await?;
    ensure!(sub == "dvcqg-admin-1", "the administrator is {sub}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_first() {
    play("account_first", with(Dialect::Oidc, Stores::Embedded), Scripts::On, account_first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_first_sealed_on_servers() {
    play("account_first_servers", with(Dialect::Sealed, Stores::Production), Scripts::Off, account_first)
        .await;
}

/// From the citizen's own account: what was found and waits is confirmed there.
async fn from_own_account(demo: &mut Demo, browser: &Browser) -> Done {
    let demo = &*demo;
    ensure!(!sub(browser, demo, Portal::Province, EM).await?.starts_with("dvcqg"), "the province knows it");
    browser.open(&format!("{}/account/links?client_id=cong-binhduong", demo.broker)).await?;
    browser.wait_for("#link-another").await?;
    let words = browser.words().await?;
    ensure!(words.contains("Danh sách tài khoản liên kết") && !words.contains("dvcqg-1005"), "{words}");
    browser.click("#another-1").await?;
    browser.wait_for("#choose-primary").await?;
    browser.click("label[for=account]").await?;
    browser.click("#choose-primary").await?;
    browser.click("#continue").await?;
    browser.wait_for("#linked-2").await?;
    let words = browser.words().await?;
    ensure!(words.contains("dvcqg-1005") && words.contains("dvcqg-1105"), "{words}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_citizens_own_account() {
    play("own_account", with(Dialect::Oidc, Stores::Production), Scripts::On, from_own_account).await;
}
