//! What can go wrong, for the portal's log and for the page that its citizen sees.

use axum::http::StatusCode;
use broker_jose::{ClaimsError, JoseError};
use thiserror::Error;

use crate::level::Level;

/// What is wrong with the settings of a portal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The issuer is no URL that can be one (https, or http on loopback; no query, no fragment).
    #[error("issuer: {0}")]
    Issuer(&'static str),
    /// The redirect URI cannot be one.
    #[error("redirect URI: {0}")]
    RedirectUri(&'static str),
    /// The post-logout redirect URI cannot be one.
    #[error("post-logout redirect URI: {0}")]
    PostLogoutRedirectUri(&'static str),
    /// The client id is empty.
    #[error("client id is empty")]
    ClientId,
    /// The way of authenticating needs a secret, or must not have one.
    #[error("client secret: {0}")]
    ClientSecret(&'static str),
    /// One of the portal's own paths does not begin with one slash.
    #[error("path: {0}")]
    Path(&'static str),
    /// The root certificates cannot be read.
    #[error("root certificates cannot be read")]
    Roots,
    /// The HTTP client could not be made.
    #[error("HTTP client: {0}")]
    Http(String),
}

/// The session store failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("session store: {0}")]
pub struct StoreError(
    /// What happened, without session ids, names or tokens.
    pub String,
);

/// One of the broker's endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// The key set.
    Keys,
    /// The token endpoint.
    Token,
    /// The userinfo endpoint.
    Userinfo,
    /// Where events are fetched.
    Events,
    /// Introspection, by which old portals validate a token.
    Introspection,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Token => "token endpoint",
            Self::Userinfo => "userinfo",
            Self::Events => "events endpoint",
            Self::Introspection => "introspection",
        })
    }
}

/// Why a token of the broker was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Its form or its signature.
    #[error("{0}")]
    Jose(#[from] JoseError),
    /// `iss`, `aud`, `exp`, `nbf`, `iat`.
    #[error("{0}")]
    Claims(#[from] ClaimsError),
    /// `azp` names another client.
    #[error("made for another client")]
    AuthorizedParty,
    /// `nonce` is not the one that was sent.
    #[error("nonce does not match")]
    Nonce,
    /// `at_hash` does not belong to the access token.
    #[error("at_hash does not match")]
    AccessTokenHash,
    /// `sub` is missing, empty or too long, or another one than before.
    #[error("subject")]
    Subject,
    /// The authentication is older than was asked for.
    #[error("authenticated too long ago")]
    AuthTime,
    /// A token of another kind in the place of this one.
    #[error("token of another type")]
    Type,
    /// `events` is not what it must be for this kind of token.
    #[error("events")]
    Events,
    /// Neither `sid` nor `sub`, or one of them is no text.
    #[error("names no session")]
    NoSession,
    /// A logout token with a `nonce`, which the standard forbids.
    #[error("nonce in a logout token")]
    ForbiddenNonce,
    /// `jti` is missing.
    #[error("jti is missing")]
    NoId,
    /// This token has been used before.
    #[error("used before")]
    Replayed,
}

/// Why signing in, refreshing or logging out did not succeed.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The broker cannot be reached, or takes too long.
    #[error("{0} cannot be reached")]
    Unreachable(Endpoint),
    /// The broker's answer is not what the standard says; the text says in what.
    #[error("{0}: {1}")]
    Answer(Endpoint, &'static str),
    /// The broker refused the sign-in (RFC 6749, 4.1.2.1).
    #[error("sign-in refused: {code}")]
    Refused {
        /// The error code, such as `access_denied`.
        code: String,
        /// What the broker says about it, for the log.
        description: Option<String>,
    },
    /// The token endpoint refused (RFC 6749, 5.2).
    #[error("token request refused: {code}")]
    TokenRefused {
        /// The error code, such as `invalid_grant`.
        code: String,
        /// What the broker says about it, for the log.
        description: Option<String>,
    },
    /// A parameter of the answer is missing or comes twice.
    #[error("callback: {0}")]
    Callback(&'static str),
    /// The sign-in was not begun here, by this browser, within the last minutes; or its answer came twice.
    #[error("sign-in not begun by this browser, or already finished")]
    UnknownState,
    /// The answer comes from another issuer (RFC 9207).
    #[error("answer of another issuer")]
    Issuer,
    /// The id_token was refused.
    #[error("id_token: {0}")]
    IdToken(TokenError),
    /// The logout token was refused.
    #[error("logout_token: {0}")]
    LogoutToken(TokenError),
    /// A security event token was refused.
    #[error("event: {0}")]
    Event(TokenError),
    /// userinfo speaks about somebody else.
    #[error("userinfo of another subject")]
    OtherSubject,
    /// The sign-in did not reach the level that the portal needs.
    #[error("level {wanted} needed, {reached:?} reached")]
    LevelNotReached {
        /// What was asked for.
        wanted: Level,
        /// What was reached, where the broker names a level.
        reached: Option<Level>,
    },
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The session has no refresh token.
    #[error("no refresh token")]
    NoRefreshToken,
    /// A form that came from another site.
    #[error("form of another site")]
    ForeignForm,
    /// The session store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness to be had.
    #[error("no randomness to be had")]
    Entropy,
}

/// What a citizen can do about an error: the pages that a portal needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The citizen chose not to sign in.
    Cancelled,
    /// The sign-in went well, but its level does not suffice.
    LevelNotReached,
    /// Signing in again from the beginning is likely to help.
    StartAgain,
    /// Waiting a little is likely to help.
    TryLater,
    /// Nobody is signed in, and what was asked for needs somebody.
    NotSignedIn,
    /// Settings do not fit the registration, or somebody tampers: for the operator's log.
    Broken,
}

impl Error {
    /// What the citizen can do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { code, .. } => match code.as_str() {
                "access_denied" => ErrorKind::Cancelled,
                "unmet_authentication_requirements" => ErrorKind::LevelNotReached,
                "temporarily_unavailable" | "server_error" => ErrorKind::TryLater,
                "login_required"
                | "interaction_required"
                | "consent_required"
                | "account_selection_required" => ErrorKind::StartAgain,
                _ => ErrorKind::Broken,
            },
            Self::TokenRefused { code, .. } if code == "invalid_grant" => ErrorKind::StartAgain,
            Self::LevelNotReached { .. } => ErrorKind::LevelNotReached,
            Self::UnknownState | Self::Callback(_) => ErrorKind::StartAgain,
            Self::Unreachable(_) | Self::Store(_) | Self::Entropy => ErrorKind::TryLater,
            Self::NotSignedIn | Self::NoRefreshToken => ErrorKind::NotSignedIn,
            _ => ErrorKind::Broken,
        }
    }

    /// The word for the broker about an event that was refused (RFC 8935, 2.4).
    pub(crate) fn set_error(&self) -> &'static str {
        match self {
            Self::Event(TokenError::Jose(JoseError::UnknownKey)) => "invalid_key",
            Self::Event(TokenError::Claims(ClaimsError::Issuer)) => "invalid_issuer",
            Self::Event(TokenError::Claims(ClaimsError::Audience)) => "invalid_audience",
            _ => "invalid_request",
        }
    }

    /// Whether an event was refused on account of clocks alone: it is no fault of the event, and must come again.
    pub(crate) fn is_of_clocks(&self) -> bool {
        matches!(self, Self::Event(TokenError::Claims(ClaimsError::TooOld | ClaimsError::IssuedInFuture)))
    }

    /// The HTTP status that fits.
    pub fn status(&self) -> StatusCode {
        match self.kind() {
            ErrorKind::Cancelled | ErrorKind::LevelNotReached => StatusCode::FORBIDDEN,
            ErrorKind::StartAgain => StatusCode::BAD_REQUEST,
            ErrorKind::TryLater => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::NotSignedIn => StatusCode::UNAUTHORIZED,
            ErrorKind::Broken => match self {
                Self::ForeignForm => StatusCode::FORBIDDEN,
                Self::LogoutToken(_) | Self::Event(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::BAD_GATEWAY,
            },
        }
    }
}
