//! A provider that says whatever a test wants.

use crate::upstream;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use broker_domain::ports::Upstream;
use broker_domain::upstream::{Arrival, Binding, UpstreamFailure};
use broker_jose::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use tokio::net::TcpListener;

/// Keys made once: RSA keys take long to find.
pub(crate) fn key(algorithm: Algorithm) -> &'static SigningKey {
    static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
        Algorithm::ALL.iter().map(|a| SigningKey::generate(*a, a.as_str()).unwrap()).collect()
    });
    KEYS.iter().find(|key| key.algorithm() == algorithm).unwrap()
}

/// An answer: status, content type, body.
pub(crate) type Said = (u16, &'static str, String);

type Answers = Arc<Mutex<(HashMap<String, Said>, Vec<String>)>>;

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) base: String,
    answers: Answers,
}

async fn answer(State(answers): State<Answers>, uri: Uri) -> Response {
    let mut answers = answers.lock().unwrap();
    answers.1.push(uri.path().to_owned());
    match answers.0.get(uri.path()) {
        Some((status, kind, body)) => {
            (StatusCode::from_u16(*status).unwrap(), [("content-type", *kind)], body.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let answers = Answers::default();
        let app = Router::new().fallback(answer).with_state(answers.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let provider = Self { base, answers };
        provider.describe(json!({}));
        provider.publish(&Algorithm::ALL.map(|a| key(a).clone()));
        provider
    }

    pub(crate) fn say(&self, path: &str, said: Said) {
        self.answers.lock().unwrap().0.insert(path.to_owned(), said);
    }

    pub(crate) fn json(&self, path: &str, body: &Value) {
        self.say(path, (200, "application/json", body.to_string()));
    }

    /// Publishes metadata with `changes`.
    pub(crate) fn describe(&self, changes: Value) {
        let at = |path: &str| format!("{}{path}", self.base);
        let mut document = json!({
            "issuer": self.base, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/keys"),
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        self.json("/.well-known/openid-configuration", &document);
    }

    pub(crate) fn publish(&self, keys: &[SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(SigningKey::public_jwk).collect();
        self.json("/keys", &json!({ "keys": keys }));
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.answers.lock().unwrap().1.iter().filter(|p| *p == path).count()
    }

    pub(crate) fn upstream(&self, changes: Value) -> Arc<dyn Upstream> {
        let base = json!({
            "id": "p", "dialect": "oidc", "issuer": self.base, "client_id": "broker", "client_secret": "s",
            "algorithms": ["RS256", "PS256", "ES256", "EdDSA"], "leeway_secs": 30,
            "connect_timeout_ms": 500, "total_timeout_ms": 1000,
        });
        upstream(base, &changes)
    }

    /// The claims of a good id_token, with `changes` laid over them; null takes a claim away.
    pub(crate) fn claims(&self, binding: &Binding, changes: Value) -> Map<String, Value> {
        let now = crate::now().secs();
        let mut claims = json!({
            "iss": self.base, "aud": "broker", "sub": "s-1", "iat": now, "exp": now + 300, "auth_time": now, "nonce": binding.nonce,
            "acr": "2", "citizenPid": "001085000001", "fullName": "NGUYỄN VĂN AN", "birthDate": "1985-03-12",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    }

    pub(crate) fn give(&self, id_token: &str) {
        self.json(
            "/token",
            &json!({"access_token": "access-1", "token_type": "Bearer", "id_token": id_token}),
        );
    }

    /// A sign-in that ends with this id_token.
    pub(crate) async fn arrive(
        &self,
        upstream: &dyn Upstream,
        binding: &Binding,
        id_token: &str,
    ) -> Result<Arrival, UpstreamFailure> {
        self.give(id_token);
        upstream.complete("code=c&state=s", binding, crate::REDIRECT, crate::now()).await
    }
}
