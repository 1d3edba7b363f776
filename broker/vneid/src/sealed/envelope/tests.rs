use super::super::sealing::{KEY, OTHER, answer, raw, seal, unsealer};
use super::*;
use data_encoding::BASE64;
use proptest::prelude::*;
use rstest::rstest;

fn read(body: &[u8]) -> Result<Map<String, Value>, UpstreamFailure> {
    open_answer(unsealer(), body).map_err(|r| r.failure)
}

fn envelope(data: &[u8], key: &[u8]) -> Vec<u8> {
    format!(r#"{{"data":"{}","key":"{}"}}"#, BASE64.encode(data), BASE64.encode(key)).into_bytes()
}

#[test]
fn opens_an_answer() {
    assert_eq!(read(&answer(&KEY, br#"{"a":"b"}"#)).unwrap()["a"], "b");
    let (data, key) = seal(&KEY, &[1; 16], b"{}");
    let wrapped = BASE64.encode(&data).chars().fold(String::new(), |s, c| s + &format!("{c}\\n"));
    let bare = BASE64.encode(&key).trim_end_matches('=').to_owned();
    let body = format!(r#"{{"data":"{wrapped}","key":"{bare}"}}"#);
    assert!(read(body.as_bytes()).unwrap().is_empty(), "line breaks and missing padding are forgiven");
}

#[rstest]
#[case::html(b"<html>")]
#[case::list(b"[]")]
#[case::no_key(br#"{"data":"AA=="}"#)]
#[case::no_data(br#"{"key":"AA=="}"#)]
#[case::in_the_clear(br#"{"access_token":"a","expires_in":5}"#)]
#[case::numbers(br#"{"data":1,"key":2}"#)]
fn answers_without_a_seal_are_malformed(#[case] body: &[u8]) {
    assert_eq!(read(body), Err(UpstreamFailure::Malformed));
}

/// Every way not to open is one failure, with the same words.
#[test]
fn whatever_does_not_open_looks_the_same() {
    let (data, key) = seal(&KEY, &[7; 32], br#"{"a":"b"}"#);
    let mut bad_type = vec![7u8; 256];
    bad_type[0] = 0;
    let broken = [
        envelope(&data, &raw(&KEY, &bad_type)),
        envelope(&data, &raw(&KEY, &[0; 256])),
        envelope(&data, &key[..255]),
        envelope(&data, &[0xff; 256]),
        envelope(&data, &[]),
        envelope(&data[..15], &key),
        envelope(&[], &key),
        envelope(&[1; 16], &key),
        envelope(&[1; 32], &key),
        answer(&OTHER, br#"{"a":"b"}"#),
        answer(&KEY, b"no JSON"),
        answer(&KEY, b"[]"),
        answer(&KEY, b""),
        answer(&KEY, br#"{"a":"\ud800"}"#),
        answer(&KEY, br#"{"a":1,"a":2}"#),
        br#"{"data":"!!","key":"AA=="}"#.to_vec(),
        br#"{"data":"AA==","key":"-_"}"#.to_vec(),
    ];
    let all: Vec<_> = broken.iter().map(|body| open_answer(unsealer(), body).unwrap_err()).collect();
    assert!(all.iter().all(|r| *r == Refused::from(UpstreamFailure::SealBroken)), "{all:?}");
}

#[rstest]
#[case::blank(b"a b")]
#[case::control(b"a\x07")]
#[case::not_ascii("mã".as_bytes())]
#[case::not_utf8(b"\xff\xfe")]
#[case::empty(b"")]
#[case::endless(&[b'a'; 4097])]
fn codes_that_are_none(#[case] plain: &[u8]) {
    let (data, key) = seal(&KEY, &[7; 32], plain);
    let opened = open_code(unsealer(), &BASE64.encode(&data), &BASE64.encode(&key));
    assert_eq!(opened, Err(UpstreamFailure::SealBroken.into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any code survives encryption, Base64 and a query in which `+` is not escaped.
    #[test]
    fn codes_survive(code in "[!-~]{1,120}", length in 0usize..3) {
        use broker_domain::upstream::{Callback, Dialect};
        let (data, key) = seal(&KEY, &[3u8; 32][..[16, 24, 32][length]], code.as_bytes());
        let query = format!("state=s&code={}&encrypt_key={}", BASE64.encode(&data), BASE64.encode(&key));
        let Callback::Code { code: sent, encrypt_key: Some(sent_key), .. } =
            Callback::read(&query, Dialect::Sealed, &[]).unwrap() else { panic!("no code") };
        let opened = open_code(unsealer(), sent.reveal(), sent_key.reveal()).unwrap();
        prop_assert_eq!(opened.reveal(), code.as_str());
    }

    #[test]
    fn answers_survive(value in "\\PC{0,200}") {
        let plain = serde_json::json!({"v": value}).to_string();
        let opened = read(&answer(&KEY, plain.as_bytes())).unwrap();
        prop_assert_eq!(opened["v"].as_str(), Some(value.as_str()));
    }

    #[test]
    fn nonsense_never_panics(data in "\\PC{0,80}", key in "\\PC{0,80}") {
        let _ = open_code(unsealer(), &data, &key);
        let body = serde_json::json!({"data": data, "key": key}).to_string();
        prop_assert_eq!(read(body.as_bytes()).unwrap_err(), UpstreamFailure::SealBroken);
    }
}
