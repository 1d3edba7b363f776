//! Item 1: what an id_token says (OpenID Connect Core 2).

use broker_jose::{Algorithm, at_hash};
use serde_json::json;
use support::people::AN;
use support::{for_both_stores, tokens};

for_both_stores! {
    async fn core_01_id_token(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        let before = world.now().secs();
        let request = portal.request().with("scope", "openid profile email phone");
        let tokens = world.tokens_for(&browser, &portal, &request, AN).await;
        let claims = world.id_token(&portal, tokens.id_token()).await;
        let header = tokens::header(tokens.id_token());

        assert_eq!(claims["nonce"].as_str(), request.get("nonce"));
        assert_eq!(claims["iat"], world.now().secs());
        assert!(
            claims["auth_time"].as_i64().is_some_and(|t| (before - 5..=world.now().secs()).contains(&t)),
            "{claims}"
        );
        assert_eq!(claims["sid"].as_str(), browser.sid().as_deref());
        assert_eq!(claims["at_hash"].as_str(), Some(at_hash(Algorithm::RS256, &tokens.access).as_str()));
        assert!(["LoA1", "LoA2", "LoA3", "LoA4"].contains(&claims["acr"].as_str().unwrap()));
        assert_eq!(header["alg"], "RS256");
        assert!(world.keys().await.has(header["kid"].as_str().unwrap()));
        // What the scopes release stands in userinfo, not here.
        for name in ["name", "given_name", "birthdate", "email", "phone_number", "personal_number"] {
            assert!(claims.get(name).is_none(), "{name}");
        }
    }

    async fn core_01_other_algorithms_by_registration(world: World) {
        for (name, alg) in
            [("RS256", Algorithm::RS256), ("ES256", Algorithm::ES256), ("EdDSA", Algorithm::EdDSA)]
        {
            let portal = world.register(json!({"id_token_signed_response_alg": name})).await;
            let tokens = world.tokens(&world.browser(), &portal, AN).await;
            let claims = world.id_token(&portal, tokens.id_token()).await;
            assert_eq!(tokens::header(tokens.id_token())["alg"], name);
            assert_eq!(claims["at_hash"].as_str(), Some(at_hash(alg, &tokens.access).as_str()), "{name}");
        }
    }

    async fn core_01_claims_only_when_asked_for_one_by_one(world: World) {
        let portal = world.portal().await;
        let asked =
            json!({"id_token": {"name": null, "birthdate": {"essential": true}, "no_such_claim": null}});
        let request = portal.request().with("claims", &asked.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let claims = world.id_token(&portal, tokens.id_token()).await;
        assert_eq!((claims["name"].as_str(), claims["birthdate"].as_str()), (Some(AN.name), Some(AN.born)));
        assert!(claims.get("no_such_claim").is_none());
    }

    async fn core_01_nonce_comes_back_exactly(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        world.tokens(&browser, &portal, AN).await;
        let nonces = [
            "n".repeat(64),
            "0".repeat(384),
            "a+b/c=?&#%20 \u{1ef5}".to_owned(),
            "{\"json\":\"\\\"}".to_owned(),
        ];
        for nonce in nonces {
            let request = portal.request().with("nonce", &nonce);
            let tokens = portal.tokens(&world.at_once(&browser, &request).await, &request).await;
            assert_eq!(tokens.claims()["nonce"], nonce.as_str());
        }
    }

    /// Item 30: an empty one counts as none.
    async fn core_01_without_nonce_there_is_none(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for request in [portal.request().without("nonce"), portal.request().with("nonce", "")] {
            let tokens = world.tokens_for(&browser, &portal, &request, AN).await;
            assert!(tokens.claims().get("nonce").is_none());
        }
    }
}
