//! Item 6: `prompt`, `max_age`, `id_token_hint` (OpenID Connect Core 3.1.2.1).

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::for_both_stores;
use support::people::{AN, DUNG};

for_both_stores! {
    /// However slowly the citizen or VNeID comes back: who has just signed in is fresh for any `max_age`.
    async fn core_06_max_age_and_a_slow_way_back(world: World) {
        let portal = world.portal().await;
        for max_age in ["0", "1", "2"] {
            for fresh in [false, true] {
                let browser = world.browser();
                if fresh {
                    world.tokens(&browser, &portal, AN).await;
                    world.wait(60);
                }
                let request = portal.request().with("max_age", max_age);
                let callback = world.to_callback(&browser, &request, AN).await;
                world.wait(4);
                let returned = browser.visit(&callback).await.returned();
                assert!(returned.get("code").is_some(), "{max_age} {fresh}: {}", returned.url);
            }
        }
    }

    /// Only an id_token is a hint: neither an access token nor a logout token of the same citizen.
    async fn core_06_other_tokens_are_no_hints(world: World) {
        let portal = world.register(serde_json::json!({"access_token_format": "jwt"})).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let silent = portal.request().with("prompt", "none").with("id_token_hint", &tokens.access);
        let answer = browser.visit(&silent.path()).await;
        answer.returned().expect_error("login_required", world.issuer(), silent.get("state"));
    }

    async fn core_06_none_without_a_session(world: World) {
        let portal = world.portal().await;
        let request = portal.request().with("prompt", "none");
        let returned = world.at_once(&world.browser(), &request).await;
        returned.expect_error("login_required", world.issuer(), request.get("state"));
        assert!(world.events().await.is_empty());
    }

    async fn core_06_none_with_a_session_is_silent(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let first = world.tokens(&browser, &portal, AN).await.claims();
        world.wait(120);
        let request = portal.request().with("prompt", "none");
        let returned = world.at_once(&browser, &request).await;
        let second = portal.tokens(&returned, &request).await.claims();
        for name in ["sub", "auth_time", "sid", "acr"] {
            assert_eq!(first[name], second[name], "{name}");
        }
        assert_ne!(first["iat"], second["iat"]);
        assert_eq!(second["nonce"].as_str(), request.get("nonce"));
    }

    async fn core_06_none_with_a_hint(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        let mine = world.tokens(&browser, &portal, AN).await;
        let theirs = world.tokens(&world.browser(), &portal, DUNG).await;
        let elsewhere = world.tokens(&browser, &other, AN).await;

        let fits = portal.request().with("prompt", "none").with("id_token_hint", mine.id_token());
        assert!(world.at_once(&browser, &fits).await.get("code").is_some());
        // Item 28: also when it has expired.
        world.wait(1200);
        assert!(world.at_once(&browser, &fits).await.get("code").is_some());

        for hint in
            [theirs.id_token(), elsewhere.id_token(), "garbage", "eyJhbGciOiJub25lIn0.e30.", &mine.access]
        {
            let request = portal.request().with("prompt", "none").with("id_token_hint", hint);
            let returned = world.at_once(&browser, &request).await;
            let error =
                returned.get("error").unwrap_or_else(|| panic!("{hint}: {}", returned.url)).to_owned();
            assert!(["login_required", "invalid_request"].contains(&error.as_str()), "{error}");
            returned.expect_error(&error, world.issuer(), request.get("state"));
        }
        let request = portal.request().with("prompt", "none").with("id_token_hint", theirs.id_token());
        world.at_once(&browser, &request).await.expect_error(
            "login_required",
            world.issuer(),
            request.get("state"),
        );
    }

    /// Without `prompt=none` the other citizen must sign in.
    async fn core_06_a_hint_of_another_citizen_asks_vneid(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let theirs = world.tokens(&world.browser(), &portal, DUNG).await;
        world.tokens(&browser, &portal, AN).await;
        let request = portal.request().with("id_token_hint", theirs.id_token());
        let callback = world.to_callback(&browser, &request, DUNG).await;
        let returned = browser.visit(&callback).await.returned();
        assert_eq!(portal.tokens(&returned, &request).await.claims()["sub"], theirs.claims()["sub"]);

        // And if it is not the one who was named, the portal is told.
        let request = portal.request().with("id_token_hint", theirs.id_token());
        let fresh = world.browser();
        world.sign_in(&fresh, &request, AN).await.expect_error(
            "login_required",
            world.issuer(),
            request.get("state"),
        );
    }

    async fn core_06_login_asks_again_and_moves_auth_time(world: World) {
        for prompt in ["login", "select_account", "login consent"] {
            let portal = world.portal().await;
            let browser = world.browser();
            let first = world.tokens(&browser, &portal, AN).await.claims();
            world.wait(5);
            let request = portal.request().with("prompt", prompt);
            let to = world.to_vneid(&browser, &request).await;
            assert!(world.vneid.is_told_to_ask_again(&to), "{prompt}: {to}");
            let back = world.vneid.approve(&to, AN).await;
            let returned = browser.visit(&back).await.returned();
            let second = portal.tokens(&returned, &request).await.claims();
            assert_eq!(first["sub"], second["sub"]);
            assert!(
                second["auth_time"].as_i64() >= first["auth_time"].as_i64().map(|t| t + 5),
                "{first} {second}"
            );
        }
    }

    async fn core_06_none_stands_alone(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for prompt in ["none login", "login none", "none consent", "none none"] {
            let request = portal.request().with("prompt", prompt);
            world.at_once(&browser, &request).await.expect_error(
                "invalid_request",
                world.issuer(),
                request.get("state"),
            );
        }
    }

    async fn core_06_max_age(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let first = world.tokens(&browser, &portal, AN).await.claims();
        world.wait(5);
        // Young enough.
        let request = portal.request().with("max_age", "10000");
        let claims = portal.tokens(&world.at_once(&browser, &request).await, &request).await.claims();
        assert_eq!(claims["auth_time"], first["auth_time"]);
        // Too old.
        let request = portal.request().with("max_age", "1");
        let none = request.clone().with("prompt", "none");
        world.at_once(&browser, &none).await.expect_error(
            "login_required",
            world.issuer(),
            none.get("state"),
        );
        let to = world.to_vneid(&browser, &request).await;
        assert!(world.vneid.is_told_to_ask_again(&to), "{to}");
        let returned = browser.visit(&world.vneid.approve(&to, AN).await).await.returned();
        let claims = portal.tokens(&returned, &request).await.claims();
        assert!(claims["auth_time"].as_i64() >= first["auth_time"].as_i64().map(|t| t + 5));
        // Zero: always.
        let request = portal.request().with("max_age", "0");
        let to = world.to_vneid(&browser, &request).await;
        let returned = browser.visit(&world.vneid.approve(&to, AN).await).await.returned();
        assert!(portal.tokens(&returned, &request).await.claims()["auth_time"].is_i64());
    }

    async fn core_06_default_max_age_of_the_registration(world: World) {
        let portal = world.register(json!({"default_max_age": 60})).await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        world.wait(59);
        world.at_once(&browser, &portal.request()).await.code();
        world.wait(2);
        world.to_vneid(&browser, &portal.request()).await;
        // The request's own word counts more.
        world.at_once(&browser, &portal.request().with("max_age", "3600")).await.code();
    }

    async fn core_06_consent_is_asked_once_and_whenever_the_portal_wants(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let browser = world.browser();
        let request = portal.request().with("scope", "openid profile");
        let callback = world.to_callback(&browser, &request, AN).await;
        let page = browser.visit(&callback).await;
        assert!(page.has("consent-allow") && page.has("consent-deny"), "{}", page.plain());
        page.expect_page();
        browser.press(&page, "consent-allow").await.returned().code();
        // Known from now on, also less than it.
        world.at_once(&browser, &request).await.code();
        world.at_once(&browser, &request.clone().with("scope", "openid").with("prompt", "none")).await.code();
        // Asked for more, or to ask: the page again.
        for request in [
            portal.request().with("scope", "openid profile email"),
            portal.request().with("prompt", "consent"),
        ] {
            let page = browser.visit(&request.path()).await;
            assert!(page.has("consent-allow"), "{}", page.plain());
        }
        let more = portal.request().with("scope", "openid email").with("prompt", "none");
        world.at_once(&browser, &more).await.expect_error(
            "consent_required",
            world.issuer(),
            more.get("state"),
        );
        // Also in another browser, another day.
        world.wait(86_400);
        let elsewhere = world.browser();
        let callback = world.to_callback(&elsewhere, &request, AN).await;
        elsewhere.visit(&callback).await.returned().code();
        // Another citizen is asked for themself.
        let hers = world.browser();
        let callback = world.to_callback(&hers, &request, DUNG).await;
        assert!(hers.visit(&callback).await.has("consent-allow"));
    }

    async fn core_06_consent_refused(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let browser = world.browser();
        let request = portal.request();
        let page = browser.visit(&world.to_callback(&browser, &request, AN).await).await;
        let refused = browser.press(&page, "consent-deny").await.returned();
        refused.expect_error("access_denied", world.issuer(), request.get("state"));
        let event = world.event(AuditKind::ConsentRefused).await;
        assert!(event.citizen.is_some() && event.interaction.is_some());
        // Signed in all the same; and asked again, for nothing was allowed.
        assert!(browser.visit(&portal.request().path()).await.has("consent-allow"));
        let none = portal.request().with("prompt", "none");
        world.at_once(&browser, &none).await.expect_error(
            "consent_required",
            world.issuer(),
            none.get("state"),
        );
    }
}
