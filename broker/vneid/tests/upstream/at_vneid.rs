//! A browser at the stand-in: somebody is signed in there at once, and is sent back.

use crate::{REDIRECT, ask, binding, now, upstream};
use broker_domain::ports::Upstream;
use broker_domain::upstream::{Arrival, Ask, Binding, UpstreamFailure};
use mock_vneid::{ClientSettings, KeyPair, MockVneid, Settings, generate_key_pair};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

pub(crate) const SECRET: &str = "mock-vneid-client-secret-for-tests";
pub(crate) static PAIR: LazyLock<KeyPair> = LazyLock::new(|| generate_key_pair().unwrap());

// The system's authorities take long to read, and nothing here needs them.
static BROWSER: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .tls_certs_only([])
        .build()
        .unwrap()
});

pub(crate) struct AtVneid {
    pub(crate) mock: Arc<MockVneid>,
    pub(crate) upstream: Arc<dyn Upstream>,
    pub(crate) settings: Value,
}

impl AtVneid {
    pub(crate) async fn plain(changes: Value) -> Self {
        let mock = MockVneid::start().await.unwrap();
        let base = json!({
            "id": "vneid", "dialect": "oidc", "issuer": mock.issuer(), "client_id": "broker", "client_secret": SECRET,
            "connect_timeout_ms": 500, "total_timeout_ms": 2000,
        });
        Self::with(mock, base, &changes)
    }

    pub(crate) async fn sealed(encrypt_code: bool, changes: Value) -> Self {
        let client = ClientSettings {
            public_key: Some(PAIR.public_pem.clone()),
            encrypt_code,
            ..Settings::default().clients.remove(0)
        };
        let mock = MockVneid::start().await.unwrap();
        mock.put_client(client);
        let [authorize, token, userinfo] = mock.sealed_endpoints();
        let base = json!({
            "id": "vneid", "dialect": "sealed", "issuer": "https://vneid.example", "client_id": "broker", "client_secret": SECRET,
            "private_key": PAIR.private_pem, "authorization_endpoint": authorize, "token_endpoint": token,
            "userinfo_endpoint": userinfo, "connect_timeout_ms": 500, "total_timeout_ms": 2000,
        });
        Self::with(mock, base, &changes)
    }

    fn with(mock: MockVneid, base: Value, changes: &Value) -> Self {
        mock.instant(Some(("001085000001", 2)));
        Self { upstream: upstream(base.clone(), changes), mock: Arc::new(mock), settings: base }
    }

    /// A new upstream to the same stand-in, which takes long to start: its keys must be found.
    pub(crate) fn anew(&self, changes: Value) -> Self {
        self.mock.clear_faults();
        self.mock.forget_requests();
        let settings = self.settings.clone();
        Self { upstream: upstream(settings.clone(), &changes), mock: self.mock.clone(), settings }
    }

    /// Sends a browser, and gives the raw query that it comes back with.
    pub(crate) async fn send(&self, ask: &Ask, binding: &Binding) -> Result<String, UpstreamFailure> {
        let url = self.upstream.begin(ask, binding, REDIRECT, now()).await?;
        let response = BROWSER.get(url).send().await.unwrap();
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let query = location.strip_prefix(REDIRECT).and_then(|rest| rest.strip_prefix('?')).unwrap();
        Ok(query.to_owned())
    }

    /// A whole sign-in.
    pub(crate) async fn sign_in(&self, fresh: bool) -> Result<Arrival, UpstreamFailure> {
        let binding = binding(fresh);
        let query = self.send(&ask(fresh), &binding).await?;
        self.complete(&query, &binding).await
    }

    pub(crate) async fn complete(&self, query: &str, binding: &Binding) -> Result<Arrival, UpstreamFailure> {
        self.upstream.complete(query, binding, REDIRECT, now()).await
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.mock.requests().iter().filter(|seen| seen.path.ends_with(path)).count()
    }
}
