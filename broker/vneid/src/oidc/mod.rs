//! The plain dialect: OpenID Connect, authorization code flow.

mod id_token;
mod metadata;

use crate::breaker::Breaker;
use crate::build::BuildError;
use crate::claims::{object, profile, suffice, text};
use crate::http::{Http, unexpected};
use crate::level::Levels;
use crate::settings::{SecretText, TokenAuth, UpstreamSettings};
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::UpstreamId;
use broker_domain::ports::Upstream;
use broker_domain::secret::s256;
use broker_domain::upstream::{Arrival, Ask, Binding, Health, UpstreamFailure};
use id_token::Rules;
use metadata::{Known, Metadata};
use serde_json::{Map, Value};
use std::sync::Arc;
use url::form_urlencoded::Serializer;

/// An OpenID provider as upstream.
pub(crate) struct OidcUpstream {
    id: UpstreamId,
    settings: UpstreamSettings,
    secret: SecretText,
    levels: Levels,
    rules: Rules,
    http: Http,
    metadata: Metadata,
    breaker: Breaker,
}

impl OidcUpstream {
    pub(crate) fn new(
        settings: &UpstreamSettings,
        secret: SecretText,
        levels: Levels,
        http: Http,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            id: UpstreamId::new(settings.id.as_str()),
            rules: Rules::new(settings)?,
            metadata: Metadata::new(settings),
            breaker: Breaker::new(settings.breaker),
            settings: settings.clone(),
            secret,
            levels,
            http,
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

    async fn arrive(
        &self,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure> {
        let known = self.metadata.known(&self.http).await?;
        let code = self.code(raw_query, &known)?;
        let answer = self.redeem(&known, &code, binding, redirect_uri).await?;
        let member = |name: &str| answer.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
        let token = member("id_token").ok_or(UpstreamFailure::NoIdToken)?;
        let access = member("access_token").ok_or(UpstreamFailure::Malformed)?;
        let claims = self.verified(token, access, binding, now).await?;
        let subject = text(&claims, "sub").ok_or(UpstreamFailure::BadClaims)?;
        let mut all = claims.clone();
        if !suffice(&claims, &self.settings.claims) {
            let more = self.userinfo(&known, access).await?;
            if text(&more, "sub").as_deref() != Some(subject.as_str()) {
                return Err(UpstreamFailure::SubjectMismatch);
            }
            // What was signed wins over what was merely sent.
            all = more;
            all.extend(claims.clone());
        }
        let profile = profile(&all, &self.settings.claims)?;
        let said = text(&claims, "acr").or_else(|| text(&all, &self.settings.claims.account_level));
        let auth_time = claims.get("auth_time").and_then(Value::as_i64).map(Timestamp::from_secs);
        let issued = claims.get("iat").and_then(Value::as_i64).map(Timestamp::from_secs);
        Ok(Arrival {
            upstream: self.id.clone(),
            issuer: self.settings.issuer.clone(),
            subject,
            sid: text(&claims, "sid").or_else(|| text(&claims, "session_state")),
            profile,
            level: self.levels.read(&said.ok_or(UpstreamFailure::UnknownLevel)?)?,
            // Never later than now: a clock ahead of ours must not make a session younger than it is.
            auth_time: auth_time.or(issued).map_or(now, |t| t.min(now)),
        })
    }

    /// The code of the callback (RFC 6749, 4.1.2), after `iss` (RFC 9207).
    fn code(&self, raw_query: &str, known: &Known) -> Result<String, UpstreamFailure> {
        let form = Form::parse(raw_query.as_bytes()).map_err(|_| UpstreamFailure::NoCode)?;
        match form.get("iss") {
            Some(iss) if iss != self.settings.issuer => return Err(UpstreamFailure::WrongIssuer),
            None if known.names_issuer => return Err(UpstreamFailure::WrongIssuer),
            _ => {}
        }
        if let Some(error) = form.get("error") {
            return Err(callback_error(error, form.get("error_description")));
        }
        form.get("code").filter(|c| c.len() <= 4096).map(str::to_owned).ok_or(UpstreamFailure::NoCode)
    }

    async fn redeem(
        &self,
        known: &Known,
        code: &str,
        binding: &Binding,
        redirect_uri: &str,
    ) -> Result<Map<String, Value>, UpstreamFailure> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", binding.verifier.as_str()),
        ];
        let request = self.http.post(&known.token_endpoint).header("Accept", "application/json");
        let request = match self.settings.token_auth {
            TokenAuth::Basic => {
                request.basic_auth(encode(&self.settings.client_id), Some(encode(self.secret.reveal())))
            }
            TokenAuth::Post => {
                form.extend([
                    ("client_id", self.settings.client_id.as_str()),
                    ("client_secret", self.secret.reveal()),
                ]);
                request
            }
        };
        let answer = self.http.spend(request.form(&form)).await?;
        if answer.status.is_success() {
            return object(&answer.body);
        }
        let error = object(&answer.body).ok().and_then(|o| text(&o, "error"));
        Err(match (answer.status.as_u16(), error.as_deref()) {
            (_, Some("invalid_grant")) => UpstreamFailure::CodeRefused,
            (_, Some("invalid_client" | "unauthorized_client")) | (401, _) => UpstreamFailure::ClientRefused,
            (403, _) => UpstreamFailure::AddressRefused,
            (400, Some(_)) => UpstreamFailure::ErrorAnswer,
            _ => unexpected(answer.status),
        })
    }

    /// The claims of the id_token, after every check. A key that nobody has seen yet is looked for once more.
    async fn verified(
        &self,
        token: &str,
        access: &str,
        binding: &Binding,
        now: Timestamp,
    ) -> Result<Map<String, Value>, UpstreamFailure> {
        let keys = self.metadata.keys(&self.http, false).await?;
        match self.rules.check(token, &keys, access, binding, now) {
            Err(UpstreamFailure::UnknownKey) => {
                let keys = self.metadata.keys(&self.http, true).await?;
                self.rules.check(token, &keys, access, binding, now)
            }
            checked => checked,
        }
    }

    async fn userinfo(&self, known: &Known, access: &str) -> Result<Map<String, Value>, UpstreamFailure> {
        let url = known.userinfo_endpoint.as_deref().ok_or(UpstreamFailure::BadClaims)?;
        let answer = self
            .http
            .read(self.http.get(url).bearer_auth(access).header("Accept", "application/json"))
            .await?;
        if answer.status.is_success() { object(&answer.body) } else { Err(unexpected(answer.status)) }
    }
}

/// Form-encoded, as RFC 6749, 2.3.1 wants ids and secrets in Basic.
fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// An error that came back instead of a code.
pub(crate) fn callback_error(error: &str, description: Option<&str>) -> UpstreamFailure {
    let locked = description.is_some_and(|d| d.to_ascii_lowercase().contains("locked"));
    match error {
        "access_denied" if locked => UpstreamFailure::AccountLocked,
        "account_locked" => UpstreamFailure::AccountLocked,
        "access_denied" => UpstreamFailure::Denied,
        "login_required" | "interaction_required" | "consent_required" => UpstreamFailure::LoginRequired,
        "temporarily_unavailable" => UpstreamFailure::Busy,
        _ => UpstreamFailure::ErrorAnswer,
    }
}

#[async_trait]
impl Upstream for OidcUpstream {
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
        let known: Arc<Known> = match self.metadata.known(&self.http).await {
            Ok(known) => known,
            Err(failure) => return self.noted(Err(failure), now),
        };
        let mut query = Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.settings.scope)
            .append_pair("state", &binding.state)
            .append_pair("nonce", &binding.nonce)
            .append_pair("code_challenge", &s256(&binding.verifier))
            .append_pair("code_challenge_method", "S256");
        if ask.fresh {
            query.append_pair("prompt", "login");
        }
        if let Some(name) = ask.level.and_then(|l| self.levels.name(l)) {
            query.append_pair("acr_values", name);
        }
        if !ask.ui_locales.is_empty() {
            query.append_pair("ui_locales", &ask.ui_locales.join(" "));
        }
        if let Some(hint) = &ask.login_hint {
            query.append_pair("login_hint", hint);
        }
        let separator = if known.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{separator}{}", known.authorization_endpoint, query.finish()))
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

    async fn end_session_url(&self, post_logout_redirect_uri: &str) -> Option<String> {
        let known = self.metadata.known(&self.http).await.ok()?;
        let endpoint = known.end_session_endpoint.as_ref()?;
        let mut query = Serializer::new(String::new());
        query
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri);
        Some(format!("{endpoint}?{}", query.finish()))
    }
}
