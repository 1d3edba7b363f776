//! An authorization request as a portal makes one.

use crate::call::form;
use crate::portal::Portal;
use broker_domain::secret::s256;
use std::sync::atomic::{AtomicU64, Ordering};

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Parameters in order, and what the portal keeps for itself.
#[derive(Clone, Debug)]
pub struct Request {
    pub pairs: Vec<(String, String)>,
    /// The PKCE verifier.
    pub verifier: String,
}

impl Request {
    /// What a careful portal sends: `openid`, state, nonce, PKCE.
    pub fn of(portal: &Portal) -> Self {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let verifier = format!("verifier-{n:06}-abcdefghijklmnopqrstuvwxyz0123456789._~");
        let request = Self { pairs: Vec::new(), verifier: verifier.clone() };
        request
            .with("response_type", "code")
            .with("client_id", &portal.id)
            .with("redirect_uri", &portal.redirect_uri)
            .with("scope", "openid")
            .with("state", &format!("state-{n}"))
            .with("nonce", &format!("nonce-{n}"))
            .with("code_challenge", &s256(&verifier))
            .with("code_challenge_method", "S256")
    }

    /// The same with a parameter set.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.pairs.iter_mut().find(|(n, _)| n == name) {
            Some((_, v)) => value.clone_into(v),
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The same with a parameter once more, whether it is there or not.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(n, _)| n != name);
        self
    }

    /// The same without PKCE.
    #[must_use]
    pub fn without_pkce(self) -> Self {
        self.without("code_challenge").without("code_challenge_method")
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// As a query or form body.
    pub fn encoded(&self) -> String {
        form(&self.pairs)
    }

    /// As a path with a query.
    pub fn path(&self) -> String {
        format!("/oauth2/authorize?{}", self.encoded())
    }
}
