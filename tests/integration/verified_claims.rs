//! OpenID Connect for Identity Assurance 1.0: verified claims in userinfo and id_token.

use serde_json::{Value, json};
use support::for_both_stores;
use support::people::{AN, CUONG};

fn asked(claims: Value) -> Value {
    let record = json!({"type": null, "source": null});
    let evidence = json!([{"type": {"value": "electronic_record"}, "time": null, "record": record}]);
    json!({"verification": {"trust_framework": null, "assurance_level": null, "time": null, "evidence": evidence}, "claims": claims})
}

for_both_stores! {
    async fn verified_claims_in_both_places(world: World) {
        let portal = world.portal().await;
        let claims = json!({
            "userinfo": {"phone_number": null, "verified_claims": asked(json!({"name": null, "birthdate": {"essential": true}, "nickname": null}))},
            "id_token": {"verified_claims": [asked(json!({"personal_number": {"value": AN.number}, "gender": {"value": "female"}}))]},
        });
        let request = portal.request().with("claims", &claims.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let info = portal.userinfo(&tokens.access).await.json();
        let verified = &info["verified_claims"];
        assert_eq!(verified["claims"], json!({"name": AN.name, "birthdate": AN.born}));
        let said = &verified["verification"];
        assert_eq!((&said["trust_framework"], &said["assurance_level"]), (&json!("vn_eid_69_2024"), &json!("level_2")));
        assert_eq!(said["evidence"][0]["record"]["source"], json!({"name": "VNeID", "country_code": "VNM"}));
        assert!(said["time"].as_str().is_some_and(|t| t.ends_with('Z')) && said["time"] == said["evidence"][0]["time"]);
        // Plain claims stand beside.
        assert!(info["phone_number"].is_string() && info.get("name").is_none());
        let id_token = world.id_token(&portal, tokens.id_token()).await;
        assert_eq!(id_token["verified_claims"].as_array().map(Vec::len), Some(1));
        assert_eq!(id_token["verified_claims"][0]["claims"], json!({"personal_number": AN.number}));
        // A refreshed id_token says it again.
        let refreshed = portal.refresh(tokens.refresh()).await.json();
        let again = world.id_token(&portal, refreshed["id_token"].as_str().unwrap()).await;
        assert_eq!(again["verified_claims"], id_token["verified_claims"]);
    }

    async fn verified_claims_that_do_not_fit_are_left_out(world: World) {
        let portal = world.portal().await;
        let with = |verification: Value| json!({"verification": verification, "claims": {"name": null}});
        for (verification, given) in [
            (json!({"trust_framework": {"value": "de_aml"}}), false),
            (json!({"trust_framework": {"values": ["de_aml", "vn_eid_69_2024"]}}), true),
            (json!({"trust_framework": null, "time": {"max_age": 600}}), true),
            (json!({"trust_framework": null, "evidence": [{"type": {"value": "document"}}]}), false),
        ] {
            let claims = json!({"userinfo": {"verified_claims": with(verification.clone())}}).to_string();
            let request = portal.request().with("claims", &claims);
            let tokens = world.tokens_for(&world.browser(), &portal, &request, CUONG).await;
            let info = portal.userinfo(&tokens.access).await.json();
            assert_eq!(info.get("verified_claims").is_some(), given, "{verification}");
        }
        // What was verified in time once is too old later.
        let claims = json!({"userinfo": {"verified_claims": with(json!({"trust_framework": null, "time": {"max_age": 60}}))}});
        let request = portal.request().with("claims", &claims.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        world.wait(30);
        assert!(portal.userinfo(&tokens.access).await.json().get("verified_claims").is_some());
        world.wait(60);
        assert_eq!(portal.userinfo(&tokens.access).await.json(), json!({"sub": tokens.claims()["sub"]}));
    }

    async fn verified_claims_stay_within_the_registration(world: World) {
        let portal = world.register(json!({"scope": "openid profile"})).await;
        let claims = json!({"userinfo": {"verified_claims": asked(json!({"personal_number": null, "email": null, "name": null}))}});
        let request = portal.request().with("claims", &claims.to_string());
        let tokens = world.tokens_for(&world.browser(), &portal, &request, AN).await;
        let info = portal.userinfo(&tokens.access).await.json();
        assert_eq!(info["verified_claims"]["claims"], json!({"name": AN.name}));
    }

    async fn malformed_wishes_for_verified_claims(world: World) {
        let portal = world.portal().await;
        let browser = world.browser();
        for verified in [
            json!(null),
            json!([]),
            json!({"claims": {"name": null}}),
            json!({"verification": {"trust_framework": null}, "claims": {}}),
            json!({"verification": {"trust_framework": null, "evidence": [{"type": null}]}, "claims": {"name": null}}),
            json!({"verification": {"trust_framework": "vn_eid_69_2024"}, "claims": {"name": null}}),
            json!(vec![asked(json!({"name": null})); 50]),
        ] {
            let claims = json!({"id_token": {"verified_claims": verified}}).to_string();
            let request = portal.request().with("claims", &claims);
            browser.open(&request.path()).await.returned().expect_error(
                "invalid_request",
                world.issuer(),
                request.get("state"),
            );
        }
    }

    async fn what_can_be_verified_is_in_the_metadata(world: World) {
        let document = support::Call::get("/.well-known/openid-configuration").send(world.router()).await.json();
        assert_eq!(document["verified_claims_supported"], true);
        assert_eq!(document["evidence_supported"], json!(["electronic_record"]));
        for name in ["trust_frameworks_supported", "electronic_records_supported", "claims_in_verified_claims_supported"] {
            assert!(document[name].as_array().is_some_and(|all| !all.is_empty()), "{name}");
        }
        let all = document["claims_supported"].as_array().unwrap();
        for name in document["claims_in_verified_claims_supported"].as_array().unwrap() {
            assert!(all.contains(name), "{name}");
        }
    }
}
