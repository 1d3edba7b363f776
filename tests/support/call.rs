//! A request to the broker's router.

use crate::answer::Answer;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use data_encoding::BASE64;
use http::{Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Everything but unreserved characters as `%XX`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// `a=1&b=2`, encoded.
pub fn form<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(n, v)| format!("{}={}", encode(n.as_ref()), encode(v.as_ref()))).collect();
    pairs.join("&")
}

/// A request, put together.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    /// Where it comes from, when it comes over a connection.
    pub from: Option<IpAddr>,
}

impl Call {
    pub fn of(method: &str, path: impl Into<String>) -> Self {
        Self {
            method: method.parse().unwrap(),
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
            from: None,
        }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::of("GET", path)
    }

    pub fn post(path: impl Into<String>) -> Self {
        Self::of("POST", path)
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// The address of the connection that it comes over.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.from = Some(address.parse().unwrap());
        self
    }

    /// A form body with its type.
    #[must_use]
    pub fn form<N: AsRef<str>, V: AsRef<str>>(self, pairs: &[(N, V)]) -> Self {
        self.raw_form(form(pairs))
    }

    /// A form body as it is, with its type.
    #[must_use]
    pub fn raw_form(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// A JSON body with its type.
    #[must_use]
    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// `client_secret_basic`: both parts are form-encoded before they are joined (RFC 6749, 2.3.1).
    #[must_use]
    pub fn basic(self, id: &str, secret: &str) -> Self {
        let credentials = BASE64.encode(format!("{}:{}", encode(id), encode(secret)).as_bytes());
        self.header("authorization", format!("Basic {credentials}"))
    }

    /// Sends it through the router.
    pub async fn send(&self, router: &Router) -> Answer {
        let answer = self.send_to_admin(router).await;
        answer.check();
        answer
    }

    /// Sends it through the router of the admin listener, whose answers are of another kind.
    pub async fn send_to_admin(&self, router: &Router) -> Answer {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        if let Some(address) = self.from {
            request = request.extension(ConnectInfo(SocketAddr::new(address, 1)));
        }
        let request = request
            .body(Body::from(self.body.clone()))
            .unwrap_or_else(|e| panic!("{e}: {} {:?}", self.path, self.headers));
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 4 * 1024 * 1024).await.unwrap().to_vec();
        Answer { url: self.path.clone(), status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

impl Answer {
    /// What holds for every answer of the broker, whatever was asked.
    #[track_caller]
    fn check(&self) {
        assert!(
            self.status < 500 || self.status == 503 || self.may_be_bad_gateway(),
            "{} {}\n{}",
            self.url,
            self.status,
            self.text()
        );
        assert!(
            ![301, 302, 307, 308].contains(&self.status),
            "a redirect that could post a form on: {}",
            self.status
        );
        assert!(self.header_count("location") <= 1);
        if let Some(location) = self.headers.get("location") {
            assert!(location.as_bytes().iter().all(|b| (0x21..0x7f).contains(b)), "{location:?}");
        }
        assert_eq!(self.header("x-trace-id").map(str::len), Some(32), "{}", self.url);
    }

    /// VNeID's failures are answered as those of something behind us.
    fn may_be_bad_gateway(&self) -> bool {
        matches!(self.status, 502 | 504)
    }
}
