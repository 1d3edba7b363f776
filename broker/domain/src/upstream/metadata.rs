//! What an OpenID provider publishes about itself (OpenID Connect Discovery 1.0, 3 and 4.3).

use super::failure::UpstreamFailure;
use super::json::object;
use super::refused::Refused;
use serde_json::Value;
use url::{Host, Url};

/// Which addresses may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlRule {
    /// Whether plain `http` is accepted: for loopback addresses only, whatever is said here.
    pub http_on_loopback: bool,
}

impl UrlRule {
    /// Reads an address: `https`, or `http` on loopback where that is allowed; no user information, no fragment.
    pub fn read(self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let loopback = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let scheme = match url.scheme() {
            "https" => true,
            "http" => self.http_on_loopback && loopback,
            _ => false,
        };
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        (scheme && bare).then_some(url)
    }
}

/// The addresses of an OpenID provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where citizens are sent.
    pub authorization_endpoint: Url,
    /// Where codes are redeemed.
    pub token_endpoint: Url,
    /// Where claims are asked for.
    pub userinfo_endpoint: Option<Url>,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Where sessions end (OpenID Connect RP-Initiated Logout 1.0).
    pub end_session_endpoint: Option<Url>,
    /// Whether its answers always say who answers (RFC 9207, 3).
    pub iss_in_answers: bool,
}

impl Metadata {
    /// Reads a discovery document and checks that it speaks for `issuer`, byte for byte.
    ///
    /// # Errors
    /// [`UpstreamFailure::Malformed`] when it is no JSON object, [`UpstreamFailure::BadMetadata`] when it speaks for another
    /// issuer or lacks an endpoint; both name the member.
    pub fn read(bytes: &[u8], issuer: &str, rule: UrlRule) -> Result<Self, Refused> {
        let document = object(bytes)?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let bad = |name: &'static str| Refused::new(UpstreamFailure::BadMetadata, name);
        if text("issuer") != Some(issuer) {
            return Err(bad("issuer"));
        }
        let optional = |name: &'static str| match text(name).filter(|t| !t.is_empty()) {
            None => Ok(None),
            Some(address) => rule.read(address).map(Some).ok_or_else(|| bad(name)),
        };
        let required = |name: &'static str| optional(name)?.ok_or_else(|| bad(name));
        Ok(Self {
            authorization_endpoint: required("authorization_endpoint")?,
            token_endpoint: required("token_endpoint")?,
            userinfo_endpoint: optional("userinfo_endpoint")?,
            jwks_uri: required("jwks_uri")?,
            // A provider whose logout address is unusable can still sign people in.
            end_session_endpoint: optional("end_session_endpoint").unwrap_or(None),
            iss_in_answers: document.get("authorization_response_iss_parameter_supported")
                == Some(&Value::Bool(true)),
        })
    }
}
