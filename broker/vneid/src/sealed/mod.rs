//! Today's VNeID: no id_token and no nonce; answers are sealed to our key. The login is bound by `state` and the browser alone.

mod callback;
mod legacy_crypto;

use crate::breaker::Breaker;
use crate::build::BuildError;
use crate::claims::{object, profile, subject, text};
use crate::http::{Http, unexpected};
use crate::level::Levels;
use crate::settings::{SecretText, UpstreamSettings};
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::UpstreamId;
use broker_domain::ports::Upstream;
use broker_domain::secret::s256;
use broker_domain::upstream::{Arrival, Ask, Binding, Health, UpstreamFailure};
use callback::Callback;
use data_encoding::BASE64;
use legacy_crypto::Unsealer;
use reqwest::StatusCode;
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

/// VNeID as public connectors meet it.
pub(crate) struct SealedUpstream {
    id: UpstreamId,
    settings: UpstreamSettings,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    secret: SecretText,
    unsealer: Unsealer,
    levels: Levels,
    http: Http,
    breaker: Breaker,
}

impl SealedUpstream {
    pub(crate) fn new(
        settings: &UpstreamSettings,
        [authorization_endpoint, token_endpoint, userinfo_endpoint]: [String; 3],
        secret: SecretText,
        key: &SecretText,
        levels: Levels,
        http: Http,
    ) -> Result<Self, BuildError> {
        let unsealer = Unsealer::new(key.reveal()).ok_or_else(|| {
            BuildError("private_key: no RSA private key of 2048 bits or more in PEM".to_owned())
        })?;
        Ok(Self {
            id: UpstreamId::new(settings.id.as_str()),
            breaker: Breaker::new(settings.breaker),
            settings: settings.clone(),
            authorization_endpoint,
            token_endpoint,
            userinfo_endpoint,
            secret,
            unsealer,
            levels,
            http,
        })
    }

    /// Opens `{"data": …, "key": …}`. Whatever is wrong with it looks the same.
    fn open(&self, body: &[u8]) -> Result<Map<String, Value>, UpstreamFailure> {
        let envelope = object(body)?;
        let part = |name: &str| {
            let encoded = envelope.get(name).and_then(Value::as_str).ok_or(UpstreamFailure::Malformed)?;
            BASE64.decode(encoded.as_bytes()).map_err(|_| UpstreamFailure::SealBroken)
        };
        let (data, key) = (part("data")?, part("key")?);
        let plain = self.unsealer.open(&data, &key).ok_or(UpstreamFailure::SealBroken)?;
        // Text that is no JSON is what a wrong key opens to as well: it must not look different.
        object(&plain).map_err(|_| UpstreamFailure::SealBroken)
    }

    async fn redeem(
        &self,
        callback: &Callback,
        binding: &Binding,
        redirect_uri: &str,
    ) -> Result<String, UpstreamFailure> {
        let code = match &callback.encrypt_key {
            None => callback.code.clone(),
            Some(wrapped) => {
                let decode =
                    |text: &str| BASE64.decode(text.as_bytes()).map_err(|_| UpstreamFailure::SealBroken);
                let (data, key) = (decode(&callback.code)?, decode(wrapped)?);
                let plain = self.unsealer.open(&data, &key).ok_or(UpstreamFailure::SealBroken)?;
                let code = String::from_utf8(plain.to_vec()).map_err(|_| UpstreamFailure::SealBroken)?;
                let printable = !code.is_empty() && code.bytes().all(|b| b.is_ascii_graphic());
                printable.then_some(code).ok_or(UpstreamFailure::SealBroken)?
            }
        };
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("client_id", self.settings.client_id.as_str()),
            ("client_secret", self.secret.reveal()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", binding.verifier.as_str()),
        ];
        form.extend(callback.encrypt_key.as_deref().map(|key| ("encrypt_key", key)));
        let answer = self.http.spend(self.http.post(&self.token_endpoint).form(&form)).await?;
        if !answer.status.is_success() {
            let error = object(&answer.body).ok().and_then(|o| text(&o, "error"));
            return Err(match (answer.status, error.as_deref()) {
                (_, Some("invalid_grant")) => UpstreamFailure::CodeRefused,
                (_, Some("invalid_client" | "unauthorized_client")) => UpstreamFailure::ClientRefused,
                // A caller whose address is not on the list.
                (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => UpstreamFailure::AddressRefused,
                (StatusCode::BAD_REQUEST, _) => UpstreamFailure::ErrorAnswer,
                (status, _) => unexpected(status),
            });
        }
        text(&self.open(&answer.body)?, "access_token").ok_or(UpstreamFailure::Malformed)
    }

    async fn arrive(
        &self,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure> {
        let callback = Callback::parse(raw_query)?;
        let access = self.redeem(&callback, binding, redirect_uri).await?;
        let request =
            self.http.get(&self.userinfo_endpoint).bearer_auth(&access).header("Accept", "application/json");
        let answer = self.http.read(request).await?;
        if !answer.status.is_success() {
            let refused = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            return Err(if refused { UpstreamFailure::AddressRefused } else { unexpected(answer.status) });
        }
        let claims = self.open(&answer.body)?;
        let profile = profile(&claims, &self.settings.claims)?;
        // An organization's account has no level of its own: who acts for it signed in with two factors.
        let level = match text(&claims, &self.settings.claims.account_level) {
            Some(level) => self.levels.read(&level)?,
            None if profile.organization.is_some() => broker_domain::level::Level::LoA2,
            None => return Err(UpstreamFailure::UnknownLevel),
        };
        Ok(Arrival {
            upstream: self.id.clone(),
            issuer: self.settings.issuer.clone(),
            subject: subject(&profile),
            sid: None,
            profile,
            level,
            // It does not say when: a code lives for seconds, so the citizen was there just now.
            auth_time: now,
        })
    }

    fn noted<T>(&self, outcome: Result<T, UpstreamFailure>, now: Timestamp) -> Result<T, UpstreamFailure> {
        match &outcome {
            Ok(_) => self.breaker.succeeded(),
            Err(failure) if failure.is_outage() => self.breaker.failed(now),
            Err(_) => {}
        }
        outcome
    }
}

#[async_trait]
impl Upstream for SealedUpstream {
    fn id(&self) -> &UpstreamId {
        &self.id
    }

    async fn begin(
        &self,
        ask: &Ask,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<String, UpstreamFailure> {
        if !self.breaker.lets_through(now) {
            return Err(UpstreamFailure::CircuitOpen);
        }
        let mut query = Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.settings.scope)
            .append_pair("state", &binding.state)
            .append_pair("code_challenge", &s256(&binding.verifier))
            .append_pair("code_challenge_method", "S256");
        if ask.fresh {
            query.append_pair("prompt", "login");
        }
        let separator = if self.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{separator}{}", self.authorization_endpoint, query.finish()))
    }

    async fn complete(
        &self,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure> {
        let outcome = self.arrive(raw_query, binding, redirect_uri, now).await;
        self.noted(outcome, now)
    }

    fn health(&self) -> Health {
        self.breaker.health()
    }

    fn is_authoritative(&self) -> bool {
        self.settings.authoritative
    }

    async fn end_session_url(&self, _: &str) -> Option<String> {
        None
    }
}
