//! Scenarios 6 and 7: form tokens, and sign-in methods that cannot be taken (CSRF on every form).

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::html::Form;
use support::people::AN;
use support::{Answer, Browser, Options, Portal, World, for_both_stores};

async fn choice(world: &World) -> Portal {
    world.register(json!({"sign_in_methods": ["vneid", "national", "vnpost"], "consent": "ask"})).await
}

/// An operator has switched VNeID off.
fn switched_off() -> Options {
    Options::default().with("pages", "methods_switched_off = [\"vneid\"]")
}

/// Sends a form that must be refused.
async fn refused(browser: &Browser, form: Form, codes: &[u16]) -> Answer {
    let page = browser.submit(&form).await;
    assert!(
        page.code().is_some_and(|c| codes.contains(&c)),
        "{form:?}: {:?}\n{}",
        page.location(),
        page.plain()
    );
    page.expect_page();
    page
}

for_both_stores! {
    async fn scenario_06_the_token_of_the_choice(world: World) {
        let portal = choice(&world).await;
        let (browser, stranger) = (world.browser(), world.browser());
        let page = browser.visit(&portal.request().path()).await;
        page.expect_page();
        let form = page.form("login-vneid");
        let other_tab = browser.visit(&portal.request().path()).await.form("login-vneid");
        let other_browser = stranger.visit(&portal.request().path()).await.form("login-vneid");
        let token = form.get("form_token").unwrap().to_owned();
        refused(&browser, form.clone().without("form_token"), &[1206]).await;
        refused(&browser, form.clone().with("form_token", ""), &[1206]).await;
        let page = refused(&browser, form.clone().with("form_token", "x"), &[1207]).await;
        for wrong in
            ["0.", "x.y", &token[1..], &format!("1{token}"), &format!("{token}x"), &token.to_lowercase()]
        {
            refused(&browser, form.clone().with("form_token", wrong), &[1207]).await;
        }
        refused(&browser, form.clone().with("form_token", other_tab.get("form_token").unwrap()), &[1207])
            .await;
        refused(&browser, form.clone().with("form_token", other_browser.get("form_token").unwrap()), &[1207])
            .await;
        // The whole form in another browser.
        let planted = stranger.submit(&form).await;
        assert_eq!(planted.code(), Some(1205), "{}", planted.plain());
        // "Try again" of the error page leads on.
        let again = browser.visit(&page.link("way-on")).await;
        let answer = browser.press(&again, "login-vneid").await;
        assert!(world.vneid.owns(answer.location().unwrap()));
        assert!(world.events().await.iter().all(|e| e.kind != AuditKind::SignedIn));
    }

    async fn scenario_06_the_token_used(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        let form = page.form("login-vneid");
        browser.submit(&form).await;
        // Back to the tiles, a new choice, and then the first page once more.
        let tiles = browser.visit(&page.url).await;
        browser.press(&tiles, "login-vneid").await;
        let tiles = browser.visit(&page.url).await;
        browser.press(&tiles, "login-vneid").await;
        refused(&browser, form, &[1208]).await;
    }

    async fn scenario_06_the_token_of_consent(world: World) {
        let portal = choice(&world).await;
        let (browser, stranger) = (world.browser(), world.browser());
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let page = browser.visit(&callback).await;
        let form = page.form("consent-allow");
        let callback = world.to_callback(&stranger, &portal.request(), support::people::DUNG).await;
        let theirs = stranger.visit(&callback).await.form("consent-allow");
        refused(&browser, form.clone().without("form_token"), &[1206]).await;
        refused(&browser, form.clone().with("form_token", "0.x"), &[1207]).await;
        refused(&browser, form.clone().with("form_token", theirs.get("form_token").unwrap()), &[1207]).await;
        refused(&browser, theirs, &[1205]).await;
        refused(&browser, form.clone().with("decision", "perhaps"), &[1103]).await;
        refused(&browser, form.clone().without("decision"), &[1103]).await;
        assert!(world.events().await.iter().all(|e| e.kind != AuditKind::ConsentGiven));
        browser.submit(&form).await.returned().code();
        // Double posts count once.
        let again = browser.submit(&form).await;
        assert_eq!(again.code(), Some(1203), "{:?}", again.location());
        assert_eq!(world.events().await.iter().filter(|e| e.kind == AuditKind::ConsentGiven).count(), 1);
    }

    /// Scenario 7: a form for a method that this portal does not offer, that is unknown, or past its cut-off.
    async fn scenario_07_methods_that_cannot_be_taken(world: World) {
        let only = world.register(json!({"sign_in_methods": ["vneid", "national"]})).await;
        let browser = world.browser();
        let page = browser.visit(&only.request().path()).await;
        let form = page.form("login-vneid");
        for (method, code) in
            [("vnpost", 1209), ("nonsense", 1209), ("", 1209), ("VNEID", 1209), ("national", 1211)]
        {
            refused(&browser, form.clone().with("method", method), &[code]).await;
        }
        refused(&browser, form.clone().without("method"), &[1209]).await;
        // The page does not offer what is past its day.
        assert!(page.can_press("login-vneid") && !page.can_press("login-national"));
        // The form itself is still good.
        assert!(world.vneid.owns(browser.submit(&form).await.location().unwrap()));
    }

    async fn scenario_07_a_method_that_is_switched_off(world: World = switched_off()) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        assert!(!page.can_press("login-vneid"), "{}", page.plain());
        let token = world.form_token(&browser, &page).await;
        let form = Form {
            action: format!("{}/choose", page.url),
            method: "post".to_owned(),
            fields: vec![("form_token".to_owned(), token), ("method".to_owned(), "vneid".to_owned())],
        };
        refused(&browser, form, &[1210]).await;
    }

    /// A portal that offers nothing but VNeID has no page of ours in between: what is switched off counts there too.
    async fn scenario_07_switched_off_without_a_choice(world: World = switched_off()) {
        let portal = world.portal().await;
        let browser = world.browser();
        let answer = browser.visit(&portal.request().path()).await;
        assert!(
            answer.location().is_none_or(|l| !world.vneid.owns(l)),
            "VNeID is switched off, and the citizen was sent there"
        );
    }

    /// Every page of a login in another browser, or with an id that never was.
    async fn attack_pages_of_somebody_elses_login(world: World) {
        let portal = choice(&world).await;
        let (browser, stranger) = (world.browser(), world.browser());
        let page = browser.visit(&portal.request().path()).await;
        stranger.open(&page.url).await.expect_problem(1204);
        world.to_vneid(&stranger, &portal.request()).await;
        stranger.open(&page.url).await.expect_problem(1205);
        stranger.open(&format!("{}/consent", page.url)).await.expect_problem(1205);
        for id in ["x", &"A".repeat(22), "%2e%2e", "A%00", &"A".repeat(5000)] {
            browser.open(&format!("/login/{id}")).await.expect_problem(1201);
            browser.open(&format!("/login/{id}/consent")).await.expect_problem(1201);
            browser.open(&format!("/login/{id}/again")).await.expect_problem(1201);
        }
    }

    /// Step skipping: no page does what its step does not allow.
    async fn attack_steps_cannot_be_skipped(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        let form = page.form("login-vneid");
        let id = page.url.rsplit('/').next().unwrap().to_owned();
        // Consent before anybody has signed in: the tiles again, and nothing is given.
        let skipped = browser.visit(&format!("/login/{id}/consent")).await;
        assert!(skipped.has("login-vneid"), "{}", skipped.plain());
        let early = Form {
            action: format!("/login/{id}/consent"),
            method: "post".to_owned(),
            fields: vec![
                ("form_token".to_owned(), form.get("form_token").unwrap().to_owned()),
                ("decision".to_owned(), "allow".to_owned()),
            ],
        };
        let answer = browser.submit(&early).await;
        let answer = browser.follow(answer).await;
        assert!(answer.location().is_none_or(|l| !l.contains("code=")), "{:?}", answer.location());
        assert!(world.events().await.iter().all(|e| e.kind != AuditKind::ConsentGiven));
    }
}
