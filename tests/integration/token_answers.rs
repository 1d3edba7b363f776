//! Items 11, 25, 26: the form of answers (RFC 6749, 5).

use serde_json::json;
use support::people::AN;
use support::{Call, for_both_stores};

for_both_stores! {
    async fn core_11_token_answers(world: World) {
        let portal = world.portal().await;
        let request = portal.request().with("scope", "openid offline_access profile");
        let returned = world.sign_in(&world.browser(), &request, AN).await;
        let answer = portal
            .redemption(&returned.code(), &request)
            .header("accept", "text/html")
            .send(world.router())
            .await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        let mut names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]);
        assert_eq!(body["token_type"], "Bearer");
        assert!(body["expires_in"].is_u64());
        // Item 26: what was asked for and granted, in its order.
        assert_eq!(body["scope"], "openid offline_access profile");
        for name in ["access_token", "refresh_token"] {
            let token = body[name].as_str().unwrap();
            assert!(
                token.len() >= 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "{name}"
            );
        }
    }

    async fn field_25_errors_are_json_whatever_is_accepted(world: World) {
        let portal = world.portal().await;
        for accept in ["text/html", "*/*", "application/xml", "text/html,application/xhtml+xml;q=0.9"] {
            for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
                let answer =
                    Call::post(path).header("accept", accept).form(&[("a", "b")]).send(world.router()).await;
                answer.expect_error(401, "invalid_client");
                let answer = portal.call(path, &[]).header("accept", accept).send(world.router()).await;
                answer.expect_error(400, "invalid_request");
            }
            let answer =
                Call::get("/oauth2/userinfo").bearer("x").header("accept", accept).send(world.router()).await;
            assert_eq!(answer.member("error"), "invalid_token");
        }
    }

    /// Methods that an endpoint does not have are answered in kind.
    async fn field_25_methods(world: World) {
        for (method, path) in [
            ("GET", "/oauth2/token"),
            ("PUT", "/oauth2/token"),
            ("GET", "/oauth2/introspect"),
            ("GET", "/oauth2/revoke"),
            ("DELETE", "/oauth2/userinfo"),
            ("POST", "/oauth2/jwks"),
            ("POST", "/.well-known/openid-configuration"),
            ("POST", "/.well-known/oauth-authorization-server"),
        ] {
            let answer = Call::of(method, path).send(world.router()).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{method} {path}");
            assert!(
                answer.header("allow").is_some_and(|a| !a.is_empty()),
                "RFC 9110, 15.5.6: {method} {path}"
            );
        }
    }

    async fn field_26_scopes_that_a_client_may_not_have(world: World) {
        let portal = world.register(json!({"scope": "openid profile"})).await;
        let browser = world.browser();
        let request = portal.request().with("scope", "openid profile email");
        world.at_once(&browser, &request).await.expect_error(
            "invalid_scope",
            world.issuer(),
            request.get("state"),
        );
        let request = portal.request().with("scope", "profile openid openid");
        let tokens = world.tokens_for(&browser, &portal, &request, AN).await;
        assert_eq!(tokens.scope(), "profile openid");
    }

    async fn field_26_without_openid_it_is_no_openid_request(world: World) {
        let portal = world.portal().await;
        for request in [
            portal.request().without("scope"),
            portal.request().with("scope", ""),
            portal.request().with("scope", "profile"),
        ] {
            world.at_once(&world.browser(), &request).await.expect_error(
                "invalid_scope",
                world.issuer(),
                request.get("state"),
            );
        }
    }
}
