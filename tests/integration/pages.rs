//! Scenario 18 and the catalogue: every page of a problem has its code and trace id, by which operators find the login.

use broker_domain::audit::AuditKind;
use support::people::AN;
use support::{Call, for_both_stores};

for_both_stores! {
    async fn scenario_18_a_trace_id_leads_to_the_login(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        world.vneid.fail(mock_vneid::Endpoint::Token, mock_vneid::Fault::CodeRefused);
        let page = browser.visit(&callback).await;
        page.expect_problem(1307);
        let event = world.event(AuditKind::SignInFailed).await;
        assert_eq!(event.trace.unwrap().as_str(), page.trace().unwrap());
        assert_eq!(event.client.unwrap().as_str(), portal.id);
        assert!(event.interaction.is_some());
        assert_eq!(world.costs.last("/callback/vneid").code, Some(1307));
    }

    /// A trace id that a trusted proxy gave is kept; a malformed one is not, nor is that of anybody else.
    async fn trace_ids_of_proxies(world: World) {
        let mut world = world;
        world.settings.proxy.trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let app = world.second_instance().await;
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let answer = Call::get("/nowhere")
            .header("traceparent", format!("00-{id}-00f067aa0ba902b7-01"))
            .from("10.0.0.9")
            .send(&app.router)
            .await;
        assert_eq!((answer.trace().as_deref(), answer.header("x-trace-id")), (Some(id), Some(id)));
        for bad in [
            "00-0-0-0",
            "00-<script>-0-0",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            &"x".repeat(500),
        ] {
            let call = Call::get("/nowhere").header("traceparent", bad).from("10.0.0.9");
            let answer = call.send(&app.router).await;
            assert_ne!(answer.trace().as_deref(), Some(id));
            answer.expect_problem(1105);
        }
        for stranger in ["203.0.113.9", "127.0.0.1"] {
            let call = Call::get("/nowhere").header("traceparent", format!("00-{id}-00f067aa0ba902b7-01"));
            let answer = call.from(stranger).send(&app.router).await;
            assert_ne!(answer.trace().as_deref(), Some(id));
        }
    }

    async fn pages_that_are_not_there(world: World) {
        for path in [
            "/",
            "/nowhere",
            "/oauth2",
            "/oauth2/authorize/",
            "/login",
            "/.env",
            "/assets/none.css",
            "/assets/..%2f..%2fetc%2fpasswd",
            "//evil.example/%2e%2e",
        ] {
            Call::get(path).send(world.router()).await.expect_problem(1105);
        }
        for (method, path) in [
            ("DELETE", "/oauth2/authorize"),
            ("PUT", "/oidc/logout"),
            ("POST", "/callback/vneid"),
            ("PATCH", "/login/x"),
        ] {
            let answer = Call::of(method, path).send(world.router()).await;
            answer.expect_problem(1106);
            assert_eq!(answer.status, 405);
        }
    }

    /// The one thing that each page loads.
    async fn assets_are_kept_for_ever(world: World) {
        let page = Call::get("/nowhere").send(world.router()).await.text();
        let paths: Vec<&str> = page.split('"').filter(|s| s.starts_with("/assets/")).collect();
        assert!(!paths.is_empty());
        for path in paths {
            let answer = Call::get(path).send(world.router()).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert!(answer.header("cache-control").is_some_and(|c| c.contains("max-age")));
            assert!(answer.set_cookies().is_empty());
        }
        assert!(
            !page.contains("http://") && !page.contains("https://") && !page.contains("<script"),
            "{page}"
        );
    }

    async fn hsts_under_https(world: World) {
        for path in ["/nowhere", "/.well-known/openid-configuration", "/oauth2/authorize"] {
            let answer = Call::get(path).send(world.router()).await;
            assert!(
                answer.header("strict-transport-security").is_some_and(|h| h.contains("max-age")),
                "{path}"
            );
        }
    }

    async fn no_hsts_on_loopback(world: World = Options::default().on_loopback()) {
        assert_eq!(
            Call::get("/nowhere").send(world.router()).await.header("strict-transport-security"),
            None
        );
    }
}
