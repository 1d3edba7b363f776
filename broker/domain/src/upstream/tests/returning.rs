use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn read(query: &str, dialect: Dialect) -> Result<(String, Option<String>), UpstreamFailure> {
    let locked = rules(dialect).locked_errors;
    match Callback::read(query, dialect, &locked).map_err(|r| r.failure)? {
        Callback::Code { code, encrypt_key, .. } => {
            Ok((code.reveal().to_owned(), encrypt_key.map(|k| k.reveal().to_owned())))
        }
        Callback::Error { refused, .. } => Err(refused.failure),
    }
}

#[rstest]
#[case("state=s&code=abc", "abc")]
#[case("code=a%2Bb%20c", "a+b c")]
#[case("code=abc&encrypt_key=ignored", "abc")]
fn plain_codes(#[case] query: &str, #[case] code: &str) {
    assert_eq!(read(query, Dialect::Oidc), Ok((code.to_owned(), None)));
}

#[rstest]
#[case::plus_stays("code=a+/b==&encrypt_key=c+/d=", "a+/b==", Some("c+/d="))]
#[case::escaped("code=a%2B%2Fb%3D%3D&encrypt_key=c%2Bd", "a+/b==", Some("c+d"))]
#[case::mended_by_a_proxy("code=a%20/b", "a+/b", None)]
#[case::empty_key("code=abc&encrypt_key=", "abc", None)]
fn sealed_codes(#[case] query: &str, #[case] code: &str, #[case] key: Option<&str>) {
    assert_eq!(read(query, Dialect::Sealed), Ok((code.to_owned(), key.map(str::to_owned))));
}

#[rstest]
#[case::missing("state=s", UpstreamFailure::NoCode)]
#[case::empty("code=&state=s", UpstreamFailure::NoCode)]
#[case::twice("code=a&code=b", UpstreamFailure::NoCode)]
#[case::not_visible("code=a%07b", UpstreamFailure::NoCode)]
#[case::not_ascii("code=%E1%BB%B9", UpstreamFailure::NoCode)]
#[case::damaged("code=%zz", UpstreamFailure::NoCode)]
#[case::cancelled("error=access_denied", UpstreamFailure::Denied)]
#[case::error_beside_code("error=access_denied&code=abc", UpstreamFailure::Denied)]
#[case::locked("error=account_locked", UpstreamFailure::AccountLocked)]
#[case::locked_by_description(
    "error=access_denied&error_description=ACCOUNT_LOCKED",
    UpstreamFailure::AccountLocked
)]
#[case::locked_in_words(
    "error=access_denied&error_description=Tai+khoan+account_locked.",
    UpstreamFailure::AccountLocked
)]
#[case::login("error=login_required", UpstreamFailure::LoginRequired)]
#[case::interaction("error=interaction_required", UpstreamFailure::LoginRequired)]
#[case::busy("error=temporarily_unavailable", UpstreamFailure::Busy)]
#[case::broken("error=server_error", UpstreamFailure::ErrorAnswer)]
#[case::unheard_of("error=%3Cscript%3E", UpstreamFailure::ErrorAnswer)]
fn no_code(#[case] query: &str, #[case] failure: UpstreamFailure) {
    assert_eq!(read(query, Dialect::Oidc), Err(failure));
    assert_eq!(read(query, Dialect::Sealed), Err(failure));
}

#[test]
fn foreign_words_reach_the_log_harmless() {
    let callback = Callback::read("error=%3Cscript%3E%0Ax", Dialect::Oidc, &[]).unwrap();
    assert!(matches!(callback, Callback::Error { refused, .. } if refused.about == "?script??x"));
}

proptest! {
    #[test]
    fn never_panics(query in "\\PC{0,120}") {
        for dialect in [Dialect::Oidc, Dialect::Sealed] {
            let _ = Callback::read(&query, dialect, &[]);
            let _ = Callback::read(&format!("code={query}"), dialect, &[]);
        }
    }

    /// Base64 arrives as it was sent, escaped or not.
    #[test]
    fn base64_survives(bytes in proptest::collection::vec(any::<u8>(), 1..64), escaped: bool) {
        let text = data_encoding::BASE64.encode(&bytes);
        let sent: String = match escaped {
            true => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            false => text.clone(),
        };
        let read = read(&format!("state=s&code={sent}&encrypt_key={sent}"), Dialect::Sealed);
        prop_assert_eq!(read, Ok((text.clone(), Some(text))));
    }
}
