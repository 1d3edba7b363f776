//! Revocation (RFC 7009).

use broker_domain::audit::AuditKind;
use support::people::AN;
use support::tokens::Tokens;
use support::{Call, for_both_stores};

for_both_stores! {
    /// Item 25: an empty 200 has no type.
    async fn field_25_revocation_answers_nothing_at_all(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        for token in [tokens.access.as_str(), "unknown", tokens.refresh()] {
            let answer = portal.revoke(token).await;
            assert_eq!((answer.status, answer.body.len()), (200, 0));
            assert_eq!(answer.header("content-type"), None);
        }
    }

    async fn revocation_of_an_access_token_leaves_the_rest(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let newer = Tokens::of(&portal.refresh(tokens.refresh()).await);
        portal.revoke(&tokens.access).await;
        assert!(!portal.works(&tokens.access).await);
        assert!(portal.works(&newer.access).await);
        assert_eq!(portal.refresh(tokens.refresh()).await.status, 200);
    }

    /// RFC 7009, 2.1: with a refresh token go the access tokens of the same grant.
    async fn revocation_of_a_refresh_token_takes_all(world: World) {
        for portal in [world.portal().await, world.public().await] {
            let browser = world.browser();
            let tokens = world.tokens(&browser, &portal, AN).await;
            let other = world.tokens(&browser, &portal, AN).await;
            portal.revoke(tokens.refresh()).await;
            assert!(!portal.works(&tokens.access).await);
            portal.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
            // Item 32: the session, and what else came from it, go on.
            assert!(portal.works(&other.access).await);
            world.at_once(&browser, &portal.request().with("prompt", "none")).await.code();
        }
    }

    async fn revocation_of_others_tokens_does_nothing(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        for token in [tokens.access.as_str(), tokens.refresh(), tokens.id_token()] {
            let answer = other.revoke(token).await;
            assert_eq!((answer.status, answer.body.len()), (200, 0));
        }
        assert!(portal.works(&tokens.access).await);
        assert_eq!(portal.refresh(tokens.refresh()).await.status, 200);
        assert!(world.events().await.iter().all(|e| e.kind != AuditKind::TokenRevoked));
    }

    async fn revocation_hints_do_not_mislead(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for hint in ["refresh_token", "access_token", "nonsense", ""] {
            let tokens = world.tokens(&browser, &portal, AN).await;
            portal.post("/oauth2/revoke", &[("token", &tokens.access), ("token_type_hint", hint)]).await;
            assert!(!portal.works(&tokens.access).await, "{hint}");
        }
    }

    async fn revocation_needs_a_proof_and_a_token(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        Call::post("/oauth2/revoke")
            .form(&[("token", &tokens.access)])
            .send(world.router())
            .await
            .expect_error(401, "invalid_client");
        portal.post("/oauth2/revoke", &[]).await.expect_error(400, "invalid_request");
        assert!(portal.works(&tokens.access).await);
    }

    /// An id_token is no token that a standard client revokes.
    async fn revocation_by_id_token_is_for_old_portals(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        assert_eq!(portal.revoke(tokens.id_token()).await.status, 200);
        assert!(portal.works(&tokens.access).await);
    }
}
