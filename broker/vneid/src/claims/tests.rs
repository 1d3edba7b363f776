use super::*;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

fn with(extra: Value) -> Result<Profile, UpstreamFailure> {
    let mut all = json!({"citizenPid": "001085000001", "fullName": "NGUYỄN VĂN AN", "birthDate": "1985-03-12", "gender": "Nam",
        "accountType": "personal"});
    if let (Value::Object(to), Value::Object(from)) = (&mut all, extra) {
        to.extend(from);
    }
    profile(all.as_object().unwrap(), &ClaimNames::default())
}

#[test]
fn reads_a_person() {
    let p = with(json!({"citizenPid": " 001 085 000 001 ", "phoneNumber": "0912", "email": ""})).unwrap();
    assert_eq!(
        (p.personal_number.as_str(), p.phone.as_deref(), p.email.as_deref()),
        ("001085000001", Some("0912"), None)
    );
    assert_eq!(subject(&p), "citizen:001085000001");
}

#[test]
fn reads_an_organization() {
    let p = with(json!({"accountType": "organization", "taxCode": "0101234567", "organizationName": "CÔNG TY TNHH SAO MAI"})).unwrap();
    assert_eq!(subject(&p), "organization:0101234567:001085000001");
}

use UpstreamFailure::{BadClaims, ContradictoryClaims};

#[rstest]
#[case(json!({"citizenPid": null}), BadClaims)]
#[case(json!({"citizenPid": "123"}), BadClaims)]
#[case(json!({"fullName": ""}), BadClaims)]
#[case(json!({"fullName": "A".repeat(300)}), BadClaims)]
#[case(json!({"fullName": "NGUYỄN 😀 AN"}), BadClaims)]
#[case(json!({"birthDate": "1985-00-12"}), BadClaims)]
#[case(json!({"accountType": "robot"}), BadClaims)]
#[case(json!({"accountType": "organization"}), BadClaims)]
#[case(json!({"birthDate": "1986-03-12"}), ContradictoryClaims)]
#[case(json!({"gender": "Nữ"}), ContradictoryClaims)]
fn refuses(#[case] extra: Value, #[case] failure: UpstreamFailure) {
    assert_eq!(with(extra).unwrap_err(), failure);
}

#[test]
fn names_in_any_unicode_form_are_one() {
    let nfd = with(json!({"fullName": "NGUYE\u{302}\u{303}N VA\u{306}N AN"})).unwrap();
    assert_eq!(nfd.full_name, with(json!({})).unwrap().full_name);
    assert!(with(json!({"birthDate": null})).is_ok(), "a birth date may be missing");
}

#[test]
fn a_lone_surrogate_is_malformed() {
    assert_eq!(object(br#"{"fullName": "\ud800"}"#), Err(UpstreamFailure::Malformed));
}

proptest! {
    #[test]
    fn never_panics(name in any::<String>(), number in any::<String>(), date in any::<String>()) {
        let _ = with(json!({"fullName": name, "citizenPid": number, "birthDate": date}));
    }

    #[test]
    fn objects_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = object(&bytes);
    }
}
