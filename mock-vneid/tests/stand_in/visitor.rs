//! A browser at the stand-in, and a client of it.

use mock_vneid::{ClientSettings, KeyPair, MockVneid, Settings, generate_key_pair};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use url::Url;

pub(crate) const AN: &str = "001085000001";
pub(crate) const BINH: &str = "074190000002";
pub(crate) const PASSWORD: &str = "Demo@1234";
pub(crate) const CALLBACK: &str = "http://localhost:7777/callback";
pub(crate) const SECRET: &str = "a-secret-for-tests";

pub(crate) static KEYS: LazyLock<KeyPair> = LazyLock::new(|| generate_key_pair().unwrap());

/// A stand-in with one client.
pub(crate) async fn stand_in() -> MockVneid {
    with(|_| ()).await
}

/// The same, with settings of the test's own.
pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> MockVneid {
    let mut settings = Settings {
        clients: vec![ClientSettings {
            client_id: "broker".to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_uris: vec![CALLBACK.to_owned()],
            public_key: Some(KEYS.public_pem.clone()),
            encrypt_code: false,
            backchannel_logout_uri: None,
        }],
        ..Settings::default()
    };
    change(&mut settings);
    MockVneid::builder().settings(settings).start().await.unwrap()
}

pub(crate) fn http() -> Client {
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// A browser: it keeps the cookie, and follows nothing by itself.
pub(crate) struct Visitor {
    http: Client,
    base: String,
    cookie: Mutex<Option<String>>,
}

/// Where an answer led.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

impl Reply {
    /// The page that it leads to here.
    pub(crate) fn next(&self) -> &str {
        self.location
            .as_deref()
            .filter(|l| l.starts_with('/'))
            .unwrap_or_else(|| panic!("no page: {}", self.text))
    }

    /// The parameters of a callback.
    pub(crate) fn callback(&self) -> HashMap<String, String> {
        let url = Url::parse(self.location.as_deref().expect("a callback")).unwrap();
        assert!(url.as_str().starts_with(CALLBACK), "{url}");
        url.query_pairs().into_owned().collect()
    }
}

impl Visitor {
    pub(crate) fn of(vneid: &MockVneid) -> Self {
        Self { http: http(), base: vneid.base_url().to_owned(), cookie: Mutex::new(None) }
    }

    async fn take(&self, response: Response) -> Reply {
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        if let Some(set) = header(SET_COOKIE) {
            *self.cookie.lock().unwrap() = set.split(';').next().map(str::to_owned);
        }
        let (status, location) = (response.status(), header(LOCATION));
        Reply { status, location, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        let cookie = self.cookie.lock().unwrap().clone().unwrap_or_default();
        let sent = self.http.get(format!("{}{path}", self.base)).header(COOKIE, cookie).send().await;
        self.take(sent.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let cookie = self.cookie.lock().unwrap().clone().unwrap_or_default();
        let sent =
            self.http.post(format!("{}{path}", self.base)).header(COOKIE, cookie).form(form).send().await;
        self.take(sent.unwrap()).await
    }

    /// Begins a sign-in; more parameters as they stand in a query.
    pub(crate) async fn begin(&self, dialect: &str, more: &str) -> Reply {
        let callback = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect::<String>();
        let path = format!(
            "/{dialect}/authorize?response_type=code&client_id=broker&scope=openid&state=s1&redirect_uri={callback}{more}"
        );
        self.get(&path).await
    }

    /// Number, password and one-time code, from the first page to the answer of the last.
    pub(crate) async fn prove(&self, page: &str, number: &str) -> Reply {
        let sent = self.post(page, &[("username", number), ("password", PASSWORD)]).await;
        let otp = sent.next().to_owned();
        let sent = self.post(&otp, &[("otp", "000000")]).await;
        match sent.location.as_deref() {
            Some(path) if path.ends_with("/as") => self.post(path, &[]).await,
            _ => sent,
        }
    }

    /// A whole sign-in: the parameters of the callback.
    pub(crate) async fn sign_in(&self, dialect: &str, more: &str, number: &str) -> HashMap<String, String> {
        let begun = self.begin(dialect, more).await;
        self.prove(begun.next(), number).await.callback()
    }
}

/// The token request of a client.
pub(crate) async fn redeem(
    vneid: &MockVneid,
    dialect: &str,
    code: &str,
    more: &[(&str, &str)],
) -> (StatusCode, Value) {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", "broker"),
        ("client_secret", SECRET),
        ("redirect_uri", CALLBACK),
    ];
    form.extend(more);
    let sent = http().post(format!("{}/{dialect}/token", vneid.base_url())).form(&form).send().await.unwrap();
    let status = sent.status();
    (status, sent.json().await.unwrap_or_default())
}

/// Userinfo by a token.
pub(crate) async fn userinfo(vneid: &MockVneid, dialect: &str, token: &str) -> (StatusCode, Value) {
    let url = format!("{}/{dialect}/userinfo", vneid.base_url());
    let sent = http().get(url).bearer_auth(token).send().await.unwrap();
    let status = sent.status();
    (status, sent.json().await.unwrap_or_default())
}
