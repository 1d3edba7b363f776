//! Item 3: `state` byte for byte, `iss` with each answer, errors of the right form (RFC 6749, 4.1.2; RFC 9207).

use support::people::AN;
use support::{Returned, for_both_stores};

fn states() -> Vec<String> {
    vec![
        "s".repeat(128),
        "1".repeat(1000),
        "x".repeat(4000),
        "a b&c=d?e#f%g+h/i;j:k@l,m$n!o'p(q)r*s~t".to_owned(),
        "q83vEjRWeJq83vEjRWeJq+/83vEjRWeJ+/8=".to_owned(),
        "{\"r\":\"https://rp.example/a?b=c&d=e#f\"}".to_owned(),
        "tiếng Việt Ỹ Ẫ Ự ỵ 🙂".to_owned(),
        "%20%2B%00%0d%0a".to_owned(),
        "<script>alert(1)</script>\"'\\".to_owned(),
        "\u{202e}\u{feff}e\u{301}".to_owned(),
        " leading and trailing ".to_owned(),
        "a\tb".to_owned(),
    ]
}

for_both_stores! {
    async fn core_03_state_comes_back_byte_for_byte(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for state in states() {
            let request = portal.request().with("state", &state);
            let returned = world.sign_in(&browser, &request, AN).await;
            assert_eq!(returned.get("state"), Some(state.as_str()));
            assert_eq!(returned.get("iss"), Some(world.issuer()));
            assert_eq!(returned.names(), ["code", "state", "iss"]);
            // The same in an error.
            let refused = world.at_once(&browser, &request.with("scope", "openid nothing")).await;
            refused.expect_error("invalid_scope", world.issuer(), Some(&state));
            assert!(refused.get("code").is_none());
        }
    }

    /// Base64 that a portal did not encode: it reads again what it sent, by the same rules by which we read it.
    async fn core_03_raw_base64_in_the_query(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let raw = "q83vEjRW/eJq83vEjRW==";
        let request = portal.request().without("state");
        let path = format!("{}&state={raw}", request.path());
        let answer = browser.visit(&path).await;
        let returned = world.go_on(&browser, answer, AN).await;
        assert_eq!(returned.get("state"), Some(raw));
    }

    async fn core_03_no_state_then_none_comes_back(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for request in [portal.request().without("state"), portal.request().with("state", "")] {
            assert_eq!(world.sign_in(&browser, &request, AN).await.names(), ["code", "iss"]);
            let refused = world.at_once(&browser, &request.with("response_type", "token")).await;
            refused.expect_error("unsupported_response_type", world.issuer(), None);
        }
    }

    async fn core_03_state_of_any_length_is_answered(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for length in [4096, 4097, 9000, 16_000] {
            let state = "z".repeat(length);
            let request = portal.request().with("state", &state);
            let answer = browser.visit(&request.path()).await;
            if answer.status == 303 && world.vneid.owns(answer.location().unwrap()) {
                assert_eq!(world.go_on(&browser, answer, AN).await.get("state"), Some(state.as_str()));
            } else {
                answer.returned().expect_error("invalid_request", world.issuer(), None);
                assert!(length > 4096);
            }
        }
    }

    async fn core_03_answers_keep_what_the_redirect_uri_has(world: World) {
        let uri = "https://query.example.vn/cb?tenant=b%C3%ACnh&x=1%202";
        let portal = world.register(serde_json::json!({"redirect_uris": [uri]})).await;
        let browser = world.browser();
        let returned = world.sign_in(&browser, &portal.request(), AN).await;
        assert!(returned.url.starts_with(&format!("{uri}&code=")), "{}", returned.url);
        let refused = world.at_once(&browser, &portal.request().with("prompt", "none login")).await;
        assert!(refused.url.starts_with(&format!("{uri}&error=invalid_request&")), "{}", refused.url);
    }

    /// Item 27: errors carry `iss` too; item 3: nothing but the standard's members.
    async fn core_03_every_error_has_its_form(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let bad: [(&str, &str, &str); 15] = [
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "code id_token", "unsupported_response_type"),
            ("response_type", "none", "unsupported_response_type"),
            ("response_mode", "fragment", "invalid_request"),
            ("response_mode", "form_post", "invalid_request"),
            ("scope", "profile", "invalid_scope"),
            ("scope", "openid unknown", "invalid_scope"),
            ("scope", "openid \"quoted\"", "invalid_scope"),
            ("prompt", "none", "login_required"),
            ("prompt", "none consent", "invalid_request"),
            ("max_age", "-1", "invalid_request"),
            ("max_age", "soon", "invalid_request"),
            ("claims", "{not json", "invalid_request"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
            ("request_uri", "https://rp.example/request", "request_uri_not_supported"),
        ];
        for (name, value, error) in bad {
            let request = portal.request().with(name, value);
            let returned = browser.open(&request.path()).await.returned();
            assert_eq!(returned.to, portal.redirect_uri);
            returned.expect_error(error, world.issuer(), request.get("state"));
            assert!(returned.get("error_description").is_some_and(|d| !d.is_empty()), "{name}");
        }
    }

    /// RFC 6749, 3.1: no parameter more than once.
    async fn core_03_repeated_parameters(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for name in ["scope", "nonce", "prompt", "code_challenge", "response_type", "unknown"] {
            let request = portal.request().with(name, "openid").and(name, "openid");
            let returned = browser.open(&request.path()).await.returned();
            returned.expect_error("invalid_request", world.issuer(), request.get("state"));
        }
        let twice = portal.request().and("state", "other");
        browser.open(&twice.path()).await.returned().expect_error("invalid_request", world.issuer(), None);
        for name in ["client_id", "redirect_uri"] {
            let first = portal.request().get(name).unwrap().to_owned();
            browser.open(&portal.request().and(name, &first).path()).await.expect_problem(1103);
            browser
                .open(&portal.request().and(name, "https://evil.example/").path())
                .await
                .expect_problem(1103);
        }
    }
}

#[test]
fn a_redirect_reads_back() {
    assert_eq!(
        Returned::parse("https://a/b?x=1%202&y=").query,
        [("x".into(), "1 2".into()), ("y".into(), String::new())]
    );
}
