use super::*;
use UpstreamFailure::*;
use rstest::rstest;

#[rstest]
#[case(400, Some("invalid_grant"), CodeRefused, CodeRefused)]
#[case(400, Some("invalid_client"), ClientRefused, ClientRefused)]
#[case(401, Some("invalid_client"), ClientRefused, ClientRefused)]
#[case(400, Some("unauthorized_client"), ClientRefused, ClientRefused)]
#[case(400, Some("invalid_request"), ErrorAnswer, ErrorAnswer)]
#[case(400, Some("temporarily_unavailable"), Busy, Busy)]
#[case(400, None, BadStatus, BadStatus)]
#[case(401, None, ClientRefused, AddressRefused)]
#[case(401, Some("something"), ClientRefused, AddressRefused)]
#[case(403, None, AddressRefused, AddressRefused)]
#[case(415, None, BadStatus, BadStatus)]
#[case(429, None, Busy, Busy)]
#[case(302, None, BadStatus, BadStatus)]
#[case(500, None, BadStatus, BadStatus)]
#[case(500, Some("server_error"), BadStatus, BadStatus)]
#[case(502, None, BadStatus, BadStatus)]
#[case(503, None, Busy, Busy)]
#[case(504, None, TimedOut, TimedOut)]
fn refused_codes(
    #[case] status: u16,
    #[case] error: Option<&str>,
    #[case] oidc: UpstreamFailure,
    #[case] sealed: UpstreamFailure,
) {
    let body = error.map(|e| map(json!({"error": e})));
    assert_eq!(token_refusal(status, body.as_ref(), Dialect::Oidc).failure, oidc);
    assert_eq!(token_refusal(status, body.as_ref(), Dialect::Sealed).failure, sealed);
}

#[rstest]
#[case(401, ErrorAnswer, AddressRefused)]
#[case(403, AddressRefused, AddressRefused)]
#[case(404, BadStatus, BadStatus)]
#[case(500, BadStatus, BadStatus)]
#[case(503, Busy, Busy)]
fn refused_tokens(#[case] status: u16, #[case] oidc: UpstreamFailure, #[case] sealed: UpstreamFailure) {
    assert_eq!(userinfo_refusal(status, Dialect::Oidc).failure, oidc);
    assert_eq!(userinfo_refusal(status, Dialect::Sealed).failure, sealed);
}

#[rstest]
#[case(json!({"access_token": 1}), Malformed)]
#[case(json!({"access_token": "a b"}), Malformed)]
#[case(json!({"access_token": "a\r\nX-Injected: 1"}), Malformed)]
#[case(json!({"access_token": "a", "token_type": "DPoP"}), Malformed)]
#[case(json!({"access_token": "a", "id_token": {}}), Malformed)]
#[case(json!({"error": "invalid_grant"}), CodeRefused)]
fn token_answers_that_are_none(#[case] answer: Value, #[case] failure: UpstreamFailure) {
    assert_eq!(TokenAnswer::read(&map(answer), Dialect::Oidc).unwrap_err().failure, failure);
}

#[test]
fn token_answers() {
    let answer =
        map(json!({"access_token": "a", "token_type": "bearer", "id_token": "x.y.z", "expires_in": 5}));
    let answer = TokenAnswer::read(&answer, Dialect::Oidc).unwrap();
    assert_eq!(answer.access_token.unwrap().reveal(), "a");
    assert_eq!(answer.id_token.unwrap().reveal(), "x.y.z");
    let none = TokenAnswer::read(&map(json!({"id_token": ""})), Dialect::Oidc).unwrap();
    assert_eq!((none.access_token, none.id_token), (None, None));
}

#[rstest]
#[case::another_issuer(json!({"issuer": "https://evil.example"}))]
#[case::with_a_slash(json!({"issuer": "https://vneid.example/"}))]
#[case::no_issuer(json!({"issuer": null}))]
#[case::no_token_endpoint(json!({"token_endpoint": null}))]
#[case::empty_token_endpoint(json!({"token_endpoint": ""}))]
#[case::plain_http(json!({"token_endpoint": "http://vneid.example/token"}))]
#[case::plain_http_by_a_name_like_loopback(json!({"token_endpoint": "http://localhost.example/token"}))]
#[case::with_a_password(json!({"token_endpoint": "https://a:b@vneid.example/token"}))]
#[case::a_file(json!({"jwks_uri": "file:///etc/passwd"}))]
#[case::a_fragment(json!({"authorization_endpoint": "https://vneid.example/a#b"}))]
#[case::bad_userinfo(json!({"userinfo_endpoint": "javascript:alert(1)"}))]
fn bad_metadata(#[case] changes: Value) {
    assert_eq!(metadata(changes).unwrap_err().failure, BadMetadata);
}

#[test]
fn good_metadata() {
    let read = metadata(json!({
        "token_endpoint": "http://localhost:8090/token", "jwks_uri": "http://127.0.0.1:1/k", "userinfo_endpoint": null,
        "end_session_endpoint": "ftp://x", "authorization_response_iss_parameter_supported": true,
    }))
    .unwrap();
    assert!(read.iss_in_answers);
    assert_eq!((read.userinfo_endpoint, read.end_session_endpoint), (None, None));
    let strict = UrlRule { http_on_loopback: false };
    assert_eq!(strict.read("http://localhost:8090/token"), None);
    assert!(strict.read("https://localhost:8090/token").is_some());
}
