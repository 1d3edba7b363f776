//! What the broker answered.

use crate::html;
use crate::returned::Returned;
use http::{HeaderMap, HeaderName};
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked for.
    pub url: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON object of the body; the type must say so.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// A member of the JSON body, as text; empty when it is not there.
    #[track_caller]
    pub fn member(&self, name: &str) -> String {
        match &self.json()[name] {
            Value::Null => String::new(),
            Value::String(s) => s.clone(),
            other => other.to_string(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }

    pub fn header_count(&self, name: &str) -> usize {
        self.headers.get_all(name.parse::<HeaderName>().unwrap()).iter().count()
    }

    /// `Set-Cookie` values.
    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned()).collect()
    }

    /// The name=value of a cookie that is set here.
    pub fn sets(&self, name: &str) -> Option<String> {
        let start = format!("{name}=");
        self.set_cookies().into_iter().find(|c| c.starts_with(&start))
    }

    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The redirect to a portal that this is.
    #[track_caller]
    pub fn returned(&self) -> Returned {
        assert_eq!(self.status, 303, "{}\n{}", self.url, self.text());
        Returned::parse(self.location().expect("a Location"))
    }

    /// The code of the catalogue on a page, for example 1203.
    pub fn code(&self) -> Option<u16> {
        let text = html::text_of(&self.text(), "error-code")?;
        text.trim().strip_prefix("VB-").and_then(|n| n.parse().ok())
    }

    /// The trace id on an error page.
    pub fn trace(&self) -> Option<String> {
        html::text_of(&self.text(), "trace-id").map(|t| t.split_whitespace().collect())
    }

    /// Checks that this is the page of a problem, with everything that such a page has.
    #[track_caller]
    pub fn expect_problem(&self, code: u16) -> &Self {
        assert_eq!(self.code(), Some(code), "{} {}\n{}", self.url, self.status, self.plain());
        assert!((400..600).contains(&self.status), "{}", self.status);
        let trace = self.trace().expect("a trace id");
        assert_eq!(trace.len(), 32, "{trace}");
        assert_eq!(self.header("x-trace-id"), Some(trace.as_str()));
        self.expect_page()
    }

    /// Checks the headers that each page carries: no framing, no caching, no referrer, nothing foreign.
    #[track_caller]
    pub fn expect_page(&self) -> &Self {
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"), "{}", self.plain());
        assert_eq!(self.header("x-frame-options"), Some("DENY"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        let policy = self.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        self
    }

    /// Checks that this is an OAuth error as JSON: status, `error`, and a description of plain ASCII; nothing else in it.
    #[track_caller]
    pub fn expect_error(&self, status: u16, error: &str) -> &Self {
        let body = self.json();
        assert_eq!((self.status, body["error"].as_str()), (status, Some(error)), "{}", self.text());
        let members: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert!(
            members.iter().all(|m| ["error", "error_description", "error_uri"].contains(&m.as_str())),
            "{members:?}"
        );
        expect_plain(body["error_description"].as_str().unwrap_or(""));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        self
    }

    /// The page's words without markup.
    pub fn plain(&self) -> String {
        html::plain(&self.text())
    }
}

/// RFC 6749, 4.1.2.1 and 5.2: `%x20-21 / %x23-5B / %x5D-7E`.
#[track_caller]
pub fn expect_plain(description: &str) {
    let fits = |b: u8| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(description.bytes().all(fits), "{description:?}");
}
