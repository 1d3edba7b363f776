//! Malformed, oversized, repeated and wrongly encoded input at each endpoint: the standard's error and nothing else.

use serde_json::json;
use support::people::AN;
use support::{Answer, Call, Portal, World, for_both_stores};

const FORMS: [&str; 3] = ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"];
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// A body with the client's proof in the header, so that only the body is wrong.
fn with(portal: &Portal, path: &str, body: impl Into<Vec<u8>>) -> Call {
    Call::post(path).basic(&portal.id, &portal.secret).raw_form(body)
}

fn damaged() -> Vec<(String, u16)> {
    let many: String = (0..101).map(|n| format!("p{n}=1&")).collect();
    vec![
        ("grant_type=a&grant_type=b".to_owned(), 400),
        ("token=a&token=a".to_owned(), 400),
        ("x=%zz".to_owned(), 400),
        ("x=%".to_owned(), 400),
        ("x=%f".to_owned(), 400),
        ("x=%ff".to_owned(), 400),
        ("x=%00".to_owned(), 400),
        ("%ff=x".to_owned(), 400),
        ("x=%c3%28".to_owned(), 400),
        ("x=%ed%a0%80".to_owned(), 400),
        (many, 400),
        (format!("x={}", "y".repeat(17_000)), 400),
        (format!("{}=x", "y".repeat(300)), 400),
        (format!("x={}", "y".repeat(66_000)), 413),
        (format!("x={}", "y".repeat(1_000_000)), 413),
    ]
}

for_both_stores! {
    async fn bad_forms_at_the_endpoints_of_programs(world: World) {
        let portal = world.portal().await;
        for path in FORMS {
            for (body, status) in damaged() {
                let answer = with(&portal, path, body.clone()).send(world.router()).await;
                answer.expect_error(status, "invalid_request");
                assert!(!answer.text().contains("yyyy"), "{path}");
            }
            let answer = with(&portal, path, vec![b'x', b'=', 0xff, 0xfe]).send(world.router()).await;
            answer.expect_error(400, "invalid_request");
        }
        for (body, status) in damaged().into_iter().filter(|(b, _)| !b.contains("token")) {
            let answer = Call::post("/oauth2/userinfo").raw_form(body.clone()).send(world.router()).await;
            assert!([status, 400, 401].contains(&answer.status), "{} for {:.40}", answer.status, body);
            assert!(answer.header("www-authenticate").is_some() || answer.status == 413, "{:.40}", body);
        }
    }

    async fn bad_types_at_the_endpoints_of_programs(world: World) {
        let portal = world.portal().await;
        let code = world.sign_in(&world.browser(), &portal.request(), AN).await.code();
        let json = json!({"grant_type": "authorization_code", "code": code}).to_string();
        for path in FORMS {
            for kind in [
                "application/json",
                "text/plain",
                "multipart/form-data; boundary=x",
                "",
                "application/x-www-form-urlencodedx",
                ";;;",
                "x",
            ] {
                let mut call =
                    Call::post(path).basic(&portal.id, &portal.secret).header("content-type", kind);
                call.body = json.clone().into_bytes();
                call.send(world.router()).await.expect_error(400, "invalid_request");
            }
            let mut bare = Call::post(path).basic(&portal.id, &portal.secret);
            bare.body = json.clone().into_bytes();
            bare.send(world.router()).await.expect_error(400, "invalid_request");
            for kind in [
                FORM_TYPE.to_uppercase(),
                format!("{FORM_TYPE};charset=utf-8"),
                format!("{FORM_TYPE} ; charset=ISO-8859-1; x=\"y\""),
            ] {
                let mut call =
                    Call::post(path).basic(&portal.id, &portal.secret).header("content-type", &kind);
                call.body = b"a=b".to_vec();
                call.send(world.router()).await.expect_error(400, "invalid_request");
            }
        }
    }

    /// Parameters in the query of a token request are not looked at (RFC 6749, 2.3.1 and 3.2).
    async fn bad_place_for_parameters(world: World) {
        let portal = world.portal().await;
        let query =
            format!("?grant_type=client_credentials&client_id={}&client_secret={}", portal.id, portal.secret);
        for path in FORMS {
            Call::post(format!("{path}{query}"))
                .form(&[("a", "b")])
                .send(world.router())
                .await
                .expect_error(401, "invalid_client");
        }
    }

    async fn bad_queries_at_authorize(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let good = portal.request();
        for (query, status) in damaged().into_iter().filter(|(q, _)| q.len() < 60_000) {
            // With a client and a place to tell it: told there. Without: a page.
            let answer = browser.open(&format!("{}&{query}", good.path())).await;
            if query.starts_with("token") || query.starts_with("grant_type") || answer.status == 303 {
                answer.returned().expect_error("invalid_request", world.issuer(), good.get("state"));
            } else {
                panic!("{query:.40}: {status} {}", answer.plain());
            }
            let page = browser.open(&format!("/oauth2/authorize?{query}")).await;
            assert!(
                [Some(1101), Some(1103), Some(1104)].contains(&page.code()),
                "{query:.40}: {}",
                page.plain()
            );
            assert!(!page.text().contains("yyyy"));
        }
        // Too much for any query.
        let answer = browser
            .send(Call::post("/oauth2/authorize").raw_form(format!(
                "{}&x={}",
                good.encoded(),
                "y".repeat(70_000)
            )))
            .await;
        answer.expect_problem(1104);
        assert_eq!(answer.status, 413);
        assert!(world.events().await.is_empty());
    }

    async fn bad_forms_on_pages(world: World) {
        let portal = world.register(json!({"sign_in_methods": ["vneid", "national"]})).await;
        let browser = world.browser();
        let page = browser.visit(&portal.request().path()).await;
        let paths = [
            format!("{}/choose", page.url),
            format!("{}/consent", page.url),
            "/oidc/logout".to_owned(),
            "/oidc/logout/confirm".to_owned(),
        ];
        for path in paths {
            for (body, status) in damaged() {
                let answer = browser.send(Call::post(path.as_str()).raw_form(body.clone())).await;
                expect_page_or_nothing(&answer, status, &format!("{path} {body:.40}"));
            }
            for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
                let mut call = Call::post(path.as_str()).header("content-type", kind);
                call.body = b"{\"form_token\": \"x\"}".to_vec();
                let answer = browser.send(call).await;
                expect_page_or_nothing(&answer, 400, &format!("{path} {kind}"));
            }
        }
        // The login has not suffered.
        let answer = browser.press(&page, "login-vneid").await;
        world.go_on(&browser, answer, AN).await.code();
    }

    async fn bad_headers(world: World) {
        let portal = world.portal().await;
        for (name, value) in [
            ("authorization", &b"\xff\xfe"[..]),
            ("authorization", b"Basic \xff"),
            ("cookie", b"\xff=\xfe"),
            ("cookie", b"=;=;=;"),
            ("cookie", b";;;;"),
            ("accept-language", b"\xff"),
            ("accept-language", b"en;q=99999999999999999999"),
            ("origin", b"\xff"),
            ("traceparent", b"\xff"),
            ("content-type", b"\xff"),
        ] {
            for path in [
                "/oauth2/authorize?client_id=x",
                "/oauth2/userinfo",
                "/oidc/logout",
                "/.well-known/openid-configuration",
                "/login/x",
            ] {
                let answer = Call::get(path).header(name, value).send(world.router()).await;
                assert!(answer.status < 500, "{name} {path}: {}", answer.status);
            }
            let answer =
                Call::post("/oauth2/token").header(name, value).raw_form("a=b").send(world.router()).await;
            assert!([400, 401].contains(&answer.status), "{name}: {}", answer.status);
        }
        let cookies = format!("__Host-vb_browser={}; {}", "A".repeat(43), "x=y; ".repeat(500));
        let answer = Call::get(portal.request().path()).header("cookie", cookies).send(world.router()).await;
        assert_eq!(answer.status, 303);
    }

    async fn documents_do_not_mind_a_query(world: World) {
        for path in [
            "/.well-known/openid-configuration?x=%zz",
            "/oauth2/jwks?a=1&a=2",
            "/.well-known/oauth-authorization-server?",
        ] {
            assert_eq!(Call::get(path).send(world.router()).await.status, 200, "{path}");
        }
        let head = Call::of("HEAD", "/oauth2/jwks").send(world.router()).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
    }
}

fn expect_page_or_nothing(answer: &Answer, status: u16, what: &str) {
    // A confirmation of a logout without anybody signed in, and a language, need no form at all.
    if answer.status == 303 || (answer.status == 200 && answer.has("logged-out")) {
        return;
    }
    assert!(
        answer.code().is_some_and(|c| [1103, 1104, 1206].contains(&c)),
        "{what}: {} {}",
        answer.status,
        answer.plain()
    );
    assert!([status, 400, 403].contains(&answer.status), "{what}: {}", answer.status);
    answer.expect_page();
}

/// A world for the doc of this module: what is refused leaves nothing behind.
#[tokio::test]
async fn nothing_is_kept_of_what_is_refused() {
    let world = World::start(support::Pair::Embedded, support::Options::default()).await;
    let portal = world.portal().await;
    let browser = world.browser();
    for (query, _) in damaged().into_iter().filter(|(q, _)| q.len() < 60_000) {
        browser.open(&format!("{}&{query}", portal.request().path())).await;
    }
    assert!(browser.cookies().is_empty(), "{:?}", browser.cookies());
}
