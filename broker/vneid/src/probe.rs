//! A look at an upstream, for operators: what it publishes is read, nothing is handed over.

use crate::build::{address, endpoints};
use crate::http::{Again, Http, HttpRules};
use crate::oidc::published;
use crate::settings::{Dialect, UpstreamSettings};
use broker_domain::upstream::UrlRule;
use std::sync::Arc;

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The address that was asked.
    pub asked: String,
    /// The `Date` header of its answer.
    pub date: Option<String>,
    /// How many keys it publishes; `None` for the sealed dialect, which has none to publish.
    pub keys: Option<usize>,
}

/// Looks at an upstream: with `oidc` its metadata, whose issuer must be the configured one, and its keys; with `sealed` whether its
/// token endpoint answers at all.
///
/// # Errors
/// Words for the operator, without secrets.
pub async fn probe(settings: &UpstreamSettings) -> Result<Probe, String> {
    let rules = HttpRules {
        ca_files: &settings.ca_files,
        system_authorities: settings.system_authorities,
        identity: None,
        proxy: settings.proxy.as_deref(),
        connect_ms: settings.connect_timeout_ms,
        total_ms: settings.total_timeout_ms,
        max_body: settings.max_body_bytes,
    };
    let http = Http::new(&rules, Arc::new(|_| {})).map_err(|e| e.to_string())?;
    let rule = UrlRule { http_on_loopback: settings.http_on_loopback };
    let (asked, keys) = match settings.dialect {
        Dialect::Oidc => {
            let endpoints = endpoints(settings, rule).map_err(|e| e.to_string())?;
            let issuer = settings.issuer.clone();
            let (metadata, keys) =
                published(issuer, endpoints, rule, &http).await.map_err(|e| e.to_string())?;
            (metadata.jwks_uri, Some(keys))
        }
        Dialect::Sealed => {
            let endpoint = settings.token_endpoint.as_deref().unwrap_or_default();
            (address(rule, "token_endpoint", endpoint).map_err(|e| e.to_string())?, None)
        }
    };
    // A token endpoint refuses this, by an answer: that is all that is wanted.
    let answer =
        http.send(http.get(&asked), Again::Harmless).await.map_err(|no| format!("{asked}: {}", no.cause))?;
    Ok(Probe { asked: asked.to_string(), date: answer.date, keys })
}
