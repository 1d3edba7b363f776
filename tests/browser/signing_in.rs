//! Signing in, being known at the next portal, signing out, being asked again.

use crate::chromium::Browser;
use crate::journey::{
    NAME, SIGN_IN, begin, choose_vneid, come_back, give_credentials, is_known, scan, sign_in, sign_out,
};
use crate::machine::{Demo, Dialect, Portal, Stores, Variant};
use crate::people::{AN, BINH, DUNG};
use crate::stage::{Scripts, play};
use crate::trouble::{Done, ensure};

/// One person at two portals, from the first sign-in to the second.
async fn whole_story(demo: &mut Demo, browser: &Browser) -> Done {
    sign_in(browser, demo, Portal::National, AN).await?;
    let visits = demo.vneid_visits().await?;
    ensure!(visits > 0, "VNeID was not asked");

    // The provincial portal: signed in without VNeID.
    begin(browser, demo, Portal::Province).await?;
    come_back(browser, demo, Portal::Province).await?;
    is_known(browser, demo, Portal::Province, AN).await?;
    let again = demo.vneid_visits().await?;
    ensure!(again == visits, "VNeID was asked again at the second portal");

    // Signing out at one portal ends it at the other: told over the back channel.
    sign_out(browser, demo, Portal::Province).await?;
    browser.open(&demo.portal(Portal::Province)).await?;
    browser.wait_for(SIGN_IN).await?;
    signed_out_soon(browser, demo, Portal::National).await?;

    // And VNeID asks for everything again.
    begin(browser, demo, Portal::National).await?;
    choose_vneid(browser, demo).await?;
    browser.wait_for("input[name=password]").await?;
    give_credentials(browser, AN).await?;
    come_back(browser, demo, Portal::National).await?;
    is_known(browser, demo, Portal::National, AN).await
}

/// The portal learns of the logout within seconds.
async fn signed_out_soon(browser: &Browser, demo: &Demo, portal: Portal) -> Done {
    for _ in 0..50 {
        browser.open(&demo.portal(portal)).await?;
        if !browser.has(NAME).await? {
            return browser.wait_for(SIGN_IN).await.map(drop);
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    ensure!(false, "the portal was not told of the logout");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_for_two_portals() {
    play("one_sign_in", Variant::default(), Scripts::On, whole_story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_without_scripts() {
    play("one_sign_in_without_scripts", Variant::default(), Scripts::Off, whole_story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_sealed() {
    let variant = Variant { dialect: Dialect::Sealed, ..Variant::default() };
    play("one_sign_in_sealed", variant, Scripts::On, whole_story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_on_postgresql_and_redis() {
    let variant = Variant { stores: Stores::Production, ..Variant::default() };
    play("one_sign_in_production", variant, Scripts::On, whole_story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_sealed_on_postgresql_and_redis() {
    let variant = Variant { dialect: Dialect::Sealed, stores: Stores::Production, ..Variant::default() };
    play("one_sign_in_sealed_production", variant, Scripts::Off, whole_story).await;
}

/// The code on the screen is scanned: the phone's page approves, the first page goes on by itself.
async fn by_qr(demo: &mut Demo, browser: &Browser) -> Done {
    begin(browser, demo, Portal::National).await?;
    choose_vneid(browser, demo).await?;
    scan(browser, DUNG, "#approve").await?;
    browser.wait_for(&format!("{NAME}, #consent-allow")).await?;
    come_back(browser, demo, Portal::National).await?;
    is_known(browser, demo, Portal::National, DUNG).await
}

#[tokio::test(flavor = "multi_thread")]
async fn by_qr_code() {
    play("by_qr_code", Variant::default(), Scripts::On, by_qr).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_qr_code_without_scripts() {
    play("by_qr_code_without_scripts", Variant::default(), Scripts::Off, by_qr).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_qr_code_sealed() {
    let variant = Variant { dialect: Dialect::Sealed, ..Variant::default() };
    play("by_qr_code_sealed", variant, Scripts::On, by_qr).await;
}

/// A portal of the former sign-on, as it stands.
#[tokio::test(flavor = "multi_thread")]
async fn at_an_old_portal() {
    play("at_an_old_portal", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        sign_in(browser, demo, Portal::Ministry, BINH).await?;
        sign_out(browser, demo, Portal::Ministry).await?;
        browser.open(&demo.portal(Portal::Ministry)).await?;
        browser.wait_for(SIGN_IN).await.map(drop)
    })
    .await;
}

/// Somebody else at the same browser: nothing of the first remains.
#[tokio::test(flavor = "multi_thread")]
async fn another_person_at_the_same_browser() {
    play("another_person", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        sign_in(browser, demo, Portal::National, AN).await?;
        sign_out(browser, demo, Portal::National).await?;
        sign_in(browser, demo, Portal::National, DUNG).await?;
        begin(browser, demo, Portal::Province).await?;
        come_back(browser, demo, Portal::Province).await?;
        is_known(browser, demo, Portal::Province, DUNG).await
    })
    .await;
}
