//! Each person of the demo ends on a page that makes sense to them.

use crate::chromium::Browser;
use crate::journey::{
    NAME, begin, choose_vneid, come_back, give_credentials, give_password, is_known, scan, sign_in,
};
use crate::machine::{Demo, Dialect, Portal, Variant};
use crate::people::{AN, BINH, CUONG, DUNG, EM, GIANG, HA, ICH, PHUONG, Person};
use crate::stage::{Scripts, play};
use crate::trouble::{Done, ensure};

async fn all_who_can(demo: &mut Demo, browser: &Browser) -> Done {
    for person in [AN, BINH, CUONG, DUNG, EM, PHUONG, ICH] {
        browser.forget_cookies().await?;
        begin(browser, demo, Portal::National).await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, person).await?;
        come_back(browser, demo, Portal::National).await?;
        is_known(browser, demo, Portal::National, person).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_with_an_account_of_level_two() {
    play("everyone", Variant::default(), Scripts::On, all_who_can).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_with_an_account_of_level_two_sealed() {
    let variant = Variant { dialect: Dialect::Sealed, ..Variant::default() };
    play("everyone_sealed", variant, Scripts::Off, all_who_can).await;
}

/// Level 1: signed in where that is enough, else told what to do.
#[tokio::test(flavor = "multi_thread")]
async fn account_of_level_one() {
    play("level_one", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, Portal::National).await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, GIANG).await?;
        told_or_known(browser, demo, GIANG, "VB-1412").await
    })
    .await;
}

/// Locked: VNeID says so itself, or sends the person back and we say it.
#[tokio::test(flavor = "multi_thread")]
async fn locked_account() {
    play("locked", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, Portal::National).await?;
        choose_vneid(browser, demo).await?;
        give_password(browser, HA).await?;
        let mut words = browser.words().await?.to_lowercase();
        for _ in 0..50 {
            if words.contains("khóa") || words.contains("khoá") {
                return Ok(());
            }
            if browser.has("input[name=otp]").await? {
                browser.fill("input[name=otp]", crate::people::CODE).await?;
                browser.click("#otp-submit").await?;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            words = browser.words().await?.to_lowercase();
        }
        ensure!(false, "nothing says that the account is locked");
        Ok(())
    })
    .await;
}

async fn told_or_known(browser: &Browser, demo: &Demo, person: Person, code: &str) -> Done {
    browser.wait_for(&format!("{NAME}, #consent-allow, #error-code")).await?;
    if browser.has("#error-code").await? {
        let shown = browser.text("#error-code").await?;
        ensure!(shown == code, "the page shows {shown}, not {code}");
        return Ok(());
    }
    come_back(browser, demo, Portal::National).await?;
    is_known(browser, demo, Portal::National, person).await
}

/// An action that needs level 3: one more step at VNeID, and the portal has it.
#[tokio::test(flavor = "multi_thread")]
async fn action_of_level_three() {
    play("level_three", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        sign_in(browser, demo, Portal::National, DUNG).await?;
        browser.click("#level3").await?;
        choose_vneid(browser, demo).await?;
        scan(browser, DUNG, "#approve-biometric").await?;
        browser.wait_for("#level3-reached").await?;
        is_known(browser, demo, Portal::National, DUNG).await
    })
    .await;
}
