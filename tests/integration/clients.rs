//! Item 10 and 29: how clients prove who they are (RFC 6749, 2.3; OpenID Connect Core 9).

use broker_domain::audit::AuditKind;
use serde_json::json;
use support::call::encode;
use support::people::AN;
use support::portal::Proof;
use support::{Call, Portal, World, for_both_stores};

const TOKEN: &str = "/oauth2/token";
const GRANT: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("scope", "")];

async fn register(world: &World, methods: serde_json::Value) -> Portal {
    let grants = ["client_credentials", "authorization_code"];
    world.register(json!({"token_endpoint_auth_methods": methods, "grant_types": grants})).await
}

fn by_post(portal: &Portal, secret: &str) -> Call {
    Call::post(TOKEN).form(&[&GRANT[..], &[("client_id", &portal.id), ("client_secret", secret)]].concat())
}

fn by_basic(portal: &Portal, secret: &str) -> Call {
    Call::post(TOKEN).basic(&portal.id, secret).form(&GRANT)
}

for_both_stores! {
    async fn core_10_only_the_registered_method(world: World) {
        let basic = register(&world, json!(["client_secret_basic"])).await;
        let post = register(&world, json!(["client_secret_post"])).await;
        let both = register(&world, json!(["client_secret_basic", "client_secret_post"])).await;
        for (portal, fits) in [(&basic, [true, false]), (&post, [false, true]), (&both, [true, true])] {
            let answers = [
                by_basic(portal, &portal.secret).send(world.router()).await,
                by_post(portal, &portal.secret).send(world.router()).await,
            ];
            for (answer, fits) in answers.iter().zip(fits) {
                if fits {
                    assert_eq!(answer.status, 200, "{}", answer.text());
                } else {
                    answer.expect_error(401, "invalid_client");
                }
            }
        }
    }

    async fn core_10_wrong_secrets(world: World) {
        let portal = register(&world, json!(["client_secret_basic", "client_secret_post"])).await;
        let other = register(&world, json!(["client_secret_basic", "client_secret_post"])).await;
        for secret in [
            "wrong",
            "",
            &portal.secret.to_uppercase(),
            &format!("{} ", portal.secret),
            &other.secret,
            &portal.secret[1..],
        ] {
            let answer = by_basic(&portal, secret).send(world.router()).await;
            answer.expect_error(401, "invalid_client");
            assert!(
                answer.header("www-authenticate").is_some_and(|c| c.starts_with("Basic")),
                "a failed Basic has a challenge"
            );
            let answer = by_post(&portal, secret).send(world.router()).await;
            answer.expect_error(401, "invalid_client");
        }
        for id in ["nobody", "", "a:b", "\u{1ef5}"] {
            Call::post(TOKEN)
                .basic(id, &portal.secret)
                .form(&GRANT)
                .send(world.router())
                .await
                .expect_error(401, "invalid_client");
        }
        let events = world.events().await;
        let guesses = events.iter().filter(|e| e.kind == AuditKind::ClientAuthenticationFailed);
        // Six secrets, by Basic and by post each.
        assert_eq!(guesses.clone().count(), 12, "{events:?}");
        assert!(guesses.clone().all(|e| e.client.as_ref().is_some_and(|c| c.as_str() == portal.id)));
    }

    async fn core_10_no_proof_at_all(world: World) {
        let portal = world.portal().await;
        let request = portal.request();
        let code = world.sign_in(&world.browser(), &request, AN).await.code();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &portal.redirect_uri),
            ("code_verifier", &request.verifier),
        ];
        Call::post(TOKEN).form(&pairs).send(world.router()).await.expect_error(401, "invalid_client");
        // A confidential client cannot pass as a public one.
        let named = [&pairs[..], &[("client_id", &portal.id)]].concat();
        Call::post(TOKEN).form(&named).send(world.router()).await.expect_error(401, "invalid_client");
        // The code was not touched.
        assert_eq!(portal.redeem(&code, &request).await.status, 200);
    }

    async fn core_10_two_methods_at_once(world: World) {
        let portal = register(&world, json!(["client_secret_basic", "client_secret_post"])).await;
        let pairs =
            [&GRANT[..], &[("client_id", portal.id.as_str()), ("client_secret", portal.secret.as_str())]]
                .concat();
        let answer =
            Call::post(TOKEN).basic(&portal.id, &portal.secret).form(&pairs).send(world.router()).await;
        assert!(
            ["invalid_client", "invalid_request"].contains(&answer.member("error").as_str()),
            "{}",
            answer.text()
        );
        assert!([400, 401].contains(&answer.status));
        let twice = Call::post(TOKEN)
            .basic(&portal.id, &portal.secret)
            .basic(&portal.id, &portal.secret)
            .form(&GRANT);
        assert!([400, 401].contains(&twice.send(world.router()).await.status));
        // Item 29: the same id in the form is no second method; another id is wrong.
        let named = |id: &str| {
            Call::post(TOKEN)
                .basic(&portal.id, &portal.secret)
                .form(&[&GRANT[..], &[("client_id", id)]].concat())
        };
        assert_eq!(named(&portal.id).send(world.router()).await.status, 200);
        assert!([400, 401].contains(&named("other").send(world.router()).await.status));
    }

    /// RFC 6749, 2.3.1: both parts of Basic are form-encoded before they are joined.
    async fn core_10_basic_is_form_decoded(world: World) {
        let secret = "s3cret:%+&=/?@ long enough".replace(' ', "_");
        let portal = world
            .register(
                json!({"client_secret": secret, "grant_types": ["client_credentials", "authorization_code"]}),
            )
            .await;
        assert_eq!(by_basic(&portal, &secret).send(world.router()).await.status, 200);
        let plus = data_encoding::BASE64
            .encode(format!("{}:{}", portal.id, encode(&secret).replace("%20", "+")).as_bytes());
        let answer = Call::post(TOKEN)
            .header("authorization", format!("basic {plus}"))
            .form(&GRANT)
            .send(world.router())
            .await;
        assert_eq!(answer.status, 200);
    }

    async fn core_10_malformed_basic(world: World) {
        let portal = world.portal().await;
        for value in [
            "Basic",
            "Basic ",
            "Basic !!!",
            "Basic eDp5OmE",
            "Basic /w==",
            "Basic eA==",
            "Digest x",
            "Bearer x",
            "Basic OnNlY3JldA==",
        ] {
            let answer =
                Call::post(TOKEN).header("authorization", value).form(&GRANT).send(world.router()).await;
            assert!([400, 401].contains(&answer.status), "{value}");
            assert!(["invalid_client", "invalid_request"].contains(&answer.member("error").as_str()));
        }
        assert_eq!(portal.proof, Proof::Basic);
    }

    async fn core_10_public_clients_use_pkce_and_nothing_else(world: World) {
        let portal = world.public().await;
        let browser = world.browser();
        let request = portal.request();
        let code = world.sign_in(&browser, &request, AN).await.code();
        assert_eq!(portal.redeem(&code, &request).await.status, 200);
        // A secret where there is none.
        let request = portal.request();
        let code = world.sign_in(&browser, &request, AN).await.code();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &portal.redirect_uri),
            ("code_verifier", &request.verifier),
        ];
        let with_secret =
            [&pairs[..], &[("client_id", portal.id.as_str()), ("client_secret", "anything")]].concat();
        Call::post(TOKEN).form(&with_secret).send(world.router()).await.expect_error(401, "invalid_client");
        Call::post(TOKEN)
            .basic(&portal.id, "")
            .form(&pairs)
            .send(world.router())
            .await
            .expect_error(401, "invalid_client");
        // Without a challenge no request begins.
        let refused = browser.open(&portal.request().without_pkce().path()).await.returned();
        refused.expect_error("invalid_request", world.issuer(), refused.get("state"));
        portal
            .post(TOKEN, &[("grant_type", "client_credentials")])
            .await
            .expect_error(400, "unauthorized_client");
    }

    async fn core_10_a_client_switched_off_proves_nothing(world: World) {
        let portal = register(&world, json!(["client_secret_basic"])).await;
        world.switch_off(&portal).await;
        by_basic(&portal, &portal.secret).send(world.router()).await.expect_error(401, "invalid_client");
    }

    async fn core_10_grants_by_registration(world: World) {
        let portal = world.register(json!({"grant_types": ["authorization_code"]})).await;
        portal.post(TOKEN, &GRANT).await.expect_error(400, "unauthorized_client");
        portal
            .post(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", "rt.x.y")])
            .await
            .expect_error(400, "unauthorized_client");
        let tokens = world.tokens(&world.browser(), &portal, AN).await;
        assert!(tokens.refresh.is_none());

        let machine =
            world.register(json!({"grant_types": ["client_credentials"], "redirect_uris": []})).await;
        let scoped =
            machine.post(TOKEN, &[("grant_type", "client_credentials"), ("scope", "organization")]).await;
        assert_eq!(
            (scoped.status, scoped.member("scope").as_str()),
            (200, "organization"),
            "{}",
            scoped.text()
        );
        for scope in ["openid", "organization openid", "unknown", "offline_access", "\"x\""] {
            machine
                .post(TOKEN, &[("grant_type", "client_credentials"), ("scope", scope)])
                .await
                .expect_error(400, "invalid_scope");
        }
    }

    /// The answer to a wrong secret says nothing of whether the client exists.
    async fn attack_clients_cannot_be_enumerated(world: World) {
        let portal = world.portal().await;
        let known = by_basic(&portal, "wrong-secret").send(world.router()).await;
        let unknown =
            Call::post(TOKEN).basic("nobody", "wrong-secret").form(&GRANT).send(world.router()).await;
        assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
        assert_eq!(known.header("www-authenticate"), unknown.header("www-authenticate"));
    }
}
