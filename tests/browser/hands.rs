//! What hands do: back, refresh, double clicks, many tabs, cookies thrown away, a browser that was closed over night.

use crate::chromium::Browser;
use crate::journey::{
    NAME, SIGN_IN, begin, choose_vneid, come_back, give_code, give_credentials, give_password, is_known,
    sign_in, sign_out,
};
use crate::machine::{Consent, Demo, Dialect, Portal, Stores, Variant};
use crate::people::{AN, DUNG, EM};
use crate::stage::{Scripts, play};
use crate::trouble::{Done, ensure};

const PORTAL: Portal = Portal::National;
/// The portals ask before they are told who signed in.
const ASKING: Variant =
    Variant { dialect: Dialect::Oidc, stores: Stores::Embedded, consent: Consent::Asked, accounts: false };

/// The page says which error it is and offers to begin again; that works, to the end.
async fn error_and_way_on(browser: &Browser, demo: &Demo, code: &str) -> Done {
    let shown = browser.text("#error-code").await?;
    ensure!(shown == code, "the page shows {shown}, not {code}");
    ensure!(!browser.text("#trace-id").await?.is_empty(), "there is no trace id");
    browser.click("#way-on").await?;
    let own = format!("#login-vneid, {SIGN_IN}");
    browser.wait_for(&own).await?;
    if browser.has(SIGN_IN).await? {
        browser.click(SIGN_IN).await?;
    }
    choose_vneid(browser, demo).await?;
    give_credentials(browser, AN).await?;
    until_known(browser, demo).await
}

/// From a page of a login that is over: on to the portal with a few clicks and nothing to type.
async fn way_on_to_the_portal(browser: &Browser, demo: &Demo) -> Done {
    browser.click("#way-on").await?;
    until_known(browser, demo).await
}

/// Allows what is asked, and begins again where the portal wants it: a portal takes an answer to each of its requests once, and
/// only in the browser that it knows.
async fn until_known(browser: &Browser, demo: &Demo) -> Done {
    for _ in 0..4 {
        browser.wait_for(&format!("{NAME}, {SIGN_IN}, #consent-allow")).await?;
        if browser.has(NAME).await? {
            break;
        }
        let next = if browser.has(SIGN_IN).await? { SIGN_IN } else { "#consent-allow" };
        browser.click(next).await?;
    }
    is_known(browser, demo, PORTAL, AN).await
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_at_each_step() {
    play("refresh", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("#login-vneid").await?;
        browser.refresh().await?;
        choose_vneid(browser, demo).await?;
        browser.refresh().await?;
        give_password(browser, AN).await?;
        browser.wait_for("input[name=otp]").await?;
        browser.refresh().await?;
        give_code(browser, AN).await?;
        browser.wait_for("#consent-allow").await?;
        browser.refresh().await?;
        come_back(browser, demo, PORTAL).await?;
        browser.refresh().await?;
        is_known(browser, demo, PORTAL, AN).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_button_to_the_choice() {
    play(
        "back_to_the_choice",
        Variant::default(),
        Scripts::On,
        async |demo: &mut Demo, browser: &Browser| {
            begin(browser, demo, PORTAL).await?;
            choose_vneid(browser, demo).await?;
            browser.back().await?;
            // The old page, or a new one: either way the choice is there and works.
            browser.wait_for("#login-vneid").await?;
            choose_vneid(browser, demo).await?;
            give_credentials(browser, AN).await?;
            come_back(browser, demo, PORTAL).await?;
            is_known(browser, demo, PORTAL, AN).await
        },
    )
    .await;
}

/// After the sign-in every page behind has a way on, and leads to the portal.
#[tokio::test(flavor = "multi_thread")]
async fn back_button_after_signing_in() {
    play("back_after_signing_in", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("#login-vneid").await?;
        let choice = browser.url().await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, AN).await?;
        browser.wait_for("#consent-allow").await?;
        let consent = browser.url().await?;
        come_back(browser, demo, PORTAL).await?;
        is_known(browser, demo, PORTAL, AN).await?;
        for page in [&choice, &consent] {
            browser.open(page).await?;
            way_on_to_the_portal(browser, demo).await?;
        }
        for _ in 0..3 {
            browser.back().await?;
            let words = browser.words().await?;
            ensure!(!words.trim().is_empty(), "an empty page at {}", browser.url().await?);
            ensure!(!browser.title().await?.contains("VB-19"), "an error of ours");
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn double_clicks_count_once() {
    play("double_clicks", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("#login-vneid").await?;
        browser.run("const b = document.querySelector('#login-vneid'); b.click(); b.click()").await?;
        browser.wait_for_address(&demo.vneid).await?;
        give_credentials(browser, AN).await?;
        browser.wait_for("#consent-allow").await?;
        browser.run("const b = document.querySelector('#consent-allow'); b.click(); b.click()").await?;
        browser.wait_for(&format!("{NAME}, #way-on")).await?;
        if browser.has("#way-on").await? {
            browser.click("#way-on").await?;
        }
        is_known(browser, demo, PORTAL, AN).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_with_two_portals() {
    play("two_portals", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, Portal::National).await?;
        browser.wait_for("#login-vneid").await?;
        let first = browser.new_tab().await?;
        begin(browser, demo, Portal::Province).await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, EM).await?;
        come_back(browser, demo, Portal::Province).await?;
        is_known(browser, demo, Portal::Province, EM).await?;
        // The page left open goes on with the new session when it is touched.
        let visits = demo.vneid_visits().await?;
        browser.go_to_tab(&first).await?;
        browser.click("#login-vneid").await?;
        come_back(browser, demo, Portal::National).await?;
        is_known(browser, demo, Portal::National, EM).await?;
        ensure!(demo.vneid_visits().await? == visits, "VNeID was asked although the other tab had signed in");
        Ok(())
    })
    .await;
}

/// A portal's pages all sent the person to sign in: each tab finishes, in any order.
#[tokio::test(flavor = "multi_thread")]
async fn eight_tabs_of_one_portal() {
    play("eight_tabs", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        let mut tabs = vec![];
        for _ in 0..8 {
            begin(browser, demo, PORTAL).await?;
            choose_vneid(browser, demo).await?;
            tabs.push(browser.tab().await?);
            browser.new_tab().await?;
        }
        for at in [3, 7, 0, 5, 1, 6, 2, 4] {
            browser.go_to_tab(&tabs[at]).await?;
            // What VNeID shows may be its sign-in or, as the person is signed in there by now, a way on.
            browser.refresh().await?;
            browser.wait_for(&format!("input[name=username], {NAME}, #consent-allow, #way-on")).await?;
            if browser.has("input[name=username]").await? {
                give_credentials(browser, AN).await?;
            }
            browser.wait_for(&format!("{NAME}, #consent-allow, #way-on")).await?;
            for _ in 0..2 {
                if browser.has("#way-on").await? {
                    browser.click("#way-on").await?;
                    browser.wait_for(&format!("{NAME}, #consent-allow")).await?;
                }
            }
            come_back(browser, demo, PORTAL).await?;
            is_known(browser, demo, PORTAL, AN).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_gone_at_the_choice() {
    play(
        "cookies_gone_choice",
        Variant::default(),
        Scripts::On,
        async |demo: &mut Demo, browser: &Browser| {
            begin(browser, demo, PORTAL).await?;
            browser.wait_for("#login-vneid").await?;
            browser.forget_cookies().await?;
            browser.click("#login-vneid").await?;
            error_and_way_on(browser, demo, "VB-1204").await
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_gone_at_vneid() {
    play(
        "cookies_gone_vneid",
        Variant::default(),
        Scripts::On,
        async |demo: &mut Demo, browser: &Browser| {
            begin(browser, demo, PORTAL).await?;
            choose_vneid(browser, demo).await?;
            browser.forget_cookie("vb_browser").await?;
            give_credentials(browser, AN).await?;
            error_and_way_on_asked(browser, demo, "VB-1204").await
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_gone_at_the_consent() {
    play("cookies_gone_consent", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, AN).await?;
        browser.wait_for("#consent-allow").await?;
        browser.forget_cookie("vb_browser").await?;
        browser.forget_cookie("vb_session").await?;
        browser.click("#consent-allow").await?;
        error_and_way_on_asked(browser, demo, "VB-1204").await
    })
    .await;
}

/// As [`error_and_way_on`], where VNeID knows the person already and may not ask again.
async fn error_and_way_on_asked(browser: &Browser, demo: &Demo, code: &str) -> Done {
    let shown = browser.text("#error-code").await?;
    ensure!(shown == code, "the page shows {shown}, not {code}");
    browser.click("#way-on").await?;
    browser.wait_for("#login-vneid").await?;
    browser.click("#login-vneid").await?;
    browser.wait_for(&format!("input[name=username], {NAME}, #consent-allow")).await?;
    if browser.has("input[name=username]").await? {
        give_credentials(browser, AN).await?;
    }
    come_back(browser, demo, PORTAL).await?;
    is_known(browser, demo, PORTAL, AN).await
}

/// A cookie that nobody gave out is as none.
#[tokio::test(flavor = "multi_thread")]
async fn forged_cookie_starts_afresh() {
    play("forged_cookie", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        sign_in(browser, demo, PORTAL, AN).await?;
        let cookies = browser.cookies().await?;
        let mut forged = vec![];
        for cookie in &cookies {
            if cookie["name"] == "vb_session" || cookie["name"] == "vb_browser" {
                let mut one = cookie.clone();
                let value: String = one["value"].as_str().unwrap_or_default().chars().rev().collect();
                one["value"] = value.into();
                forged.push(one);
            }
        }
        ensure!(forged.len() == 2, "the cookies have other names");
        browser.forget_cookies().await?;
        browser.restore_cookies(&forged).await?;
        sign_in_again(browser, demo).await
    })
    .await;
}

async fn sign_in_again(browser: &Browser, demo: &Demo) -> Done {
    begin(browser, demo, PORTAL).await?;
    choose_vneid(browser, demo).await?;
    give_credentials(browser, AN).await?;
    come_back(browser, demo, PORTAL).await?;
    is_known(browser, demo, PORTAL, AN).await
}

/// Signed in, the computer switched off; next day the browser restores its tabs and cookies, and all sessions are long over.
#[tokio::test(flavor = "multi_thread")]
async fn stale_cookies_after_a_night() {
    play("stale_cookies", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("#login-vneid").await?;
        let choice = browser.url().await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, AN).await?;
        come_back(browser, demo, PORTAL).await?;
        demo.forget_sessions().await?;
        // A portal that the person was signed in to shows its front page, and signing in begins anew.
        browser.open(&demo.portal(Portal::Province)).await?;
        browser.click(SIGN_IN).await?;
        browser.wait_for("#login-vneid").await?;
        // A tab with a page of the login: what it was can no longer be known, what to do is said.
        browser.open(&choice).await?;
        ensure!(browser.text("#error-code").await? == "VB-1201", "the page shows {}", browser.words().await?);
        // Signing out with a session that is gone is no error.
        sign_out(browser, demo, PORTAL).await
    })
    .await;
}

/// The same browser profile in another browser: the cookies go on working.
#[tokio::test(flavor = "multi_thread")]
async fn session_restored_by_the_browser() {
    let variant = Variant { stores: Stores::Production, ..Variant::default() };
    play("session_restored", variant, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        sign_in(browser, demo, PORTAL, DUNG).await?;
        demo.restart_broker().await?;
        let restored = Browser::start(demo.folder(), true).await?;
        restored.restore_cookies(&browser.cookies().await?).await?;
        begin(&restored, demo, Portal::Province).await?;
        come_back(&restored, demo, Portal::Province).await?;
        is_known(&restored, demo, Portal::Province, DUNG).await?;
        restored.close().await;
        Ok(())
    })
    .await;
}

/// A link to a login page, sent to somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn login_page_in_another_browser() {
    play("another_browser", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("#login-vneid").await?;
        let page = browser.url().await?;
        let other = Browser::start(demo.folder(), true).await?;
        other.open(&page).await?;
        let fresh = other.text("#error-code").await;
        // The same with a login of its own under way.
        begin(&other, demo, PORTAL).await?;
        other.wait_for("#login-vneid").await?;
        other.open(&page).await?;
        let busy = other.text("#error-code").await;
        other.close().await;
        let (fresh, busy) = (fresh?, busy?);
        ensure!(fresh == "VB-1204" && busy == "VB-1205", "the pages show {fresh} and {busy}");
        // And the first browser goes on undisturbed.
        choose_vneid(browser, demo).await?;
        give_credentials(browser, AN).await?;
        come_back(browser, demo, PORTAL).await?;
        is_known(browser, demo, PORTAL, AN).await
    })
    .await;
}

/// "I do not allow it": the portal says so, and the next try begins anew.
#[tokio::test(flavor = "multi_thread")]
async fn consent_denied() {
    play("consent_denied", ASKING, Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("#login-vneid").await?;
        let choice = browser.url().await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, AN).await?;
        browser.click("#consent-deny").await?;
        browser.wait_for_address(&demo.portal(PORTAL)).await?;
        browser.open(&demo.portal(PORTAL)).await?;
        browser.wait_for(SIGN_IN).await?;
        browser.open(&choice).await?;
        way_on_to_the_portal(browser, demo).await
    })
    .await;
}

/// VNeID is away when the tile is pressed: the page says so, and "try again" works as soon as it is back.
#[tokio::test(flavor = "multi_thread")]
async fn vneid_away_and_back() {
    play("vneid_away", Variant::default(), Scripts::On, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        choose_vneid(browser, demo).await?;
        demo.break_vneid_token(true).await?;
        give_credentials(browser, AN).await?;
        let code = browser.text("#error-code").await?;
        ensure!(code.starts_with("VB-13"), "the page shows {code}");
        demo.break_vneid_token(false).await?;
        browser.click("#way-on").await?;
        browser.wait_for("#login-vneid").await?;
        browser.click("#login-vneid").await?;
        browser.wait_for(&format!("input[name=username], {NAME}, #consent-allow, #error-code")).await?;
        if browser.has("input[name=username]").await? {
            give_credentials(browser, AN).await?;
        }
        come_back(browser, demo, PORTAL).await?;
        is_known(browser, demo, PORTAL, AN).await
    })
    .await;
}

/// The page's own language switch works in the middle of a login, and is remembered.
#[tokio::test(flavor = "multi_thread")]
async fn language_switched_at_the_choice() {
    play("language", Variant::default(), Scripts::Off, async |demo: &mut Demo, browser: &Browser| {
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("html[lang=vi] #login-vneid").await?;
        browser.click("button[name=lang][value=en]").await?;
        browser.wait_for("html[lang=en] #login-vneid").await?;
        browser.open(&format!("{}/oauth2/authorize?client_id=nobody", demo.broker)).await?;
        browser.wait_for("html[lang=en] #error-code").await?;
        begin(browser, demo, PORTAL).await?;
        browser.wait_for("html[lang=en] #login-vneid").await?;
        choose_vneid(browser, demo).await?;
        give_credentials(browser, AN).await?;
        come_back(browser, demo, PORTAL).await?;
        is_known(browser, demo, PORTAL, AN).await
    })
    .await;
}
