//! A walk past every page, stopping at each.

use crate::chromium::Browser;
use crate::journey::{SIGN_IN, begin, choose_vneid, come_back, give_credentials, give_password};
use crate::machine::{Demo, Portal};
use crate::people::{AN, CODE, DUNG};
use crate::trouble::{Done, Said, Trouble};

/// Whose page it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Broker,
    Vneid,
    Portal,
}

/// Somebody who looks at pages.
pub(crate) trait Visitor {
    /// Looks at the page that the browser shows.
    async fn look(&mut self, browser: &Browser, owner: Owner, name: &str) -> Done;
}

/// Walks past all pages, in the language `lang` where there is a choice.
pub(crate) async fn walk(demo: &mut Demo, browser: &Browser, lang: &str, visitor: &mut impl Visitor) -> Done {
    if lang != "vi" {
        begin(browser, demo, Portal::National).await?;
        browser.click(&format!("button[name=lang][value={lang}]")).await?;
        browser.wait_for(&format!("html[lang={lang}] #login-vneid")).await?;
        // The portal's own switch: it tells the broker, and the broker tells VNeID.
        browser.open(&demo.portal(Portal::National)).await?;
        browser.click("#language").await?;
        browser.wait_for(&format!("html[lang={lang}] {SIGN_IN}")).await?;
    }
    let mut stop = async |browser: &Browser, owner: Owner, name: &str| {
        visitor.look(browser, owner, name).await.map_err(|t| Trouble(format!("page \"{name}\": {}", t.0)))
    };
    let (broker, national) = (demo.broker.clone(), demo.portal(Portal::National));

    // A sign-in from the front page to the end.
    browser.open(&national).await?;
    browser.wait_for(SIGN_IN).await?;
    stop(browser, Owner::Portal, "portal-front").await?;
    begin(browser, demo, Portal::National).await?;
    browser.wait_for("#login-vneid").await?;
    stop(browser, Owner::Broker, "choice").await?;
    let choice = browser.url().await?;
    choose_vneid(browser, demo).await?;
    browser.wait_for("input[name=username]").await?;
    stop(browser, Owner::Vneid, "vneid-password").await?;
    browser.click("#use-qr").await?;
    browser.wait_for("#qr").await?;
    stop(browser, Owner::Vneid, "vneid-qr").await?;
    let phone = browser
        .wait_for("#phone-link")
        .await?
        .prop("href")
        .await?
        .said(|| "the phone has no address".to_owned())?;
    browser.open(&phone).await?;
    browser.wait_for("#approve").await?;
    stop(browser, Owner::Vneid, "vneid-phone-asked").await?;
    browser.back().await?;
    browser.wait_for("#qr").await?;
    browser.back().await?;
    give_password(browser, AN).await?;
    browser.wait_for("input[name=otp]").await?;
    stop(browser, Owner::Vneid, "vneid-code").await?;
    browser.fill("input[name=otp]", CODE).await?;
    browser.click("#otp-submit").await?;
    browser.wait_for("#as-citizen").await?;
    stop(browser, Owner::Vneid, "vneid-as-whom").await?;
    browser.click("#as-citizen").await?;
    browser.wait_for("#consent-allow").await?;
    stop(browser, Owner::Broker, "consent").await?;
    come_back(browser, demo, Portal::National).await?;
    stop(browser, Owner::Portal, "portal-signed-in").await?;
    browser.open(&choice).await?;
    browser.wait_for("#way-on").await?;
    stop(browser, Owner::Broker, "login-finished").await?;

    // The old portal has a tile page of its own kind.
    browser.open(&demo.portal(Portal::Ministry)).await?;
    browser.wait_for(SIGN_IN).await?;
    stop(browser, Owner::Portal, "old-portal-front").await?;
    browser.open(&demo.portal(Portal::Province)).await?;
    browser.wait_for(SIGN_IN).await?;
    stop(browser, Owner::Portal, "province-front").await?;

    // Signing out by hand at the broker.
    browser.open(&format!("{broker}/oidc/logout")).await?;
    browser.wait_for("#logout-confirm").await?;
    stop(browser, Owner::Broker, "logout-confirm").await?;
    browser.click("#logout-confirm").await?;
    browser.wait_for("#logged-out").await?;
    stop(browser, Owner::Broker, "logged-out").await?;

    // A sign-in that was stopped.
    begin(browser, demo, Portal::Province).await?;
    browser.wait_for("#login-vneid").await?;
    let choice = browser.url().await?;
    stop(browser, Owner::Broker, "choice-province").await?;
    choose_vneid(browser, demo).await?;
    give_credentials(browser, DUNG).await?;
    browser.wait_for("#consent-deny").await?;
    browser.click("#consent-deny").await?;
    browser.wait_for_address(&demo.portal(Portal::Province)).await?;
    stop(browser, Owner::Portal, "portal-denied").await?;
    browser.open(&choice).await?;
    browser.wait_for("#way-on").await?;
    stop(browser, Owner::Broker, "login-stopped").await?;

    // VNeID does not answer.
    browser.forget_cookie("vb_session").await?;
    demo.break_vneid_token(true).await?;
    begin(browser, demo, Portal::National).await?;
    browser.click("#login-vneid").await?;
    browser.wait_for("input[name=username], #error-code").await?;
    if browser.has("input[name=username]").await? {
        give_credentials(browser, AN).await?;
    }
    browser.wait_for("#error-code").await?;
    stop(browser, Owner::Broker, "error-vneid").await?;
    demo.break_vneid_token(false).await?;

    // Links that lead nowhere.
    let strays = [
        ("error-unknown-portal", "/oauth2/authorize?client_id=nobody&response_type=code".to_owned()),
        ("error-bad-return", "/oauth2/authorize?client_id=cong-dvcqg&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A1%2F".to_owned()),
        ("error-not-found", "/nothing/here".to_owned()),
        ("error-login-unknown", format!("/login/{}", "A".repeat(22))),
        ("error-return-incomplete", "/callback/vneid".to_owned()),
        ("error-return-unknown", "/callback/vneid?code=x&state=y.z".to_owned()),
        ("error-logout", "/oidc/logout?id_token_hint=nonsense".to_owned()),
    ];
    for (name, path) in &strays {
        browser.open(&format!("{broker}{path}")).await?;
        browser.wait_for("#error-code").await?;
        stop(browser, Owner::Broker, name).await?;
    }

    // A browser that keeps nothing.
    begin(browser, demo, Portal::National).await?;
    browser.wait_for("#login-vneid").await?;
    browser.forget_cookie("vb_browser").await?;
    browser.forget_cookie("vb_session").await?;
    browser.click("#login-vneid").await?;
    browser.wait_for("#error-code").await?;
    stop(browser, Owner::Broker, "error-browser-forgot").await?;

    // The phone of VNeID.
    browser.open(&format!("{}/phone", demo.vneid)).await?;
    stop(browser, Owner::Vneid, "vneid-phone").await
}
