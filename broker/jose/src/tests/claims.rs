use rstest::rstest;
use serde_json::{Value, json};

use super::claims;
use crate::{ClaimsError, Expect, check_claims};

const EXPECT: Expect<'static> =
    Expect { issuer: "https://op.example", audience: "portal", now: 1_500, leeway: 10, max_age_of_iat: None };

fn check_with(name: &str, value: Option<Value>) -> Result<(), ClaimsError> {
    let mut claims = claims().as_object().unwrap().clone();
    match value {
        Some(value) => claims.insert(name.to_owned(), value),
        None => claims.remove(name),
    };
    check_claims(&claims, &EXPECT)
}

#[test]
fn good_claims_pass() {
    assert_eq!(check_claims(claims().as_object().unwrap(), &EXPECT), Ok(()));
}

#[rstest]
#[case("iss", None, Err(ClaimsError::Missing("iss")))]
#[case("iss", Some(json!("https://op.example/")), Err(ClaimsError::Issuer))]
#[case("iss", Some(json!("HTTPS://op.example")), Err(ClaimsError::Issuer))]
#[case("iss", Some(json!(["https://op.example"])), Err(ClaimsError::Malformed("iss")))]
#[case("aud", None, Err(ClaimsError::Missing("aud")))]
#[case("aud", Some(json!("other")), Err(ClaimsError::Audience))]
#[case("aud", Some(json!(["portal"])), Ok(()))]
#[case("aud", Some(json!([])), Err(ClaimsError::Audience))]
#[case("aud", Some(json!(["other"])), Err(ClaimsError::Audience))]
#[case("aud", Some(json!(["portal", 7])), Err(ClaimsError::Malformed("aud")))]
#[case("aud", Some(json!(["portal", "other"])), Err(ClaimsError::AuthorizedParty))]
#[case("aud", Some(json!({ "portal": true })), Err(ClaimsError::Malformed("aud")))]
#[case("azp", Some(json!(7)), Err(ClaimsError::Malformed("azp")))]
#[case("exp", None, Err(ClaimsError::Missing("exp")))]
#[case("exp", Some(json!("2000")), Err(ClaimsError::Malformed("exp")))]
#[case("exp", Some(json!(null)), Err(ClaimsError::Malformed("exp")))]
#[case("exp", Some(json!(1_490)), Err(ClaimsError::Expired))]
#[case("exp", Some(json!(1_491)), Ok(()))]
#[case("exp", Some(json!(1_491.9)), Ok(()))]
#[case("exp", Some(json!(1_490.9)), Err(ClaimsError::Expired))]
#[case("exp", Some(json!(0)), Err(ClaimsError::Expired))]
#[case("exp", Some(json!(-1)), Err(ClaimsError::Expired))]
#[case("exp", Some(json!(1e300)), Err(ClaimsError::OutOfRange("exp")))]
#[case("exp", Some(json!(-1e300)), Err(ClaimsError::OutOfRange("exp")))]
#[case("exp", Some(json!(u64::MAX)), Err(ClaimsError::OutOfRange("exp")))]
#[case("exp", Some(json!(i64::MIN)), Err(ClaimsError::OutOfRange("exp")))]
#[case("exp", Some(json!(9_007_199_254_740_992_i64)), Ok(()))]
#[case("exp", Some(json!(9_007_199_254_740_993_i64)), Err(ClaimsError::OutOfRange("exp")))]
#[case("nbf", Some(json!(1_510)), Ok(()))]
#[case("nbf", Some(json!(1_511)), Err(ClaimsError::NotYetValid))]
#[case("nbf", Some(json!(1e300)), Err(ClaimsError::OutOfRange("nbf")))]
#[case("nbf", Some(json!(true)), Err(ClaimsError::Malformed("nbf")))]
#[case("iat", None, Err(ClaimsError::Missing("iat")))]
#[case("iat", Some(json!(1_510)), Ok(()))]
#[case("iat", Some(json!(1_511)), Err(ClaimsError::IssuedInFuture))]
#[case("iat", Some(json!(u64::MAX)), Err(ClaimsError::OutOfRange("iat")))]
fn each_claim_is_judged(
    #[case] name: &str,
    #[case] value: Option<Value>,
    #[case] expected: Result<(), ClaimsError>,
) {
    assert_eq!(check_with(name, value), expected);
}

#[test]
fn several_audiences_need_the_authorized_party() {
    let mut claims = claims().as_object().unwrap().clone();
    claims.insert("aud".to_owned(), json!(["portal", "other"]));
    claims.insert("azp".to_owned(), json!("portal"));
    assert_eq!(check_claims(&claims, &EXPECT), Ok(()));
    claims.insert("azp".to_owned(), json!("other"));
    assert_eq!(check_claims(&claims, &EXPECT), Err(ClaimsError::AuthorizedParty));
}

#[rstest]
#[case(490, Ok(()))]
#[case(489, Err(ClaimsError::TooOld))]
#[case(-5, Err(ClaimsError::TooOld))]
fn age_is_bounded(#[case] limit: i64, #[case] expected: Result<(), ClaimsError>) {
    let expect = Expect { max_age_of_iat: Some(limit), ..EXPECT };
    assert_eq!(check_claims(claims().as_object().unwrap(), &expect), expected);
}

#[test]
fn extreme_expectations_do_not_overflow() {
    for now in [i64::MIN, -1, 0, i64::MAX] {
        for leeway in [i64::MIN, 0, i64::MAX] {
            for age in [None, Some(i64::MIN), Some(0), Some(i64::MAX)] {
                let expect = Expect { now, leeway, max_age_of_iat: age, ..EXPECT };
                let _ = check_claims(claims().as_object().unwrap(), &expect);
            }
        }
    }
}
