//! Scenarios 3, 4, 10, 21 and 22: refresh, back, double clicks, many tabs, logins that are over.

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::for_both_stores;
use support::people::{AN, DUNG};
use support::{Answer, Browser, World};

async fn choice(world: &World) -> support::Portal {
    world.register(json!({"sign_in_methods": ["vneid", "national"]})).await
}

/// What came of a press that may have led to VNeID already, or home.
async fn ends(world: &World, browser: &Browser, answer: Answer) -> String {
    world.go_on(browser, answer, AN).await.code()
}

for_both_stores! {
    async fn scenario_03_refresh_of_each_page(world: World) {
        let portal =
            world.register(json!({"sign_in_methods": ["vneid", "national"], "consent": "ask"})).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        for _ in 0..3 {
            assert!(browser.open(&page.url).await.has("login-vneid"));
        }
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let consent = browser.visit(&callback).await;
        for _ in 0..3 {
            let again = browser.open(&consent.url).await;
            assert!(again.has("consent-allow"), "{}", again.plain());
        }
        browser.press(&browser.open(&consent.url).await, "consent-allow").await.returned().code();
    }

    async fn scenario_03_back_to_the_choice(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        let first = browser.press(&page, "login-vneid").await;
        let first_to = first.location().unwrap().to_owned();
        // Back, and the tile once more: a new attempt; what the first one brings is no longer taken.
        let tiles = browser.open(&page.url).await;
        let second = browser.press(&tiles, "login-vneid").await;
        let second_to = second.location().unwrap().to_owned();
        assert_ne!(first_to, second_to);
        let stale = browser.visit(&world.vneid.approve(&first_to, DUNG).await).await;
        stale.expect_problem(1343);
        assert!(browser.cookie("vb_session").is_none());
        let returned = browser.visit(&world.vneid.approve(&second_to, AN).await).await.returned();
        returned.code();
        // A reload of the address that the press had posted to leads back to the tiles, or on.
        let reload = browser.visit(&format!("{}/choose", page.url)).await;
        assert!([Some(1203), None].contains(&reload.code()), "{}", reload.plain());
    }

    async fn scenario_03_double_clicks_count_once(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        let form = page.form("login-vneid");
        let (one, two) = tokio::join!(browser.submit(&form), browser.submit(&form));
        let one = browser.follow(one).await;
        let two = browser.follow(two).await;
        // Whichever answer the browser shows, it leads on.
        for answer in [&one, &two] {
            assert!(
                answer.has("login-vneid") || answer.location().is_some_and(|l| world.vneid.owns(l)),
                "{}",
                answer.plain()
            );
        }
        let last = if two.status == 303 { two } else { browser.press(&two, "login-vneid").await };
        ends(&world, &browser, last).await;
        // One after the other.
        let page = browser.twin();
        page.forget("vb_session");
        let tiles = page.visit(&portal.request().path()).await;
        let form = tiles.form("login-vneid");
        let first = page.submit(&form).await;
        let second = page.submit(&form).await;
        assert_eq!(first.location(), second.location());
        ends(&world, &page, second).await;
        assert_eq!(world.events().await.iter().filter(|e| e.kind == AuditKind::SignedIn).count(), 2);
    }

    async fn scenario_04_two_portals_in_two_tabs(world: World) {
        let (one, two) = (choice(&world).await, choice(&world).await);
        let browser = world.browser();
        let (a, b) = (one.request(), two.request());
        let (page_a, page_b) = (browser.visit(&a.path()).await, browser.visit(&b.path()).await);
        let to_b = browser.press(&page_b, "login-vneid").await;
        let to_a = browser.press(&page_a, "login-vneid").await;
        let back_a = world.vneid.approve(to_a.location().unwrap(), AN).await;
        let back_b = world.vneid.approve(to_b.location().unwrap(), AN).await;
        let returned_a = browser.visit(&back_a).await.returned();
        let returned_b = browser.visit(&back_b).await.returned();
        assert_eq!((returned_a.get("state"), returned_b.get("state")), (a.get("state"), b.get("state")));
        assert_eq!(
            (returned_a.to.as_str(), returned_b.to.as_str()),
            (one.redirect_uri.as_str(), two.redirect_uri.as_str())
        );
        let (tokens_a, tokens_b) = (one.tokens(&returned_a, &a).await, two.tokens(&returned_b, &b).await);
        assert_eq!(tokens_a.claims()["nonce"].as_str(), a.get("nonce"));
        assert_eq!(tokens_b.claims()["nonce"].as_str(), b.get("nonce"));
        // One citizen in one browser has one session, whatever tab was first.
        assert_eq!(tokens_a.claims()["sid"], tokens_b.claims()["sid"]);
        world.log_out(&browser, &one, &tokens_a).await;
        assert!(!one.works(&tokens_a.access).await && !two.works(&tokens_b.access).await);
    }

    async fn scenario_04_the_same_portal_in_two_tabs(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let (a, b) = (portal.request(), portal.request());
        let (back_a, back_b) =
            (world.to_callback(&browser, &a, AN).await, world.to_callback(&browser, &b, AN).await);
        let (one, two) = tokio::join!(browser.visit(&back_b), browser.visit(&back_a));
        assert_eq!(one.returned().get("state"), b.get("state"));
        assert_eq!(two.returned().get("state"), a.get("state"));
        for (returned, request) in [(one.returned(), &b), (two.returned(), &a)] {
            portal.tokens(&returned, request).await;
        }
        world.at_once(&browser, &portal.request().with("prompt", "none")).await.code();
    }

    /// Eight tabs of a portal whose pages reload themselves: each finishes, in any order.
    async fn scenario_21_eight_tabs(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let mut tabs = Vec::new();
        for _ in 0..8 {
            let request = portal.request();
            let page = browser.visit(&request.path()).await;
            let to = browser.press(&page, "login-vneid").await.location().unwrap().to_owned();
            tabs.push((request, to));
        }
        for at in [5, 0, 7, 2, 1, 6, 3, 4] {
            let (request, to) = &tabs[at];
            let returned = browser.visit(&world.vneid.approve(to, AN).await).await.returned();
            assert_eq!(returned.get("state"), request.get("state"), "tab {at}");
            portal.tokens(&returned, request).await;
        }
        assert_eq!(world.broker().stores.citizens.count().await.unwrap(), 1);
        // One session in the end, and all eight are known to it.
        let sid = browser.sid().unwrap();
        let opened = world
            .broker()
            .stores
            .expiring
            .open(None, broker_domain::ids::SessionId::parse(&sid).as_ref())
            .await
            .unwrap();
        assert_eq!(opened.session.unwrap().participants.len(), 8);
    }

    /// A login page left open while another tab signs in goes on with the new session when it is next touched.
    async fn scenario_21_a_page_left_open(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let requests = [portal.request(), portal.request(), portal.request()];
        let mut pages = Vec::new();
        for request in &requests {
            pages.push(browser.visit(&request.path()).await);
        }
        let other = world.portal().await;
        world.tokens(&browser, &other, AN).await;
        // Reloaded, pressed, pressed twice.
        let reloaded = browser.visit(&pages[0].url).await.returned();
        assert_eq!(reloaded.get("state"), requests[0].get("state"));
        let pressed = browser.press(&pages[1], "login-vneid").await.returned();
        assert_eq!(pressed.get("state"), requests[1].get("state"));
        portal.tokens(&pressed, &requests[1]).await;
        let form = pages[2].form("login-vneid");
        let (one, two) = tokio::join!(browser.submit(&form), browser.submit(&form));
        let given = [one, two].iter().filter(|a| a.location().is_some_and(|l| l.contains("code="))).count();
        assert_eq!(given, 1);
        let event = world.event(AuditKind::SingleSignOn).await;
        assert!(event.interaction.is_some() && event.citizen.is_some());
    }

    /// Scenario 22: the page of a login that is over knows its portal, and one press begins again there.
    async fn scenario_22_a_finished_login(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let request = portal
            .request()
            .with("scope", "openid profile")
            .with("ui_locales", "en")
            .with("acr_values", "LoA1");
        let page = browser.visit(&request.path()).await;
        let answer = browser.press(&page, "login-vneid").await;
        ends(&world, &browser, answer).await;
        // "Back".
        for url in [page.url.clone(), format!("{}/consent", page.url)] {
            let over = browser.visit(&url).await;
            over.expect_problem(1203);
            assert!(
                over.text().contains(portal.metadata["client_name#en"].as_str().unwrap()),
                "{}",
                over.plain()
            );
            let returned = browser.visit(&over.link("way-on")).await.returned();
            assert_eq!(
                (returned.to.as_str(), returned.get("state")),
                (portal.redirect_uri.as_str(), request.get("state"))
            );
            let tokens = portal.tokens(&returned, &request).await;
            assert_eq!(tokens.scope(), "openid profile");
        }
        // Not signed in any more: the tiles again, with the same parameters.
        browser.forget("vb_session");
        let over = browser.visit(&page.url).await;
        over.expect_problem(1203);
        let tiles = browser.visit(&over.link("way-on")).await;
        assert_eq!(tiles.header("content-language"), Some("en"));
        assert_ne!(tiles.url, page.url);
        let answer = browser.press(&tiles, "login-vneid").await;
        assert_eq!(world.go_on(&browser, answer, AN).await.get("state"), request.get("state"));
    }

    async fn scenario_22_an_expired_login(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        let request = portal.request();
        let page = browser.visit(&request.path()).await;
        world.wait(1800);
        let over = browser.visit(&page.url).await;
        over.expect_problem(1202);
        let pressed = browser.press(&page, "login-vneid").await;
        pressed.expect_problem(1202);
        let tiles = browser.visit(&pressed.link("way-on")).await;
        let answer = browser.press(&tiles, "login-vneid").await;
        assert_eq!(world.go_on(&browser, answer, AN).await.get("state"), request.get("state"));
        // After a long pause, too, it still knows its portal.
        let page = world.browser().visit(&request.path()).await;
        world.wait(7_000);
        let again = browser.visit(&format!("{}/again", page.url)).await;
        assert_eq!(world.go_on(&browser, again, AN).await.get("state"), request.get("state"));
    }

    /// The browser restores its tabs: stale cookies, never an error.
    async fn scenario_22_session_restore(world: World) {
        let portal = choice(&world).await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let restored = browser.twin();
        world.wait(100_000);
        let request = portal.request();
        let page = restored.visit(&request.path()).await;
        assert!(page.has("login-vneid"), "{}", page.plain());
        let answer = restored.press(&page, "login-vneid").await;
        assert_eq!(world.go_on(&restored, answer, AN).await.get("state"), request.get("state"));
    }

    /// Scenario 10: after a flow that was left at any step, nothing of it leaks into the next.
    async fn scenario_10_abandoned_flows_leave_nothing(world: World) {
        let portal =
            world.register(json!({"sign_in_methods": ["vneid", "national"], "consent": "ask"})).await;
        let browser = world.browser();
        // Left at the choice, at VNeID, at consent.
        browser.visit(&portal.request().path()).await;
        world.to_vneid(&browser, &portal.request().with("prompt", "login").with("ui_locales", "en")).await;
        let callback = world
            .to_callback(
                &browser,
                &portal.request().with("scope", "openid profile email phone address"),
                DUNG,
            )
            .await;
        assert!(browser.visit(&callback).await.has("consent-allow"));
        browser.forget("vb_session");
        // The next one is as if there had been none.
        let request = portal.request();
        let page = browser.visit(&request.path()).await;
        assert_eq!(page.header("content-language"), Some("vi"));
        let to = browser.press(&page, "login-vneid").await.location().unwrap().to_owned();
        assert!(!world.vneid.is_told_to_ask_again(&to));
        let answer = browser.visit(&world.vneid.approve(&to, AN).await).await;
        let returned = world.go_on(&browser, answer, AN).await;
        let tokens = portal.tokens(&returned, &request).await;
        assert_eq!(tokens.scope(), "openid");
        assert_eq!(portal.userinfo(&tokens.access).await.json().as_object().unwrap().len(), 1);
        // What Dung was asked for she did not allow.
        let hers = world.browser();
        let callback = world.to_callback(&hers, &portal.request(), DUNG).await;
        assert!(hers.visit(&callback).await.has("consent-allow"));
    }

    /// Scenario 14, the part without crashes: each step of a login on another instance.
    async fn any_instance_takes_any_step(world: World) {
        let other = world.second_instance().await;
        let portal =
            world.register(json!({"sign_in_methods": ["vneid", "national"], "consent": "ask"})).await;
        other.jobs().reload_if_changed().await.unwrap();
        let here = world.browser();
        let request = portal.request();
        let page = here.visit(&request.path()).await;
        let there = here.at(&other.router);
        let answer = there.press(&page, "login-vneid").await;
        let back = world.vneid.approve(answer.location().unwrap(), AN).await;
        let here = there.at(world.router());
        let consent = here.visit(&back).await;
        let there = here.at(&other.router);
        let returned = there.press(&consent, "consent-allow").await.returned();
        let tokens = portal.tokens(&returned, &request).await;
        assert!(portal.at(&other.router).works(&tokens.access).await);
    }
}
