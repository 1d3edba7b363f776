//! Every check of an id_token (OpenID Connect Core 3.1.3.7), one token each.

use crate::binding;
use crate::provider::{Provider, key};
use broker_domain::upstream::UpstreamFailure::{self, *};
use broker_jose::{Algorithm, SigningKey, at_hash};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case(Algorithm::RS256)]
#[case(Algorithm::PS256)]
#[case(Algorithm::ES256)]
#[case(Algorithm::EdDSA)]
#[tokio::test]
async fn every_accepted_algorithm(#[case] algorithm: Algorithm) {
    let provider = Provider::start().await;
    let binding = binding(true);
    let upstream = provider.upstream(json!({}));
    let hash = at_hash(algorithm, "access-1");
    let token =
        key(algorithm).sign(Some("JWT"), &provider.claims(&binding, json!({"at_hash": hash}))).unwrap();
    let arrival = provider.arrive(&*upstream, &binding, &token).await.unwrap();
    assert_eq!(arrival.subject, "s-1");
    let another = key(algorithm).sign(None, &provider.claims(&binding, json!({"at_hash": "x"}))).unwrap();
    assert_eq!(provider.arrive(&*upstream, &binding, &another).await.unwrap_err(), SubjectMismatch);
    let narrow = provider.upstream(
        json!({"algorithms": Algorithm::ALL.iter().filter(|a| **a != algorithm).collect::<Vec<_>>()}),
    );
    assert_eq!(provider.arrive(&*narrow, &binding, &token).await.unwrap_err(), BadSignature);
}

fn later(secs: i64) -> Value {
    json!(crate::now().secs() + secs)
}

#[rstest]
#[case::issuer(json!({"iss": "https://evil.example"}), WrongIssuer)]
#[case::issuer_with_a_slash(json!({"iss": "http://127.0.0.1/"}), WrongIssuer)]
#[case::no_issuer(json!({"iss": null}), WrongIssuer)]
#[case::issuer_as_list(json!({"iss": ["x"]}), WrongIssuer)]
#[case::audience(json!({"aud": "other"}), WrongAudience)]
#[case::no_audience(json!({"aud": null}), WrongAudience)]
#[case::audiences_without_us(json!({"aud": ["other", "more"]}), WrongAudience)]
#[case::audiences_without_party(json!({"aud": ["broker", "more"]}), WrongAudience)]
#[case::audiences_with_another_party(json!({"aud": ["broker", "more"], "azp": "more"}), WrongAudience)]
#[case::another_party(json!({"azp": "more"}), WrongAudience)]
#[case::expired(json!({"exp": later(-31)}), Expired)]
#[case::no_expiry(json!({"exp": null}), BadClaims)]
#[case::expiry_as_text(json!({"exp": "tomorrow"}), BadClaims)]
#[case::huge_expiry(json!({"exp": 1e300}), BadClaims)]
#[case::no_time_of_issue(json!({"iat": null}), BadClaims)]
#[case::issued_in_the_future(json!({"iat": later(40)}), ClockSkew)]
#[case::issued_long_ago(json!({"iat": later(-400)}), ClockSkew)]
#[case::not_yet(json!({"nbf": later(40)}), ClockSkew)]
#[case::nonce(json!({"nonce": "other"}), WrongNonce)]
#[case::no_nonce(json!({"nonce": null}), WrongNonce)]
#[case::authenticated_in_the_future(json!({"auth_time": later(40)}), ClockSkew)]
#[case::authenticated_before(json!({"auth_time": later(-100)}), NotFresh)]
#[case::authenticated_at_no_time(json!({"auth_time": null}), NotFresh)]
#[case::no_subject(json!({"sub": null}), BadClaims)]
#[case::level(json!({"acr": "urn:unknown"}), UnknownLevel)]
#[tokio::test]
async fn what_it_says_is_checked(#[case] changes: Value, #[case] failure: UpstreamFailure) {
    let provider = Provider::start().await;
    let binding = binding(true);
    let token = key(Algorithm::EdDSA).sign(None, &provider.claims(&binding, changes)).unwrap();
    let upstream = provider.upstream(json!({}));
    assert_eq!(provider.arrive(&*upstream, &binding, &token).await.unwrap_err(), failure);
}

#[rstest]
#[case::several_audiences(json!({"aud": ["more", "broker"], "azp": "broker"}))]
#[case::one_audience_as_list(json!({"aud": ["broker"]}))]
#[case::just_expired(json!({"exp": later(-20)}))]
#[case::clock_ahead(json!({"iat": later(25), "auth_time": later(25)}))]
#[case::clock_behind(json!({"iat": later(-25), "exp": later(-25), "auth_time": later(-26)}))]
#[tokio::test]
async fn what_is_forgiven(#[case] changes: Value) {
    let provider = Provider::start().await;
    let binding = binding(true);
    let token = key(Algorithm::EdDSA).sign(None, &provider.claims(&binding, changes)).unwrap();
    provider.arrive(&*provider.upstream(json!({})), &binding, &token).await.unwrap();
}

#[tokio::test]
async fn forgeries() {
    use data_encoding::BASE64URL_NOPAD as B64;
    let provider = Provider::start().await;
    let binding = binding(false);
    let upstream = provider.upstream(json!({}));
    let claims = provider.claims(&binding, json!({}));
    let good = key(Algorithm::EdDSA).sign(None, &claims).unwrap();
    let payload = B64.encode(Value::Object(claims.clone()).to_string().as_bytes());
    let head = |header: Value| B64.encode(header.to_string().as_bytes());
    let foreign = SigningKey::generate(Algorithm::EdDSA, "EdDSA").unwrap();
    let unnamed = SigningKey::generate(Algorithm::ES256, "nobody-knows-it").unwrap();
    let signature = good.rsplit('.').next().unwrap();
    let swapped =
        B64.encode(Value::Object(provider.claims(&binding, json!({"sub": "admin"}))).to_string().as_bytes());
    let cases = [
        (foreign.sign(None, &claims).unwrap(), BadSignature),
        (unnamed.sign(None, &claims).unwrap(), UnknownKey),
        (format!("{}.{payload}.", head(json!({"alg": "none"}))), BadSignature),
        (format!("{}.{payload}.AAAA", head(json!({"alg": "HS256", "kid": "RS256"}))), BadSignature),
        (format!("{}.{payload}.{signature}", head(json!({"alg": "RS256", "kid": "EdDSA"}))), BadSignature),
        (
            format!(
                "{}.{payload}.{signature}",
                head(json!({"alg": "EdDSA", "kid": "EdDSA", "crit": ["x"], "x": 1}))
            ),
            BadSignature,
        ),
        (format!("{}.{swapped}.{signature}", good.split('.').next().unwrap()), BadSignature),
        (format!("{good}*"), Malformed),
        ("a.b".to_owned(), Malformed),
        ("x".repeat(20_000), TooLarge),
        (key(Algorithm::EdDSA).sign(Some("logout+jwt"), &claims).unwrap(), NoIdToken),
        (key(Algorithm::EdDSA).sign(Some("at+JWT"), &claims).unwrap(), NoIdToken),
    ];
    for (token, failure) in cases {
        // A new upstream each time: what is malformed counts against it.
        let upstream = provider.upstream(json!({}));
        assert_eq!(provider.arrive(&*upstream, &binding, &token).await.unwrap_err(), failure, "{token}");
    }
    provider.arrive(&*upstream, &binding, &good).await.unwrap();
}

#[tokio::test]
async fn a_lone_surrogate_is_malformed() {
    use data_encoding::BASE64URL_NOPAD as B64;
    let provider = Provider::start().await;
    let (binding, upstream) = (binding(false), provider.upstream(json!({})));
    provider
        .say("/token", (200, "application/json", r#"{"access_token":"a","id_token":"\ud800"}"#.to_owned()));
    let completed = upstream.complete("code=c", &binding, crate::REDIRECT, crate::now()).await;
    assert_eq!(completed.unwrap_err(), Malformed);
    let token = format!("{}.{}.AA", B64.encode(br#"{"alg":"EdDSA"}"#), B64.encode(br#"{"iss":"\ud800"}"#));
    assert!(provider.arrive(&*upstream, &binding, &token).await.is_err());
}

#[rstest]
#[case("code=c", false, None)]
#[case("code=c", true, Some(WrongIssuer))]
#[case("code=c&iss=https%3A%2F%2Fevil.example", false, Some(WrongIssuer))]
#[case("error=access_denied&iss=https%3A%2F%2Fevil.example", true, Some(WrongIssuer))]
#[case("error=access_denied", false, Some(Denied))]
#[tokio::test]
async fn who_says_that_it_answers(
    #[case] query: &str,
    #[case] says: bool,
    #[case] failure: Option<UpstreamFailure>,
) {
    let provider = Provider::start().await;
    provider.describe(json!({"authorization_response_iss_parameter_supported": says}));
    let (binding, upstream) = (binding(false), provider.upstream(json!({})));
    provider.give(&key(Algorithm::EdDSA).sign(None, &provider.claims(&binding, json!({}))).unwrap());
    let completed = upstream.complete(query, &binding, crate::REDIRECT, crate::now()).await;
    assert_eq!(completed.err(), failure);
    if failure.is_none() {
        let named = format!("{query}&iss={}", provider.base);
        upstream.complete(&named, &binding, crate::REDIRECT, crate::now()).await.unwrap();
    }
}

#[tokio::test]
async fn signed_userinfo() {
    let provider = Provider::start().await;
    let binding = binding(false);
    let upstream = provider.upstream(json!({"userinfo": "always"}));
    let token = key(Algorithm::EdDSA).sign(None, &provider.claims(&binding, json!({}))).unwrap();
    let good = json!({"sub": "s-1", "iss": provider.base, "aud": "broker", "email": "an@example.vn"});
    let sign = |claims: &Value| key(Algorithm::ES256).sign(None, claims).unwrap();
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(&claims)
    };
    let foreign = SigningKey::generate(Algorithm::ES256, "unknown").unwrap();
    let cases = [
        (sign(&good), None),
        (changed("aud", json!(["broker", "x"])), None),
        (changed("iss", json!("https://evil.example")), Some(WrongIssuer)),
        (changed("aud", json!("other")), Some(WrongAudience)),
        (changed("sub", json!("s-2")), Some(SubjectMismatch)),
        (foreign.sign(None, &good).unwrap(), Some(UnknownKey)),
        ("nonsense".to_owned(), Some(Malformed)),
    ];
    for (body, failure) in cases {
        provider.say("/userinfo", (200, "application/jwt; charset=utf-8", body));
        let arrived = provider.arrive(&*upstream, &binding, &token).await;
        match failure {
            None => assert_eq!(arrived.unwrap().profile.email.as_deref(), Some("an@example.vn")),
            Some(failure) => assert_eq!(arrived.unwrap_err(), failure),
        }
    }
}

#[tokio::test]
async fn nowhere_to_ask() {
    let provider = Provider::start().await;
    provider.describe(json!({"userinfo_endpoint": null}));
    let binding = binding(false);
    let upstream = provider.upstream(json!({}));
    let token =
        key(Algorithm::EdDSA).sign(None, &provider.claims(&binding, json!({"citizenPid": null}))).unwrap();
    assert_eq!(provider.arrive(&*upstream, &binding, &token).await.unwrap_err(), BadClaims);
}
