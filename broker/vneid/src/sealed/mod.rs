//! Today's VNeID: no id_token and no nonce; answers are sealed to our key. The login is bound by `state` and the browser alone.

mod envelope;
mod legacy_crypto;
#[cfg(test)]
mod sealing;

pub(crate) use legacy_crypto::Unsealer;

use crate::http::{Again, Http};
use crate::settings::{SecretText, UpstreamSettings};
use crate::shell::{Errand, Perform, Shell};
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::UpstreamId;
use broker_domain::ports::Upstream;
use broker_domain::secret::{Secret, s256};
use broker_domain::upstream::{
    Action, Arrival, Ask, Binding, Dialect, Health, Input, Refused, TokenAnswer, UpstreamFailure, object,
    token_refusal, userinfo_refusal,
};
use envelope::{open_answer, open_code};
use serde_json::{Map, Value};
use url::Url;

/// VNeID as public connectors meet it.
pub(crate) struct SealedUpstream {
    shell: Shell,
    http: Http,
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Url,
    end_session_endpoint: Option<Url>,
    secret: SecretText,
    unsealer: Unsealer,
    pkce: bool,
    scope: String,
    authoritative: bool,
}

/// What one is made of.
pub(crate) struct SealedParts<'a> {
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) userinfo_endpoint: Url,
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) unsealer: Unsealer,
    pub(crate) settings: &'a UpstreamSettings,
    pub(crate) secret: SecretText,
    pub(crate) shell: Shell,
    pub(crate) http: Http,
}

impl SealedUpstream {
    pub(crate) fn new(parts: SealedParts<'_>) -> Self {
        Self {
            shell: parts.shell,
            http: parts.http,
            authorization_endpoint: parts.authorization_endpoint,
            token_endpoint: parts.token_endpoint,
            userinfo_endpoint: parts.userinfo_endpoint,
            end_session_endpoint: parts.end_session_endpoint,
            secret: parts.secret,
            unsealer: parts.unsealer,
            pkce: parts.settings.pkce,
            scope: parts.settings.scope.clone(),
            authoritative: parts.settings.authoritative,
        }
    }

    /// A form, never JSON, which VNeID refuses; `encrypt_key` goes with the decrypted code as it came.
    async fn redeem(
        &self,
        code: &Secret,
        encrypt_key: Option<&Secret>,
        errand: &Errand<'_>,
    ) -> Result<TokenAnswer, Refused> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("client_id", &self.shell.rules.client_id),
            ("client_secret", self.secret.reveal()),
            ("redirect_uri", errand.redirect_uri),
        ];
        form.extend(encrypt_key.map(|key| ("encrypt_key", key.reveal())));
        if self.pkce {
            form.push(("code_verifier", &errand.binding.verifier));
        }
        let request = self.http.post(&self.token_endpoint).header("Accept", "application/json").form(&form);
        let answer =
            self.http.send(request, Again::OnlyUnsent).await.map_err(|no| no.refused("token endpoint"))?;
        if answer.is_good() {
            return TokenAnswer::read(&open_answer(&self.unsealer, &answer.body)?, Dialect::Sealed);
        }
        Err(token_refusal(answer.status, object(&answer.body).ok().as_ref(), Dialect::Sealed))
    }

    async fn userinfo(&self, access_token: &Secret) -> Result<Map<String, Value>, Refused> {
        let request = self
            .http
            .get(&self.userinfo_endpoint)
            .bearer_auth(access_token.reveal())
            .header("Accept", "application/json");
        let answer =
            self.http.send(request, Again::Harmless).await.map_err(|no| no.refused("userinfo endpoint"))?;
        if answer.is_good() {
            return open_answer(&self.unsealer, &answer.body);
        }
        Err(userinfo_refusal(answer.status, Dialect::Sealed))
    }
}

impl Perform for SealedUpstream {
    async fn perform(&self, action: Action, errand: &Errand<'_>) -> Input {
        match action {
            Action::OpenCode { code, encrypt_key } => {
                Input::Code(open_code(&self.unsealer, code.reveal(), encrypt_key.reveal()))
            }
            Action::Redeem { code, encrypt_key } => {
                Input::Tokens(self.redeem(&code, encrypt_key.as_ref(), errand).await)
            }
            Action::Userinfo { access_token } => Input::Userinfo(self.userinfo(&access_token).await),
            Action::Metadata | Action::Verify { .. } | Action::RefreshKeys | Action::Finish(_) => {
                Input::Code(Err(Refused::new(UpstreamFailure::ErrorAnswer, "not of this dialect")))
            }
        }
    }
}

#[async_trait]
impl Upstream for SealedUpstream {
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
        let mut url = self.authorization_endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.shell.rules.client_id)
                .append_pair("redirect_uri", redirect_uri)
                .append_pair("scope", &self.scope)
                .append_pair("state", &binding.state);
            if self.pkce {
                query
                    .append_pair("code_challenge", &s256(&binding.verifier))
                    .append_pair("code_challenge_method", "S256");
            }
            if ask.fresh {
                query.append_pair("prompt", "login");
            }
        }
        Ok(url.into())
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
        let mut url = self.end_session_endpoint.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.shell.rules.client_id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri);
        Some(url.into())
    }
}
