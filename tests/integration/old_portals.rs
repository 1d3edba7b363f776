//! What existing portals send (a client of profile `dvcqg`), and that no other client gets it.

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::people::{AN, CUONG};
use support::tokens::Tokens;
use support::{Call, Portal, World, for_both_stores};

/// The link as old portals build it: nothing encoded, no nonce, no PKCE.
fn link(portal: &Portal, rest: &str) -> String {
    let (id, uri) = (&portal.id, &portal.redirect_uri);
    format!(
        "/oauth2/authorize?response_type=code&client_id={id}&redirect_uri={uri}&scope=openid&acr_values=LoA1{rest}"
    )
}

/// The token request as old portals build it: nothing encoded.
fn redemption(portal: &Portal, code: &str) -> Call {
    let (id, uri, secret) = (&portal.id, &portal.redirect_uri, &portal.secret);
    Call::post("/oauth2/token")
        .raw_form(format!(
            "grant_type=authorization_code&code={code}&redirect_uri={uri}&client_id={id}&client_secret={secret}"
        ))
        .header("accept", "application/json")
}

async fn signed_in(world: &World, browser: &support::Browser, portal: &Portal) -> Tokens {
    let answer = browser.visit(&link(portal, "&state=abc")).await;
    let returned = world.go_on(browser, answer, AN).await;
    Tokens::of(&redemption(portal, &returned.code()).send(world.router()).await)
}

for_both_stores! {
    async fn old_portal_signs_in_as_ever(world: World) {
        let portal = world.old_portal().await;
        let browser = world.browser();
        let state = "q83vEjRW/eJq83+vEjRW+/==";
        let answer = browser.visit(&link(&portal, &format!("&state={state}"))).await;
        let returned = world.go_on(&browser, answer, AN).await;
        // A plus that was sent raw comes back such that the portal reads its own bytes.
        assert_eq!(returned.get("state"), Some(state), "{}", returned.url);
        let tokens = Tokens::of(&redemption(&portal, &returned.code()).send(world.router()).await);
        let claims = world.id_token(&portal, tokens.id_token()).await;
        for claims in [&claims, &portal.userinfo(&tokens.access).await.json()] {
            assert_eq!(claims["TechID"], claims["sub"]);
            assert_eq!(claims["LoaiTaiKhoan"], 1);
            assert_eq!(claims["SoDinhDanh"], AN.number);
            assert_eq!(claims["HoVaTen"], AN.name);
            assert_eq!(claims["NgaySinh"], "12/03/1985");
            assert_eq!(claims["GioiTinh"], 1);
            assert!(claims["loAs"].as_array().is_some_and(|l| l.contains(&json!("LoA1"))), "{claims}");
        }
    }

    async fn old_portal_without_state_and_with_odd_ones(world: World) {
        let portal = world.old_portal().await;
        let browser = world.browser();
        let answer = browser.visit(&link(&portal, "")).await;
        let returned = world.go_on(&browser, answer, AN).await;
        assert_eq!(returned.names(), ["code", "iss"]);
        for (sent, read) in [
            ("a+b", "a+b"),
            ("a%2Bb", "a+b"),
            ("a%20b", "a b"),
            ("a/b==", "a/b=="),
            ("%E1%BB%B5", "\u{1ef5}"),
        ] {
            let answer = browser.visit(&link(&portal, &format!("&state={sent}"))).await;
            assert_eq!(answer.returned().get("state"), Some(read), "{sent}");
            // In an error as well, also in one of a damaged query.
            for rest in ["&prompt=none&max_age=0", "&scope=openid", "&extra=%zz"] {
                let answer = browser.visit(&link(&portal, &format!("&state={sent}{rest}"))).await.returned();
                assert!(answer.get("error").is_some(), "{rest}");
                assert_eq!(answer.get("state"), Some(read), "{sent} {rest}");
            }
        }
    }

    async fn old_portal_with_a_plus_in_its_redirect_uri(world: World) {
        let uri = "https://plus.example.vn/sso+x/callback?a=b+c";
        let portal = world
            .register(json!({
                "profile": "dvcqg",
                "pkce": "optional",
                "token_endpoint_auth_methods": ["client_secret_post"],
                "redirect_uris": [uri],
            }))
            .await;
        let browser = world.browser();
        let request = portal.request().without_pkce();
        // Encoded as it should be, and raw.
        let code = world.sign_in(&browser, &request, AN).await.code();
        assert_eq!(portal.redeem(&code, &request).await.status, 200);
        let answer = browser.visit(&link(&portal, "&state=s")).await.returned();
        assert_eq!(redemption(&portal, &answer.code()).send(world.router()).await.status, 200);
    }

    async fn old_portal_userinfo_as_empty_json(world: World) {
        let portal = world.old_portal().await;
        let tokens = signed_in(&world, &world.browser(), &portal).await;
        let call = Call::post("/oauth2/userinfo")
            .bearer(&tokens.access)
            .header("content-type", "application/json")
            .header("content-length", "0");
        let answer = call.send(world.router()).await;
        assert_eq!(answer.json()["SoDinhDanh"], AN.number);
    }

    async fn old_portal_validates_a_token_by_itself(world: World) {
        let portal = world.old_portal().await;
        let browser = world.browser();
        let tokens = signed_in(&world, &browser, &portal).await;
        let other = signed_in(&world, &browser, &portal).await;
        let ask = |bearer: &str, token: &str| {
            Call::post("/oauth2/introspect").bearer(bearer).form(&[("token", token), ("state", "0")])
        };
        let body = ask(&tokens.access, &tokens.access).send(world.router()).await.json();
        assert_eq!((&body["active"], &body["client_id"]), (&json!(true), &json!(portal.id)));
        assert_eq!(
            body["exp"].as_i64(),
            Some(world.now().secs() + i64::from(world.settings.tokens.access_secs))
        );
        // Never of another token, though both are alive.
        assert_eq!(
            ask(&tokens.access, &other.access).send(world.router()).await.json(),
            json!({"active": false})
        );
        assert_eq!(ask("x", "x").send(world.router()).await.status, 401);
        world.wait(i64::from(world.settings.tokens.access_secs));
        assert_eq!(ask(&tokens.access, &tokens.access).send(world.router()).await.status, 401);
    }

    /// The id_token in the place of the token, the access token in the place of the hint, whose name ends in a space.
    async fn old_portal_revokes_by_id_token(world: World) {
        let portal = world.old_portal().await;
        let browser = world.browser();
        let tokens = signed_in(&world, &browser, &portal).await;
        let other = signed_in(&world, &browser, &portal).await;
        let (id, secret) = (&portal.id, &portal.secret);
        let body = format!(
            "token={}&token_type_hint ={}&client_id={id}&client_secret={secret}",
            tokens.id_token(),
            tokens.access
        );
        let answer = Call::post("/oauth2/revoke").raw_form(body).send(world.router()).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0));
        assert!(!portal.works(&tokens.access).await);
        assert!(portal.works(&other.access).await);
        assert_eq!(world.event(AuditKind::TokenRevoked).await.client.unwrap().as_str(), portal.id);
        // Another old portal's id_token ends nothing.
        let stranger = world.old_portal().await;
        assert_eq!(stranger.revoke(other.id_token()).await.status, 200);
        assert!(portal.works(&other.access).await);
    }

    async fn old_portal_logs_out_by_get_and_by_a_server_call(world: World) {
        let portal = world.old_portal().await;
        let bye = portal.metadata["post_logout_redirect_uris"][0].as_str().unwrap().to_owned();
        for by_server in [false, true] {
            let browser = world.browser();
            let tokens = signed_in(&world, &browser, &portal).await;
            let query =
                format!("id_token_hint={}&post_logout_redirect_uri={bye}&state=a+b/=", tokens.id_token());
            let answer = if by_server {
                // Parameters in the query of a POST without a body, and without cookies.
                Call::post(format!("/oidc/logout?{query}"))
                    .header("content-length", "0")
                    .send(world.router())
                    .await
            } else {
                browser.visit(&format!("/oidc/logout?{query}")).await
            };
            assert_eq!(answer.returned().get("state"), Some("a+b/="), "{}", answer.text());
            assert!(!portal.works(&tokens.access).await);
            let none = browser.visit(&link(&portal, "&prompt=none")).await.returned();
            assert_eq!(none.get("error"), Some("login_required"));
        }
    }

    /// Levels: what was asked for is a wish; what was reached is said.
    async fn old_portal_levels(world: World) {
        let portal = world.old_portal().await;
        let browser = world.browser();
        for acr in ["LoA1", "LoA2", "LoA3", "LoA4", "nonsense", "LoA9 LoA2"] {
            let path = link(&portal, "")
                .replace("acr_values=LoA1", &format!("acr_values={}", acr.replace(' ', "%20")));
            let answer = browser.visit(&path).await;
            let returned = world.go_on(&browser, answer, CUONG).await;
            let tokens = Tokens::of(&redemption(&portal, &returned.code()).send(world.router()).await);
            let claims = tokens.claims();
            let reached = claims["loAs"].as_array().unwrap();
            assert_eq!(reached.last(), Some(&claims["acr"]), "{acr}");
        }
    }

    async fn other_clients_get_none_of_it(world: World) {
        let portal = world
            .register(json!({"token_endpoint_auth_methods": ["client_secret_post"], "pkce": "optional"}))
            .await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        let info = portal.userinfo(&tokens.access).await.json();
        assert!(info.get("TechID").is_none() && tokens.claims().get("TechID").is_none());
        // A plus in the query is a space to them, as the standard has it.
        let answer = browser.visit(&link(&portal, "&state=a+b")).await;
        assert_eq!(answer.returned().get("state"), Some("a b"));
    }
}
