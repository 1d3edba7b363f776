//! Item 8: scopes and the `claims` parameter (OpenID Connect Core 5.1, 5.4, 5.5).

use serde_json::{Value, json};
use support::for_both_stores;
use support::people::{AN, DUNG};

for_both_stores! {
    async fn core_08_profile_email_address_phone(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let request = portal.request().with("scope", "openid profile email address phone");
        let tokens = world.tokens_for(&browser, &portal, &request, AN).await;
        assert_eq!(tokens.scope(), "openid profile email address phone");
        let info = portal.userinfo(&tokens.access).await.json();
        assert_eq!(info["sub"], tokens.claims()["sub"]);
        assert_eq!(info["name"], AN.name);
        assert_eq!(
            (&info["family_name"], &info["middle_name"], &info["given_name"]),
            (&json!("NGUYỄN"), &json!("VĂN"), &json!("AN"))
        );
        assert_eq!((&info["birthdate"], &info["gender"]), (&json!(AN.born), &json!("male")));
        assert_eq!((&info["locale"], &info["zoneinfo"]), (&json!("vi-VN"), &json!("Asia/Ho_Chi_Minh")));
        assert!(info["phone_number"].as_str().is_some_and(|p| !p.is_empty()), "{info}");
        assert!(info["phone_number_verified"].is_boolean());
        assert!(info["email"].as_str().is_none_or(|e| e.contains('@')));
        assert!(info["address"].is_null() || info["address"]["formatted"].is_string(), "{info}");
        no_blanks(&info);
        // And nothing that was not asked for.
        for name in ["personal_number", "account_type", "SoDinhDanh", "TechID", "tax_code"] {
            assert!(info.get(name).is_none(), "{name}");
        }
    }

    async fn core_08_openid_alone_releases_the_subject(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let info = portal.userinfo(&tokens.access).await.json();
        assert_eq!(info.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"]);
    }

    async fn core_08_national_scopes(world: World) {
        let portal = world.portal().await;
        let request = portal.request().with("scope", "openid citizen");
        let tokens = world.tokens_for(&world.browser(), &portal, &request, DUNG).await;
        let info = portal.userinfo(&tokens.access).await.json();
        assert_eq!(
            (&info["personal_number"], &info["account_type"]),
            (&json!(DUNG.number), &json!("citizen"))
        );
        assert!(info.get("name").is_none());
    }

    async fn core_08_single_claims(world: World) {
        let portal = world.portal().await;
        let asked = json!({
            "userinfo": {"name": {"essential": true}, "birthdate": null, "nickname": {"essential": true}, "no.such/claim": null},
            "id_token": {"auth_time": {"essential": true}, "acr": null, "gender": null},
            "unknown_member": {"x": 1},
        });
        let request = portal.request().with("claims", &asked.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let info = portal.userinfo(&tokens.access).await.json();
        let mut names: Vec<&str> = info.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["birthdate", "name", "sub"]);
        assert_eq!(tokens.claims()["gender"], "male");
        assert!(tokens.claims()["auth_time"].is_i64());
    }

    /// A single wish reaches no further than what the client registered for.
    async fn core_08_single_claims_stay_within_the_registration(world: World) {
        let portal = world.register(json!({"scope": "openid profile"})).await;
        let asked = json!({
            "userinfo": {"personal_number": {"essential": true}, "email": null, "name": null},
            "id_token": {"personal_number": null},
        });
        let request = portal.request().with("claims", &asked.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let info = portal.userinfo(&tokens.access).await.json();
        assert_eq!(info["name"], AN.name);
        assert!(info.get("personal_number").is_none() && info.get("email").is_none());
        assert!(tokens.claims().get("personal_number").is_none());
    }

    /// Nobody replaces what the protocol says by asking for it.
    async fn core_08_protocol_claims_cannot_be_asked_away(world: World) {
        let portal = world.portal().await;
        let asked = json!({"id_token": {
            "iss": {"value": "x"},
            "aud": {"value": "evil"},
            "exp": {"value": 1},
            "sid": null,
            "nonce": {"value": "y"},
            "at_hash": null,
        }});
        let request = portal.request().with("claims", &asked.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let claims = world.id_token(&portal, tokens.id_token()).await;
        assert_eq!(claims["nonce"].as_str(), request.get("nonce"));
    }

    /// OpenID Connect Core 5.5.1: a value that is asked for of `sub` must be the one.
    async fn core_08_a_subject_asked_for_by_claims(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let sub = world.tokens(&browser, &portal, AN).await.claims()["sub"].clone();
        let same = portal
            .request()
            .with("prompt", "none")
            .with("claims", &json!({"id_token": {"sub": {"value": sub}}}).to_string());
        world.at_once(&browser, &same).await.code();
        let other = portal
            .request()
            .with("prompt", "none")
            .with("claims", &json!({"id_token": {"sub": {"value": "somebody-else"}}}).to_string());
        let returned = world.at_once(&browser, &other).await;
        assert!(
            returned.get("code").is_none(),
            "a code for another subject than the one that was asked for: {}",
            returned.url
        );
    }

    async fn core_08_malformed_claims(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for text in [
            "x",
            "[]",
            "1",
            "\"s\"",
            "{\"userinfo\": 1}",
            "{\"id_token\": []}",
            "{\"id_token\": {\"name\": 3}}",
            &"[".repeat(10_000),
        ] {
            let request = portal.request().with("claims", text);
            browser.open(&request.path()).await.returned().expect_error(
                "invalid_request",
                world.issuer(),
                request.get("state"),
            );
        }
        for text in ["{}", "{\"userinfo\": null}", "{\"userinfo\": {}}", "{\"other\": 1}"] {
            world.sign_in(&browser, &portal.request().with("claims", text), AN).await.code();
        }
    }
}

/// Item 9: no blank strings, no nulls.
pub(crate) fn no_blanks(info: &Value) {
    for (name, value) in info.as_object().unwrap() {
        match value {
            Value::Null => panic!("{name} is null"),
            Value::String(s) => assert!(!s.trim().is_empty(), "{name} is blank"),
            Value::Object(_) => no_blanks(value),
            _ => {}
        }
    }
}
