//! The registered portals, and what the first one says.

use crate::wire::{Answer, Sent, Wire};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use std::path::Path;
use support::call::form;

/// Enough for a country.
pub(crate) const CLIENTS: usize = 1000;
const SECRET: &str = "a-secret-of-a-portal-under-load-0123456789";
const VERIFIER: &str = "a-verifier-that-is-the-same-for-everybody-here-000";
const REDIRECT: &str = "https://portal-0.example.vn/callback";

fn id(n: usize) -> String {
    format!("portal-{n}")
}

fn metadata(n: usize) -> Value {
    json!({
        "client_id": id(n),
        "client_secret": SECRET,
        "client_name": format!("Cổng Dịch vụ công số {n}"),
        "client_name#en": format!("Public Service Portal {n}"),
        "client_uri": format!("https://portal-{n}.example.vn/"),
        "redirect_uris": [format!("https://portal-{n}.example.vn/callback")],
        "post_logout_redirect_uris": [format!("https://portal-{n}.example.vn/")],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid profile citizen",
        "consent": "none",
    })
}

/// Writes the registrations of all into a folder.
pub(crate) fn write_all(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for n in 0..CLIENTS {
        std::fs::write(folder.join(format!("{n:04}.json")), metadata(n).to_string()).unwrap();
    }
}

/// A portal at work.
#[derive(Clone)]
pub(crate) struct Portal {
    authorization: String,
    authorize: String,
}

impl Portal {
    pub(crate) fn new(n: usize) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
        let challenge = BASE64URL_NOPAD.encode(digest.as_ref());
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &id(n)),
            ("redirect_uri", &REDIRECT.replace("-0.", &format!("-{n}."))),
            ("scope", "openid profile citizen"),
            ("state", "a-state-of-the-portal-that-it-checks"),
            ("nonce", "a-nonce-of-the-portal-that-it-checks"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Self {
            authorization: format!("Basic {}", BASE64.encode(format!("{}:{SECRET}", id(n)).as_bytes())),
            authorize: format!("/oauth2/authorize?{query}"),
        }
    }

    /// Where it sends its citizens.
    pub(crate) fn authorize(&self) -> &str {
        &self.authorize
    }

    async fn post(&self, wire: &mut Wire, path: &str, pairs: &[(&str, &str)]) -> std::io::Result<Answer> {
        let sent =
            Sent { form: Some(form(pairs)), authorization: Some(&self.authorization), ..Sent::default() };
        wire.send(path, sent).await
    }

    pub(crate) async fn redeem(&self, wire: &mut Wire, code: &str, n: usize) -> std::io::Result<Answer> {
        let redirect = REDIRECT.replace("-0.", &format!("-{n}."));
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect),
            ("code_verifier", VERIFIER),
        ];
        self.post(wire, "/oauth2/token", &pairs).await
    }

    pub(crate) async fn refresh(&self, wire: &mut Wire, token: &str) -> std::io::Result<Answer> {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post(wire, "/oauth2/token", &pairs).await
    }

    pub(crate) async fn credentials(&self, wire: &mut Wire) -> std::io::Result<Answer> {
        self.post(wire, "/oauth2/token", &[("grant_type", "client_credentials")]).await
    }

    pub(crate) async fn introspect(&self, wire: &mut Wire, token: &str) -> std::io::Result<Answer> {
        self.post(wire, "/oauth2/introspect", &[("token", token)]).await
    }

    pub(crate) async fn userinfo(&self, wire: &mut Wire, token: &str) -> std::io::Result<Answer> {
        let authorization = format!("Bearer {token}");
        wire.send("/oauth2/userinfo", Sent { authorization: Some(&authorization), ..Sent::default() }).await
    }
}
