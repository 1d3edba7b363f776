//! What an OpenID provider publishes: its metadata and its keys, fetched when first needed and kept for a while.

use crate::cache::{CacheRules, Cached};
use crate::http::{Again, Http};
use broker_domain::clock::Timestamp;
use broker_domain::upstream::{Metadata, Refused, UpstreamFailure, UrlRule};
use broker_jose::KeySet;
use futures_util::FutureExt;
use std::sync::Arc;
use url::Url;

/// Where the endpoints are known from.
pub(crate) enum Endpoints {
    /// From the discovery document.
    Discovered {
        /// Used when the document names none.
        end_session_endpoint: Option<Url>,
    },
    /// From configuration.
    Given(Box<Metadata>),
}

/// Metadata and keys.
pub(super) struct Provider {
    pub(super) metadata: Cached<Metadata>,
    pub(super) keys: Cached<KeySet>,
}

impl Provider {
    pub(super) fn new(
        issuer: String,
        endpoints: Endpoints,
        rule: UrlRule,
        cache: CacheRules,
        http: Arc<Http>,
    ) -> Self {
        let metadata = match endpoints {
            Endpoints::Given(metadata) => Cached::new(cache, move |_| {
                let metadata = Metadata::clone(&metadata);
                async move { Ok(metadata) }.boxed()
            }),
            Endpoints::Discovered { end_session_endpoint } => {
                let http = http.clone();
                Cached::new(cache, move |_| {
                    let (http, issuer, end) = (http.clone(), issuer.clone(), end_session_endpoint.clone());
                    async move {
                        let mut metadata = discover(&http, &issuer, rule).await?;
                        metadata.end_session_endpoint = metadata.end_session_endpoint.or(end);
                        Ok(metadata)
                    }
                    .boxed()
                })
            }
        };
        let of = metadata.clone();
        let keys = Cached::new(cache, move |now| {
            let (metadata, http) = (of.clone(), http.clone());
            async move { fetch_keys(&http, &metadata, now).await }.boxed()
        });
        Self { metadata, keys }
    }
}

/// What a provider publishes at this moment: its metadata, and how many keys.
pub(crate) async fn published(
    issuer: String,
    endpoints: Endpoints,
    rule: UrlRule,
    http: &Http,
) -> Result<(Metadata, usize), Refused> {
    let metadata = match endpoints {
        Endpoints::Given(metadata) => *metadata,
        Endpoints::Discovered { .. } => discover(http, &issuer, rule).await?,
    };
    let body = fetch(http, &metadata.jwks_uri, "keys").await?;
    let keys =
        KeySet::parse(&body).map_err(|e| Refused::new(UpstreamFailure::Malformed, format!("keys: {e}")))?;
    Ok((metadata, keys.len()))
}

/// OpenID Connect Discovery 1.0, 4.
async fn discover(http: &Http, issuer: &str, rule: UrlRule) -> Result<Metadata, Refused> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let url = rule.read(&address).ok_or(UpstreamFailure::BadMetadata)?;
    let body = fetch(http, &url, "discovery").await?;
    Metadata::read(&body, issuer, rule)
        .map_err(|refused| Refused { about: format!("discovery: {}", refused.about).into(), ..refused })
}

async fn fetch_keys(http: &Http, metadata: &Cached<Metadata>, now: Timestamp) -> Result<KeySet, Refused> {
    let body = fetch(http, &metadata.get(now).await?.jwks_uri, "keys").await?;
    KeySet::parse(&body).map_err(|e| Refused::new(UpstreamFailure::Malformed, format!("keys: {e}")))
}

async fn fetch(http: &Http, url: &Url, endpoint: &str) -> Result<Vec<u8>, Refused> {
    let request = http.get(url).header("Accept", "application/json");
    let answer = http.send(request, Again::Harmless).await.map_err(|no| no.refused(endpoint))?;
    if answer.is_good() {
        return Ok(answer.body);
    }
    let failure = match answer.status {
        403 => UpstreamFailure::AddressRefused,
        429 | 503 => UpstreamFailure::Busy,
        408 | 504 => UpstreamFailure::TimedOut,
        _ => UpstreamFailure::BadStatus,
    };
    Err(Refused::new(failure, format!("{endpoint}, status {}", answer.status)))
}
