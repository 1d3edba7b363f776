//! Item 16 and 32: RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::people::{AN, DUNG};
use support::{Answer, Browser, Call, Portal, World, call, for_both_stores, tokens};

fn path(pairs: &[(&str, &str)]) -> String {
    format!("/oidc/logout?{}", call::form(pairs))
}

fn bye(portal: &Portal) -> String {
    portal.metadata["post_logout_redirect_uris"][0].as_str().unwrap().to_owned()
}

async fn is_signed_in(world: &World, browser: &Browser, portal: &Portal) -> bool {
    world.at_once(browser, &portal.request().with("prompt", "none")).await.get("code").is_some()
}

#[track_caller]
fn expect_logged_out_page(answer: &Answer) {
    assert!(
        answer.status == 200 && answer.has("logged-out"),
        "{} {}\n{}",
        answer.url,
        answer.status,
        answer.plain()
    );
    answer.expect_page();
}

for_both_stores! {
    /// A portal's page posts from another site, and the browser leaves our cookies out: it comes again by GET, and then the session
    /// ends, the cookie goes, and VNeID is asked anew the next time.
    async fn core_16_by_a_form_of_a_portals_page(world: World) {
        let portal = world.portal().await;
        for way in ["hint", "client_id", "nothing"] {
            let browser = world.browser();
            let tokens = world.tokens(&browser, &portal, AN).await;
            let uri = format!("https://{}.example.vn/bye", portal.id);
            let body = match way {
                "hint" => format!("id_token_hint={}&post_logout_redirect_uri={uri}&state=s1", tokens.id_token()),
                "client_id" => format!("client_id={}&post_logout_redirect_uri={uri}", portal.id),
                _ => String::new(),
            };
            let answer = browser.post_from_elsewhere("/oidc/logout", &body).await;
            let answer = browser.follow(answer).await;
            let answer = if way == "hint" { answer } else { browser.press(&answer, "logout-confirm").await };
            if way != "nothing" {
                assert!(answer.location().is_some_and(|l| l.starts_with(&uri)), "{way}: {}", answer.plain());
            }
            assert!(browser.cookie("vb_session").is_none(), "{way}: the cookie is still there");
            assert!(!portal.works(&tokens.access).await, "{way}");
            let silent = portal.request().with("prompt", "none");
            let answer = browser.visit(&silent.path()).await;
            answer.returned().expect_error("login_required", world.issuer(), silent.get("state"));
            let to = world.to_vneid(&browser, &portal.request()).await;
            assert!(to.contains("prompt=login"), "{way}: {to}");
        }
    }

    /// Parameters in the query and in the body are one request; an empty body is none.
    async fn core_16_parameters_in_either_place(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let path = "/oidc/logout?state=s1";
        let answer = Call::post(path).form(&[("id_token_hint", tokens.id_token())]).send(world.router()).await;
        assert_eq!(answer.status, 303, "{}", answer.plain());
        assert!(!portal.works(&tokens.access).await);
        assert_eq!(Call::post("/oidc/logout").send(world.router()).await.status, 303);
        let twice = Call::post(path).form(&[("state", "s2")]).send(world.router()).await;
        assert_eq!(twice.code(), Some(1103));
    }

    /// A look without a body changes nothing.
    async fn core_16_head_ends_nothing(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let path = format!("/oidc/logout?id_token_hint={}", tokens.id_token());
        assert_eq!(Call::of("HEAD", &path).send(world.router()).await.status, 405);
        assert!(portal.works(&tokens.access).await);
        assert_eq!(Call::of("HEAD", portal.request().path()).send(world.router()).await.status, 405);
    }

    async fn core_16_with_a_hint(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let uri = bye(&portal);
        let state = "log out & state+/=\u{1ef5}";
        let hint = tokens.id_token();
        let answer = browser
            .visit(&path(&[("id_token_hint", hint), ("post_logout_redirect_uri", &uri), ("state", state)]))
            .await;
        let returned = answer.returned();
        assert_eq!((returned.to.as_str(), returned.get("state")), (uri.as_str(), Some(state)));
        assert_eq!(returned.names(), ["state"]);
        assert!(browser.cookie("vb_session").is_none());
        assert!(!is_signed_in(&world, &browser, &portal).await);
        assert!(!portal.works(&tokens.access).await);
        let event = world.event(AuditKind::SignedOut).await;
        assert_eq!(event.sid.unwrap().as_str(), tokens.claims()["sid"]);
    }

    async fn core_16_state_only_when_sent(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let uri = bye(&portal);
        for with_client in [true, false] {
            let tokens = world.tokens(&browser, &portal, AN).await;
            let mut pairs =
                vec![("id_token_hint", tokens.id_token()), ("post_logout_redirect_uri", uri.as_str())];
            if with_client {
                pairs.push(("client_id", &portal.id));
            }
            assert_eq!(browser.visit(&path(&pairs)).await.location(), Some(uri.as_str()));
        }
    }

    async fn core_16_by_post(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let uri = bye(&portal);
        let answer = browser
            .send(
                Call::post("/oidc/logout")
                    .form(&[("id_token_hint", tokens.id_token()), ("post_logout_redirect_uri", &uri)]),
            )
            .await;
        assert_eq!(browser.follow(answer).await.location(), Some(uri.as_str()));
        assert!(!is_signed_in(&world, &browser, &portal).await);
    }

    async fn core_16_an_expired_hint_is_good(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.wait(1500);
        let uri = bye(&portal);
        let answer = browser
            .visit(&path(&[("id_token_hint", tokens.id_token()), ("post_logout_redirect_uri", &uri)]))
            .await;
        assert_eq!(answer.location(), Some(uri.as_str()));
        assert!(!is_signed_in(&world, &browser, &portal).await);
    }

    async fn core_16_forged_hints_are_refused(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let uri = bye(&portal);
        let real = tokens.id_token();
        let none = tokens::forge(real, &json!({"alg": "none"}), "");
        let hs256 = tokens::forge(real, &json!({"alg": "HS256", "kid": tokens::header(real)["kid"]}), "AAAA");
        let unsigned = real.rsplit_once('.').unwrap().0;
        let (signed, signature) = real.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        let changed = format!("{signed}.{first}{}", &signature[1..]);
        let foreign = foreign(&world, &tokens.claims());
        for hint in [
            none.as_str(),
            &hs256,
            &format!("{unsigned}."),
            unsigned,
            &changed,
            &foreign,
            "x",
            "a.b.c",
            &tokens.access,
            &"x".repeat(15_000),
        ] {
            let answer =
                browser.visit(&path(&[("id_token_hint", hint), ("post_logout_redirect_uri", &uri)])).await;
            answer.expect_problem(1501);
        }
        assert!(is_signed_in(&world, &browser, &portal).await);
    }

    /// A logout token or a JWT access token is signed by us and is no id_token.
    async fn core_16_other_tokens_of_ours_are_no_hints(world: World) {
        let portal = world.register(json!({"access_token_format": "jwt"})).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        browser.visit(&path(&[("id_token_hint", &tokens.access)])).await.expect_problem(1501);
        assert!(is_signed_in(&world, &browser, &portal).await);
    }

    async fn core_16_only_registered_places(world: World) {
        let portal = world.portal().await;
        let other = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let uri = bye(&portal);
        let wrong = [
            "https://evil.example/",
            &format!("{uri}/"),
            &format!("{uri}?x"),
            &format!("{uri}#x"),
            &uri.to_uppercase(),
            &portal.redirect_uri,
            &bye(&other),
            "javascript:alert(1)",
            "//evil.example",
            "/oidc/logged-out",
            "https://portal.example.vn\\@evil.example",
        ];
        for to in wrong {
            for named in [vec![("id_token_hint", tokens.id_token())], vec![("client_id", portal.id.as_str())]]
            {
                let answer = browser
                    .visit(&path(&[&named[..], &[("post_logout_redirect_uri", to), ("state", "s")]].concat()))
                    .await;
                assert!(answer.location().is_none() && answer.status != 303, "{to}");
                assert!(!answer.text().contains("evil.example"), "{to}");
            }
        }
    }

    async fn core_16_a_place_without_a_client_leads_nowhere(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let page = browser.visit(&path(&[("post_logout_redirect_uri", &bye(&portal)), ("state", "s")])).await;
        assert!(page.has("logout-confirm"), "{}", page.plain());
        expect_logged_out_page(&browser.press(&page, "logout-confirm").await);
        // Nobody signed in: a page at once.
        expect_logged_out_page(&browser.visit(&path(&[("post_logout_redirect_uri", &bye(&portal))])).await);
    }

    async fn core_16_by_client_id_alone(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let uri = bye(&portal);
        let page = browser
            .visit(&path(&[("client_id", &portal.id), ("post_logout_redirect_uri", &uri), ("state", "x y")]))
            .await;
        assert!(page.has("logout-confirm"), "{}", page.plain());
        page.expect_page();
        // Nothing has happened yet.
        assert!(is_signed_in(&world, &browser, &portal).await);
        let returned = browser.press(&page, "logout-confirm").await.returned();
        assert_eq!((returned.to.as_str(), returned.get("state")), (uri.as_str(), Some("x y")));
        assert!(!is_signed_in(&world, &browser, &portal).await);
    }

    async fn core_16_with_nothing_at_all(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let page = browser.visit("/oidc/logout").await;
        assert!(page.has("logout-confirm"));
        assert!(is_signed_in(&world, &browser, &portal).await);
        expect_logged_out_page(&browser.press(&page, "logout-confirm").await);
        assert!(!is_signed_in(&world, &browser, &portal).await);
        // Scenario 13: without cookies, and twice.
        expect_logged_out_page(&browser.visit("/oidc/logout").await);
        expect_logged_out_page(&world.browser().visit("/oidc/logout").await);
    }

    async fn core_16_twice_with_the_same_hint(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let uri = bye(&portal);
        let link = path(&[("id_token_hint", tokens.id_token()), ("post_logout_redirect_uri", &uri)]);
        for _ in 0..2 {
            assert_eq!(browser.visit(&link).await.location(), Some(uri.as_str()));
        }
        let ended = world.events().await.iter().filter(|e| e.kind == AuditKind::SignedOut).count();
        assert_eq!(ended, 1);
    }

    /// An id_token of an earlier session does not end a newer one without asking: any page could have kept it.
    async fn core_16_a_hint_of_another_session_must_be_confirmed(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let old = world.tokens(&browser, &portal, AN).await;
        world.log_out(&browser, &portal, &old).await;
        world.tokens(&browser, &portal, DUNG).await;
        let page = browser
            .visit(&path(&[("id_token_hint", old.id_token()), ("post_logout_redirect_uri", &bye(&portal))]))
            .await;
        assert!(page.has("logout-confirm"), "{}", page.plain());
        assert!(is_signed_in(&world, &browser, &portal).await);
    }

    async fn core_16_hint_and_client_id_must_agree(world: World) {
        let (portal, other) = (world.portal().await, world.portal().await);
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let answer = browser
            .visit(&path(&[
                ("id_token_hint", tokens.id_token()),
                ("client_id", &other.id),
                ("post_logout_redirect_uri", &bye(&other)),
            ]))
            .await;
        answer.expect_problem(1501);
        assert!(is_signed_in(&world, &browser, &portal).await);
    }

    /// A server's call without cookies ends the session that the id_token names (portals.md, 6).
    async fn core_16_without_cookies_by_the_hint(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let answer = Call::post("/oidc/logout")
            .form(&[("id_token_hint", tokens.id_token())])
            .send(world.router())
            .await;
        assert!([200, 303].contains(&answer.status));
        assert!(!is_signed_in(&world, &browser, &portal).await);
        assert!(!portal.works(&tokens.access).await);
    }

    /// After a logout in this browser VNeID is told to ask again, whoever may be signed in there.
    async fn core_16_vneid_asks_again_after_a_logout(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        world.log_out(&browser, &portal, &tokens).await;
        let to = world.to_vneid(&browser, &portal.request()).await;
        assert!(world.vneid.is_told_to_ask_again(&to), "{to}");
        let returned = browser.visit(&world.vneid.approve(&to, DUNG).await).await.returned();
        returned.code();
        // Only once.
        let fresh = world.browser();
        let to = world.to_vneid(&fresh, &portal.request()).await;
        assert!(!world.vneid.is_told_to_ask_again(&to), "{to}");
    }

    async fn core_16_the_confirmation_cannot_be_forged(world: World) {
        let portal = world.portal().await;
        let (browser, attacker) = (world.browser(), world.browser());
        world.tokens(&browser, &portal, AN).await;
        world.tokens(&attacker, &portal, DUNG).await;
        let page = browser.visit("/oidc/logout").await;
        let form = page.form("logout-confirm");
        let theirs = attacker.visit("/oidc/logout").await.form("logout-confirm");
        let bad = [
            form.clone().without("form_token"),
            form.clone().with("form_token", ""),
            form.clone().with("form_token", "0.x"),
            theirs,
        ];
        for form in bad {
            let answer = browser.submit(&form).await;
            assert!([Some(1206), Some(1207)].contains(&answer.code()), "{}", answer.plain());
        }
        assert!(is_signed_in(&world, &browser, &portal).await);
    }

    /// Duplicates and damage: a page, and nobody is signed out.
    async fn core_16_damaged_requests(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let hint = tokens.id_token();
        for query in [
            format!("id_token_hint={hint}&id_token_hint={hint}"),
            format!("id_token_hint={hint}&state=%zz"),
            format!("id_token_hint={hint}&state=%ff"),
        ] {
            browser.visit(&format!("/oidc/logout?{query}")).await.expect_problem(1103);
        }
        assert!(is_signed_in(&world, &browser, &portal).await);
    }

    /// Idle and absolute ends of a session.
    async fn a_session_ends_by_itself(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let (idle, absolute) =
            (i64::from(world.settings.sessions.idle_secs), i64::from(world.settings.sessions.absolute_secs));
        world.wait(idle - 1);
        assert!(is_signed_in(&world, &browser, &portal).await);
        // Used: the idle end has moved.
        world.wait(idle - 1);
        assert!(is_signed_in(&world, &browser, &portal).await);
        world.wait(idle);
        assert!(!is_signed_in(&world, &browser, &portal).await);
        // The absolute end does not move.
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let mut passed = 0;
        while passed + idle / 2 < absolute {
            world.wait(idle / 2);
            passed += idle / 2;
            assert!(is_signed_in(&world, &browser, &portal).await, "after {passed} s");
        }
        world.wait(idle / 2);
        assert!(!is_signed_in(&world, &browser, &portal).await);
    }
}

/// The same claims, signed by somebody else under our key's name.
fn foreign(world: &World, claims: &serde_json::Value) -> String {
    let kid = support::world::kid_of(world, broker_jose::Algorithm::ES256);
    broker_jose::SigningKey::generate(broker_jose::Algorithm::ES256, &kid)
        .unwrap()
        .sign(None, claims)
        .unwrap()
}
