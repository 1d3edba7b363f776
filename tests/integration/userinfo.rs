//! Item 9: userinfo (OpenID Connect Core 5.3; RFC 6750).

use crate::claims::no_blanks;
use broker_jose::jwe::decrypt;
use broker_jose::{Accept, Algorithm, SigningKey, verify};
use serde_json::{Value, json};
use support::people::AN;
use support::{Answer, Call, for_both_stores};

/// RFC 6750, 3: a challenge that names the error.
#[track_caller]
fn expect_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(challenge.starts_with("Bearer "), "{challenge}");
    assert!(challenge.contains(&format!("error=\"{error}\"")), "{challenge}");
}

/// A client's key for encryption: private, and the set with its public part.
fn encryption_key(alg: &str) -> (String, Value) {
    let kind = if alg == "ECDH-ES" { Algorithm::ES256 } else { Algorithm::RS256 };
    let made = SigningKey::generate(kind, "enc-1").unwrap();
    let mut private: Value = serde_json::from_str(&made.to_private_jwk()).unwrap();
    let mut public = made.public_jwk();
    for key in [&mut private, &mut public] {
        let key = key.as_object_mut().unwrap();
        key.insert("use".to_owned(), json!("enc"));
        key.insert("alg".to_owned(), json!(alg));
        key.remove("key_ops");
    }
    (private.to_string(), json!({"keys": [public]}))
}

for_both_stores! {
    /// RFC 9068: the `jti` is an identifier, which others write into their logs. It opens nothing.
    async fn core_09_the_jti_of_a_jwt_is_no_token(world: World) {
        let portal = world.register(json!({"access_token_format": "jwt"})).await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let accept = Accept { algorithms: &[Algorithm::RS256], typ: Some("at+jwt") };
        let claims = verify(&tokens.access, &world.keys().await, &accept).unwrap().claims;
        assert_eq!(portal.userinfo(&tokens.access).await.status, 200);
        expect_refused(&portal.userinfo(claims["jti"].as_str().unwrap()).await, 401, "invalid_token");
        assert_eq!(portal.introspect(claims["jti"].as_str().unwrap()).await.json()["active"], false);
    }

    /// Signed, by each algorithm that is registered (OpenID Connect Core 5.3.2).
    async fn core_09_signed(world: World) {
        for (name, alg) in [("RS256", Algorithm::RS256), ("ES256", Algorithm::ES256), ("EdDSA", Algorithm::EdDSA)] {
            let portal = world.register(json!({"userinfo_signed_response_alg": name})).await;
            let request = portal.request().with("scope", "openid profile");
            let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
            let answer = portal.userinfo(&tokens.access).await;
            assert_eq!(answer.header("content-type"), Some("application/jwt"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let accept = Accept { algorithms: &[alg], typ: None };
            let claims = verify(&answer.text(), &world.keys().await, &accept).unwrap().claims;
            assert_eq!(claims["iss"], world.issuer());
            assert_eq!(claims["aud"], portal.id);
            assert_eq!(claims["sub"], tokens.claims()["sub"]);
            assert_eq!(claims["name"], AN.name);
            // Nobody can hand it in as an id_token or access token.
            assert_eq!(portal.userinfo(&answer.text()).await.status, 401);
        }
    }

    /// Encrypted to the client's key, alone and around a signed token.
    async fn core_09_encrypted(world: World) {
        for alg in ["RSA-OAEP-256", "ECDH-ES"] {
            let (private, jwks) = encryption_key(alg);
            for signed in [None, Some("RS256")] {
                let portal = world.register(json!({
                    "userinfo_signed_response_alg": signed,
                    "userinfo_encrypted_response_alg": alg,
                    "userinfo_encrypted_response_enc": "A256GCM",
                    "jwks": jwks,
                })).await;
                let tokens = world.tokens(&world.browser(), &portal, AN).await;
                let answer = portal.userinfo(&tokens.access).await;
                assert_eq!(answer.header("content-type"), Some("application/jwt"), "{}", answer.text());
                let plain = decrypt(&answer.text(), &private).unwrap();
                let claims = if signed.is_some() {
                    let accept = Accept { algorithms: &[Algorithm::RS256], typ: None };
                    let inside = String::from_utf8(plain).unwrap();
                    Value::Object(verify(&inside, &world.keys().await, &accept).unwrap().claims)
                } else {
                    serde_json::from_slice(&plain).unwrap()
                };
                assert_eq!(claims["sub"], tokens.claims()["sub"]);
                // What is refused is refused in the open.
                expect_refused(&portal.userinfo("unknown").await, 401, "invalid_token");
            }
        }
    }

    async fn core_09_three_ways(world: World) {
        let portal = world.portal().await;
        let request = portal.request().with("scope", "openid profile phone citizen");
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let path = "/oauth2/userinfo";
        let ways = [
            Call::get(path).bearer(&tokens.access),
            Call::post(path).bearer(&tokens.access),
            Call::post(path).form(&[("access_token", &tokens.access)]),
            Call::post(path).bearer(&tokens.access).form(&[("other", "x")]),
            // Old portals: an empty body that they call JSON.
            Call::post(path).bearer(&tokens.access).header("content-type", "application/json"),
            Call::post(path).header("content-type", "application/x-www-form-urlencoded; charset=UTF-8"),
            Call::get(path).header("authorization", format!("bearer {}", tokens.access)),
            Call::get(path).header("authorization", format!("BEARER {}", tokens.access)),
            Call::get(path).bearer(&tokens.access).header("accept", "text/html"),
        ];
        let mut first = None;
        for mut way in ways {
            if way.headers.iter().any(|(_, v)| v.ends_with(b"UTF-8")) {
                way.body = format!("access_token={}", tokens.access).into_bytes();
            }
            let answer = way.send(world.router()).await;
            assert_eq!(answer.status, 200, "{way:?}\n{}", answer.text());
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            no_blanks(&answer.json());
            let first = first.get_or_insert_with(|| answer.json());
            assert_eq!(*first, answer.json());
        }
    }

    async fn core_09_refusals(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let path = "/oauth2/userinfo";
        let real = tokens.access.as_str();
        let mut changed = real.to_owned();
        let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
        changed.push(last);
        for token in [
            "x",
            "",
            "at.x.y",
            &changed,
            &format!("{real}x"),
            tokens.refresh(),
            tokens.id_token(),
            &"t".repeat(20_000),
        ] {
            let answer = Call::get(path).bearer(token).send(world.router()).await;
            expect_refused(&answer, 401, "invalid_token");
        }
        // Nothing at all: a challenge without an error (RFC 6750, 3.1).
        for call in [Call::get(path), Call::post(path), Call::post(path).form(&[("access_token", "")])] {
            let answer = call.send(world.router()).await;
            assert_eq!(answer.status, 401);
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Bearer") && !challenge.contains("error"), "{challenge}");
        }
        // Two at once.
        let both = Call::post(path).bearer(real).form(&[("access_token", real)]).send(world.router()).await;
        expect_refused(&both, 400, "invalid_request");
        let twice = Call::get(path).bearer(real).bearer(real).send(world.router()).await;
        assert!([400, 401].contains(&twice.status));
        // Another scheme.
        for header in [format!("Basic {real}"), format!("DPoP {real}"), real.to_owned(), "Bearer".to_owned()]
        {
            assert_eq!(
                Call::get(path).header("authorization", &header).send(world.router()).await.status,
                401,
                "{header}"
            );
        }
    }

    /// RFC 9700, 4.3.2: never in the query.
    async fn attack_tokens_in_the_query_do_not_work(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let answer =
            Call::get(format!("/oauth2/userinfo?access_token={}", tokens.access)).send(world.router()).await;
        assert_eq!(answer.status, 401);
    }

    async fn core_09_expired_and_revoked(world: World) {
        let portal = world.register(json!({"access_token_lifetime": 90})).await;
        let browser = world.browser();
        let tokens = world.tokens(&browser, &portal, AN).await;
        assert_eq!(tokens.body["expires_in"], 90);
        world.wait(89);
        assert!(portal.works(&tokens.access).await);
        world.wait(1);
        expect_refused(&portal.userinfo(&tokens.access).await, 401, "invalid_token");

        let tokens = world.tokens(&browser, &portal, AN).await;
        assert_eq!(portal.revoke(&tokens.access).await.status, 200);
        expect_refused(&portal.userinfo(&tokens.access).await, 401, "invalid_token");
    }

    async fn core_09_a_client_switched_off(world: World) {
        let portal = world.portal().await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        world.switch_off(&portal).await;
        expect_refused(&portal.userinfo(&tokens.access).await, 401, "invalid_token");
    }

    /// Access tokens that are JWTs (RFC 9068) work and die like others.
    async fn core_09_access_tokens_as_jwts(world: World) {
        let portal = world.register(json!({"access_token_format": "jwt"})).await;
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        let verified = world.verified(&tokens.access, Some("at+jwt")).await;
        assert_eq!(verified.claims["iss"], world.issuer());
        assert_eq!(verified.claims["client_id"], portal.id.as_str());
        assert_eq!(verified.claims["sub"], tokens.claims()["sub"]);
        assert_eq!(verified.claims["scope"], "openid");
        for name in ["aud", "exp", "iat", "jti"] {
            assert!(verified.claims.contains_key(name), "{name}");
        }
        assert!(portal.works(&tokens.access).await);
        // The id_token is a JWT of ours too, but no access token.
        assert!(!portal.works(tokens.id_token()).await);
        assert_eq!(portal.revoke(&tokens.access).await.status, 200);
        assert!(!portal.works(&tokens.access).await);
    }

    async fn core_09_a_token_of_the_client_itself_is_nobodys(world: World) {
        let portal =
            world.register(json!({"grant_types": ["client_credentials", "authorization_code"]})).await;
        let answer = portal.post("/oauth2/token", &[("grant_type", "client_credentials")]).await;
        let tokens = support::tokens::Tokens::of(&answer);
        assert!(tokens.refresh.is_none() && tokens.id_token.is_none());
        let answer = portal.userinfo(&tokens.access).await;
        assert!([401, 403].contains(&answer.status), "{}", answer.text());
        assert!(answer.header("www-authenticate").is_some());
    }
}
