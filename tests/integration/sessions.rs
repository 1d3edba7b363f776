//! Scenarios 1 and 2: session ids, cookies, fixation, forged and lost cookies.

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::people::{AN, DUNG};
use support::{Call, for_both_stores};

for_both_stores! {
    async fn scenario_01_the_session_id_changes_and_the_browser_id_stays(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let to = world.to_vneid(&browser, &portal.request()).await;
        let id = browser.id().expect("a browser cookie");
        assert!(browser.cookie("vb_session").is_none());
        browser.visit(&world.vneid.approve(&to, AN).await).await.returned().code();
        let first = browser.cookie("vb_session").expect("a session cookie");
        assert_eq!(browser.id().as_deref(), Some(id.as_str()));

        // Silent sign-in changes nothing.
        world.at_once(&browser, &portal.request()).await.code();
        assert_eq!(browser.cookie("vb_session").as_deref(), Some(first.as_str()));

        // Signed in again: another secret, and the old one soon opens nothing.
        let old = browser.twin();
        world.wait(10);
        world.tokens_for(&browser, &portal, &portal.request().with("prompt", "login"), AN).await;
        let second = browser.cookie("vb_session").unwrap();
        assert_ne!(first, second);
        assert_eq!(browser.id().as_deref(), Some(id.as_str()));
        world.wait(31);
        let none = portal.request().with("prompt", "none");
        world.at_once(&old, &none).await.expect_error("login_required", world.issuer(), none.get("state"));
        world.at_once(&browser, &none).await.code();

        // Somebody else: another session altogether.
        world.tokens_for(&browser, &portal, &portal.request().with("prompt", "login"), DUNG).await;
        let third = browser.cookie("vb_session").unwrap();
        assert_ne!(second.split('.').next(), third.split('.').next());
        assert_eq!(browser.id().as_deref(), Some(id.as_str()));

        let events = world.events().await;
        let signed_in: Vec<_> = events.iter().filter(|e| e.kind == AuditKind::SignedIn).collect();
        assert_eq!(signed_in.len(), 3);
        assert_eq!(signed_in[2].sid.as_ref().map(|s| s.as_str().to_owned()), browser.sid());
        assert!(events.iter().all(|e| e.kind != AuditKind::SignInFailed));
        let silent = events.iter().filter(|e| e.kind == AuditKind::SingleSignOn).count();
        assert_eq!(silent, 2);
        for event in &signed_in {
            assert!(
                event.citizen.is_some()
                    && event.client.is_some()
                    && event.interaction.is_some()
                    && event.trace.is_some()
            );
        }
    }

    async fn cookies_are_as_tight_as_they_can_be(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let names: Vec<String> = browser.cookies().into_keys().collect();
        assert!(names.iter().all(|n| n.starts_with("__Host-")), "{names:?}");
    }

    async fn cookies_on_loopback_http_are_plain(world: World = Options::default().on_loopback()) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let names: Vec<String> = browser.cookies().into_keys().collect();
        assert!(names.iter().all(|n| n.starts_with("vb_")), "{names:?}");
    }

    /// Fixation: what stood in the browser before the sign-in opens nothing after it.
    async fn attack_session_fixation(world: World) {
        let portal = world.portal().await;
        let (attacker, victim) = (world.browser(), world.browser());
        world.tokens(&attacker, &portal, DUNG).await;
        // The attacker's whole jar is planted; then the victim signs in as herself.
        for (name, value) in attacker.cookies() {
            victim.set(&name, &value);
        }
        let request = portal.request().with("prompt", "login");
        world.tokens_for(&victim, &portal, &request, AN).await;
        assert_ne!(victim.sid(), attacker.sid());
        let none = portal.request().with("prompt", "none");
        let returned = world.at_once(&attacker, &none).await;
        if returned.get("code").is_some() {
            let tokens = portal.tokens(&returned, &none).await;
            assert_ne!(tokens.claims()["sid"].as_str(), victim.sid().as_deref());
        }
        // An invented session.
        let planted = world.browser();
        planted.set("__Host-vb_session", &format!("{}.{}", "A".repeat(22), "B".repeat(43)));
        world.tokens(&planted, &portal, AN).await;
        assert_ne!(planted.sid(), Some("A".repeat(22)));
    }

    /// Scenario 2: forged and foreign cookies at authorize start afresh.
    async fn scenario_02_forged_cookies_start_afresh(world: World) {
        let portal = world.portal().await;
        let signed_in = world.browser();
        world.tokens(&signed_in, &portal, AN).await;
        let real = signed_in.cookie("vb_session").unwrap();
        let (sid, secret) = real.split_once('.').unwrap();
        let forged = [
            String::new(),
            "x".to_owned(),
            ".".to_owned(),
            format!("{sid}."),
            format!(".{secret}"),
            format!("{sid}.{}", "A".repeat(43)),
            format!("{}.{secret}", "A".repeat(22)),
            format!("{real}x"),
            format!("{real}.x"),
            real.to_lowercase(),
            "%00".to_owned(),
            "a".repeat(4000),
        ];
        for cookie in forged {
            let browser = world.browser();
            browser.set("__Host-vb_session", &cookie);
            let none = portal.request().with("prompt", "none");
            world.at_once(&browser, &none).await.expect_error(
                "login_required",
                world.issuer(),
                none.get("state"),
            );
            world.tokens(&browser, &portal, DUNG).await;
            assert_ne!(browser.sid().as_deref(), Some(sid));
        }
        for id in ["", "x", &"A".repeat(44), "%0d%0a"] {
            let browser = world.browser();
            browser.set("__Host-vb_browser", id);
            world.tokens(&browser, &portal, DUNG).await;
            assert_ne!(browser.id().as_deref(), Some(id));
        }
        // The real one has not suffered.
        world.at_once(&signed_in, &portal.request().with("prompt", "none")).await.code();
    }

    /// Cookie tossing: of two cookies of one name neither is believed.
    async fn attack_cookie_tossing(world: World) {
        let portal = world.portal().await;
        let (victim, attacker) = (world.browser(), world.browser());
        world.tokens(&victim, &portal, AN).await;
        world.tokens(&attacker, &portal, DUNG).await;
        let name = "__Host-vb_session";
        let (his, hers) = (attacker.cookie("vb_session").unwrap(), victim.cookie("vb_session").unwrap());
        for header in [format!("{name}={his}; {name}={hers}"), format!("{name}={hers}; {name}={his}")] {
            let none = portal.request().with("prompt", "none");
            let answer = Call::get(none.path()).header("cookie", &header).send(world.router()).await;
            answer.returned().expect_error("login_required", world.issuer(), none.get("state"));
            let two_headers = Call::get(none.path())
                .header("cookie", format!("{name}={his}"))
                .header("cookie", format!("{name}={hers}"));
            two_headers.send(world.router()).await.returned().expect_error(
                "login_required",
                world.issuer(),
                none.get("state"),
            );
        }
        // Without the prefix, as a sibling domain can set it, it is nothing.
        let none = portal.request().with("prompt", "none");
        let answer =
            Call::get(none.path()).header("cookie", format!("vb_session={his}")).send(world.router()).await;
        answer.returned().expect_error("login_required", world.issuer(), none.get("state"));
    }

    /// Scenario 2: the cookie lost at each step ends in the same clear error, with a way to start again.
    async fn scenario_02_the_cookie_lost_at_each_step(world: World) {
        let portal =
            world.register(json!({"sign_in_methods": ["vneid", "national"], "consent": "ask"})).await;
        // At the choice.
        let browser = world.browser();
        let request = portal.request();
        let page = browser.visit(&request.path()).await;
        browser.forget("");
        let lost = browser.open(&page.url).await;
        lost.expect_problem(1204);
        starts_again(&world, &browser, &lost, &request).await;

        // The choice is posted.
        let browser = world.browser();
        let page = browser.visit(&request.path()).await;
        browser.forget("");
        let lost = browser.press(&page, "login-vneid").await;
        lost.expect_problem(1204);
        starts_again(&world, &browser, &lost, &request).await;

        // At the callback.
        let browser = world.browser();
        let callback = world.to_callback(&browser, &request, AN).await;
        browser.forget("");
        let lost = browser.visit(&callback).await;
        lost.expect_problem(1204);
        assert!(browser.cookie("vb_session").is_none());
        starts_again(&world, &browser, &lost, &request).await;

        // At consent: the browser cookie, then the session cookie alone.
        for ending in ["", "vb_session"] {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &request, DUNG).await;
            let page = browser.visit(&callback).await;
            assert!(page.has("consent-allow"), "{}", page.plain());
            browser.forget(ending);
            let lost = browser.press(&page, "consent-allow").await;
            if ending.is_empty() {
                lost.expect_problem(1204);
                starts_again(&world, &browser, &lost, &request).await;
            } else {
                // The login is still this browser's: the tiles again.
                assert!(lost.has("login-vneid"), "{}", lost.plain());
                let answer = browser.press(&lost, "login-vneid").await;
                world.go_on(&browser, answer, DUNG).await.code();
            }
        }
    }
}

/// The one button of the page begins again at the same portal, with its own parameters.
async fn starts_again(
    world: &support::World,
    browser: &support::Browser,
    page: &support::Answer,
    request: &support::Request,
) {
    let link = page.link("way-on");
    let answer = browser.visit(&link).await;
    let returned = world.go_on(browser, answer, AN).await;
    assert_eq!(returned.get("state"), request.get("state"));
    returned.code();
}
