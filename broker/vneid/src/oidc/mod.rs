//! The plain dialect: OpenID Connect, authorization code flow.

mod provider;
mod verify;

pub(crate) use provider::{Endpoints, published};

use crate::cache::CacheRules;
use crate::http::{Again, Answer, Http};
use crate::settings::{SecretText, TokenAuth, UpstreamSettings};
use crate::shell::{Errand, Perform, Shell};
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::UpstreamId;
use broker_domain::level::Level;
use broker_domain::ports::Upstream;
use broker_domain::secret::{Secret, s256};
use broker_domain::upstream::{
    Action, Arrival, Ask, Binding, Dialect, Health, IdToken, Input, Metadata, Refused, TokenAnswer,
    Unverified, UpstreamFailure, UrlRule, object, token_refusal, userinfo_refusal,
};
use broker_jose::Algorithm;
use provider::Provider;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// A citizen who leaves waits no longer than this for an upstream that is away.
const LEAVING: Duration = Duration::from_secs(2);

/// An OpenID provider as upstream.
pub(crate) struct OidcUpstream {
    shell: Shell,
    http: Arc<Http>,
    provider: Provider,
    secret: SecretText,
    token_auth: TokenAuth,
    pkce: bool,
    scope: String,
    algorithms: Vec<Algorithm>,
    authoritative: bool,
}

/// What one is made of.
pub(crate) struct OidcParts<'a> {
    pub(crate) endpoints: Endpoints,
    pub(crate) rule: UrlRule,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) settings: &'a UpstreamSettings,
    pub(crate) secret: SecretText,
    pub(crate) shell: Shell,
    pub(crate) http: Http,
}

impl OidcUpstream {
    pub(crate) fn new(parts: OidcParts<'_>) -> Self {
        let OidcParts { endpoints, rule, algorithms, settings, secret, shell, http } = parts;
        let http = Arc::new(http);
        let cache = CacheRules {
            fresh: settings.metadata_secs.into(),
            stale: settings.stale_secs.into(),
            apart: settings.keys_again_secs.into(),
        };
        Self {
            provider: Provider::new(settings.issuer.clone(), endpoints, rule, cache, http.clone()),
            shell,
            http,
            secret,
            token_auth: settings.token_auth,
            pkce: settings.pkce,
            scope: settings.scope.clone(),
            algorithms,
            authoritative: settings.authoritative,
        }
    }

    /// The names of a level and of those above it: what is preferred comes first (OpenID Connect Core 3.1.2.1).
    fn acr_values(&self, level: Level) -> String {
        let mut names: Vec<(Level, &str)> =
            self.shell.rules.levels.meaning.iter().map(|(n, l)| (*l, n.as_str())).collect();
        names.retain(|(of, _)| *of >= level);
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" ")
    }

    fn authorization_url(
        &self,
        metadata: &Metadata,
        ask: &Ask,
        binding: &Binding,
        redirect_uri: &str,
    ) -> String {
        let mut url = metadata.authorization_endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.shell.rules.client_id)
                .append_pair("redirect_uri", redirect_uri)
                .append_pair("scope", &self.scope)
                .append_pair("state", &binding.state)
                .append_pair("nonce", &binding.nonce);
            if self.pkce {
                query
                    .append_pair("code_challenge", &s256(&binding.verifier))
                    .append_pair("code_challenge_method", "S256");
            }
            if ask.fresh {
                // The second makes the answer say when the citizen authenticated (OpenID Connect Core 3.1.2.1).
                query.append_pair("prompt", "login").append_pair("max_age", "0");
            }
            if let Some(names) = ask.level.map(|l| self.acr_values(l)).filter(|n| !n.is_empty()) {
                query.append_pair("acr_values", &names);
            }
            if !ask.ui_locales.is_empty() {
                query.append_pair("ui_locales", &ask.ui_locales.join(" "));
            }
            if let Some(hint) = &ask.login_hint {
                query.append_pair("login_hint", hint);
            }
        }
        url.into()
    }

    async fn redeem(&self, code: &Secret, errand: &Errand<'_>) -> Result<TokenAnswer, Refused> {
        let metadata = self.provider.metadata.get(errand.now()).await?;
        let client_id = self.shell.rules.client_id.as_str();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("redirect_uri", errand.redirect_uri),
        ];
        if self.pkce {
            form.push(("code_verifier", &errand.binding.verifier));
        }
        let request = self.http.post(&metadata.token_endpoint).header("Accept", "application/json");
        let request = match self.token_auth {
            TokenAuth::Basic => request.basic_auth(encode(client_id), Some(encode(self.secret.reveal()))),
            TokenAuth::Post => {
                form.extend([("client_id", client_id), ("client_secret", self.secret.reveal())]);
                request
            }
        };
        let answer = self
            .http
            .send(request.form(&form), Again::OnlyUnsent)
            .await
            .map_err(|no| no.refused("token endpoint"))?;
        if answer.is_good() {
            return TokenAnswer::read(&object(&answer.body)?, Dialect::Oidc);
        }
        Err(token_refusal(answer.status, object(&answer.body).ok().as_ref(), Dialect::Oidc))
    }

    async fn verify(
        &self,
        id_token: &Secret,
        access: Option<&Secret>,
        errand: &Errand<'_>,
    ) -> Result<IdToken, Unverified> {
        let now = errand.now();
        let keys = self.provider.keys.get(now).await.map_err(Unverified::Refused)?;
        let access = access.map(Secret::reveal);
        verify::id_token(id_token.reveal(), access, &keys, &self.algorithms, &self.shell.rules, now)
    }

    async fn userinfo(
        &self,
        access_token: &Secret,
        errand: &Errand<'_>,
    ) -> Result<Map<String, Value>, Refused> {
        let metadata = self.provider.metadata.get(errand.now()).await?;
        // Something is missing, and there is nowhere to ask for it.
        let url = metadata
            .userinfo_endpoint
            .as_ref()
            .ok_or_else(|| Refused::new(UpstreamFailure::BadClaims, "no userinfo endpoint"))?;
        let request =
            self.http.get(url).bearer_auth(access_token.reveal()).header("Accept", "application/json");
        let answer =
            self.http.send(request, Again::Harmless).await.map_err(|no| no.refused("userinfo endpoint"))?;
        if !answer.is_good() {
            return Err(userinfo_refusal(answer.status, Dialect::Oidc));
        }
        if answer.is_jwt { self.signed_userinfo(&answer, errand).await } else { object(&answer.body) }
    }

    /// Claims in a signed token (OpenID Connect Core 5.3.2).
    async fn signed_userinfo(
        &self,
        answer: &Answer,
        errand: &Errand<'_>,
    ) -> Result<Map<String, Value>, Refused> {
        let token = str::from_utf8(&answer.body)
            .map_err(|_| Refused::new(UpstreamFailure::Malformed, "signed userinfo"))?
            .trim();
        let keys = &self.provider.keys;
        let mut verified = verify::signed(token, &*keys.get(errand.now()).await?, &self.algorithms);
        if matches!(verified, Err(Unverified::MaybeNewKey(_))) {
            keys.refresh(errand.now()).await?;
            verified = verify::signed(token, &*keys.get(errand.now()).await?, &self.algorithms);
        }
        let claims = match verified {
            Ok(verified) => verified.claims,
            Err(Unverified::MaybeNewKey(refused) | Unverified::Refused(refused)) => return Err(refused),
        };
        let rules = &self.shell.rules;
        if claims.get("iss").is_some_and(|iss| iss != rules.issuer.as_str()) {
            return Err(Refused::new(UpstreamFailure::WrongIssuer, "signed userinfo"));
        }
        let ours = |audience: &Value| audience == rules.client_id.as_str();
        let for_us = match claims.get("aud") {
            None => true,
            Some(Value::Array(several)) => several.iter().any(ours),
            Some(one) => ours(one),
        };
        if !for_us {
            return Err(Refused::new(UpstreamFailure::WrongAudience, "signed userinfo"));
        }
        Ok(claims)
    }
}

impl Perform for OidcUpstream {
    async fn perform(&self, action: Action, errand: &Errand<'_>) -> Input {
        match action {
            Action::Metadata => Input::Metadata(self.provider.metadata.get(errand.now()).await),
            Action::Redeem { code, .. } => Input::Tokens(self.redeem(&code, errand).await),
            Action::Verify { id_token, access_token } => {
                Input::Verified(self.verify(&id_token, access_token.as_ref(), errand).await)
            }
            Action::RefreshKeys => Input::Keys(self.provider.keys.refresh(errand.now()).await),
            Action::Userinfo { access_token } => Input::Userinfo(self.userinfo(&access_token, errand).await),
            Action::OpenCode { .. } | Action::Finish(_) => {
                Input::Code(Err(Refused::new(UpstreamFailure::ErrorAnswer, "not of this dialect")))
            }
        }
    }
}

/// Form-encoded, as RFC 6749, 2.3.1 wants ids and secrets in Basic.
fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[async_trait]
impl Upstream for OidcUpstream {
    fn id(&self) -> &UpstreamId {
        &self.shell.rules.upstream
    }

    async fn begin(
        &self,
        ask: &Ask,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<String, UpstreamFailure> {
        self.shell.gate.may_send(now)?;
        match self.provider.metadata.get(now).await {
            Ok(metadata) => Ok(self.authorization_url(&metadata, ask, binding, redirect_uri)),
            Err(refused) => {
                if refused.failure.is_outage() {
                    self.shell.gate.failed(now);
                }
                Err(self.shell.tell(&refused))
            }
        }
    }

    async fn complete(
        &self,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure> {
        self.shell.complete(self, raw_query, binding, redirect_uri, now).await
    }

    fn health(&self) -> Health {
        self.shell.gate.health()
    }

    fn is_authoritative(&self) -> bool {
        self.authoritative
    }

    async fn end_session_url(&self, post_logout_redirect_uri: &str) -> Option<String> {
        if self.health() == Health::Open {
            return None;
        }
        let metadata = self.provider.metadata.get(self.shell.gate.now());
        let metadata = tokio::time::timeout(LEAVING, metadata).await.ok()?.ok()?;
        let mut url = metadata.end_session_endpoint.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.shell.rules.client_id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri);
        Some(url.into())
    }
}
