//! An upstream that approves at once. Its codes carry what the token must say: `NUMBER.NONCE`.

use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use broker_domain::clock::{Clock, SystemClock};
use broker_jose::{Algorithm, SigningKey};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

pub(crate) const CLIENT_ID: &str = "broker-at-upstream";
pub(crate) const SECRET: &str = "a-secret-between-broker-and-upstream";

/// A running upstream.
pub(crate) struct Upstream {
    pub(crate) issuer: String,
}

struct Inner {
    issuer: String,
    key: SigningKey,
}

/// The personal number of the `n`th citizen: a valid one of somebody born in 1990.
pub(crate) fn personal_number(n: usize) -> String {
    format!("001090{:06}", n % 1_000_000)
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let key = SigningKey::generate(Algorithm::RS256, "upstream").unwrap();
        let inner = Arc::new(Inner { issuer: issuer.clone(), key });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(inner);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer }
    }
}

async fn discovery(State(inner): State<Arc<Inner>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", inner.issuer);
    Json(json!({
        "issuer": inner.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn jwks(State(inner): State<Arc<Inner>>) -> Json<Value> {
    Json(json!({"keys": [inner.key.public_jwk()]}))
}

async fn token(State(inner): State<Arc<Inner>>, Form(form): Form<HashMap<String, String>>) -> Json<Value> {
    let Some((number, nonce)) = form.get("code").and_then(|c| c.split_once('.')) else {
        return Json(json!({"error": "invalid_grant"}));
    };
    let now = SystemClock.now().secs();
    let claims = json!({
        "iss": inner.issuer,
        "aud": CLIENT_ID,
        "sub": format!("upstream-{number}"),
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "nonce": nonce,
        "acr": "2",
        "sid": format!("sid-{nonce}"),
        "citizenPid": number,
        "fullName": "Nguyễn Văn An",
        "birthDate": "1990-01-01",
        "gender": "1",
        "accountType": "personal",
        "accountLevel": 2,
    });
    let id_token = inner.key.sign(None, &claims).unwrap();
    Json(json!({"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": id_token}))
}
