//! Metadata and keys of a provider: fetched when first needed, kept for a while, fetched by one caller at a time; while the provider
//! is away the old copy serves.

use crate::build::address;
use crate::claims::object;
use crate::http::{Http, unexpected};
use crate::settings::UpstreamSettings;
use broker_domain::upstream::UpstreamFailure;
use broker_jose::KeySet;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Keys are not fetched again for an unknown key id more often than this: a forger's ids must not hammer the provider.
const KEYS_AGAIN: Duration = Duration::from_secs(5);

/// What the discovery document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) end_session_endpoint: Option<String>,
    /// Whether every answer names its issuer (RFC 9207).
    pub(super) names_issuer: bool,
    jwks_uri: String,
}

struct Kept<T> {
    value: Arc<T>,
    fetched: Instant,
    tried: Instant,
}

impl<T> Kept<T> {
    fn is_young(&self, lifetime: Duration) -> bool {
        self.fetched.elapsed() < lifetime
    }
}

/// The cache.
pub(super) struct Metadata {
    issuer: String,
    lifetime: Duration,
    known: Mutex<Option<Kept<Known>>>,
    keys: Mutex<Option<Kept<KeySet>>>,
}

impl Metadata {
    pub(super) fn new(settings: &UpstreamSettings) -> Self {
        Self {
            issuer: settings.issuer.clone(),
            lifetime: Duration::from_secs(settings.metadata_secs),
            known: Mutex::new(None),
            keys: Mutex::new(None),
        }
    }

    /// The metadata.
    pub(super) async fn known(&self, http: &Http) -> Result<Arc<Known>, UpstreamFailure> {
        let mut kept = self.known.lock().await;
        if let Some(kept) = kept.as_ref().filter(|k| k.is_young(self.lifetime)) {
            return Ok(kept.value.clone());
        }
        // An old copy serves; while the provider is away it is not asked at every step.
        if let Some(kept) = kept.as_ref().filter(|k| k.tried.elapsed() < KEYS_AGAIN) {
            return Ok(kept.value.clone());
        }
        match self.fetch_known(http).await {
            Ok(fresh) => {
                let value = Arc::new(fresh);
                let now = Instant::now();
                *kept = Some(Kept { value: value.clone(), fetched: now, tried: now });
                Ok(value)
            }
            Err(failure) => match kept.as_mut() {
                Some(old) => {
                    old.tried = Instant::now();
                    Ok(old.value.clone())
                }
                None => Err(failure),
            },
        }
    }

    async fn fetch_known(&self, http: &Http) -> Result<Known, UpstreamFailure> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let answer = http.read(http.get(&url).header("Accept", "application/json")).await?;
        if !answer.status.is_success() {
            return Err(unexpected(answer.status));
        }
        let document = object(&answer.body)?;
        read(&document, &self.issuer).ok_or(UpstreamFailure::BadMetadata)
    }

    /// The keys; `again`: a key id was not among them. They are then fetched anew, but not at everybody's beck and call.
    pub(super) async fn keys(&self, http: &Http, again: bool) -> Result<Arc<KeySet>, UpstreamFailure> {
        let known = self.known(http).await?;
        let mut kept = self.keys.lock().await;
        if let Some(kept) = kept.as_ref() {
            let young = kept.is_young(self.lifetime);
            if (young && !again) || kept.tried.elapsed() < KEYS_AGAIN {
                return Ok(kept.value.clone());
            }
        }
        match fetch_keys(http, &known.jwks_uri).await {
            Ok(keys) => {
                let value = Arc::new(keys);
                let now = Instant::now();
                *kept = Some(Kept { value: value.clone(), fetched: now, tried: now });
                Ok(value)
            }
            Err(failure) => match kept.as_mut() {
                Some(old) => {
                    old.tried = Instant::now();
                    Ok(old.value.clone())
                }
                None => Err(failure),
            },
        }
    }
}

async fn fetch_keys(http: &Http, url: &str) -> Result<KeySet, UpstreamFailure> {
    let answer = http.read(http.get(url).header("Accept", "application/json")).await?;
    if !answer.status.is_success() {
        return Err(unexpected(answer.status));
    }
    KeySet::parse(&answer.body).map_err(|_| UpstreamFailure::Malformed)
}

/// Reads a discovery document (OpenID Connect Discovery 4.3): its issuer must be the configured one, exactly.
fn read(document: &Map<String, Value>, issuer: &str) -> Option<Known> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let endpoint = |name: &str| text(name).filter(|url| address(name, url).is_ok());
    if text("issuer").as_deref() != Some(issuer) {
        return None;
    }
    let flag = |name: &str| document.get(name).and_then(Value::as_bool).unwrap_or(false);
    Some(Known {
        authorization_endpoint: endpoint("authorization_endpoint")?,
        token_endpoint: endpoint("token_endpoint")?,
        userinfo_endpoint: endpoint("userinfo_endpoint"),
        end_session_endpoint: endpoint("end_session_endpoint"),
        names_issuer: flag("authorization_response_iss_parameter_supported"),
        jwks_uri: endpoint("jwks_uri")?,
    })
}
