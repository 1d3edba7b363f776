//! Item 31: calls from browsers.

use serde_json::json;
use support::people::AN;
use support::tokens::Tokens;
use support::{Answer, Call, Portal, World, for_both_stores};

const ORIGIN: &str = "https://spa.example.vn";
const SHARED: [&str; 6] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/oauth2/jwks",
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/revoke",
];

/// A client in the browser.
async fn single_page(world: &World) -> Portal {
    world
        .register(json!({
            "token_endpoint_auth_method": "none",
            "application_type": "browser",
            "allowed_origins": [ORIGIN],
            "redirect_uris": [format!("{ORIGIN}/callback")],
        }))
        .await
}

fn preflight(path: &str, origin: &str) -> Call {
    Call::of("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type, dpop")
}

#[track_caller]
fn expect_readable(answer: &Answer) {
    let allowed = answer.header("access-control-allow-origin");
    assert!([Some(ORIGIN), Some("*")].contains(&allowed), "{} {} {allowed:?}", answer.url, answer.status);
    let exposed = answer.header("access-control-expose-headers").unwrap_or("").to_ascii_lowercase();
    assert!(exposed.contains("dpop-nonce") && exposed.contains("www-authenticate"), "{exposed}");
    assert!(answer.header("access-control-allow-credentials").is_none());
}

for_both_stores! {
    async fn field_31_preflights(world: World) {
        single_page(&world).await;
        let mut refused = Vec::new();
        for path in SHARED {
            let answer = preflight(path, ORIGIN).send(world.router()).await;
            refused.extend((![200, 204].contains(&answer.status)).then_some((path, answer.status)));
        }
        assert!(refused.is_empty(), "{refused:?}");
        for path in SHARED {
            let answer = preflight(path, ORIGIN).send(world.router()).await;
            assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
            let headers = answer.header("access-control-allow-headers").unwrap().to_ascii_lowercase();
            for name in ["authorization", "content-type", "dpop"] {
                assert!(headers.contains(name), "{headers}");
            }
            assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
            assert!(
                answer.headers.get_all("vary").iter().any(|v| v
                    .to_str()
                    .unwrap()
                    .to_ascii_lowercase()
                    .contains("origin"))
            );
            // Others are told nothing.
            for origin in [
                "https://evil.example",
                "null",
                "https://spa.example.vn.evil.example",
                "http://spa.example.vn",
                "https://SPA.example.vn",
                "https://spa.example.vn:444",
            ] {
                let answer = preflight(path, origin).send(world.router()).await;
                assert_eq!(answer.header("access-control-allow-origin"), None, "{path} {origin}");
            }
        }
    }

    async fn field_31_answers_and_errors_are_readable(world: World) {
        let spa = single_page(&world).await;
        let request = spa.request();
        let returned = world.sign_in(&world.browser(), &request, AN).await;
        let from = |call: Call| call.header("origin", ORIGIN);
        for path in &SHARED[..3] {
            expect_readable(&from(Call::get(*path)).send(world.router()).await);
        }
        let answer = from(spa.redemption(&returned.code(), &request)).send(world.router()).await;
        expect_readable(&answer);
        let tokens = Tokens::of(&answer);
        expect_readable(
            &from(Call::get("/oauth2/userinfo").bearer(&tokens.access)).send(world.router()).await,
        );
        expect_readable(
            &from(spa.call("/oauth2/revoke", &[("token", tokens.refresh())])).send(world.router()).await,
        );
        // Errors: of the endpoint, of the method, of the size.
        for (status, call) in [
            (400, spa.redemption("x", &request)),
            (401, Call::post("/oauth2/token").basic("nobody", "x").form(&[("a", "b")])),
            (400, Call::post("/oauth2/token").header("content-type", "application/json")),
            (401, Call::get("/oauth2/userinfo").bearer("x")),
            (401, Call::get("/oauth2/userinfo")),
            (400, spa.call("/oauth2/revoke", &[])),
            (413, Call::post("/oauth2/token").raw_form("a=b&".repeat(30_000))),
            // By its head, before any handler sees it, as servers on the network do.
            (413, Call::post("/oauth2/token").raw_form("a=b&".repeat(30_000)).header("content-length", "120000")),
        ] {
            let answer = from(call).send(world.router()).await;
            assert_eq!(answer.status, status, "{}", answer.text());
            expect_readable(&answer);
        }
    }

    /// The rest is not for scripts of other origins.
    async fn field_31_pages_and_logout_are_not_shared(world: World) {
        single_page(&world).await;
        for path in ["/oauth2/authorize", "/oauth2/introspect", "/oauth2/events/poll", "/oidc/logout", "/login/x", "/callback/vneid"]
        {
            let answer = preflight(path, ORIGIN).send(world.router()).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        }
    }

    /// An origin counts as long as its client does.
    async fn field_31_the_origin_of_a_client_switched_off(world: World) {
        let spa = single_page(&world).await;
        world.switch_off(&spa).await;
        let answer = preflight("/oauth2/token", ORIGIN).send(world.router()).await;
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }

    /// Silent renewal in a hidden frame: the redirect may be framed, a page may not.
    async fn field_31_redirects_may_be_framed_and_pages_may_not(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for request in [portal.request().with("prompt", "none"), portal.request()] {
            world.sign_in(&world.browser(), &portal.request(), AN).await;
            let answer = browser.open(&request.path()).await;
            assert_eq!(answer.status, 303);
            assert_eq!(answer.header("x-frame-options"), None);
            assert!(answer.header("content-security-policy").is_none_or(|p| !p.contains("frame-ancestors")));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        browser.open("/oauth2/authorize?client_id=x").await.expect_page();
    }
}
