//! The client of the population database.

use crate::build::{address, secret};
use crate::error::BuildError;
use crate::gate::Gate;
use crate::http::{Again, Http, HttpRules, NoAnswer, Observer, Trouble};
use crate::settings::{PopulationSettings, SecretText};
use async_trait::async_trait;
use broker_domain::clock::Clock;
use broker_domain::upstream::population::{Answer, PopulationDatabase, PopulationFailure, Question};
use broker_domain::upstream::{UrlRule, object};
use std::sync::Arc;
use url::Url;

/// The population database over HTTP, with Basic authentication.
struct Client {
    http: Http,
    endpoint: Url,
    client_id: String,
    secret: SecretText,
    gate: Gate,
    clock: Arc<dyn Clock>,
}

/// Makes a client. Nothing is sent yet. `observer` is told how long each call took.
///
/// # Errors
/// When a setting is missing or unusable, or a file cannot be read; the text begins with the setting's name.
pub fn build_population(
    settings: &PopulationSettings,
    clock: Arc<dyn Clock>,
    observer: Observer,
) -> Result<Arc<dyn PopulationDatabase>, BuildError> {
    if settings.client_id.trim().is_empty() {
        return Err(BuildError::new("client_id: must not be empty"));
    }
    let rule = UrlRule { http_on_loopback: settings.http_on_loopback };
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
    Ok(Arc::new(Client {
        http,
        endpoint: address(rule, "endpoint", &settings.endpoint)?,
        client_id: settings.client_id.clone(),
        secret,
        gate: Gate::new(settings.breaker),
        clock,
    }))
}

impl Client {
    async fn call(&self, question: &Question) -> Result<Answer, (PopulationFailure, String)> {
        let request = self
            .http
            .post(&self.endpoint)
            .basic_auth(&self.client_id, Some(self.secret.reveal()))
            .header("Accept", "application/json")
            .json(&question.to_json());
        let answer = self.http.send(request, Again::Harmless).await.map_err(|no| (of(&no), no.cause))?;
        if let Some(failure) = PopulationFailure::of_status(answer.status) {
            return Err((failure, format!("status {}", answer.status)));
        }
        let malformed = || (PopulationFailure::Malformed, String::new());
        Answer::read(&object(&answer.body).map_err(|_| malformed())?, question).map_err(|_| malformed())
    }
}

const fn of(no: &NoAnswer) -> PopulationFailure {
    match no.trouble {
        Trouble::NotConnected | Trouble::Broken => PopulationFailure::Unreachable,
        Trouble::TimedOut => PopulationFailure::TimedOut,
        Trouble::TooLarge => PopulationFailure::Malformed,
    }
}

#[async_trait]
impl PopulationDatabase for Client {
    async fn ask(&self, question: &Question) -> Result<Answer, PopulationFailure> {
        let leave = self.gate.may_call(self.clock.now()).map_err(|_| PopulationFailure::CircuitOpen)?;
        let answer = self.call(question).await;
        match &answer {
            Err((failure, _)) if failure.is_outage() => leave.ill(self.clock.now()),
            _ => leave.well(),
        }
        answer.map_err(|(failure, about)| {
            tracing::warn!(%about, "{failure}");
            failure
        })
    }
}
