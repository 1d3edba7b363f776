//! The check service of a portal that hands no password hashes over.

use crate::config::CheckSettings;
use async_trait::async_trait;
use broker_domain::clock::Clock;
use broker_domain::ids::Namespace;
use broker_domain::ports::{CheckFailure, PasswordCheck};
use broker_domain::secret::Secret;
use broker_domain::upstream::UrlRule;
use broker_vneid::BuildError;
use broker_vneid::calls::{Again, Gate, Http, HttpRules, Identity, NoAnswer, Observer, Trouble, address};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// The longest answer that is read.
const MAX_BODY: usize = 4096;

/// Asks by HTTP with mutual TLS: `POST {user_name, password}`; `{"valid": true}` or `{"valid": false}` comes back.
pub struct CheckService {
    namespace: Namespace,
    http: Http,
    address: Url,
    gate: Gate,
    clock: Arc<dyn Clock>,
}

/// The answer. Members that are not known may stand beside it.
#[derive(Deserialize)]
struct Said {
    valid: bool,
}

impl CheckService {
    /// Makes a client. Nothing is sent yet. `observer` is told how long each call took.
    ///
    /// # Errors
    /// When a setting is missing or unusable, or a file cannot be read; the text begins with the setting's name.
    pub fn new(
        namespace: Namespace,
        settings: &CheckSettings,
        clock: Arc<dyn Clock>,
        observer: Observer,
    ) -> Result<Self, BuildError> {
        let address = address(UrlRule { http_on_loopback: settings.http_on_loopback }, "url", &settings.url)?;
        let identity = match (&settings.client_certificate, &settings.client_key) {
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            _ if address.scheme() == "http" => None,
            _ => {
                let says = "client_certificate: is missing: the service must know who asks (mutual TLS)";
                return Err(BuildError(says.to_owned()));
            }
        };
        let http = Http::new(
            &HttpRules {
                ca_files: &settings.ca_files,
                system_authorities: settings.ca_files.is_empty(),
                identity,
                proxy: None,
                connect_ms: settings.timeout_ms.into(),
                total_ms: settings.timeout_ms.into(),
                max_body: MAX_BODY,
            },
            observer,
        )?;
        Ok(Self { namespace, http, address, gate: Gate::new(settings.breaker), clock })
    }

    async fn call(&self, user_name: &str, password: &Secret) -> Result<bool, (CheckFailure, String)> {
        let question = json!({"user_name": user_name, "password": password.reveal()});
        let request = self.http.post(&self.address).header("Accept", "application/json").json(&question);
        // An attempt may count at the portal too: it is made twice only when the first was never sent.
        let answer = self.http.send(request, Again::OnlyUnsent).await.map_err(|no| (of(&no), no.cause))?;
        if let Some(failure) = failure(answer.status) {
            return Err((failure, format!("status {}", answer.status)));
        }
        let said: Result<Said, _> = serde_json::from_slice(&answer.body);
        said.map(|said| said.valid).map_err(|_| (CheckFailure::Malformed, String::new()))
    }
}

/// What an answer's status means; `None` for a good one. Nothing but 200 is one, so that no error page is ever a yes.
const fn failure(status: u16) -> Option<CheckFailure> {
    match status {
        200 => None,
        401 | 403 => Some(CheckFailure::Refused),
        408 | 504 => Some(CheckFailure::TimedOut),
        429 | 503 => Some(CheckFailure::Busy),
        _ => Some(CheckFailure::BadStatus),
    }
}

const fn of(no: &NoAnswer) -> CheckFailure {
    match no.trouble {
        Trouble::NotConnected | Trouble::Broken => CheckFailure::Unreachable,
        Trouble::TimedOut => CheckFailure::TimedOut,
        Trouble::TooLarge => CheckFailure::Malformed,
    }
}

#[async_trait]
impl PasswordCheck for CheckService {
    async fn check(&self, user_name: &str, password: &Secret) -> Result<bool, CheckFailure> {
        let leave = self.gate.may_call(self.clock.now()).map_err(|_| CheckFailure::CircuitOpen)?;
        let said = self.call(user_name, password).await;
        match &said {
            Err((failure, _)) if failure.is_outage() => leave.ill(self.clock.now()),
            _ => leave.well(),
        }
        said.map_err(|(failure, about)| {
            tracing::warn!(namespace = %self.namespace, %about, "{failure}");
            failure
        })
    }
}
