//! Items 14 and 27: discovery (OpenID Connect Discovery 4; RFC 8414), and that what it says is so.

use serde_json::{Value, json};
use support::people::AN;
use support::{Call, for_both_stores};

for_both_stores! {
    async fn core_14_both_paths_say_the_same(world: World) {
        let one = Call::get("/.well-known/openid-configuration").send(world.router()).await;
        let two = Call::get("/.well-known/oauth-authorization-server").send(world.router()).await;
        assert_eq!((one.status, two.status), (200, 200));
        assert_eq!(one.json(), two.json());
        let document = one.json();
        assert_eq!(document["issuer"], world.issuer());
        assert!(!document["issuer"].as_str().unwrap().ends_with('/'));
        for (name, path) in [
            ("authorization_endpoint", "/oauth2/authorize"),
            ("token_endpoint", "/oauth2/token"),
            ("userinfo_endpoint", "/oauth2/userinfo"),
            ("introspection_endpoint", "/oauth2/introspect"),
            ("revocation_endpoint", "/oauth2/revoke"),
            ("jwks_uri", "/oauth2/jwks"),
            ("end_session_endpoint", "/oidc/logout"),
        ] {
            assert_eq!(document[name], format!("{}{path}", world.issuer()), "{name}");
        }
        // Item 12: outright, for the standard's default is true.
        assert_eq!(document["request_uri_parameter_supported"], false);
        assert_eq!(document["request_parameter_supported"], false);
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        assert_eq!(document["claims_parameter_supported"], true);
        // What there is not is not said.
        for name in [
            "registration_endpoint",
            "device_authorization_endpoint",
            "pushed_authorization_request_endpoint",
            "check_session_iframe",
            "service_documentation",
        ] {
            assert!(document.get(name).is_none(), "{name}");
        }
        assert_no_empty(&document);
    }

    /// Only what works is advertised: each value is tried.
    async fn core_14_what_is_advertised_works(world: World) {
        let document = Call::get("/.well-known/openid-configuration").send(world.router()).await.json();
        let list = |name: &str| -> Vec<String> {
            document[name]
                .as_array()
                .unwrap_or_else(|| panic!("{name}"))
                .iter()
                .map(|v| v.as_str().unwrap().to_owned())
                .collect()
        };
        let browser = world.browser();
        assert_eq!(list("subject_types_supported"), ["pairwise", "public"]);
        for alg in list("userinfo_signing_alg_values_supported") {
            let portal = world.register(json!({"userinfo_signed_response_alg": alg})).await;
            let tokens = world.tokens(&browser, &portal, AN).await;
            assert_eq!(portal.userinfo(&tokens.access).await.header("content-type"), Some("application/jwt"));
        }
        for alg in list("id_token_signing_alg_values_supported") {
            let portal = world.register(json!({"id_token_signed_response_alg": alg})).await;
            world.tokens(&browser, &portal, AN).await;
        }
        for method in list("token_endpoint_auth_methods_supported") {
            let portal = world.register(json!({"token_endpoint_auth_method": method})).await;
            world.tokens(&browser, &portal, AN).await;
        }
        let portal = world.portal().await;
        let all = list("scopes_supported").join(" ");
        let tokens = world.tokens_for(&browser, &portal, &portal.request().with("scope", &all), AN).await;
        assert_eq!(tokens.scope(), all);
        assert_eq!(list("response_types_supported"), ["code"]);
        for mode in list("response_modes_supported") {
            world.at_once(&browser, &portal.request().with("response_mode", &mode)).await.code();
        }
        assert_eq!(list("code_challenge_methods_supported"), ["S256"]);

        for display in list("display_values_supported") {
            world.at_once(&browser, &portal.request().with("display", &display)).await.code();
        }
        for acr in list("acr_values_supported") {
            world.sign_in(&browser, &portal.request().with("acr_values", &acr), AN).await.code();
        }
        // Every claim of userinfo is one that is advertised.
        let info = portal.userinfo(&tokens.access).await.json();
        let claims = list("claims_supported");
        assert!(
            info.as_object()
                .unwrap()
                .keys()
                .chain(tokens.claims().as_object().unwrap().keys())
                .all(|k| claims.contains(k)),
            "{info}"
        );
        for grant in list("grant_types_supported") {
            let answer = portal.post("/oauth2/token", &[("grant_type", &grant)]).await;
            assert_ne!(answer.member("error"), "unsupported_grant_type", "{grant}");
        }
    }

    async fn field_27_the_issuer_is_one_string(world: World) {
        let portal = world.register(json!({"access_token_format": "jwt"})).await;
        let browser = world.browser();
        let request = portal.request();
        let returned = world.sign_in(&browser, &request, AN).await;
        let tokens = portal.tokens(&returned, &request).await;
        let refused = world.at_once(&browser, &portal.request().with("scope", "x")).await;
        let access = support::tokens::payload(&tokens.access);
        let introspected = portal.introspect(&tokens.access).await.json();
        let said = [
            returned.get("iss").unwrap().to_owned(),
            refused.get("iss").unwrap().to_owned(),
            tokens.claims()["iss"].as_str().unwrap().to_owned(),
            access["iss"].as_str().unwrap().to_owned(),
            introspected["iss"].as_str().unwrap().to_owned(),
        ];
        assert!(said.iter().all(|s| s == world.issuer()), "{said:?}");
    }

    /// The host that a request names changes nothing of what we say (no host header injection).
    async fn attack_the_host_header_is_not_believed(world: World) {
        for header in ["host", "x-forwarded-host", "x-forwarded-proto", "forwarded"] {
            let answer = Call::get("/.well-known/openid-configuration")
                .header(header, "evil.example")
                .send(world.router())
                .await;
            assert_eq!(answer.json()["issuer"], world.issuer());
        }
        let portal = world.portal().await;
        let mut browser = world.browser();
        browser.headers.push(("host".to_owned(), "evil.example".to_owned()));
        browser.headers.push(("x-forwarded-host".to_owned(), "evil.example".to_owned()));
        let to = world.to_vneid(&browser, &portal.request()).await;
        assert!(!to.contains("evil.example"), "{to}");
    }
}

fn assert_no_empty(document: &Value) {
    for (name, value) in document.as_object().unwrap() {
        assert!(!value.is_null() && *value != json!("") && *value != json!([]), "{name}");
    }
}
