use super::*;
use rstest::rstest;
use serde_json::{Value, json};

fn settings(changes: Value) -> UpstreamSettings {
    let mut all = json!({
        "id": "vneid", "dialect": "oidc", "issuer": "https://vneid.example", "client_id": "broker", "client_secret": "s",
    });
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn refusal(changes: Value) -> Option<String> {
    build(&settings(changes), Arc::new(|_| {})).err().map(|e| e.to_string())
}

#[rstest]
#[case("id", json!({"id": " "}))]
#[case("issuer", json!({"issuer": "http://vneid.example"}))]
#[case("issuer", json!({"issuer": "vneid"}))]
#[case("issuer", json!({"issuer": "http://localhost:8090", "http_on_loopback": false}))]
#[case("client_id", json!({"client_id": ""}))]
#[case("client_secret", json!({"client_secret": null}))]
#[case("client_secret", json!({"client_secret": ""}))]
#[case("client_secret", json!({"client_secret_file": "/nowhere"}))]
#[case("client_secret_file", json!({"client_secret": null, "client_secret_file": "/nowhere"}))]
#[case("scope", json!({"scope": "profile"}))]
#[case("levels.9", json!({"levels": {"9": "LoA9"}}))]
#[case("default_level", json!({"default_level": "2"}))]
#[case("organization_level", json!({"organization_level": "none"}))]
#[case("algorithms", json!({"algorithms": []}))]
#[case("algorithms", json!({"algorithms": ["HS256"]}))]
#[case("algorithms", json!({"algorithms": ["none"]}))]
#[case("token_endpoint", json!({"authorization_endpoint": "https://vneid.example/a"}))]
#[case("end_session_endpoint", json!({"end_session_endpoint": "ftp://vneid.example"}))]
#[case("ca_files", json!({"ca_files": ["/nowhere"]}))]
#[case("ca_files", json!({"ca_files": ["/dev/null"]}))]
#[case("proxy", json!({"proxy": "::"}))]
#[case("leeway_secs", json!({"leeway_secs": -1}))]
#[case("leeway_secs", json!({"leeway_secs": 86400}))]
#[case("total_timeout_ms", json!({"total_timeout_ms": 0}))]
#[case("max_body_bytes", json!({"max_body_bytes": 1}))]
#[case("stale_secs", json!({"stale_secs": 5}))]
#[case("authorization_endpoint", json!({"dialect": "sealed"}))]
#[case("private_key", json!({"dialect": "sealed", "authorization_endpoint": "https://v.example", "token_endpoint": "https://v.example",
    "userinfo_endpoint": "https://v.example"}))]
#[case("private_key", json!({"dialect": "sealed", "authorization_endpoint": "https://v.example", "token_endpoint": "https://v.example",
    "userinfo_endpoint": "https://v.example", "private_key": "nonsense"}))]
fn what_cannot_stand_is_named(#[case] setting: &str, #[case] changes: Value) {
    let says = refusal(changes).unwrap();
    assert!(says.starts_with(&format!("{setting}: ")), "{says}");
}

#[rstest]
#[case(json!({}))]
#[case(json!({"issuer": "http://localhost:8090"}))]
#[case(json!({"authorization_endpoint": "https://v.example/a", "token_endpoint": "https://v.example/t", "jwks_uri": "https://v.example/k"}))]
#[case(json!({"proxy": "http://proxy.example:3128"}))]
fn what_stands(#[case] changes: Value) {
    assert_eq!(refusal(changes), None);
}

#[test]
fn unknown_settings_are_refused_and_secrets_do_not_print() {
    let typo = json!({"id": "v", "dialect": "oidc", "issuer": "i", "client_id": "c", "client_secrt": "x"});
    assert!(serde_json::from_value::<UpstreamSettings>(typo).is_err());
    let printed = format!("{:?}", settings(json!({"client_secret": "hunter2", "private_key": "hunter3"})));
    assert!(!printed.contains("hunter"), "{printed}");
}

#[test]
fn paths_are_relative_to_where_they_stand() {
    let mut settings = settings(
        json!({"private_key_file": "a.pem", "previous_private_key_file": "/b.pem", "ca_files": ["c.pem"]}),
    );
    settings.resolve(Path::new("/etc/broker"));
    assert_eq!(settings.private_key_file.as_deref(), Some(Path::new("/etc/broker/a.pem")));
    assert_eq!(settings.previous_private_key_file.as_deref(), Some(Path::new("/b.pem")));
    assert_eq!(settings.ca_files, [Path::new("/etc/broker/c.pem")]);
}
