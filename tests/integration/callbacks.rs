//! Scenario 5: what comes back from VNeID, in every wrong form (OpenID Connect Core 3.1.2.5-7; RFC 9700, 4.7).

use broker_domain::audit::AuditKind;
use support::people::AN;
use support::{Browser, Portal, World, call, for_both_stores};

/// The callback with one parameter changed; `None` takes it out.
fn changed(callback: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = callback.split_once('?').unwrap();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(n, _)| n != name)
        .map(|(n, v)| (n.into_owned(), v.into_owned()))
        .chain(value.map(|v| (name.to_owned(), v.to_owned())))
        .collect();
    format!("{path}?{}", call::form(&pairs))
}

fn state_of(callback: &str) -> String {
    url::form_urlencoded::parse(callback.split_once('?').unwrap().1.as_bytes())
        .find(|(n, _)| n == "state")
        .map(|(_, v)| v.into_owned())
        .unwrap()
}

/// Visits a wrong callback: its code, one event of it, nobody signed in.
async fn expect_refused(world: &World, browser: &Browser, callback: &str, code: u16) {
    let passed = world.events().await.len();
    let before = browser.cookie("vb_session");
    let page = browser.visit(callback).await;
    page.expect_problem(code);
    assert_eq!(browser.cookie("vb_session"), before);
    let events = world.events().await.split_off(passed);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!((events[0].kind, events[0].code), (AuditKind::SignInFailed, Some(code)));
    assert_eq!(events[0].trace.as_ref().map(|t| t.as_str().to_owned()), page.trace());
}

async fn still_works(world: &World, browser: &Browser, portal: &Portal) {
    world.sign_in(browser, &portal.request(), AN).await.code();
}

for_both_stores! {
    async fn scenario_05_state_missing_empty_wrong(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let real = state_of(&callback);
        expect_refused(&world, &browser, &changed(&callback, "state", None), 1341).await;
        expect_refused(&world, &browser, &changed(&callback, "state", Some("")), 1341).await;
        let (id, secret) = real.split_once('.').unwrap();
        for wrong in ["x", "x.y", &format!("{}.{secret}", "A".repeat(22)), &"s".repeat(3000)] {
            expect_refused(&world, &browser, &changed(&callback, "state", Some(wrong)), 1342).await;
        }
        for wrong in [
            format!("{id}."),
            format!("{id}.{}", "A".repeat(43)),
            format!("{real}x"),
            id.to_owned() + "." + &secret.to_lowercase(),
        ] {
            let page = browser.visit(&changed(&callback, "state", Some(&wrong))).await;
            assert!([Some(1342), Some(1343)].contains(&page.code()), "{wrong}: {}", page.plain());
        }
        // None of this has used up the real one.
        browser.visit(&callback).await.returned().code();
    }

    async fn scenario_05_state_used(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        browser.visit(&callback).await.returned().code();
        let sid = browser.sid();
        let page = browser.visit(&callback).await;
        assert!([Some(1203), Some(1343)].contains(&page.code()), "{}", page.plain());
        assert_eq!(browser.sid(), sid);
    }

    async fn scenario_05_state_of_another_browser(world: World) {
        let portal = world.portal().await;
        let (victim, attacker) = (world.browser(), world.browser());
        // Login CSRF: the attacker's own callback in the victim's browser.
        let planted = world.to_callback(&attacker, &portal.request(), AN).await;
        expect_refused(&world, &victim, &planted, 1204).await;
        world.to_vneid(&victim, &portal.request()).await;
        let planted = world.to_callback(&attacker, &portal.request(), AN).await;
        expect_refused(&world, &victim, &planted, 1344).await;
        assert!(victim.cookie("vb_session").is_none());
        still_works(&world, &victim, &portal).await;
    }

    async fn scenario_05_state_of_another_tab(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let one = world.to_callback(&browser, &portal.request(), AN).await;
        let two = world.to_callback(&browser, &portal.request(), AN).await;
        // The code of one tab under the state of the other: VNeID's nonce or PKCE tells them apart.
        let code: String = url::form_urlencoded::parse(one.split_once('?').unwrap().1.as_bytes())
            .find(|(n, _)| n == "code")
            .unwrap()
            .1
            .into_owned();
        let mixed = changed(&two, "code", Some(&code));
        let page = browser.visit(&mixed).await;
        assert!(page.code().is_some_and(|c| (1301..1345).contains(&c)), "{}", page.plain());
        assert!(browser.cookie("vb_session").is_none());
    }

    async fn scenario_05_code_missing_empty_wrong_used(world: World) {
        let portal = world.portal().await;
        for (value, codes) in [
            (None, [1306, 1306]),
            (Some(""), [1306, 1306]),
            (Some("wrong"), [1307, 1306]),
            (Some("a b c"), [1307, 1306]),
        ] {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), AN).await;
            let page = browser.visit(&changed(&callback, "code", value)).await;
            assert!(page.code().is_some_and(|c| codes.contains(&c)), "{value:?}: {}", page.plain());
            assert!(browser.cookie("vb_session").is_none());
            assert_eq!(world.event(AuditKind::SignInFailed).await.code, page.code());
            // Try again: the same login goes on.
            let again = browser.visit(&page.link("way-on")).await;
            assert!(world.go_on(&browser, again, AN).await.get("code").is_some());
        }
        // Used at VNeID by somebody else before us.
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        world.vneid.use_up(&callback).await;
        let page = browser.visit(&callback).await;
        page.expect_problem(1307);
    }

    async fn scenario_05_errors_of_vneid(world: World) {
        let portal = world.portal().await;
        for (error, code) in [
            ("access_denied", 1301),
            ("account_locked", 1302),
            ("login_required", 1303),
            ("server_error", 1304),
            ("invalid_request", 1304),
            ("temporarily_unavailable", 1305),
            ("nonsense <script>", 1304),
            ("", 1306),
        ] {
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), AN).await;
            let state = state_of(&callback);
            let wrong = format!("/callback/vneid?{}", call::form(&[("error", error), ("state", "x.y")]));
            expect_refused(&world, &browser, &wrong, 1342).await;
            let base = changed(&changed(&callback, "code", None), "error", Some(error));
            assert_eq!(state_of(&base), state);
            expect_refused(&world, &browser, &base, code).await;
            let page = browser
                .visit(&format!("/callback/vneid?{}", call::form(&[("error", "x"), ("state", &state)])))
                .await;
            assert_eq!(page.code(), Some(1343), "{error}");
        }
    }

    /// RFC 9207: an answer that names another issuer is not ours (mix-up).
    async fn attack_mix_up(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let page = browser.visit(&changed(&callback, "iss", Some("https://evil.example"))).await;
        page.expect_problem(1321);
        assert!(browser.cookie("vb_session").is_none());
        assert_eq!(world.vneid.redemptions(), 0, "the code was sent on all the same");
    }

    async fn scenario_05_damaged_queries(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let state = state_of(&callback);
        for query in [
            format!("state={state}&state={state}&code=x"),
            format!("state={state}&code=%zz"),
            "%ff=%00".to_owned(),
        ] {
            let page = browser.visit(&format!("/callback/vneid?{query}")).await;
            assert_eq!(page.code(), Some(1103), "{query}");
        }
        for query in ["", "?", "?code=x", "?error=access_denied"] {
            expect_refused(&world, &browser, &format!("/callback/vneid{query}"), 1341).await;
        }
        browser.visit(&callback).await.returned().code();
    }

    /// Two deliveries of the same answer at once: one signs in.
    async fn scenario_03_a_callback_twice_at_once(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let (one, two) = tokio::join!(browser.visit(&callback), browser.visit(&callback));
        let won = [&one, &two].into_iter().filter(|a| a.status == 303).count();
        assert_eq!(won, 1, "{} {}", one.plain(), two.plain());
        assert_eq!(world.events().await.iter().filter(|e| e.kind == AuditKind::SignedIn).count(), 1);
        world.at_once(&browser, &portal.request().with("prompt", "none")).await.code();
    }

    /// A login that took too long ends clearly, and starts again with one press.
    async fn scenario_22_a_callback_after_the_login_has_expired(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request();
        let to = world.to_vneid(&browser, &request).await;
        world.wait(1801);
        let page = browser.visit(&world.vneid.approve(&to, AN).await).await;
        page.expect_problem(1202);
        assert!(browser.cookie("vb_session").is_none());
        let answer = browser.visit(&page.link("way-on")).await;
        assert_eq!(world.go_on(&browser, answer, AN).await.get("state"), request.get("state"));
    }
}
