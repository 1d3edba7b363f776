//! Attacks of RFC 9700 and beyond that are not at home with one endpoint.

use broker_domain::audit::AuditKind;
use broker_domain::ids::SessionId;
use futures_util::future::join_all;
use serde_json::json;
use support::people::{AN, DUNG};
use support::{Answer, Call, Returned, for_both_stores, tokens};

for_both_stores! {
    /// Response splitting: control characters in `state` never reach a header.
    async fn attack_header_injection_in_state(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        for state in [
            "a\r\nSet-Cookie: vb_session=x",
            "a\nLocation: https://evil.example/",
            "\r\n\r\n<html>",
            "a\u{85}b\u{2028}c",
            "\u{7f}\u{1}",
        ] {
            let request = portal.request().with("state", state);
            let answer = browser.open(&request.path()).await;
            assert!(answer.set_cookies().is_empty());
            let returned = answer.returned();
            if returned.get("error").is_none() {
                assert_eq!(returned.get("state"), Some(state));
            }
            assert!(returned.url.is_ascii() && !returned.url.contains(['\r', '\n']));
        }
        // A null character is refused.
        let answer = browser.open(&format!("{}&x=%00", portal.request().path())).await.returned();
        assert_eq!(answer.get("error"), Some("invalid_request"));
    }

    /// Open redirect by the language switch.
    async fn attack_open_redirect_by_the_language(world: World) {
        for to in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "/\r\nLocation: https://evil.example",
            "javascript:alert(1)",
            "evil.example",
            "",
        ] {
            for name in ["to", "here"] {
                let answer =
                    Call::post("/language").form(&[("lang", "en"), (name, to)]).send(world.router()).await;
                let location = answer.location().unwrap_or("/");
                assert!(
                    location.starts_with('/')
                        && !location.starts_with("//")
                        && !location.contains('\\')
                        && !location.contains("evil"),
                    "{location}"
                );
            }
        }
        let answer =
            Call::post("/language").form(&[("lang", "\"><script>"), ("to", "/x")]).send(world.router()).await;
        assert!(answer.set_cookies().is_empty());
    }

    /// `alg: none`, HS256 under the public key, and a foreign key, wherever a token of ours is read.
    async fn attack_algorithm_confusion(world: World) {
        let portal = world
            .register(json!({"access_token_format": "jwt", "id_token_signed_response_alg": "RS256"}))
            .await;
        let browser = world.browser();
        let real = world.tokens(&browser, &portal, AN).await;
        let kid = tokens::header(real.id_token())["kid"].clone();
        let public = Call::get("/oauth2/jwks").send(world.router()).await.text();
        for token in [&real.access, real.id_token.as_ref().unwrap()] {
            let typ = tokens::header(token)["typ"].clone();
            for header in [
                json!({"alg": "none"}),
                json!({"alg": "None", "typ": typ}),
                json!({"alg": "HS256", "kid": kid, "typ": typ}),
                json!({"alg": "RS256", "kid": "../../etc/passwd", "typ": typ}),
                json!({"alg": "RS256", "kid": kid, "typ": typ, "jwk": public, "jku": "https://evil.example/keys"}),
                json!({"alg": "RS256", "kid": kid, "typ": typ, "crit": ["x"], "x": 1}),
            ] {
                for signature in ["", "AAAA"] {
                    let forged = tokens::forge(token, &header, signature);
                    assert_eq!(portal.userinfo(&forged).await.status, 401, "{header}");
                    assert_eq!(portal.introspect(&forged).await.json(), json!({"active": false}), "{header}");
                    let request = portal.request().with("prompt", "none").with("id_token_hint", &forged);
                    assert!(world.at_once(&browser, &request).await.get("code").is_none(), "{header}");
                    assert_eq!(portal.revoke(&forged).await.status, 200);
                }
            }
        }
        assert!(portal.works(&real.access).await);
    }

    /// Tokens and codes of one portal are nothing at another.
    async fn attack_cross_portal_use(world: World) {
        let (mine, theirs) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        let request = mine.request();
        let returned = world.sign_in(&browser, &request, AN).await;
        // As if the attacker's portal had been sent the code: under its own name, its own redirect URI.
        let forged = theirs.request().with("code_challenge", request.get("code_challenge").unwrap());
        let mut stolen = forged.clone();
        stolen.verifier = request.verifier.clone();
        theirs.redeem(&returned.code(), &stolen).await.expect_error(400, "invalid_grant");
        theirs.redeem(&returned.code(), &request).await.expect_error(400, "invalid_grant");

        let tokens = world.tokens(&browser, &mine, AN).await;
        assert_eq!(theirs.introspect(&tokens.access).await.json(), json!({"active": false}));
        theirs.refresh(tokens.refresh()).await.expect_error(400, "invalid_grant");
        theirs.revoke(&tokens.access).await;
        assert!(mine.works(&tokens.access).await);
    }

    /// Replay of one-time values under a race: consent, logout confirmation, the end of a session.
    async fn attack_races_of_one_time_values(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let form = browser.visit(&callback).await.form("consent-allow");
        let answers = join_all((0..4).map(|_| browser.submit(&form))).await;
        let codes = answers.iter().filter(|a| a.location().is_some_and(|l| l.contains("code="))).count();
        assert_eq!(codes, 1);
        assert_eq!(world.events().await.iter().filter(|e| e.kind == AuditKind::ConsentGiven).count(), 1);

        let tokens = world.tokens_for(&browser, &portal, &portal.request(), AN).await;
        let query = support::call::form(&[("id_token_hint", tokens.id_token())]);
        let link = format!("/oidc/logout?{query}");
        join_all((0..4).map(|_| browser.visit(&link))).await;
        assert_eq!(world.events().await.iter().filter(|e| e.kind == AuditKind::SignedOut).count(), 1);
        assert!(!portal.works(&tokens.access).await);
    }

    /// What was lost in a race is not done at all: no grant that nobody was told of, no portal that took part by it.
    async fn attack_a_lost_race_leaves_no_grant(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), AN).await;
        let form = browser.visit(&callback).await.form("consent-allow");
        join_all((0..4).map(|_| browser.submit(&form))).await;
        let sid = SessionId::parse(&browser.sid().unwrap()).unwrap();
        let session = world.broker().stores.expiring.open(None, Some(&sid)).await.unwrap().session.unwrap();
        assert_eq!(session.participants.len(), 1);
    }

    /// Allow and deny at the same moment: one of them counts, for the portal, for the audit trail, and for the next visit.
    async fn attack_a_race_of_yes_and_no(world: World) {
        for _ in 0..3 {
            let portal = world.register(json!({"consent": "ask"})).await;
            let browser = world.browser();
            let callback = world.to_callback(&browser, &portal.request(), DUNG).await;
            let page = browser.visit(&callback).await;
            let (yes, no) = (page.form("consent-allow"), page.form("consent-deny"));
            let passed = world.events().await.len();
            let (a, b) = tokio::join!(browser.submit(&yes), browser.submit(&no));
            let told = |x: &Answer| {
                x.location().filter(|l| l.starts_with(&portal.redirect_uri)).map(|_| x.returned())
            };
            let told: Vec<Returned> = [&a, &b].into_iter().filter_map(told).collect();
            assert_eq!(told.len(), 1, "{:?} {:?}", a.location(), b.location());
            let allowed = told[0].get("code").is_some();
            let said = world.kinds_after(passed).await;
            let expected = if allowed { AuditKind::ConsentGiven } else { AuditKind::ConsentRefused };
            assert_eq!(said, [expected]);
            let next = world.browser();
            let callback = world.to_callback(&next, &portal.request(), DUNG).await;
            assert_eq!(next.visit(&callback).await.has("consent-allow"), !allowed);
        }
    }

    /// An error page repeats nothing that was sent.
    async fn attack_nothing_is_reflected(world: World) {
        let marker = "<script>alert(7)</script>";
        let encoded = support::call::encode(marker);
        for path in [
            format!("/oauth2/authorize?client_id={encoded}"),
            format!("/oauth2/authorize?redirect_uri={encoded}"),
            format!("/callback/vneid?state={encoded}"),
            format!("/login/{encoded}"),
            format!("/{encoded}"),
            format!("/oidc/logout?id_token_hint={encoded}"),
            format!("/oidc/logged-out?client_id={encoded}"),
            format!("/oidc/logout?post_logout_redirect_uri={encoded}&state={encoded}"),
            format!("/assets/{encoded}"),
        ] {
            let answer = Call::get(&path)
                .header("accept-language", marker)
                .header("referer", marker)
                .send(world.router())
                .await;
            assert!(!answer.text().contains("alert(7)"), "{path}\n{}", answer.text());
        }
    }

    /// A client whose name is hostile shows as text.
    async fn attack_names_are_text(world: World) {
        let portal = world
            .register(json!({
                "client_name": "<img src=x onerror=alert(8)>",
                "client_name#en": "\"><script>alert(9)</script>",
                "sign_in_methods": ["vneid", "national"],
                "consent": "ask",
            }))
            .await;
        for language in ["vi", "en"] {
            let browser = world.browser();
            let page = browser.visit(&portal.request().with("ui_locales", language).path()).await;
            assert!(
                !page.text().contains("<img src=x") && !page.text().contains("<script>"),
                "{}",
                page.text()
            );
            let answer = browser.press(&page, "login-vneid").await;
            let consent = browser.visit(&world.vneid.approve(answer.location().unwrap(), AN).await).await;
            assert!(
                consent.has("consent-allow")
                    && !consent.text().contains("<img src=x")
                    && !consent.text().contains("<script>")
            );
        }
    }

    /// A name from VNeID shows as text.
    async fn attack_names_of_people_are_text(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let mut citizen = support::vneid::citizen(DUNG);
        "<b onclick=alert(1)>Dung</b>".clone_into(&mut citizen.full_name);
        world.vneid.put(citizen);
        let browser = world.browser();
        let callback = world.to_callback(&browser, &portal.request(), DUNG).await;
        let page = browser.visit(&callback).await;
        // No name has such characters: nobody is signed in by it. If one had, it would stand there as text.
        assert!(page.has("consent-allow") || page.code() == Some(1328), "{}", page.plain());
        assert!(!page.text().contains("<b onclick"));
    }
}
