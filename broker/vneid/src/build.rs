//! Making an upstream of its settings. Nothing is sent yet: metadata is fetched when it is first needed.

use crate::http::Http;
use crate::level::Levels;
use crate::oidc::OidcUpstream;
use crate::sealed::SealedUpstream;
use crate::settings::{Dialect, SecretText, UpstreamSettings};
use broker_domain::ports::Upstream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// Told how long each call took.
pub type Observer = Arc<dyn Fn(Duration) + Send + Sync>;

/// Why an upstream cannot be made: names the setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BuildError(pub String);

/// Makes an upstream.
///
/// # Errors
/// When a setting is missing or unusable, or a file cannot be read; the text begins with the setting's name.
pub fn build(settings: &UpstreamSettings, observer: Observer) -> Result<Arc<dyn Upstream>, BuildError> {
    let bad = |what: &str| BuildError(what.to_owned());
    if settings.id.is_empty() {
        return Err(bad("id: must not be empty"));
    }
    let levels = Levels::new(&settings.levels)
        .map_err(|v| BuildError(format!("levels: {v} is none of LoA1, LoA2, LoA3, LoA4")))?;
    let http = Http::new(settings, observer)?;
    let secret =
        secret("client_secret", settings.client_secret.as_ref(), settings.client_secret_file.as_ref())?;
    Ok(match settings.dialect {
        Dialect::Oidc => {
            address("issuer", &settings.issuer)?;
            let secret = secret.ok_or_else(|| bad("client_secret: is missing"))?;
            Arc::new(OidcUpstream::new(settings, secret, levels, http)?)
        }
        Dialect::Sealed => {
            let endpoint = |name: &str, url: &Option<String>| {
                let url = url
                    .clone()
                    .ok_or_else(|| BuildError(format!("{name}: is needed by the sealed dialect")))?;
                address(name, &url).map(|()| url)
            };
            let key = self::secret(
                "private_key",
                settings.private_key.as_ref(),
                settings.private_key_file.as_ref(),
            )?;
            let endpoints = [
                endpoint("authorization_endpoint", &settings.authorization_endpoint)?,
                endpoint("token_endpoint", &settings.token_endpoint)?,
                endpoint("userinfo_endpoint", &settings.userinfo_endpoint)?,
            ];
            let secret = secret.ok_or_else(|| bad("client_secret: is missing"))?;
            let key = key.ok_or_else(|| bad("private_key: is needed by the sealed dialect"))?;
            Arc::new(SealedUpstream::new(settings, endpoints, secret, &key, levels, http)?)
        }
    })
}

fn secret(
    name: &str,
    value: Option<&SecretText>,
    file: Option<&PathBuf>,
) -> Result<Option<SecretText>, BuildError> {
    match (value, file) {
        (Some(_), Some(_)) => Err(BuildError(format!("{name}: stands beside {name}_file; give one of them"))),
        (Some(value), None) => Ok(Some(value.clone())),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) => Ok(Some(SecretText::from(text.trim_end_matches(['\n', '\r']).to_owned()))),
            Err(e) => Err(BuildError(format!("{name}_file: {}: {e}", file.display()))),
        },
        (None, None) => Ok(None),
    }
}

/// https, or http on the machine itself.
pub(crate) fn address(name: &str, text: &str) -> Result<(), BuildError> {
    let url = Url::parse(text).map_err(|_| BuildError(format!("{name}: {text} is not a URL")))?;
    let loopback = match url.host() {
        Some(Host::Domain(d)) => d == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(BuildError(format!(
            "{name}: {text} must be https; http is accepted for loopback addresses only"
        ))),
    }
}
