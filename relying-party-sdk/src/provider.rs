//! What the broker says about itself: its endpoints and its keys, fetched when needed and kept.

use std::sync::Arc;

use broker_jose::KeySet;
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;

use url::Url;

use crate::clock::Clock;
use crate::error::{Endpoint, Error};
use crate::http_client;
use crate::settings::secure_url;

/// How long metadata and keys are used before they are fetched again, in seconds.
const FRESH: i64 = 3600;
/// How long after a failure the broker is left alone, in seconds, so that waiting citizens do not queue for time-outs.
const PAUSE: i64 = 2;
/// The least time between two fetches on account of an unknown key, in seconds: anybody can send a token with one.
const REFETCH_PAUSE: i64 = 10;

/// The metadata that is used here (OpenID Connect Discovery 3).
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) userinfo_endpoint: Option<Url>,
    pub(crate) introspection_endpoint: Option<Url>,
    pub(crate) end_session_endpoint: Option<Url>,
    /// Whether authorization responses always carry `iss` (RFC 9207, 3).
    pub(crate) names_itself: bool,
    keys: Url,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    introspection_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// The broker, as this portal knows it.
pub(crate) struct Provider {
    issuer: String,
    http: Client,
    clock: Arc<dyn Clock>,
    // Held during a fetch, so that many sign-ins at once fetch once.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, i64)>,
    keys: Option<(KeySet, i64)>,
    failed: Option<i64>,
    refetched: Option<i64>,
}

impl Provider {
    pub(crate) fn new(issuer: String, http: Client, clock: Arc<dyn Clock>) -> Self {
        Self { issuer, http, clock, known: Mutex::new(Known::default()) }
    }

    /// The metadata, fetched at the first use and then once an hour; when that fails, what is known stays in use.
    ///
    /// # Errors
    /// When nothing is known and nothing usable can be fetched.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, Error> {
        self.metadata_of(&mut *self.known.lock().await).await
    }

    /// The keys, kept like the metadata.
    ///
    /// # Errors
    /// As [`Provider::metadata`].
    pub(crate) async fn keys(&self) -> Result<KeySet, Error> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((keys, fetched)) = &known.keys
            && is_fresh(*fetched, now)
        {
            return Ok(keys.clone());
        }
        match self.fetch_keys(&mut known).await {
            Ok(keys) => Ok(keys),
            Err(error) => known.keys.as_ref().map(|(keys, _)| keys.clone()).ok_or(error),
        }
    }

    /// The keys fetched again, because a token names one that is not known; `None` when that was done just before.
    ///
    /// # Errors
    /// When they cannot be fetched.
    pub(crate) async fn keys_again(&self) -> Result<Option<KeySet>, Error> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if known.refetched.is_some_and(|last| now.saturating_sub(last) < REFETCH_PAUSE) {
            return Ok(None);
        }
        known.refetched = Some(now);
        self.fetch_keys(&mut known).await.map(Some)
    }

    async fn metadata_of(&self, known: &mut Known) -> Result<Arc<Metadata>, Error> {
        let now = self.clock.now();
        if let Some((metadata, fetched)) = &known.metadata
            && is_fresh(*fetched, now)
        {
            return Ok(Arc::clone(metadata));
        }
        let fetched = match self.pausing(known, Endpoint::Discovery) {
            Err(error) => Err(error),
            Ok(()) => self.fetch_metadata().await,
        };
        match fetched {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.metadata = Some((Arc::clone(&metadata), now));
                known.failed = None;
                Ok(metadata)
            }
            Err(error) => {
                known.failed.get_or_insert(now);
                known.metadata.as_ref().map(|(metadata, _)| Arc::clone(metadata)).ok_or(error)
            }
        }
    }

    fn pausing(&self, known: &mut Known, endpoint: Endpoint) -> Result<(), Error> {
        let now = self.clock.now();
        match known.failed {
            Some(failed) if (0..PAUSE).contains(&now.saturating_sub(failed)) => {
                Err(Error::Unreachable(endpoint))
            }
            _ => {
                known.failed = None;
                Ok(())
            }
        }
    }

    async fn fetch_metadata(&self) -> Result<Metadata, Error> {
        let refuse = |what| Error::Answer(Endpoint::Discovery, what);
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let answer = http_client::send(Endpoint::Discovery, self.http.get(url)).await?;
        if !answer.status.is_success() {
            return Err(refuse("not found"));
        }
        let document: Document = serde_json::from_slice(&answer.body).map_err(|_| refuse("no metadata"))?;
        // OpenID Connect Discovery 4.3: the issuer must be exactly the one that was asked.
        if document.issuer != self.issuer {
            return Err(refuse("the issuer names itself otherwise"));
        }
        let https = self.issuer.starts_with("https:");
        let endpoint = |text: &str| match secure_url(text) {
            Ok(url) if !https || url.scheme() == "https" => Ok(url),
            _ => Err(refuse("an endpoint is no secure URL")),
        };
        let optional = |text: &Option<String>| text.as_deref().map(endpoint).transpose();
        Ok(Metadata {
            authorization_endpoint: endpoint(&document.authorization_endpoint)?,
            token_endpoint: endpoint(&document.token_endpoint)?,
            userinfo_endpoint: optional(&document.userinfo_endpoint)?,
            introspection_endpoint: optional(&document.introspection_endpoint)?,
            end_session_endpoint: optional(&document.end_session_endpoint)?,
            names_itself: document.authorization_response_iss_parameter_supported,
            keys: endpoint(&document.jwks_uri)?,
        })
    }

    async fn fetch_keys(&self, known: &mut Known) -> Result<KeySet, Error> {
        let metadata = self.metadata_of(known).await?;
        self.pausing(known, Endpoint::Keys)?;
        let fetched = self.request_keys(&metadata).await;
        match &fetched {
            Ok(keys) => known.keys = Some((keys.clone(), self.clock.now())),
            Err(_) => known.failed = Some(self.clock.now()),
        }
        fetched
    }

    async fn request_keys(&self, metadata: &Metadata) -> Result<KeySet, Error> {
        let refuse = |what| Error::Answer(Endpoint::Keys, what);
        let answer = http_client::send(Endpoint::Keys, self.http.get(metadata.keys.clone())).await?;
        if !answer.status.is_success() {
            return Err(refuse("not found"));
        }
        let keys = KeySet::parse(&answer.body).map_err(|_| refuse("no key set"))?;
        if keys.is_empty() { Err(refuse("no usable key")) } else { Ok(keys) }
    }
}

fn is_fresh(fetched: i64, now: i64) -> bool {
    (0..FRESH).contains(&now.saturating_sub(fetched))
}
