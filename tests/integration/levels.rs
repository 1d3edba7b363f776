//! Item 7: levels of authentication (OpenID Connect Core 3.1.2.1 and 5.5.1.1; RFC 9470; Decree 69/2024/ND-CP, article 20).

use serde_json::json;
use support::for_both_stores;
use support::people::{AN, GIANG};

for_both_stores! {
    async fn core_07_what_is_reached_is_said(world: World) {
        let portal = world.portal().await;
        for (level, acr) in [(1, "LoA1"), (2, "LoA2"), (3, "LoA3"), (4, "LoA4")] {
            world.vneid.reach(level);
            let tokens = world.tokens(&world.browser(), &portal, AN).await;
            assert_eq!(tokens.claims()["acr"], acr);
        }
    }

    async fn core_07_a_voluntary_level_is_best_effort(world: World) {
        let portal = world.portal().await;
        world.vneid.reach(2);
        for acr in ["LoA2", "LoA3", "LoA4", "LoA4 LoA2", "nonsense", "nonsense LoA1", "1 2 3"] {
            let request = portal.request().with("acr_values", acr);
            let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
            assert_eq!(tokens.claims()["acr"], "LoA2", "{acr}");
        }
        let wish = json!({"id_token": {"acr": {"values": ["LoA4", "LoA3"]}}}).to_string();
        let tokens =
            world.tokens_for(&world.browser(), &portal, &portal.request().with("claims", &wish), AN).await;
        assert_eq!(tokens.claims()["acr"], "LoA2");
    }

    /// A level that is wished for is asked for at VNeID, but only if the session has not got it.
    async fn core_07_a_level_wished_for_is_asked_for(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.vneid.reach(2);
        world.tokens(&browser, &portal, AN).await;
        let request = portal.request().with("acr_values", "LoA2");
        world.at_once(&browser, &request).await.code();
        let request = portal.request().with("acr_values", "LoA3");
        let to = world.to_vneid(&browser, &request).await;
        assert!(to.contains("acr_values=3"), "{to}");
        world.vneid.reach(3);
        let returned = browser.visit(&world.vneid.approve(&to, AN).await).await.returned();
        assert_eq!(portal.tokens(&returned, &request).await.claims()["acr"], "LoA3");
        // The silent way takes what there is.
        world
            .at_once(&browser, &portal.request().with("acr_values", "LoA4").with("prompt", "none"))
            .await
            .code();
    }

    async fn core_07_an_essential_level(world: World) {
        let portal = world.portal().await;
        world.vneid.reach(2);
        for values in [json!(["LoA3"]), json!(["LoA4", "LoA3"])] {
            let wish = json!({"id_token": {"acr": {"essential": true, "values": values}}}).to_string();
            let request = portal.request().with("claims", &wish);
            let browser = world.browser();
            let returned = world.sign_in(&browser, &request, AN).await;
            returned.expect_error("unmet_authentication_requirements", world.issuer(), request.get("state"));
        }
        let wish = json!({"id_token": {"acr": {"essential": true, "values": ["LoA4", "LoA2"]}}}).to_string();
        let tokens =
            world.tokens_for(&world.browser(), &portal, &portal.request().with("claims", &wish), AN).await;
        assert_eq!(tokens.claims()["acr"], "LoA2");
        let wish = json!({"id_token": {"acr": {"essential": true, "value": "no-such-level"}}}).to_string();
        let request = portal.request().with("claims", &wish);
        world.at_once(&world.browser(), &request).await.expect_error(
            "unmet_authentication_requirements",
            world.issuer(),
            request.get("state"),
        );
    }

    /// Whoever can do with certain levels only is told one of them, though more was reached.
    async fn core_07_an_essential_level_is_answered_as_asked(world: World) {
        let portal = world.portal().await;
        world.vneid.reach(3);
        for (values, acr) in [
            (json!(["LoA1"]), "LoA1"),
            (json!(["LoA1", "LoA2"]), "LoA2"),
            (json!(["LoA2", "LoA4"]), "LoA2"),
            (json!(["LoA3"]), "LoA3"),
        ] {
            let wish = json!({"id_token": {"acr": {"essential": true, "values": values}}}).to_string();
            let request = portal.request().with("claims", &wish);
            let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
            assert_eq!(tokens.claims()["acr"], acr, "{values}");
        }
    }

    /// The silent way does not reach an essential level that the session has not got.
    async fn core_07_an_essential_level_silently(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.vneid.reach(2);
        world.tokens(&browser, &portal, AN).await;
        let wish = json!({"id_token": {"acr": {"essential": true, "values": ["LoA3"]}}}).to_string();
        let request = portal.request().with("claims", &wish).with("prompt", "none");
        let returned = world.at_once(&browser, &request).await;
        assert!(
            ["login_required", "interaction_required", "unmet_authentication_requirements"]
                .contains(&returned.get("error").unwrap()),
            "{}",
            returned.url
        );
    }

    /// Scenario 10: a portal of a higher rule steps up instead of taking the session as it is.
    async fn core_07_the_clients_own_rule(world: World) {
        let plain = world.portal().await;
        let strict = world.register(json!({"min_acr": "LoA2"})).await;
        let browser = world.browser();
        world.vneid.reach(1);
        world.tokens(&browser, &plain, GIANG).await;
        let before = browser.cookie("vb_session");
        let request = strict.request();
        let to = world.to_vneid(&browser, &request).await;
        assert!(to.contains("acr_values=2"), "{to}");
        // The account cannot do better: the portal is told.
        let returned = browser.visit(&world.vneid.approve(&to, GIANG).await).await.returned();
        returned.expect_error("unmet_authentication_requirements", world.issuer(), request.get("state"));
        // It could.
        world.vneid.reach(2);
        let request = strict.request();
        let returned = world.sign_in(&browser, &request, GIANG).await;
        assert_eq!(strict.tokens(&returned, &request).await.claims()["acr"], "LoA2");
        assert_ne!(browser.cookie("vb_session"), before);
        // And now the session has it.
        world.at_once(&browser, &strict.request()).await.code();
    }
}
