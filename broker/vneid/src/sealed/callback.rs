//! The callback's query, read raw: its Base64 holds plus signs that nobody escaped.

use crate::oidc::callback_error;
use broker_domain::form::Form;
use broker_domain::upstream::UpstreamFailure;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Callback {
    /// As it came, or encrypted when `encrypt_key` is there.
    pub(super) code: String,
    /// The AES key under our RSA key, as it came.
    pub(super) encrypt_key: Option<String>,
}

impl Callback {
    pub(super) fn parse(raw_query: &str) -> Result<Self, UpstreamFailure> {
        let form = Form::parse(raw_query.as_bytes()).map_err(|_| UpstreamFailure::NoCode)?;
        if let Some(error) = form.get("error") {
            return Err(callback_error(error, form.get("error_description")));
        }
        let code =
            form.get_keeping_plus("code").filter(|c| c.len() <= 4096).ok_or(UpstreamFailure::NoCode)?;
        Ok(Self { code, encrypt_key: form.get_keeping_plus("encrypt_key") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plus_signs_stay() {
        let read = Callback::parse("state=s&code=ab+/cd==&encrypt_key=x%2By+z").unwrap();
        assert_eq!(read, Callback { code: "ab+/cd==".into(), encrypt_key: Some("x+y+z".into()) });
        assert_eq!(Callback::parse("state=s"), Err(UpstreamFailure::NoCode));
        assert_eq!(Callback::parse("code=&state=s"), Err(UpstreamFailure::NoCode));
        assert_eq!(Callback::parse("code=a&code=b"), Err(UpstreamFailure::NoCode));
        assert_eq!(Callback::parse("error=access_denied"), Err(UpstreamFailure::Denied));
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = Callback::parse(&text);
        }

        #[test]
        fn base64_survives_unescaped(bytes in proptest::collection::vec(any::<u8>(), 1..60)) {
            let code = data_encoding::BASE64.encode(&bytes);
            prop_assert_eq!(Callback::parse(&format!("code={code}&state=s")).unwrap().code, code);
        }
    }
}
