//! The gateway for text messages.

use crate::config::SmsSettings;
use async_trait::async_trait;
use broker_domain::clock::Clock;
use broker_domain::ids::EventId;
use broker_domain::phone::Phone;
use broker_domain::ports::{Messenger, MessengerFailure};
use broker_domain::upstream::UrlRule;
use broker_vneid::BuildError;
use broker_vneid::calls::{
    Again, Gate, Http, HttpRules, Leave, NoAnswer, Observer, SecretText, Trouble, address, secret,
};
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// The longest answer that is read; nothing of it is needed.
const MAX_BODY: usize = 64 * 1024;

/// Messages by HTTP: `POST {to, text, sender, id}` with a bearer token; 2xx says that it was accepted.
pub struct SmsGateway {
    http: Http,
    address: Url,
    token: SecretText,
    sender: String,
    gate: Gate,
    clock: Arc<dyn Clock>,
}

impl SmsGateway {
    /// Makes a client. Nothing is sent yet. `observer` is told how long each call took.
    ///
    /// # Errors
    /// When a setting is missing or unusable, or a file cannot be read; the text begins with the setting's name.
    pub fn new(
        settings: &SmsSettings,
        clock: Arc<dyn Clock>,
        observer: Observer,
    ) -> Result<Self, BuildError> {
        let http = Http::new(
            &HttpRules {
                ca_files: &settings.ca_files,
                system_authorities: settings.system_authorities,
                identity: None,
                proxy: settings.proxy.as_deref(),
                connect_ms: settings.timeout_ms.into(),
                total_ms: settings.timeout_ms.into(),
                max_body: MAX_BODY,
            },
            observer,
        )?;
        let token = secret("token", settings.token.as_ref(), settings.token_file.as_deref())?
            .ok_or_else(|| BuildError("token: is missing".to_owned()))?;
        Ok(Self {
            http,
            address: address(
                UrlRule { http_on_loopback: settings.http_on_loopback },
                "gateway",
                &settings.gateway,
            )?,
            token,
            sender: settings.sender.clone(),
            gate: Gate::new(settings.breaker),
            clock,
        })
    }

    async fn call(&self, id: &EventId, to: &Phone, text: &str) -> Result<(), (MessengerFailure, String)> {
        // The gateway delivers what comes under one id once, however often it comes.
        let message = json!({"to": to.as_str(), "text": text, "sender": self.sender, "id": id.as_str()});
        let request = self.http.post(&self.address).bearer_auth(self.token.reveal()).json(&message);
        let answer = self.http.send(request, Again::Harmless).await.map_err(|no| (of(&no), no.cause))?;
        match failure(answer.status) {
            None => Ok(()),
            Some(failure) => Err((failure, format!("status {}", answer.status))),
        }
    }
}

/// What an answer's status means; `None` for a good one.
const fn failure(status: u16) -> Option<MessengerFailure> {
    match status {
        200..=299 => None,
        400 | 422 => Some(MessengerFailure::NotTaken),
        401 | 403 => Some(MessengerFailure::Refused),
        408 | 504 => Some(MessengerFailure::TimedOut),
        429 | 503 => Some(MessengerFailure::Busy),
        _ => Some(MessengerFailure::BadStatus),
    }
}

const fn of(no: &NoAnswer) -> MessengerFailure {
    match no.trouble {
        Trouble::NotConnected => MessengerFailure::Unreachable,
        Trouble::Broken => MessengerFailure::Broken,
        Trouble::TimedOut => MessengerFailure::TimedOut,
        Trouble::TooLarge => MessengerFailure::Malformed,
    }
}

#[async_trait]
impl Messenger for SmsGateway {
    async fn send(&self, id: &EventId, to: &str, text: &str) -> Result<(), MessengerFailure> {
        let to = Phone::parse(to).ok_or(MessengerFailure::BadNumber)?;
        let leave: Leave<'_> =
            self.gate.may_call(self.clock.now()).map_err(|_| MessengerFailure::CircuitOpen)?;
        let sent = self.call(id, &to, text).await;
        match &sent {
            Err((failure, _)) if failure.is_outage() => leave.ill(self.clock.now()),
            _ => leave.well(),
        }
        sent.map_err(|(failure, about)| {
            tracing::warn!(%about, "{failure}");
            failure
        })
    }
}
