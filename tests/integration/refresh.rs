//! Item 11 and 28: refreshing (RFC 6749, 6; OpenID Connect Core 12; RFC 9700, 4.14).

use broker_domain::audit::AuditKind;
use broker_jose::{Algorithm, at_hash};
use futures_util::future::join_all;
use serde_json::json;
use support::for_both_stores;
use support::people::AN;
use support::tokens::Tokens;

for_both_stores! {
    async fn core_11_a_refreshed_id_token(world: World) {
        for portal in [world.portal().await, world.public().await] {
            let first = world
                .tokens_for(&world.browser(), &portal, &portal.request().with("scope", "openid profile"), AN)
                .await;
            world.wait(300);
            let second = Tokens::of(&portal.refresh(first.refresh()).await);
            let (old, new) = (first.claims(), world.id_token(&portal, second.id_token()).await);
            for name in ["iss", "sub", "aud", "auth_time", "sid", "acr"] {
                assert_eq!(old[name], new[name], "{name}");
            }
            assert_eq!(new["iat"].as_i64(), old["iat"].as_i64().map(|t| t + 300));
            assert_eq!(new["at_hash"].as_str(), Some(at_hash(Algorithm::RS256, &second.access).as_str()));
            assert!(new.get("nonce").is_none() || new["nonce"] == old["nonce"]);
            assert_eq!(second.scope(), "openid profile");
            assert_ne!(first.access, second.access);
            assert!(portal.works(&first.access).await && portal.works(&second.access).await);
        }
    }

    async fn core_11_a_confidential_client_keeps_its_refresh_token(world: World) {
        let portal = world.portal().await;
        let first = world.tokens(&world.browser(), &portal, AN).await;
        for _ in 0..3 {
            let next = Tokens::of(&portal.refresh(first.refresh()).await);
            assert!(next.refresh.is_none_or(|r| r == first.refresh()));
        }
        let answers = join_all((0..4).map(|_| portal.refresh(first.refresh()))).await;
        assert!(answers.iter().all(|a| a.status == 200));
    }

    async fn core_11_rotation_and_reuse_of_public_clients(world: World) {
        let portal = world.public().await;
        let browser = world.browser();
        let first = world.tokens(&browser, &portal, AN).await;
        let second = Tokens::of(&portal.refresh(first.refresh()).await);
        assert_ne!(first.refresh(), second.refresh());
        let third = Tokens::of(&portal.refresh(second.refresh()).await);
        assert!(portal.works(&third.access).await);
        let passed = world.events().await.len();

        // The first one again: somebody has a copy. Everything of the family ends.
        portal.refresh(first.refresh()).await.expect_error(400, "invalid_grant");
        portal.refresh(third.refresh()).await.expect_error(400, "invalid_grant");
        for tokens in [&first, &second, &third] {
            assert!(!portal.works(&tokens.access).await);
        }
        assert_eq!(world.kinds_after(passed).await, [AuditKind::RefreshReused]);
        // Another family of the same client and session goes on.
        let other = world.tokens(&browser, &portal, AN).await;
        assert_eq!(portal.refresh(other.refresh()).await.status, 200);
    }

    async fn core_11_a_race_of_a_public_client(world: World) {
        let portal = world.public().await;
        let browser = world.browser();
        for _ in 0..4 {
            let first = world.tokens(&browser, &portal, AN).await;
            let answers = join_all((0..4).map(|_| portal.refresh(first.refresh()))).await;
            let won: Vec<_> = answers.iter().filter(|a| a.status == 200).collect();
            assert!(won.len() <= 1, "{} won", won.len());
            for answer in won {
                portal.refresh(Tokens::of(answer).refresh()).await.expect_error(400, "invalid_grant");
            }
        }
    }

    async fn core_11_another_clients_refresh_token(world: World) {
        let (mine, theirs) = (world.portal().await, world.portal().await);
        let (public, stranger) = (world.public().await, world.public().await);
        let browser = world.browser();
        let tokens = world.tokens(&browser, &mine, AN).await;
        theirs.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        stranger.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        assert_eq!(mine.refresh(tokens.refresh()).await.status, 200);
        let tokens = world.tokens(&browser, &public, AN).await;
        stranger.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        assert_eq!(public.refresh(tokens.refresh()).await.status, 200);
    }

    async fn core_11_narrower_scopes(world: World) {
        let portal = world.portal().await;
        let tokens = world
            .tokens_for(
                &world.browser(),
                &portal,
                &portal.request().with("scope", "openid profile email"),
                AN,
            )
            .await;
        let ask = |scope: &'static str| {
            let (portal, refresh) = (portal.clone(), tokens.refresh().to_owned());
            async move {
                portal
                    .post(
                        "/oauth2/token",
                        &[("grant_type", "refresh_token"), ("refresh_token", &refresh), ("scope", scope)],
                    )
                    .await
            }
        };
        let narrow = Tokens::of(&ask("openid email").await);
        assert_eq!(narrow.scope(), "openid email");
        let info = portal.userinfo(&narrow.access).await.json();
        assert!(info.get("name").is_none(), "{info}");
        // The grant itself stays as wide as it was.
        assert_eq!(Tokens::of(&ask("openid profile email").await).scope(), "openid profile email");
        ask("openid phone").await.expect_error(400, "invalid_scope");
        ask("openid \"x\"").await.expect_error(400, "invalid_scope");
        // Without openid there is no id_token, and userinfo says so.
        let bare = Tokens::of(&ask("email").await);
        assert!(bare.id_token.is_none());
        let answer = portal.userinfo(&bare.access).await;
        assert_eq!((answer.status, answer.member("error").as_str()), (403, "insufficient_scope"));
    }

    async fn core_11_a_refresh_token_has_an_end(world: World) {
        for portal in [world.portal().await, world.public().await] {
            let tokens = world.tokens(&world.browser(), &portal, AN).await;
            let lifetime = i64::from(world.settings.tokens.refresh_secs);
            world.wait(lifetime - 10);
            let later = Tokens::of(&portal.refresh(tokens.refresh()).await);
            world.wait(10);
            // Rotation has not made it live longer.
            portal
                .refresh(later.refresh.as_deref().unwrap_or(tokens.refresh()))
                .await
                .expect_error(400, "invalid_grant");
        }
    }

    async fn core_11_garbage(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        for token in [
            "x",
            "rt..",
            "rt.a.b",
            &format!("{}x", tokens.refresh()),
            &tokens.refresh().to_lowercase(),
            &"r".repeat(9000),
            "rt.\u{1ef5}.x",
        ] {
            portal.refresh(token).await.expect_error(400, "invalid_grant");
        }
        portal
            .post("/oauth2/token", &[("grant_type", "refresh_token")])
            .await
            .expect_error(400, "invalid_request");
    }

    async fn core_11_not_after_the_logout_and_not_when_switched_off(world: World) {
        let portal = world.register(json!({"client_id": "leaves"})).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.log_out(&browser, &portal, &tokens).await;
        portal.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.switch_off(&portal).await;
        portal.refresh(tokens.refresh()).await.expect_error(401, "invalid_client");
    }
}
