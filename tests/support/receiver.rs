//! A portal's back-channel logout endpoint.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use std::sync::{Arc, Mutex};

/// One call.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    /// The one parameter of the form.
    #[track_caller]
    pub fn logout_token(&self) -> String {
        let kind = self.headers.get("content-type").unwrap().to_str().unwrap();
        assert_eq!(kind.split(';').next(), Some("application/x-www-form-urlencoded"));
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(self.body.as_bytes())
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        assert_eq!(pairs.len(), 1, "{}", self.body);
        assert_eq!(pairs[0].0, "logout_token");
        pairs[0].1.clone()
    }
}

#[derive(Clone)]
struct Kept {
    calls: Arc<Mutex<Vec<Received>>>,
    status: Arc<Mutex<StatusCode>>,
    redirect: Arc<Mutex<Option<String>>>,
}

/// An endpoint on a free port of this machine.
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    kept: Kept,
}

impl Receiver {
    pub async fn start() -> Self {
        let kept = Kept {
            calls: Arc::default(),
            status: Arc::new(Mutex::new(StatusCode::OK)),
            redirect: Arc::default(),
        };
        let router = Router::new().route("/backchannel", post(take)).with_state(kept.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/backchannel", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(router.into_make_service()));
        Self { url, kept }
    }

    /// What it answers from now on.
    pub fn answer(&self, status: u16) {
        *self.kept.status.lock().unwrap() = StatusCode::from_u16(status).unwrap();
    }

    /// It redirects from now on.
    pub fn redirect(&self, to: &str) {
        *self.kept.redirect.lock().unwrap() = Some(to.to_owned());
    }

    pub fn received(&self) -> Vec<Received> {
        self.kept.calls.lock().unwrap().clone()
    }
}

async fn take(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) -> Response {
    kept.calls.lock().unwrap().push(Received { headers, body: String::from_utf8(body.to_vec()).unwrap() });
    if let Some(to) = kept.redirect.lock().unwrap().clone() {
        return (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response();
    }
    let status = *kept.status.lock().unwrap();
    status.into_response()
}
