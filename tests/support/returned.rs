//! What comes back to a portal by redirect.

use crate::answer::expect_plain;

/// A redirect to a portal, taken apart.
#[derive(Clone, Debug)]
pub struct Returned {
    /// All of it.
    pub url: String,
    /// Before the query.
    pub to: String,
    /// The parameters, decoded.
    pub query: Vec<(String, String)>,
}

impl Returned {
    pub fn parse(url: &str) -> Self {
        let (to, query) = url.split_once('?').unwrap_or((url, ""));
        let query = url::form_urlencoded::parse(query.as_bytes())
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        Self { url: url.to_owned(), to: to.to_owned(), query }
    }

    /// A parameter, which must not stand twice.
    #[track_caller]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.query.iter().filter(|(n, _)| n == name);
        let first = all.next().map(|(_, v)| v.as_str());
        assert!(all.next().is_none(), "{name} stands twice: {}", self.url);
        first
    }

    /// The code.
    #[track_caller]
    pub fn code(&self) -> String {
        self.get("code").unwrap_or_else(|| panic!("no code: {}", self.url)).to_owned()
    }

    /// The names, in order.
    pub fn names(&self) -> Vec<&str> {
        self.query.iter().map(|(n, _)| n.as_str()).collect()
    }

    /// Checks an error: the code, `state` as sent, `iss`, a plain description, and nothing else.
    #[track_caller]
    pub fn expect_error(&self, error: &str, issuer: &str, state: Option<&str>) -> &Self {
        assert_eq!(self.get("error"), Some(error), "{}", self.url);
        assert_eq!(self.get("iss"), Some(issuer));
        assert_eq!(self.get("state"), state);
        expect_plain(self.get("error_description").unwrap_or(""));
        let known = ["error", "error_description", "state", "iss"];
        assert!(self.names().iter().all(|n| known.contains(n)), "{}", self.url);
        self
    }
}
