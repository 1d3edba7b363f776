//! Beginning a sign-in.

use axum::http::HeaderMap;
use serde::Deserialize;

use crate::clock::{random_token, sha256};
use crate::context::Context;
use crate::cookies::Purpose;
use crate::error::Error;
use crate::level::Level;
use crate::query;
use crate::session::LoginAttempt;
use crate::settings::is_local;

/// What the citizen is to be shown (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing: the answer is `login_required` where nobody is signed in.
    None,
    /// The sign-in, also when somebody is signed in.
    Login,
    /// The question what may be shared, also when it was answered before.
    Consent,
    /// The choice of account.
    SelectAccount,
}

impl Prompt {
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// What is special about one sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginOptions {
    /// The level to reach; a sign-in that does not reach it fails with [`Error::LevelNotReached`].
    pub level: Option<Level>,
    /// What the citizen is to be shown.
    pub prompt: Option<Prompt>,
    /// What the portal knows of who is about to sign in.
    pub login_hint: Option<String>,
    /// Languages of the broker's pages, as in `vi en`.
    pub ui_locales: Option<String>,
    /// How old the authentication may be, in seconds.
    pub max_age: Option<u32>,
    /// The path of this portal to go to afterwards; anything but a local path counts as none.
    pub return_to: Option<String>,
}

/// Where to send the browser, and the cookies to give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The URL or local path.
    pub location: String,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
}

/// Prepares a sign-in: keeps its secrets, and tells where to send the browser.
///
/// # Errors
/// When the broker's metadata cannot be had, or the store fails.
pub(crate) async fn begin(
    context: &Context,
    headers: &HeaderMap,
    options: LoginOptions,
) -> Result<Redirect, Error> {
    let metadata = context.provider.metadata().await?;
    let settings = &context.settings;
    let mut cookies = Vec::new();
    let browser = match context.cookies.read(headers, Purpose::Browser) {
        Some(browser) => browser,
        None => {
            let browser = random_token(context.entropy.as_ref())?;
            cookies.push(context.cookies.set(Purpose::Browser, &browser));
            browser
        }
    };
    let now = context.clock.now();
    let mut attempt = LoginAttempt {
        nonce: None,
        code_verifier: None,
        level: options.level,
        max_age: options.max_age,
        return_to: options
            .return_to
            .filter(|path| is_local(path))
            .unwrap_or_else(|| settings.paths.home.clone()),
        expires_at: now.saturating_add(settings.attempt),
    };
    let (state, query) = if let Some(legacy) = &settings.legacy {
        let level =
            options.level.map(|level| level.as_str().to_owned()).or_else(|| legacy.acr_values.clone());
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", settings.client_id.as_str()),
            ("redirect_uri", settings.redirect_uri.as_str()),
            ("scope", "openid"),
        ];
        pairs.extend(level.as_deref().map(|level| ("acr_values", level)));
        pairs.push(("state", legacy.state.as_str()));
        (legacy.state.clone(), query::join_raw(&pairs))
    } else {
        let state = random_token(context.entropy.as_ref())?;
        let nonce = random_token(context.entropy.as_ref())?;
        let verifier = random_token(context.entropy.as_ref())?;
        let challenge = sha256(&verifier);
        let max_age = options.max_age.map(|age| age.to_string());
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", settings.client_id.as_str()),
            ("redirect_uri", settings.redirect_uri.as_str()),
            ("scope", settings.scopes.as_str()),
            ("state", state.as_str()),
            ("nonce", nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        pairs.extend(options.level.map(|level| ("acr_values", level.as_str())));
        pairs.extend(options.prompt.map(|prompt| ("prompt", prompt.as_str())));
        pairs.extend(options.login_hint.as_deref().map(|hint| ("login_hint", hint)));
        pairs.extend(options.ui_locales.as_deref().map(|locales| ("ui_locales", locales)));
        pairs.extend(max_age.as_deref().map(|age| ("max_age", age)));
        let query = query::join(&pairs);
        attempt.nonce = Some(nonce);
        attempt.code_verifier = Some(verifier);
        (state, query)
    };
    context.store.insert_attempt(&Context::attempt_key(&state, &browser), attempt, now).await?;
    Ok(Redirect { location: query::append(&metadata.authorization_endpoint, &query), cookies })
}
