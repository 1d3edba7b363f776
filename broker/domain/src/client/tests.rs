use super::*;
use crate::clock::Timestamp;
use crate::ids::ClientId;
use crate::secret::{Hasher, Purpose};
use rstest::rstest;
use serde_json::{Value, json};

fn client(extra: Value) -> Result<Client, BadMetadata> {
    let mut all = json!({"client_name": "Cổng mẫu", "redirect_uris": ["https://rp.example/cb"]});
    if let (Value::Object(to), Value::Object(from)) = (&mut all, extra) {
        to.extend(from);
    }
    Ok(Client {
        id: ClientId::new("c"),
        name: LocalizedName::default(),
        metadata: ClientMetadata::parse(all.to_string().as_bytes())?,
        secrets: Vec::new(),
        events_token: None,
        disabled_at: None,
        created_at: Timestamp::default(),
    })
}

#[rstest]
#[case("https://rp.example/cb", true)]
#[case("https://rp.example/cb/", false)]
#[case("https://rp.example/CB", false)]
#[case("https://rp.example/cb?x=1", false)]
#[case("https://rp.example:443/cb", false)]
#[case("https://rp.example/x/../cb", false)]
#[case("https://rp.example.evil.example/cb", false)]
#[case("https://rp.example@evil.example/cb", false)]
#[case("", false)]
fn redirect_uris_are_exact(#[case] uri: &str, #[case] fits: bool) {
    assert_eq!(client(json!({})).unwrap().redirect_uri_fits(uri), fits);
}

#[rstest]
#[case("http://localhost/callback", true)]
#[case("http://localhost:51234/callback", true)]
#[case("http://127.0.0.1:1/callback", true)]
#[case("http://127.0.0.2:1/callback", false)]
#[case("http://[::1]:1/callback", false)]
#[case("https://localhost:51234/callback", false)]
#[case("http://localhost:51234/other", false)]
#[case("http://localhost:51234/callback#x", false)]
#[case("http://user@localhost:51234/callback", false)]
#[case("http://localhost:51234/x/../callback", false)]
#[case("http://localhost.evil.example:51234/callback", false)]
fn loopback_redirects_of_native_clients_match_on_any_port(#[case] uri: &str, #[case] fits: bool) {
    let native = client(json!({"application_type": "native", "token_endpoint_auth_method": "none",
        "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"]}))
    .unwrap();
    assert_eq!(native.redirect_uri_fits(uri), fits);
    let web = client(json!({"redirect_uris": ["http://localhost/callback"]})).unwrap();
    assert_eq!(web.redirect_uri_fits(uri), uri == "http://localhost/callback");
}

#[rstest]
#[case(json!({"redirect_uris": []}), "redirect_uris")]
#[case(json!({"redirect_uris": ["http://rp.example/cb"]}), "redirect_uris")]
#[case(json!({"redirect_uris": ["https://rp.example/cb#f"]}), "redirect_uris")]
#[case(json!({"redirect_uris": ["https://u:p@rp.example/cb"]}), "redirect_uris")]
#[case(json!({"redirect_uris": ["https://*.example/cb"]}), "redirect_uris")]
#[case(json!({"redirect_uris": ["javascript:alert(1)"]}), "redirect_uris")]
#[case(json!({"redirect_uris": ["app:/cb"]}), "redirect_uris")]
#[case(json!({"redirect_uris": ["/cb"]}), "redirect_uris")]
#[case(json!({"client_name": " "}), "client_name")]
#[case(json!({"client_id": "a b"}), "client_id")]
#[case(json!({"allowed_origins": ["https://rp.example/"]}), "allowed_origins")]
#[case(json!({"response_types": ["token"]}), "response_types")]
#[case(json!({"token_endpoint_auth_methods": ["none", "client_secret_post"]}), "token_endpoint_auth_methods")]
#[case(json!({"token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "client_credentials"]}), "grant_types")]
#[case(json!({"token_endpoint_auth_method": "none", "pkce": "optional"}), "pkce")]
#[case(json!({"scope": "openid everything"}), "scope")]
#[case(json!({"scope": "openid \"x"}), "scope")]
#[case(json!({"sign_in_methods": []}), "sign_in_methods")]
#[case(json!({"backchannel_logout_session_required": true}), "backchannel_logout_session_required")]
#[case(json!({"access_token_lifetime": 1}), "access_token_lifetime")]
#[case(json!({"userinfo_encrypted_response_alg": "RSA-OAEP-256", "userinfo_encrypted_response_enc": "A256GCM"}), "userinfo_encrypted_response_alg")]
#[case(json!({"userinfo_encrypted_response_alg": "RSA-OAEP-256", "jwks": {"keys": []}}), "userinfo_encrypted_response_enc")]
#[case(json!({"userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "A128CBC-HS256", "jwks": {"keys": []}}), "userinfo_encrypted_response_enc")]
#[case(json!({"userinfo_encrypted_response_enc": "A256GCM"}), "userinfo_encrypted_response_enc")]
#[case(json!({"userinfo_encrypted_response_alg": "RSA1_5"}), "metadata")]
#[case(json!({"userinfo_signed_response_alg": "none"}), "metadata")]
#[case(json!({"subject_type": "public", "sector": "s"}), "sector")]
#[case(json!({"sector": "public"}), "sector")]
#[case(json!({"subject_type": "secret"}), "metadata")]
#[case(json!({"sector": "s", "sector_identifier_uri": "https://s.example/uris.json"}), "sector")]
#[case(json!({"subject_type": "public", "sector_identifier_uri": "https://s.example/uris.json"}), "sector_identifier_uri")]
#[case(json!({"sector_identifier_uri": "http://s.example/uris.json"}), "sector_identifier_uri")]
#[case(json!({"events_delivery": "pull"}), "metadata")]
#[case(json!({"events_delivery": "push"}), "events_endpoint")]
#[case(json!({"events_endpoint": "https://rp.example/events"}), "events_endpoint")]
#[case(json!({"events_delivery": "poll", "events_endpoint": "https://rp.example/events"}), "events_endpoint")]
#[case(json!({"events_delivery": "push", "events_endpoint": "http://rp.example/events"}), "events_endpoint")]
#[case(json!({"events_delivery": "push", "events_endpoint": "https://rp.example/events#x"}), "events_endpoint")]
#[case(json!({"events_delivery": "poll", "token_endpoint_auth_method": "client_secret_post"}), "events_delivery")]
#[case(json!({"events_delivery": "poll", "token_endpoint_auth_method": "none"}), "events_delivery")]
#[case(json!({"unheard_of": 1}), "metadata")]
#[case(json!({"min_acr": "LoA5"}), "metadata")]
fn bad_metadata_is_refused_by_name(#[case] extra: Value, #[case] member: &str) {
    assert_eq!(client(extra).unwrap_err().member, member);
}

#[rstest]
#[case(json!({}), "c")]
#[case(json!({"sector": "s"}), "s")]
#[case(json!({"sector_identifier_uri": "https://s.example/uris.json"}), "s.example")]
#[case(json!({"subject_type": "public"}), "public")]
fn whose_subjects_it_sees(#[case] extra: Value, #[case] sector: &str) {
    assert_eq!(client(extra).unwrap().sector().as_str(), sector);
}

#[rstest]
#[case(json!({"events_delivery": "push", "events_endpoint": "https://rp.example/events?x=1"}))]
#[case(json!({"events_delivery": "push", "events_endpoint": "http://localhost:8002/events"}))]
#[case(json!({"events_delivery": "poll"}))]
fn ways_to_be_told(#[case] extra: Value) {
    let read = client(extra).unwrap().metadata;
    let again = serde_json::to_value(&read).unwrap();
    assert_eq!(ClientMetadata::parse(again.to_string().as_bytes()).unwrap(), read);
}

#[test]
fn secrets_rotate() {
    let hasher = Hasher::new(&[1; 32]);
    let now = Timestamp::from_secs(1000);
    let keep = |s: &str, end| KeptSecret { hash: hasher.hash(Purpose::ClientSecret, s), expires_at: end };
    let mut c = client(json!({})).unwrap();
    c.secrets = vec![keep("old", Some(Timestamp::from_secs(1001))), keep("new", None)];
    assert!(c.secret_fits(&hasher, "old", now) && c.secret_fits(&hasher, "new", now));
    assert!(!c.secret_fits(&hasher, "old", now.plus_secs(1)) && !c.secret_fits(&hasher, "", now));
}
