//! Items 2 and 21: codes (RFC 6749, 4.1; RFC 7636; RFC 9700, 2.1.1 and 4.5).

use broker_domain::audit::AuditKind;
use futures_util::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use support::for_both_stores;
use support::people::{AN, DUNG};
use support::tokens::Tokens;

for_both_stores! {
    async fn core_02_codes_are_long_random_and_unreserved(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let mut seen = BTreeSet::new();
        for _ in 0..10 {
            let code = world.sign_in(&browser, &portal.request(), AN).await.code();
            assert!(code.len() >= 43, "{code}");
            assert!(code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{code}");
            assert!(seen.insert(code));
        }
    }

    async fn core_02_a_code_works_once(world: World) {
        let portal = world.portal().await;
        let request = portal.request();
        let returned = world.sign_in(&world.browser(), &request, AN).await;
        let tokens = portal.tokens(&returned, &request).await;
        assert!(portal.works(&tokens.access).await);
        let newer = Tokens::of(&portal.refresh(tokens.refresh()).await);
        assert!(portal.works(&newer.access).await);

        let passed = world.events().await.len();
        portal.redeem(&returned.code(), &request).await.expect_error(400, "invalid_grant");
        assert!(!portal.works(&tokens.access).await);
        assert!(!portal.works(&newer.access).await);
        portal.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        assert_eq!(world.kinds_after(passed).await, [AuditKind::CodeReplayed]);
        assert_eq!(world.event(AuditKind::CodeReplayed).await.client.unwrap().as_str(), portal.id);
    }

    async fn core_02_a_replay_is_seen_30_seconds_and_10_minutes_later(world: World) {
        for secs in [30, 550] {
            let portal = world.portal().await;
            let request = portal.request();
            let returned = world.sign_in(&world.browser(), &request, AN).await;
            let tokens = portal.tokens(&returned, &request).await;
            world.wait(secs);
            assert!(portal.works(&tokens.access).await);
            portal.redeem(&returned.code(), &request).await.expect_error(400, "invalid_grant");
            assert!(!portal.works(&tokens.access).await, "{secs}");
            portal.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        }
    }

    async fn core_02_a_code_lives_60_seconds(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request();
        let code = world.sign_in(&browser, &request, AN).await.code();
        world.wait(59);
        assert_eq!(portal.redeem(&code, &request).await.status, 200);

        let request = portal.request();
        let code = world.at_once(&browser, &request).await.code();
        world.wait(60);
        portal.redeem(&code, &request).await.expect_error(400, "invalid_grant");
    }

    async fn core_02_a_code_is_bound_to_its_client(world: World) {
        let (mine, theirs) = (world.portal().await, world.portal().await);
        let request = mine.request();
        let code = world.sign_in(&world.browser(), &request, AN).await.code();
        theirs.redeem(&code, &request).await.expect_error(400, "invalid_grant");
    }

    async fn core_02_a_code_is_bound_to_its_redirect_uri(world: World) {
        let uris = ["https://two.example.vn/a", "https://two.example.vn/b"];
        let portal = world.register(json!({"redirect_uris": uris})).await;
        let browser = world.browser();
        for other in [
            uris[1],
            "https://two.example.vn/a/",
            "https://TWO.example.vn/a",
            "https://two.example.vn:443/a",
            "https://two.example.vn/a?",
        ] {
            let request = portal.request();
            let code = world.sign_in(&browser, &request, AN).await.code();
            portal
                .redeem(&code, &request.clone().with("redirect_uri", other))
                .await
                .expect_error(400, "invalid_grant");
            // It is used up by that.
            portal.redeem(&code, &request).await.expect_error(400, "invalid_grant");
        }
        let request = portal.request();
        let code = world.sign_in(&browser, &request, AN).await.code();
        let without = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", request.verifier.as_str()),
        ];
        let answer = portal.post("/oauth2/token", &without).await;
        assert!(
            ["invalid_request", "invalid_grant"].contains(&answer.member("error").as_str()),
            "{}",
            answer.text()
        );
        assert_eq!(answer.status, 400);
    }

    async fn core_02_codes_that_never_were(world: World) {
        let portal = world.portal().await;
        let request = portal.request();
        let real = world.sign_in(&world.browser(), &request, AN).await.code();
        let mut wrong = real.clone();
        let last = if wrong.pop() == Some('A') { 'B' } else { 'A' };
        wrong.push(last);
        let shifted = real.replacen("co.", "at.", 1);
        for code in [
            "x",
            "co..",
            &wrong,
            &shifted,
            &format!("{real}x"),
            &format!(" {real}"),
            &real.to_uppercase(),
            &"c".repeat(5000),
        ] {
            portal.redeem(code, &request).await.expect_error(400, "invalid_grant");
        }
        // None of these has touched the real one.
        assert_eq!(portal.redeem(&real, &request).await.status, 200);
    }

    async fn core_02_missing_parameters_are_invalid_requests(world: World) {
        let portal = world.portal().await;
        let request = portal.request();
        let code = world.sign_in(&world.browser(), &request, AN).await.code();
        let uri = portal.redirect_uri.as_str();
        portal
            .post("/oauth2/token", &[("code", &code), ("redirect_uri", uri)])
            .await
            .expect_error(400, "invalid_request");
        portal
            .post("/oauth2/token", &[("grant_type", "authorization_code"), ("redirect_uri", uri)])
            .await
            .expect_error(400, "invalid_request");
        portal.post("/oauth2/token", &[("grant_type", "")]).await.expect_error(400, "invalid_request");
        portal
            .post("/oauth2/token", &[("grant_type", "password"), ("username", "x"), ("password", "y")])
            .await
            .expect_error(400, "unsupported_grant_type");
        portal
            .post("/oauth2/token", &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code")])
            .await
            .expect_error(400, "unsupported_grant_type");
    }

    /// Of two that present a code at the same moment, one at the most gets tokens, and they are dead.
    async fn core_02_a_race_leaves_nothing_alive(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for racers in [2, 2, 2, 2, 8, 8] {
            let request = portal.request();
            let code = world.sign_in(&browser, &request, AN).await.code();
            let answers = join_all((0..racers).map(|_| portal.redeem(&code, &request))).await;
            let won: Vec<_> = answers.iter().filter(|a| a.status == 200).collect();
            assert!(won.len() <= 1, "{} of {racers} won", won.len());
            for lost in answers.iter().filter(|a| a.status != 200) {
                lost.expect_error(400, "invalid_grant");
            }
            for answer in won {
                let tokens = Tokens::of(answer);
                assert!(!portal.works(&tokens.access).await);
                assert_eq!(portal.introspect(&tokens.access).await.member("active"), "false");
                portal.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
            }
        }
    }

    /// The same through two instances.
    async fn core_02_a_race_through_two_instances(world: World) {
        let portal = world.portal().await;
        let other = portal.at(&world.second_instance().await.router);
        let browser = world.browser();
        for _ in 0..4 {
            let request = portal.request();
            let code = world.sign_in(&browser, &request, AN).await.code();
            let (one, two) = tokio::join!(portal.redeem(&code, &request), other.redeem(&code, &request));
            let won: Vec<_> = [&one, &two].into_iter().filter(|a| a.status == 200).collect();
            assert!(won.len() <= 1);
            for answer in won {
                assert!(!portal.works(&Tokens::of(answer).access).await);
            }
        }
    }

    async fn core_02_a_client_switched_off_redeems_nothing(world: World) {
        let portal = world.portal().await;
        let request = portal.request();
        let code = world.sign_in(&world.browser(), &request, AN).await.code();
        world.switch_off(&portal).await;
        portal.redeem(&code, &request).await.expect_error(401, "invalid_client");
    }

    async fn fapi_21_the_verifier_must_fit(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let other = support::request::Request::of(&portal).verifier;
        let other = other.as_str();
        for verifier in [
            Some(other),
            None,
            Some(""),
            Some("a"),
            Some(&"x".repeat(42)),
            Some(&"x".repeat(129)),
            Some(&" ".repeat(43)),
        ] {
            let request = portal.request();
            let code = world.sign_in(&browser, &request, AN).await.code();
            let mut pairs = vec![
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", portal.redirect_uri.as_str()),
            ];
            pairs.extend(verifier.map(|v| ("code_verifier", v)));
            portal.post("/oauth2/token", &pairs).await.expect_error(400, "invalid_grant");
        }
    }

    async fn fapi_21_plain_and_missing_challenges_are_refused(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let verifier = portal.request().verifier;
        let bad = [
            portal.request().without_pkce(),
            portal.request().with("code_challenge_method", "plain").with("code_challenge", &verifier),
            portal.request().without("code_challenge_method"),
            portal.request().without("code_challenge"),
            portal.request().with("code_challenge", "short"),
            portal.request().with("code_challenge", &"*".repeat(43)),
            portal.request().with("code_challenge_method", "s256"),
            portal.request().with("code_challenge", ""),
        ];
        for request in bad {
            let returned = browser.open(&request.path()).await.returned();
            returned.expect_error("invalid_request", world.issuer(), request.get("state"));
        }
    }

    /// RFC 9700, 4.8.2: a verifier for a code without challenge is refused.
    async fn attack_pkce_downgrade(world: World) {
        let portal = world.register(json!({"pkce": "optional"})).await;
        let browser = world.browser();
        let request = portal.request().without_pkce();
        let code = world.sign_in(&browser, &request, AN).await.code();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &portal.redirect_uri),
            ("code_verifier", &request.verifier),
        ];
        portal.post("/oauth2/token", &pairs).await.expect_error(400, "invalid_grant");

        // Who sends a challenge is held to it, though it might have gone without.
        let request = portal.request();
        let code = world.sign_in(&browser, &request, AN).await.code();
        portal.redeem(&code, &request.without_pkce()).await.expect_error(400, "invalid_grant");

        // Without both it works.
        let request = portal.request().without_pkce();
        let code = world.sign_in(&browser, &request, AN).await.code();
        assert_eq!(portal.redeem(&code, &request).await.status, 200);
    }

    /// A stolen code in the attacker's own login: its own verifier does not fit.
    async fn attack_code_injection(world: World) {
        let portal = world.portal().await;
        let (victim, attacker) = (world.browser(), world.browser());
        let (hers, his) = (portal.request(), portal.request());
        let stolen = world.sign_in(&victim, &hers, DUNG).await.code();
        world.sign_in(&attacker, &his, AN).await;
        portal.redeem(&stolen, &his).await.expect_error(400, "invalid_grant");
    }

    async fn attack_a_code_is_no_token(world: World) {
        let portal = world.portal().await;
        let request = portal.request();
        let code = world.sign_in(&world.browser(), &request, AN).await.code();
        assert_eq!(portal.userinfo(&code).await.status, 401);
        assert_eq!(portal.introspect(&code).await.member("active"), "false");
        portal.refresh(&code).await.expect_error(400, "invalid_grant");
        let tokens = Tokens::of(&portal.redeem(&code, &request).await);
        assert_eq!(portal.userinfo(tokens.refresh()).await.status, 401);
        assert_eq!(portal.userinfo(tokens.id_token()).await.status, 401);
        portal.refresh(&tokens.access).await.expect_error(400, "invalid_grant");
        portal.redeem(tokens.refresh(), &request).await.expect_error(400, "invalid_grant");
    }
}
