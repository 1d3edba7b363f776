//! Introspection (RFC 7662).

use serde_json::json;
use support::people::AN;
use support::{Call, for_both_stores};

for_both_stores! {
    async fn introspection_of_ones_own_tokens(world: World) {
        let portal = world.portal().await;
        let request = portal.request().with("scope", "openid profile");
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let body = portal.introspect(&tokens.access).await.json();
        assert_eq!(body["active"], true);
        assert_eq!(
            (&body["client_id"], &body["scope"], &body["token_type"]),
            (&json!(portal.id), &json!("openid profile"), &json!("Bearer"))
        );
        assert_eq!(body["sub"], tokens.claims()["sub"]);
        assert_eq!(
            body["exp"].as_i64(),
            Some(world.now().secs() + tokens.body["expires_in"].as_i64().unwrap())
        );
        assert!(body["iat"].as_i64().is_some_and(|t| t <= world.now().secs()));
        let answer = portal.introspect(tokens.refresh()).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        assert_eq!((&body["active"], &body["client_id"]), (&json!(true), &json!(portal.id)));
        assert_ne!(body["token_type"], "Bearer", "a refresh token is no bearer token");
        for hint in ["access_token", "refresh_token", "nonsense"] {
            let body = portal
                .post("/oauth2/introspect", &[("token", &tokens.access), ("token_type_hint", hint)])
                .await
                .json();
            assert_eq!(body["active"], true, "{hint}");
        }
    }

    /// RFC 7662, 2.2: nothing but `active: false` about whatever is not alive or not theirs.
    async fn introspection_of_anything_else(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        for (who, token) in [
            (&other, tokens.access.as_str()),
            (&other, tokens.refresh()),
            (&portal, "x"),
            (&portal, tokens.id_token()),
            (&portal, &"x".repeat(9000)),
        ] {
            let answer = who.introspect(token).await;
            assert_eq!((answer.status, answer.json()), (200, json!({"active": false})));
        }
        world.wait(i64::from(world.settings.tokens.access_secs));
        assert_eq!(portal.introspect(&tokens.access).await.json(), json!({"active": false}));
        assert_eq!(portal.introspect(tokens.refresh()).await.json()["active"], true);
        portal.revoke(tokens.refresh()).await;
        assert_eq!(portal.introspect(tokens.refresh()).await.json(), json!({"active": false}));
    }

    async fn introspection_needs_a_proof(world: World) {
        let (portal, public) = (world.portal().await, world.public().await);
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        Call::post("/oauth2/introspect")
            .form(&[("token", &tokens.access)])
            .send(world.router())
            .await
            .expect_error(401, "invalid_client");
        let theirs = world.tokens(&browser, &public, AN).await;
        public.introspect(&theirs.access).await.expect_error(401, "invalid_client");
        portal.post("/oauth2/introspect", &[]).await.expect_error(400, "invalid_request");
        // A standard client's token does not open the door (portals.md allows it for old portals alone).
        let answer = Call::post("/oauth2/introspect")
            .bearer(&tokens.access)
            .form(&[("token", &tokens.access)])
            .send(world.router())
            .await;
        assert_eq!(answer.status, 401);
    }
}
