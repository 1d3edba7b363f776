//! Errors as OAuth says them: JSON for clients (RFC 6749, 5.2; RFC 6750, 3.1).

use broker_domain::ports::StoreError;
use http::StatusCode;

/// An error for a client. The description is ASCII without quotes or backslashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OAuthError {
    /// The `error` value.
    pub error: &'static str,
    /// The `error_description` value.
    pub description: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
}

impl OAuthError {
    /// A parameter is missing, repeated, or malformed.
    pub const INVALID_REQUEST: Self = Self::of("invalid_request", "the request is malformed");
    /// The client did not prove who it is.
    pub const INVALID_CLIENT: Self = Self {
        error: "invalid_client",
        description: "client authentication failed",
        status: StatusCode::UNAUTHORIZED,
    };
    /// Code or refresh token refused.
    pub const INVALID_GRANT: Self =
        Self::of("invalid_grant", "the grant is unknown, expired, used, or another client's");
    /// Not this client's grant.
    pub const UNAUTHORIZED_CLIENT: Self =
        Self::of("unauthorized_client", "this client may not use this grant");
    /// No such grant.
    pub const UNSUPPORTED_GRANT_TYPE: Self =
        Self::of("unsupported_grant_type", "this grant_type is not supported");
    /// Scope refused.
    pub const INVALID_SCOPE: Self =
        Self::of("invalid_scope", "the scope is unknown, malformed, or exceeds what may be had");
    /// The token kind cannot be revoked here.
    pub const UNSUPPORTED_TOKEN_TYPE: Self =
        Self::of("unsupported_token_type", "this kind of token cannot be revoked");
    /// Access token refused (RFC 6750).
    pub const INVALID_TOKEN: Self = Self {
        error: "invalid_token",
        description: "the access token is unknown, expired, or revoked",
        status: StatusCode::UNAUTHORIZED,
    };
    /// The access token does not reach that far (RFC 6750).
    pub const INSUFFICIENT_SCOPE: Self = Self {
        error: "insufficient_scope",
        description: "the access token lacks scope openid",
        status: StatusCode::FORBIDDEN,
    };
    /// Ours.
    pub const SERVER_ERROR: Self = Self {
        error: "server_error",
        description: "something of ours broke",
        status: StatusCode::INTERNAL_SERVER_ERROR,
    };
    /// Ours, for the moment.
    pub const TEMPORARILY_UNAVAILABLE: Self = Self {
        error: "temporarily_unavailable",
        description: "try again in a moment",
        status: StatusCode::SERVICE_UNAVAILABLE,
    };

    /// Somebody comes too often (RFC 6585, 4). Neither OAuth nor its extensions have a word of their own for it outside of the device
    /// flow; this one tells programs that know it to wait.
    pub const TOO_MANY_REQUESTS: Self = Self {
        error: "temporarily_unavailable",
        description: "too many requests: come again after the seconds of Retry-After",
        status: StatusCode::TOO_MANY_REQUESTS,
    };

    const fn of(error: &'static str, description: &'static str) -> Self {
        Self { error, description, status: StatusCode::BAD_REQUEST }
    }

    /// The same error with a description of its own.
    #[must_use]
    pub const fn because(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// The same error with a status of its own.
    #[must_use]
    pub const fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl From<&StoreError> for OAuthError {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::TEMPORARILY_UNAVAILABLE,
            StoreError::Corrupt(_) | StoreError::Conflict(_) => Self::SERVER_ERROR,
        }
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}
