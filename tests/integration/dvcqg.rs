//! The seven quirks of existing portals one by one, each beside what a standard client gets for the same; and their claims.

use mock_vneid::Fault;
use serde_json::{Value, json};
use support::people::{AN, CUONG, DUNG, Person};
use support::tokens::Tokens;
use support::{Answer, Browser, Call, Portal, World, for_both_stores};

/// A standard client that is as lax as its registration allows: no PKCE, the secret in the form.
async fn standard(world: &World) -> Portal {
    world.register(json!({"token_endpoint_auth_methods": ["client_secret_post"], "pkce": "optional"})).await
}

/// The link as old portals build it: nothing encoded, no nonce, no PKCE.
fn link(portal: &Portal, rest: &str) -> String {
    let (id, uri) = (&portal.id, &portal.redirect_uri);
    format!(
        "/oauth2/authorize?response_type=code&client_id={id}&redirect_uri={uri}&scope=openid&acr_values=LoA1{rest}"
    )
}

fn redemption(portal: &Portal, code: &str) -> Call {
    let (id, uri, secret) = (&portal.id, &portal.redirect_uri, &portal.secret);
    Call::post("/oauth2/token").raw_form(format!(
        "grant_type=authorization_code&code={code}&redirect_uri={uri}&client_id={id}&client_secret={secret}"
    ))
}

async fn signed_in(world: &World, browser: &Browser, portal: &Portal, person: Person) -> Tokens {
    let answer = browser.visit(&link(portal, "&state=abc")).await;
    let returned = world.go_on(browser, answer, person).await;
    Tokens::of(&redemption(portal, &returned.code()).send(world.router()).await)
}

async fn claims(world: &World, portal: &Portal, person: Person) -> Value {
    let tokens = signed_in(world, &world.browser(), portal, person).await;
    let info = portal.userinfo(&tokens.access).await.json();
    let id_token = world.id_token(portal, tokens.id_token()).await;
    // Both say the same.
    for (name, value) in info.as_object().unwrap() {
        assert_eq!(&id_token[name], value, "{name}");
    }
    info
}

fn unreserved(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

async fn revoke_by_id_token(world: &World, portal: &Portal, tokens: &Tokens) -> Answer {
    let (id, secret) = (&portal.id, &portal.secret);
    let body = format!(
        "token={}&token_type_hint ={}&client_id={id}&client_secret={secret}",
        tokens.id_token(),
        tokens.access
    );
    Call::post("/oauth2/revoke").raw_form(body).send(world.router()).await
}

for_both_stores! {
    async fn dvcqg_quirk_1_authorize(world: World) {
        let uri = "https://plus.example.vn/sso+x/callback";
        let own = json!({"profile": "dvcqg", "pkce": "optional", "token_endpoint_auth_methods": ["client_secret_post"],
            "redirect_uris": [uri]});
        let (old, browser) = (world.register(own).await, world.browser());
        let state = "+/a+b==";
        let answer = browser.visit(&link(&old, &format!("&state={state}"))).await;
        let returned = world.go_on(&browser, answer, AN).await;
        assert_eq!(returned.get("state"), Some(state));
        let answer = browser.visit(&link(&old, "")).await.returned();
        assert_eq!(answer.names(), ["code", "iss"]);
        // A standard client: a raw plus is a space, in the state and in the address, which then is none of its own.
        let own = json!({"pkce": "optional", "redirect_uris": [uri, "https://plain.example.vn/cb"]});
        let strict = world.register(own).await;
        assert_eq!(browser.visit(&link(&strict, "&state=s")).await.status, 400);
        let plain = Portal { redirect_uri: "https://plain.example.vn/cb".into(), ..strict };
        let answer = browser.visit(&link(&plain, &format!("&state={state}"))).await;
        assert_eq!(answer.returned().get("state"), Some(" /a b=="));
        // And as it is registered by default it must use PKCE.
        let careful = world.portal().await;
        let answer = browser.visit(&link(&careful, "&state=s")).await;
        answer.returned().expect_error("invalid_request", world.issuer(), Some("s"));
    }

    async fn dvcqg_quirk_2_token(world: World) {
        let old = world.old_portal().await;
        let browser = world.browser();
        let answer = browser.visit(&link(&old, "&state=s")).await;
        let code = world.go_on(&browser, answer, AN).await.code();
        assert!(unreserved(&code) && unreserved(&old.secret), "{code}");
        let call = redemption(&old, &code).header("accept", "application/json");
        let tokens = Tokens::of(&call.send(world.router()).await);
        assert!(unreserved(&tokens.access) && tokens.id_token.is_some());
        // Whoever registered for Basic alone sends no secret in the form.
        let strict = world.register(json!({"token_endpoint_auth_methods": ["client_secret_basic"], "pkce": "optional"})).await;
        let answer = browser.visit(&link(&strict, "&state=s")).await.returned();
        let refused = redemption(&strict, &answer.code()).send(world.router()).await;
        assert_eq!((refused.status, refused.json()["error"].clone()), (401, json!("invalid_client")));
    }

    async fn dvcqg_quirk_3_userinfo(world: World) {
        for portal in [world.old_portal().await, standard(&world).await] {
            let tokens = signed_in(&world, &world.browser(), &portal, AN).await;
            let usual = portal.userinfo(&tokens.access).await.json();
            let post = || Call::post("/oauth2/userinfo").bearer(&tokens.access);
            for call in [
                post().header("content-type", "application/json").header("content-length", "0"),
                post().header("content-type", "application/json; charset=utf-8").header("accept", "text/html, image/gif, *; q=.2"),
                post(),
            ] {
                let answer = call.send(world.router()).await;
                assert_eq!((answer.status, answer.json()), (200, usual.clone()));
                assert!(answer.header("content-type").is_some_and(|t| t.starts_with("application/json")));
            }
            // The claims of the profile are what differs.
            assert_eq!(usual.get("TechID").is_some(), portal.metadata["profile"] == "dvcqg");
        }
    }

    async fn dvcqg_quirk_4_validate_token(world: World) {
        let (old, strict) = (world.old_portal().await, standard(&world).await);
        let browser = world.browser();
        let mine = signed_in(&world, &browser, &old, AN).await;
        let theirs = signed_in(&world, &browser, &strict, AN).await;
        let ask = |bearer: &str, token: &str| {
            Call::post("/oauth2/introspect").bearer(bearer).form(&[("token", token), ("state", "0")])
        };
        let body = ask(&mine.access, &mine.access).send(world.router()).await.json();
        assert_eq!((&body["active"], &body["client_id"]), (&json!(true), &json!(old.id)));
        assert!(body["exp"].as_i64().is_some_and(|at| at > world.now().secs()));
        assert_eq!(ask(&mine.access, &theirs.access).send(world.router()).await.json(), json!({"active": false}));
        // A standard client proves who it is.
        assert_eq!(ask(&theirs.access, &theirs.access).send(world.router()).await.status, 401);
        assert_eq!(ask(&theirs.access, &mine.access).send(world.router()).await.status, 401);
    }

    async fn dvcqg_quirk_5_revoke(world: World) {
        for (portal, ends) in [(world.old_portal().await, true), (standard(&world).await, false)] {
            let tokens = signed_in(&world, &world.browser(), &portal, AN).await;
            let answer = revoke_by_id_token(&world, &portal, &tokens).await;
            // RFC 7009, 2.2: what is no token of ours is answered in the same way.
            assert_eq!((answer.status, answer.body.len()), (200, 0));
            assert_eq!(portal.works(&tokens.access).await, !ends);
        }
    }

    async fn dvcqg_quirk_6_logout(world: World) {
        let old = world.old_portal().await;
        let bye = old.metadata["post_logout_redirect_uris"][0].as_str().unwrap().to_owned();
        // By the browser, by the server with a query, by the server with a form; with a state and without.
        for way in 0..4 {
            let browser = world.browser();
            let tokens = signed_in(&world, &browser, &old, AN).await;
            let state = if way == 3 { "" } else { "&state=a+b/=" };
            let query = format!("id_token_hint={}&post_logout_redirect_uri={bye}{state}", tokens.id_token());
            let answer = match way {
                0 => browser.visit(&format!("/oidc/logout?{query}")).await,
                1 => Call::post(format!("/oidc/logout?{query}")).header("content-length", "0").send(world.router()).await,
                _ => Call::post("/oidc/logout").raw_form(query).send(world.router()).await,
            };
            let expected = (way != 3).then_some("a+b/=");
            assert_eq!(answer.returned().get("state"), expected, "{way}");
            assert!(!old.works(&tokens.access).await, "{way}");
            let none = browser.visit(&link(&old, "&prompt=none")).await.returned();
            assert_eq!(none.get("error"), Some("login_required"), "{way}");
        }
        // Of a standard client's state a raw plus is a space.
        let strict = standard(&world).await;
        let bye = strict.metadata["post_logout_redirect_uris"][0].as_str().unwrap().to_owned();
        let browser = world.browser();
        let tokens = signed_in(&world, &browser, &strict, AN).await;
        let query = format!("id_token_hint={}&post_logout_redirect_uri={bye}&state=a+b", tokens.id_token());
        assert_eq!(browser.visit(&format!("/oidc/logout?{query}")).await.returned().get("state"), Some("a b"));
    }

    /// As Java, .NET and PHP send: odd cases and parameters of the type, an Accept of a browser.
    async fn dvcqg_quirk_7_bodies(world: World) {
        let old = world.old_portal().await;
        let browser = world.browser();
        for (kind, accept) in [
            ("application/x-www-form-urlencoded", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
            ("application/x-www-form-urlencoded; charset=UTF-8", "text/html"),
            ("Application/X-WWW-Form-URLEncoded;charset=utf-8", "*/*"),
        ] {
            let answer = browser.visit(&link(&old, "&state=s")).await;
            let code = world.go_on(&browser, answer, AN).await.code();
            let mut call = redemption(&old, &code).header("accept", accept);
            call.headers.retain(|(name, _)| name != "content-type");
            let answer = call.header("content-type", kind).send(world.router()).await;
            assert!(answer.header("content-type").is_some_and(|t| t.starts_with("application/json")), "{kind}");
            let tokens = Tokens::of(&answer);
            // A wrong one is told in JSON too.
            let again = redemption(&old, &code).header("accept", "text/html").send(world.router()).await;
            assert_eq!((again.status, again.json()["error"].clone()), (400, json!("invalid_grant")));
            assert!(!old.works(&tokens.access).await, "a code used twice ends what came of it");
        }
    }

    /// Every claim that VNeID's people bring, with its type.
    async fn dvcqg_claims_of_a_citizen(world: World) {
        let old = world.old_portal().await;
        let said = claims(&world, &old, CUONG).await;
        assert_eq!(said["TechID"], said["sub"]);
        for (name, value) in [
            ("LoaiTaiKhoan", json!(1)),
            ("SoDinhDanh", json!(CUONG.number)),
            ("SoCMND", json!("171234567")),
            ("HoVaTen", json!(CUONG.name)),
            ("NgaySinh", json!("02/11/1975")),
            ("GioiTinh", json!(1)),
            ("SoDienThoai", json!("0912000003")),
            ("loAs", json!(["LoA1", "LoA2"])),
        ] {
            assert_eq!(said[name], value, "{name}");
        }
        for name in ["DiaChi", "ThuDienTu"] {
            assert!(said[name].is_string(), "{name}");
        }
        for name in ["MaSoThue", "MaSoDoanhNghiep", "TenDoanhNghiep", "HoChieu"] {
            assert!(said.get(name).is_none(), "{name}");
        }
    }

    /// Portals make `<TechID>@…` of a missing e-mail: so it must be missing, and the TechID must be there.
    async fn dvcqg_claims_of_who_told_little(world: World) {
        let old = world.old_portal().await;
        let known = support::vneid::citizen(DUNG);
        world.vneid.put(mock_vneid::Citizen {
            email: None, address: None, phone: String::new(), gender: String::new(), ..known
        });
        let said = claims(&world, &old, DUNG).await;
        let mut names: Vec<&str> = said.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["GioiTinh", "HoVaTen", "LoaiTaiKhoan", "NgaySinh", "SoDinhDanh", "TechID", "loAs", "sub"]);
        assert_eq!(said["GioiTinh"], 0);
        assert!(said["TechID"].as_str().is_some_and(|id| !id.is_empty()));
    }

    async fn dvcqg_claims_of_an_organization(world: World) {
        let old = world.old_portal().await;
        let as_a_person = claims(&world, &old, AN).await;
        for (claim, value) in [
            ("accountType", json!("organization")),
            ("taxCode", json!("0101234567")),
            ("organizationName", json!("CÔNG TY TNHH SAO MAI")),
        ] {
            world.vneid.fail_claim(Fault::OtherClaim { claim: claim.into(), value });
        }
        // An organization arrives as itself, under a subject of its own at VNeID.
        world.vneid.fail_claim(Fault::OtherSubject);
        let said = claims(&world, &old, AN).await;
        for (name, value) in [
            ("LoaiTaiKhoan", json!(2)),
            ("MaSoThue", json!("0101234567")),
            ("TenDoanhNghiep", json!("CÔNG TY TNHH SAO MAI")),
            // Who acts for it.
            ("SoDinhDanh", json!(AN.number)),
            ("HoVaTen", json!(AN.name)),
        ] {
            assert_eq!(said[name], value, "{name}");
        }
        assert_ne!(said["TechID"], as_a_person["TechID"], "an organization is not the person who acts for it");
        // A standard client reads the same under documented names.
        let strict = standard(&world).await;
        let request = strict.request().without_pkce().with("scope", "openid organization");
        let tokens = world.tokens_for(&world.browser(), &strict, &request, AN).await;
        let mut info = strict.userinfo(&tokens.access).await.json();
        info.as_object_mut().unwrap().remove("sub");
        assert_eq!(
            info,
            json!({"account_type": "organization", "tax_code": "0101234567", "organization_name": "CÔNG TY TNHH SAO MAI",
                "representative_name": AN.name, "representative_number": AN.number})
        );
    }
}
