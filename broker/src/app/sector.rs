//! The sector identifier document, looked at when a client is registered (OpenID Connect Core 8.1; Registration 5).

use super::registration::BadRegistration;
use crate::config::Settings;
use crate::jobs::{Allowed, http_client, is_forbidden};
use broker_domain::client::{BadMetadata, ClientMetadata};
use http::StatusCode;
use std::time::Duration;
use url::Url;

const MEMBER: &str = "sector_identifier_uri";
/// How long the document's host has to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest document, in bytes.
const MAX_DOCUMENT: usize = 64 * 1024;

/// Whether the document, if the metadata name one, names each of the redirect URIs.
///
/// # Errors
/// Says why it does not: no answer, an answer that is no list of URIs, an address that may not be called, a URI that is missing.
pub async fn check_sector(metadata: &ClientMetadata, settings: &Settings) -> Result<(), BadRegistration> {
    let Some(uri) = &metadata.sector_identifier_uri else { return Ok(()) };
    let bad = |reason: String| BadRegistration::Member(BadMetadata { member: MEMBER, reason });
    let named = fetch(uri, &settings.logout.private_hosts_allowed).await.map_err(&bad)?;
    match metadata.redirect_uris.iter().find(|uri| !named.contains(uri)) {
        Some(missing) => Err(bad(format!("its document does not name {missing}"))),
        None => Ok(()),
    }
}

async fn fetch(uri: &str, private_hosts: &[String]) -> Result<Vec<String>, String> {
    let allowed = Allowed::new(private_hosts);
    let url = Url::parse(uri).map_err(|_| "is no URI".to_owned())?;
    let forbidden = || {
        "its host's address is not public: name it in logout.private_hosts_allowed if it may be called"
            .to_owned()
    };
    if allowed.refuses(&url) {
        return Err(forbidden());
    }
    let http = http_client(&allowed, PATIENCE).map_err(|e| e.to_string())?;
    let mut answer = match http.get(url).send().await {
        Ok(answer) if answer.status() == StatusCode::OK => answer,
        Ok(answer) => return Err(format!("answered {}", answer.status().as_u16())),
        Err(error) if is_forbidden(&error) => return Err(forbidden()),
        Err(_) => return Err("does not answer".to_owned()),
    };
    let mut document = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_| "broke off".to_owned())? {
        document.extend_from_slice(&part);
        if document.len() > MAX_DOCUMENT {
            return Err("its document is too long".to_owned());
        }
    }
    serde_json::from_slice(&document).map_err(|_| "its document is no JSON list of URIs".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::get;
    use serde_json::json;

    async fn serve() -> String {
        let redirects = || async { json!(["https://rp.example/cb", "https://rp.example/two"]).to_string() };
        let app = Router::new()
            .route("/good", get(redirects))
            .route("/moved", get(|| async { Redirect::to("/good") }))
            .route("/no-list", get(|| async { "{}" }))
            .route("/long", get(|| async { format!("[{}\"x\"]", "\"x\",".repeat(20_000)) }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        tokio::spawn(async move { axum::serve(listener, app).await });
        base
    }

    async fn checked(uri: &str, redirects: &[&str], private: &[&str]) -> Result<(), String> {
        let metadata =
            json!({"client_name": "Cổng", "redirect_uris": redirects, "sector_identifier_uri": uri});
        let metadata = ClientMetadata::parse(metadata.to_string().as_bytes()).unwrap();
        let mut settings: Settings = serde_json::from_value(json!({"issuer": "http://localhost"})).unwrap();
        settings.logout.private_hosts_allowed = private.iter().map(|h| (*h).to_owned()).collect();
        check_sector(&metadata, &settings).await.map_err(|e| e.to_string())
    }

    #[tokio::test]
    async fn the_document_names_every_redirect_uri() {
        let base = serve().await;
        let (one, two, other) =
            ("https://rp.example/cb", "https://rp.example/two", "https://rp.example/three");
        let good = format!("{base}/good");
        assert_eq!(checked(&good, &[one, two], &["127.0.0.1"]).await, Ok(()));
        let missing = checked(&good, &[one, other], &["127.0.0.1"]).await.unwrap_err();
        assert!(missing.contains(other), "{missing}");
        for (path, says) in [
            ("moved", "answered 303"),
            ("none", "answered 404"),
            ("no-list", "no JSON list"),
            ("long", "too long"),
        ] {
            let refused = checked(&format!("{base}/{path}"), &[one], &["127.0.0.1"]).await.unwrap_err();
            assert!(refused.starts_with("sector_identifier_uri: ") && refused.contains(says), "{refused}");
        }
    }

    /// Whoever registers a document must not make the broker call its own neighbours.
    #[tokio::test]
    async fn neighbours_are_not_called() {
        let base = serve().await;
        let by_name = base.replace("127.0.0.1", "localhost");
        for uri in [format!("{base}/good"), format!("{by_name}/good")] {
            let refused = checked(&uri, &["https://rp.example/cb"], &[]).await.unwrap_err();
            assert!(refused.contains("not public"), "{refused}");
        }
    }
}
