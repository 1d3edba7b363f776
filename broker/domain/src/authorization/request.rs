//! From parameters to a validated request (RFC 6749, 4.1.1; OpenID Connect Core 3.1.2.1; RFC 7636, 4.3).

use super::claims::ClaimsRequest;
use crate::client::{Client, GrantType, Pkce};
use crate::form::Form;
use crate::ids::ClientId;
use crate::level::Level;
use crate::scope::ScopeSet;
use serde::{Deserialize, Serialize};

/// `prompt` (OpenID Connect Core 3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Ask for consent again.
    pub consent: bool,
    /// Choose the account again: to us the same as signing in again.
    pub select_account: bool,
}

/// A request that may be acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes: registered, as sent.
    pub redirect_uri: String,
    /// What is asked for.
    pub scope: ScopeSet,
    /// To be returned byte for byte.
    pub state: Option<String>,
    /// To stand in the id_token.
    pub nonce: Option<String>,
    /// The PKCE challenge, S256.
    pub code_challenge: Option<String>,
    /// What pages may or must be shown.
    pub prompt: Prompt,
    /// Seconds since the last authentication that are still good.
    pub max_age: Option<i64>,
    /// Levels asked for, in order of preference; unknown ones left out.
    pub acr_values: Vec<Level>,
    /// A level without which the request fails.
    pub essential_acr: Option<Level>,
    /// Single claims asked for.
    pub claims: ClaimsRequest,
    /// The languages of pages, in order of preference.
    pub ui_locales: Vec<String>,
    /// What the portal believes the citizen's number is. Never logged.
    pub login_hint: Option<String>,
    /// An id_token issued before: the citizen must be the same.
    pub id_token_hint: Option<String>,
}

impl AuthorizationRequest {
    /// The parameters again, as a query: for a login that is begun anew with the portal's own parameters.
    pub fn to_query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("response_type", "code");
        query.append_pair("client_id", self.client.as_str());
        query.append_pair("redirect_uri", &self.redirect_uri);
        query.append_pair("scope", &self.scope.to_string());
        let prompts = [
            (self.prompt.login, "login"),
            (self.prompt.consent, "consent"),
            (self.prompt.select_account, "select_account"),
        ];
        let prompt: Vec<&str> =
            prompts.into_iter().filter(|(asked, _)| *asked).map(|(_, word)| word).collect();
        let levels: Vec<&str> = self.acr_values.iter().map(|l| l.as_str()).collect();
        let claims = self.claims.to_json();
        for (name, value) in [
            ("state", self.state.clone()),
            ("nonce", self.nonce.clone()),
            ("code_challenge", self.code_challenge.clone()),
            ("code_challenge_method", self.code_challenge.as_ref().map(|_| "S256".to_owned())),
            ("prompt", Some(prompt.join(" ")).filter(|p| !p.is_empty())),
            ("max_age", self.max_age.map(|s| s.to_string())),
            ("acr_values", Some(levels.join(" ")).filter(|l| !l.is_empty())),
            ("claims", claims),
            ("ui_locales", Some(self.ui_locales.join(" ")).filter(|l| !l.is_empty())),
            ("login_hint", self.login_hint.clone()),
            ("id_token_hint", self.id_token_hint.clone()),
        ] {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        query.finish()
    }
}

/// An error that goes back to the client (RFC 6749, 4.1.2.1; OpenID Connect Core 3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// This client may not use this grant.
    UnauthorizedClient,
    /// The citizen refused.
    AccessDenied,
    /// Not `code`.
    UnsupportedResponseType,
    /// A scope that is unknown or not this client's.
    InvalidScope,
    /// Something of ours broke.
    ServerError,
    /// Something of ours is busy or away.
    TemporarilyUnavailable,
    /// `prompt=none` and nobody is signed in.
    LoginRequired,
    /// `prompt=none` and a page would be needed.
    InteractionRequired,
    /// `prompt=none` and consent would be needed.
    ConsentRequired,
    /// `request` was sent.
    RequestNotSupported,
    /// `request_uri` was sent.
    RequestUriNotSupported,
    /// The essential level was not reached (RFC 9470).
    UnmetAuthenticationRequirements,
}

impl Refusal {
    /// The `error` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        }
    }
}

/// Why no redirect is possible: the citizen sees a page instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unredirectable {
    /// `client_id` absent, unknown, or of a client that is switched off.
    UnknownClient,
    /// `redirect_uri` absent or not registered exactly.
    BadRedirectUri,
}

/// An error to be told to the client by redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Where to.
    pub redirect_uri: String,
    /// To be returned.
    pub state: Option<String>,
    /// The code.
    pub error: Refusal,
    /// ASCII without quotes or backslashes.
    pub description: &'static str,
}

/// The outcome of reading a request.
pub type Validation = Result<Result<AuthorizationRequest, Box<Invalid>>, Unredirectable>;

const MAX_STATE: usize = 4096;
const MAX_NONCE: usize = 1024;
/// What is asked for by `claims`: all claims that there are, with values, take a third of it.
const MAX_CLAIMS: usize = 4096;
/// An ID token of ours takes a third of it.
const MAX_HINT: usize = 4096;
/// A language tag (RFC 5646, 4.4.1).
const MAX_TAG: usize = 35;

/// Validates the parameters of a request by `client`, which the caller found by `client_id`.
///
/// The outer error shows a page; the inner one goes to the client.
pub fn validate(form: &Form, client: &Client) -> Validation {
    if !client.is_enabled() || form.get("client_id") != Some(client.id.as_str()) {
        return Err(Unredirectable::UnknownClient);
    }
    let redirect_uri = match form.get("redirect_uri") {
        Some(uri) if client.redirect_uri_fits(uri) => uri.to_owned(),
        // Old portals put an unescaped URI into the query: what was a plus there means itself.
        Some(_) if client.is_dvcqg() => match form.get_keeping_plus("redirect_uri") {
            Some(uri) if client.redirect_uri_fits(&uri) => uri,
            _ => return Err(Unredirectable::BadRedirectUri),
        },
        _ => return Err(Unredirectable::BadRedirectUri),
    };
    let state =
        if client.is_dvcqg() { form.get_keeping_plus("state") } else { form.get("state").map(str::to_owned) };
    let (state, state_error) = match state {
        Some(s) if s.len() > MAX_STATE => (None, Some("state is too long")),
        other => (other, None),
    };
    let refuse = |error, description| Invalid {
        redirect_uri: redirect_uri.clone(),
        state: state.clone(),
        error,
        description,
    };
    if let Some(description) = state_error {
        return Ok(Err(Box::new(refuse(Refusal::InvalidRequest, description))));
    }
    Ok(fields(form, client, &redirect_uri, state.as_deref()).map_err(|(e, d)| Box::new(refuse(e, d))))
}

fn fields(
    form: &Form,
    client: &Client,
    redirect_uri: &str,
    state: Option<&str>,
) -> Result<AuthorizationRequest, (Refusal, &'static str)> {
    use Refusal::{InvalidRequest, InvalidScope};
    if form.get("request").is_some() {
        return Err((Refusal::RequestNotSupported, "request objects are not supported"));
    }
    if form.get("request_uri").is_some() {
        return Err((Refusal::RequestUriNotSupported, "request_uri is not supported"));
    }
    match form.get("response_type") {
        Some("code") => {}
        None => return Err((InvalidRequest, "response_type is missing")),
        Some(_) => return Err((Refusal::UnsupportedResponseType, "only response_type code is supported")),
    }
    if !client.metadata.grant_types.contains(&GrantType::AuthorizationCode) {
        return Err((Refusal::UnauthorizedClient, "this client may not use the authorization code grant"));
    }
    match form.get("response_mode") {
        None | Some("query") => {}
        Some(_) => return Err((InvalidRequest, "only response_mode query is supported")),
    }
    let scope = form
        .get("scope")
        .map_or(Some(ScopeSet::default()), ScopeSet::parse)
        .ok_or((InvalidScope, "scope is malformed"))?;
    if !scope.has("openid") {
        return Err((InvalidScope, "scope must hold openid"));
    }
    if !scope.is_subset(&client.scopes()) {
        return Err((InvalidScope, "a scope is unknown or not for this client"));
    }
    let nonce = form.get("nonce").map(str::to_owned);
    if nonce.as_ref().is_some_and(|n| n.len() > MAX_NONCE) {
        return Err((InvalidRequest, "nonce is too long"));
    }
    let claims = match form.get("claims") {
        None => ClaimsRequest::default(),
        Some(text) if text.len() > MAX_CLAIMS => return Err((InvalidRequest, "claims is too long")),
        Some(text) => {
            ClaimsRequest::parse(text).ok_or((InvalidRequest, "claims is not the JSON that it should be"))?
        }
    };
    if form.get("id_token_hint").is_some_and(|hint| hint.len() > MAX_HINT) {
        return Err((InvalidRequest, "id_token_hint is too long"));
    }
    let level = |s: &str| s.parse::<Level>().ok();
    let wish = claims.id_token_wish("acr");
    let mut acr_values: Vec<Level> =
        form.get("acr_values").into_iter().flat_map(|v| v.split(' ').take(10)).filter_map(level).collect();
    let mut essential_acr = None;
    if let Some(wish) = wish {
        let wished: Vec<Level> = wish.values.iter().filter_map(|v| level(v)).collect();
        if wish.essential && !wish.values.is_empty() {
            let Some(lowest) = wished.iter().min() else {
                return Err((Refusal::UnmetAuthenticationRequirements, "no such level of authentication"));
            };
            essential_acr = Some(*lowest);
        }
        acr_values.extend(wished);
    }
    Ok(AuthorizationRequest {
        client: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scope,
        state: state.map(str::to_owned),
        nonce,
        code_challenge: challenge(form, client)?,
        prompt: prompt(form)?,
        max_age: max_age(form, client)?,
        acr_values,
        essential_acr,
        claims,
        ui_locales: form
            .get("ui_locales")
            .into_iter()
            .flat_map(|v| v.split(' '))
            .filter(|tag| tag.len() <= MAX_TAG)
            .take(10)
            .map(str::to_owned)
            .collect(),
        login_hint: form.get("login_hint").filter(|h| h.len() <= 256).map(str::to_owned),
        id_token_hint: form.get("id_token_hint").map(str::to_owned),
    })
}

fn challenge(form: &Form, client: &Client) -> Result<Option<String>, (Refusal, &'static str)> {
    let bad = |d| Err((Refusal::InvalidRequest, d));
    match (form.get("code_challenge"), form.get("code_challenge_method")) {
        (None, None) if client.metadata.pkce == Pkce::Required => bad("code_challenge is required"),
        (None, None) => Ok(None),
        (None, Some(_)) => bad("code_challenge_method without code_challenge"),
        (Some(c), Some("S256")) => {
            let fits =
                c.len() == 43 && c.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if fits {
                Ok(Some(c.to_owned()))
            } else {
                bad("code_challenge must be 43 characters of base64url")
            }
        }
        (Some(_), _) => bad("code_challenge_method must be S256"),
    }
}

fn prompt(form: &Form) -> Result<Prompt, (Refusal, &'static str)> {
    let mut prompt = Prompt::default();
    let mut count = 0;
    for word in form.get("prompt").into_iter().flat_map(|v| v.split(' ')).filter(|w| !w.is_empty()) {
        count += 1;
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            // "create" and what may come: not an error (OpenID Connect Core leaves it to us), and nothing that we could do.
            _ => {}
        }
    }
    if prompt.none && count > 1 {
        return Err((Refusal::InvalidRequest, "prompt none stands alone"));
    }
    Ok(prompt)
}

fn max_age(form: &Form, client: &Client) -> Result<Option<i64>, (Refusal, &'static str)> {
    match form.get("max_age") {
        None => Ok(client.metadata.default_max_age.map(i64::from)),
        Some(text) => match text.parse::<u32>() {
            Ok(secs) => Ok(Some(i64::from(secs))),
            Err(_) => Err((Refusal::InvalidRequest, "max_age must be a whole number of seconds")),
        },
    }
}
