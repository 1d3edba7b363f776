//! Making an upstream of its settings. Nothing is sent yet: metadata is fetched when it is first needed.

use crate::error::BuildError;
use crate::gate::Gate;
use crate::http::{Http, HttpRules, Observer};
use crate::oidc::{Endpoints, OidcParts, OidcUpstream};
use crate::sealed::{SealedParts, SealedUpstream, Unsealer};
use crate::settings::{self, Dialect, SecretText, UpstreamSettings, Userinfo};
use crate::shell::Shell;
use broker_domain::ids::UpstreamId;
use broker_domain::level::Level;
use broker_domain::ports::Upstream;
use broker_domain::upstream::{self, ClaimNames, LevelRules, Rules, UrlRule, UserinfoRule};
use broker_jose::Algorithm;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Makes an upstream. `observer` is told how long each call took.
///
/// # Errors
/// When a setting is missing or unusable, or a file cannot be read; the text begins with the setting's name.
pub fn build(settings: &UpstreamSettings, observer: Observer) -> Result<Arc<dyn Upstream>, BuildError> {
    check(settings)?;
    let http = Http::new(
        &HttpRules {
            ca_files: &settings.ca_files,
            system_authorities: settings.system_authorities,
            identity: None,
            proxy: settings.proxy.as_deref(),
            connect_ms: settings.connect_timeout_ms,
            total_ms: settings.total_timeout_ms,
            max_body: settings.max_body_bytes,
        },
        observer,
    )?;
    let secret =
        secret("client_secret", settings.client_secret.as_ref(), settings.client_secret_file.as_deref())?
            .ok_or_else(|| BuildError::new("client_secret: is missing"))?;
    let rule = UrlRule { http_on_loopback: settings.http_on_loopback };
    if settings.dialect == Dialect::Oidc {
        address(rule, "issuer", &settings.issuer)?;
    }
    let shell = Shell {
        rules: Arc::new(rules(settings)?),
        gate: Gate::new(settings.breaker),
        limit: Duration::from_millis(settings.exchange_timeout_ms),
    };
    Ok(match settings.dialect {
        Dialect::Oidc => Arc::new(OidcUpstream::new(OidcParts {
            endpoints: endpoints(settings, rule)?,
            rule,
            algorithms: algorithms(settings)?,
            settings,
            secret,
            shell,
            http,
        })),
        Dialect::Sealed => Arc::new(SealedUpstream::new(SealedParts {
            authorization_endpoint: needed(
                rule,
                "authorization_endpoint",
                settings.authorization_endpoint.as_ref(),
            )?,
            token_endpoint: needed(rule, "token_endpoint", settings.token_endpoint.as_ref())?,
            userinfo_endpoint: needed(rule, "userinfo_endpoint", settings.userinfo_endpoint.as_ref())?,
            end_session_endpoint: optional(
                rule,
                "end_session_endpoint",
                settings.end_session_endpoint.as_ref(),
            )?,
            unsealer: unsealer(settings)?,
            settings,
            secret,
            shell,
            http,
        })),
    })
}

fn check(settings: &UpstreamSettings) -> Result<(), BuildError> {
    let filled = [
        ("id", &settings.id),
        ("issuer", &settings.issuer),
        ("client_id", &settings.client_id),
        ("scope", &settings.scope),
    ];
    for (name, value) in filled {
        if value.trim().is_empty() {
            return Err(BuildError::new(format!("{name}: must not be empty")));
        }
    }
    if settings.dialect == Dialect::Oidc && !settings.scope.split(' ').any(|s| s == "openid") {
        return Err(BuildError::new("scope: must hold openid"));
    }
    let ranges = [
        ("connect_timeout_ms", settings.connect_timeout_ms, 10, 60_000),
        ("total_timeout_ms", settings.total_timeout_ms, 10, 120_000),
        ("exchange_timeout_ms", settings.exchange_timeout_ms, 10, 300_000),
        ("leeway_secs", u64::try_from(settings.leeway_secs).unwrap_or(u64::MAX), 0, 600),
        ("metadata_secs", settings.metadata_secs.into(), 1, 604_800),
        ("stale_secs", settings.stale_secs.into(), settings.metadata_secs.into(), 2_592_000),
        (
            "max_body_bytes",
            u64::try_from(settings.max_body_bytes).unwrap_or(u64::MAX),
            1024,
            16 * 1024 * 1024,
        ),
    ];
    for (name, value, least, most) in ranges {
        if !(least..=most).contains(&value) {
            return Err(BuildError::new(format!("{name}: must lie between {least} and {most}")));
        }
    }
    Ok(())
}

fn rules(settings: &UpstreamSettings) -> Result<Rules, BuildError> {
    let dialect = match settings.dialect {
        Dialect::Oidc => upstream::Dialect::Oidc,
        Dialect::Sealed => upstream::Dialect::Sealed,
    };
    Ok(Rules {
        upstream: UpstreamId::new(settings.id.as_str()),
        issuer: settings.issuer.clone(),
        client_id: settings.client_id.clone(),
        dialect,
        names: names(&settings.claims),
        levels: levels(settings)?,
        leeway: settings.leeway_secs,
        userinfo: match settings.userinfo {
            Userinfo::WhenNeeded => UserinfoRule::WhenNeeded,
            Userinfo::Always => UserinfoRule::Always,
        },
        locked_errors: settings.locked_errors.clone(),
        trust_freshness: settings.trust_freshness,
    })
}

fn names(names: &settings::ClaimNames) -> ClaimNames {
    let names = names.clone();
    ClaimNames {
        personal_number: names.personal_number,
        full_name: names.full_name,
        birth_date: names.birth_date,
        gender: names.gender,
        phone: names.phone,
        email: names.email,
        address: names.address,
        old_number: names.old_number,
        passport: names.passport,
        organizations: names.organizations,
        organization_name: names.organization_name,
        tax_code: names.tax_code,
        account_type: names.account_type,
    }
}

fn levels(settings: &UpstreamSettings) -> Result<LevelRules, BuildError> {
    let level = |setting: &str, text: &str| {
        text.parse::<Level>()
            .map_err(|()| BuildError::new(format!("{setting}: {text} is none of LoA1, LoA2, LoA3, LoA4")))
    };
    let account = settings.claims.account_level.clone();
    Ok(LevelRules {
        claims: match settings.dialect {
            Dialect::Oidc => vec!["acr".to_owned(), account],
            Dialect::Sealed => vec![account],
        },
        meaning: settings
            .levels
            .iter()
            .map(|(name, text)| Ok((name.clone(), level(&format!("levels.{name}"), text)?)))
            .collect::<Result<_, BuildError>>()?,
        otherwise: settings.default_level.as_deref().map(|t| level("default_level", t)).transpose()?,
        organization: Some(level("organization_level", &settings.organization_level)?),
    })
}

fn algorithms(settings: &UpstreamSettings) -> Result<Vec<Algorithm>, BuildError> {
    let read = |name: &String| {
        name.parse()
            .map_err(|_| BuildError::new(format!("algorithms: {name} is none of RS256, PS256, ES256, EdDSA")))
    };
    if settings.algorithms.is_empty() {
        return Err(BuildError::new("algorithms: must name at least one"));
    }
    settings.algorithms.iter().map(read).collect()
}

/// Endpoints of a provider without a discovery document: all three that cannot be missing, or none.
pub(crate) fn endpoints(settings: &UpstreamSettings, rule: UrlRule) -> Result<Endpoints, BuildError> {
    let end_session_endpoint =
        optional(rule, "end_session_endpoint", settings.end_session_endpoint.as_ref())?;
    let three = [&settings.authorization_endpoint, &settings.token_endpoint, &settings.jwks_uri];
    if three.iter().all(|e| e.is_none()) && settings.userinfo_endpoint.is_none() {
        return Ok(Endpoints::Discovered { end_session_endpoint });
    }
    Ok(Endpoints::Given(Box::new(upstream::Metadata {
        authorization_endpoint: needed(
            rule,
            "authorization_endpoint",
            settings.authorization_endpoint.as_ref(),
        )?,
        token_endpoint: needed(rule, "token_endpoint", settings.token_endpoint.as_ref())?,
        jwks_uri: needed(rule, "jwks_uri", settings.jwks_uri.as_ref())?,
        userinfo_endpoint: optional(rule, "userinfo_endpoint", settings.userinfo_endpoint.as_ref())?,
        end_session_endpoint,
        iss_in_answers: false,
    })))
}

fn unsealer(settings: &UpstreamSettings) -> Result<Unsealer, BuildError> {
    let key = secret("private_key", settings.private_key.as_ref(), settings.private_key_file.as_deref())?
        .ok_or_else(|| BuildError::new("private_key: is needed by the sealed dialect"))?;
    let previous = secret("previous_private_key", None, settings.previous_private_key_file.as_deref())?;
    let refuse =
        |name: &str| BuildError::new(format!("{name}: is no RSA private key of 2048 bits or more in PEM"));
    let mut unsealer = Unsealer::new(key.reveal()).ok_or_else(|| refuse("private_key"))?;
    if let Some(previous) = previous {
        unsealer.add(previous.reveal()).ok_or_else(|| refuse("previous_private_key_file"))?;
    }
    Ok(unsealer)
}

/// A secret by value or by file.
///
/// # Errors
/// When it is given twice, cannot be read or is empty; the text begins with `name`.
pub fn secret(
    name: &str,
    value: Option<&SecretText>,
    file: Option<&Path>,
) -> Result<Option<SecretText>, BuildError> {
    let read = match (value, file) {
        (Some(_), Some(_)) => {
            return Err(BuildError::new(format!("{name}: stands beside {name}_file; give one of them")));
        }
        (Some(value), None) => value.clone(),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) => SecretText::from(text.trim_end_matches(['\n', '\r']).to_owned()),
            Err(e) => return Err(BuildError::new(format!("{name}_file: {}: {e}", file.display()))),
        },
        (None, None) => return Ok(None),
    };
    if read.reveal().is_empty() {
        return Err(BuildError::new(format!("{name}: is empty")));
    }
    Ok(Some(read))
}

/// An address that may be called.
///
/// # Errors
/// When it is none; the text begins with `name`.
pub fn address(rule: UrlRule, name: &str, text: &str) -> Result<Url, BuildError> {
    rule.read(text).ok_or_else(|| {
        BuildError::new(format!(
            "{name}: {text} must be an https address; http is accepted for loopback addresses only"
        ))
    })
}

fn optional(rule: UrlRule, name: &str, text: Option<&String>) -> Result<Option<Url>, BuildError> {
    text.map(|text| address(rule, name, text)).transpose()
}

fn needed(rule: UrlRule, name: &str, text: Option<&String>) -> Result<Url, BuildError> {
    optional(rule, name, text)?.ok_or_else(|| BuildError::new(format!("{name}: is missing")))
}

#[cfg(test)]
mod tests;
