//! A walk past every page that has to do with old accounts, stopping at each.

use crate::chromium::Browser;
use crate::journey::{begin, give_credentials, give_password};
use crate::machine::{Demo, Portal};
use crate::people::{AN, BINH, CODE, DUNG, EM, LEGACY_PASSWORD, PHUONG, Person};
use crate::tour::{Owner, Visitor};
use crate::trouble::{Done, Trouble};
use crate::vneid;

/// The tiles of a portal in a browser that knows nobody.
pub(crate) async fn tiles(browser: &Browser, demo: &Demo, portal: Portal, lang: &str) -> Done {
    browser.forget_cookies().await?;
    begin(browser, demo, portal).await?;
    browser.wait_for("#login-vneid").await?;
    if lang != "vi" {
        browser.click(&format!("button[name=lang][value={lang}]")).await?;
        browser.wait_for(&format!("html[lang={lang}] #login-vneid")).await?;
    }
    Ok(())
}

/// Signs in with VNeID, as far as the page after it.
pub(crate) async fn arrive(
    browser: &Browser,
    demo: &Demo,
    portal: Portal,
    person: Person,
    lang: &str,
) -> Done {
    tiles(browser, demo, portal, lang).await?;
    browser.click("#login-vneid").await?;
    give_credentials(browser, person).await
}

/// Types user name and password of an old account.
pub(crate) async fn type_in(browser: &Browser, user_name: &str, password: &str) -> Done {
    browser.fill("input[name=username]", user_name).await?;
    browser.fill("input[name=password]", password).await?;
    browser.click("#legacy-submit").await
}

/// Walks past all of them.
pub(crate) async fn walk(demo: &mut Demo, browser: &Browser, lang: &str, visitor: &mut impl Visitor) -> Done {
    let mut stop = async |name: &str| {
        let looked = visitor.look(browser, Owner::Broker, name).await;
        looked.map_err(|t| Trouble(format!("page \"{name}\": {}", t.0)))
    };
    let demo = &*demo;

    // The old account first.
    tiles(browser, demo, Portal::National, lang).await?;
    stop("old-tiles").await?;
    browser.click("#login-national").await?;
    browser.wait_for("#legacy-submit").await?;
    stop("old-sign-in").await?;
    type_in(browser, "legacy-dvcqg-1003", "nonsense").await?;
    browser.wait_for("#fault").await?;
    stop("old-sign-in-wrong").await?;
    type_in(browser, "legacy-dvcqg-1003", LEGACY_PASSWORD).await?;
    browser.wait_for("#update").await?;
    stop("old-number").await?;
    browser.click("#update").await?;
    browser.wait_for("#fault").await?;
    stop("old-number-wrong").await?;
    browser.click("#skip").await?;
    browser.wait_for("#link-with-vneid").await?;
    stop("old-notice").await?;

    // Another VNeID than the owner's.
    tiles(browser, demo, Portal::National, lang).await?;
    browser.click("#login-national").await?;
    type_in(browser, "legacy-dvcqg-1005", LEGACY_PASSWORD).await?;
    browser.click("#link-with-vneid").await?;
    give_credentials(browser, DUNG).await?;
    browser.wait_for("#error-code, #way-on").await?;
    stop("old-not-the-owner").await?;

    // A proof: the password of before, or a code.
    arrive(browser, demo, Portal::Province, BINH, lang).await?;
    browser.wait_for("#prove-password").await?;
    stop("old-prove").await?;
    browser.fill("input[name=password]", "Wrong@1234").await?;
    browser.click("#prove-password").await?;
    browser.wait_for("#fault").await?;
    stop("old-prove-wrong").await?;
    browser.click("#send-code").await?;
    browser.wait_for("#code-submit").await?;
    stop("old-code").await?;
    let code = vneid::message(&demo.vneid, "0912000002").await?;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    browser.fill("input[name=code]", wrong).await?;
    browser.click("#code-submit").await?;
    browser.wait_for("#fault").await?;
    stop("old-code-wrong").await?;
    browser.fill("input[name=code]", &code).await?;
    browser.click("#code-submit").await?;
    browser.wait_for("#continue").await?;
    stop("old-linked").await?;

    // Several; one with another's name.
    arrive(browser, demo, Portal::National, EM, lang).await?;
    browser.wait_for("#choose-primary").await?;
    stop("old-choose").await?;
    browser.click("#choose-primary").await?;
    browser.wait_for("#fault").await?;
    stop("old-choose-nothing").await?;
    arrive(browser, demo, Portal::National, PHUONG, lang).await?;
    browser.wait_for("#continue").await?;
    stop("old-not-linked").await?;

    // As whom.
    vneid::list_organizations(&demo.vneid, true).await?;
    tiles(browser, demo, Portal::National, lang).await?;
    browser.click("#login-vneid").await?;
    give_password(browser, AN).await?;
    browser.fill("input[name=otp]", CODE).await?;
    browser.click("#otp-submit").await?;
    browser.wait_for("#as-myself").await?;
    stop("old-as-whom").await?;
    vneid::list_organizations(&demo.vneid, false).await?;

    // The citizen's own account.
    arrive(browser, demo, Portal::National, AN, lang).await?;
    browser.wait_for("#sub, #consent-allow").await?;
    browser.open(&format!("{}/account?client_id=cong-dvcqg", demo.broker)).await?;
    browser.wait_for("#legend").await?;
    stop("own-identity").await?;
    for page in ["update", "links", "history", "sessions", "data"] {
        browser.click(&format!("#nav-{page}")).await?;
        browser.wait_for(&format!("#nav-{page}[aria-current]")).await?;
        stop(&format!("own-{page}")).await?;
    }
    browser.click("#nav-links").await?;
    browser.click("#unlink-1").await?;
    browser.wait_for("#ask-unlink").await?;
    stop("own-unlink").await?;
    browser.click("#ask-unlink").await?;
    browser.wait_for("#fault").await?;
    stop("own-unlink-nothing").await
}
