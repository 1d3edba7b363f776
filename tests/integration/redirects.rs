//! Item 4: where answers go, and where they never go (RFC 9700, 4.1; RFC 8252, 7.3).

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::for_both_stores;
use support::people::AN;

for_both_stores! {
    async fn core_04_missing_response_type(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for request in [portal.request().without("response_type"), portal.request().with("response_type", "")]
        {
            let returned = browser.open(&request.path()).await.returned();
            let error = returned.get("error").unwrap().to_owned();
            assert!(["invalid_request", "unsupported_response_type"].contains(&error.as_str()));
            returned.expect_error(&error, world.issuer(), request.get("state"));
        }
    }

    async fn core_04_unknown_clients_see_a_page(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for id in [
            "nobody",
            "",
            "' OR 1=1 --",
            "../..",
            &"x".repeat(2000),
            &portal.id.to_uppercase(),
            &format!("{} ", portal.id),
        ] {
            browser.open(&portal.request().with("client_id", id).path()).await.expect_problem(1101);
        }
        browser.open(&portal.request().without("client_id").path()).await.expect_problem(1101);
        world.switch_off(&portal).await;
        browser.open(&portal.request().path()).await.expect_problem(1101);
        browser.open("/oauth2/authorize").await.expect_problem(1101);
    }

    async fn core_04_redirect_uris_fit_exactly_or_not_at_all(world: World) {
        let portal = world
            .register(json!({
                "client_id": "exact",
                "redirect_uris": ["https://exact.example.vn/cb", "https://exact.example.vn/q?a=b"],
            }))
            .await;
        let browser = world.browser();
        let wrong = [
            "",
            "/cb",
            "cb",
            "https://exact.example.vn/cb/",
            "https://exact.example.vn/CB",
            "https://EXACT.example.vn/cb",
            "HTTPS://exact.example.vn/cb",
            "http://exact.example.vn/cb",
            "https://exact.example.vn:443/cb",
            "https://exact.example.vn:8443/cb",
            "https://exact.example.vn/cb?x=1",
            "https://exact.example.vn/cb?",
            "https://exact.example.vn/cb#x",
            "https://exact.example.vn/./cb",
            "https://exact.example.vn/a/../cb",
            "https://exact.example.vn/c%62",
            "https://exact.example.vn//cb",
            "https://exact.example.vn/cb%00",
            "https://exact.example.vn/cb%0d%0aSet-Cookie:x=1",
            "https://exact.example.vn.evil.example/cb",
            "https://evil.example/cb",
            "https://exact.example.vn@evil.example/cb",
            "https://evil.example\\@exact.example.vn/cb",
            "https://evil.example/https://exact.example.vn/cb",
            "https://exact.example.vn/q?a=b&c=d",
            "https://exact.example.vn/q?a=c",
            "https://exact.example.vn/q",
            "javascript:alert(1)",
            "data:text/html,x",
            "//exact.example.vn/cb",
            " https://exact.example.vn/cb",
            "https://exact.example.vn/cb\n",
            "https://xn--exact.example.vn/cb",
            "https://exact.example.vn./cb",
            "http://localhost/cb",
            "http://127.0.0.1/cb",
        ];
        for uri in wrong {
            let answer = browser.open(&portal.request().with("redirect_uri", uri).path()).await;
            answer.expect_problem(1102);
            assert!(answer.location().is_none(), "{uri}");
            assert!(!answer.text().contains("evil.example"), "{uri}");
        }
        browser.open(&portal.request().without("redirect_uri").path()).await.expect_problem(1102);
        // An error elsewhere in the request does not loosen it.
        let worse = portal
            .request()
            .with("redirect_uri", "https://evil.example/")
            .with("response_type", "x")
            .with("prompt", "none");
        browser.open(&worse.path()).await.expect_problem(1102);
        // Nobody's cookie, no login, no event.
        assert!(browser.cookies().is_empty());
        assert!(world.events().await.iter().all(|e| e.kind == AuditKind::KeysRotated));
        let fine = portal.request().with("redirect_uri", "https://exact.example.vn/q?a=b");
        assert_eq!(world.sign_in(&browser, &fine, AN).await.to, "https://exact.example.vn/q");
    }

    /// RFC 8252, 7.3: any port, for native clients on loopback; nothing else may differ.
    async fn core_04_loopback_ports_of_native_clients(world: World) {
        let portal = world
            .register(json!({
                "application_type": "native",
                "token_endpoint_auth_method": "none",
                "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
            }))
            .await;
        let browser = world.browser();
        for uri in [
            "http://localhost:51004/callback",
            "http://127.0.0.1:8/callback",
            "http://localhost/callback",
            "http://127.0.0.1:65535/callback",
        ] {
            let request = portal.request().with("redirect_uri", uri);
            let returned = world.sign_in(&browser, &request, AN).await;
            assert_eq!(returned.to, uri);
            assert_eq!(portal.redeem(&returned.code(), &request).await.status, 200, "{uri}");
            // The code goes with the port that was asked for.
            let code = world.sign_in(&browser, &request, AN).await.code();
            let other = request.with("redirect_uri", "http://localhost:1/callback");
            portal.redeem(&code, &other).await.expect_error(400, "invalid_grant");
        }
        let wrong = [
            "http://localhost:1/other",
            "http://localhost:1/callback/",
            "http://localhost:1/callback?x",
            "https://localhost:1/callback",
            "http://127.0.0.2:1/callback",
            "http://[::1]:1/callback",
            "http://localhost.evil.example:1/callback",
            "http://localhost:1@evil.example/callback",
            "http://localhost:99999/callback",
            "http://evil.example:1/callback",
            "http://u@localhost:1/callback",
            "http://127.1:1/callback",
            "http://0x7f000001:1/callback",
            "http://localhost:1/callback#x",
            "http://localhost:1/./callback",
        ];
        for uri in wrong {
            browser.open(&portal.request().with("redirect_uri", uri).path()).await.expect_problem(1102);
        }
    }

    async fn core_04_loopback_ports_count_for_others(world: World) {
        let portal = world.register(json!({"redirect_uris": ["http://localhost:8001/callback"]})).await;
        let browser = world.browser();
        assert_eq!(world.sign_in(&browser, &portal.request(), AN).await.to, "http://localhost:8001/callback");
        for uri in
            ["http://localhost:8002/callback", "http://localhost/callback", "http://127.0.0.1:8001/callback"]
        {
            browser.open(&portal.request().with("redirect_uri", uri).path()).await.expect_problem(1102);
        }
    }

    /// A private-use scheme of an app (RFC 8252, 7.1).
    async fn core_04_an_app_comes_back_by_its_own_scheme(world: World) {
        let uri = "vn.gov.example.app:/callback";
        let portal = world
            .register(json!({
                "application_type": "native",
                "token_endpoint_auth_method": "none",
                "redirect_uris": [uri],
            }))
            .await;
        let request = portal.request();
        let returned = world.sign_in(&world.browser(), &request, AN).await;
        assert_eq!(returned.to, uri);
        assert_eq!(portal.redeem(&returned.code(), &request).await.status, 200);
    }
}
