//! What comes of a delivery that did not succeed. An event is never given up by itself: it is tried until the client acknowledges
//! it, or until the client itself says that it cannot take it; then people look at it.

/// What a client says of a token that it does not take (RFC 8935, 2.4; RFC 8936, 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetError {
    /// `invalid_request`: it is malformed, or of no type that the client knows.
    InvalidRequest,
    /// `invalid_key`: the key that signed it is unknown to the client, or too weak.
    InvalidKey,
    /// `invalid_issuer`.
    InvalidIssuer,
    /// `invalid_audience`.
    InvalidAudience,
    /// `authentication_failed`: the client does not know us by our bearer token.
    AuthenticationFailed,
    /// `access_denied`.
    AccessDenied,
    /// A word that the standards do not have.
    Other,
}

/// What to do then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterError {
    /// Try again after a pause: it may mend itself, or the client's operator may mend it.
    Retry,
    /// The same token would be refused again: it waits for an operator.
    Refused,
}

impl SetError {
    const ALL: [(Self, &'static str); 7] = [
        (Self::InvalidRequest, "invalid_request"),
        (Self::InvalidKey, "invalid_key"),
        (Self::InvalidIssuer, "invalid_issuer"),
        (Self::InvalidAudience, "invalid_audience"),
        (Self::AuthenticationFailed, "authentication_failed"),
        (Self::AccessDenied, "access_denied"),
        (Self::Other, "other"),
    ];

    /// Reads the `err` member.
    pub fn read(err: &str) -> Self {
        Self::ALL.into_iter().find(|(_, word)| *word == err).map_or(Self::Other, |(error, _)| error)
    }

    /// As operators read it: never the client's own words.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(error, _)| *error == self).map_or("other", |(_, word)| word)
    }

    /// Keys, credentials and rights change without a new token; its form, issuer and audience do not.
    pub const fn after(self) -> AfterError {
        match self {
            Self::InvalidKey | Self::AuthenticationFailed | Self::AccessDenied | Self::Other => {
                AfterError::Retry
            }
            Self::InvalidRequest | Self::InvalidIssuer | Self::InvalidAudience => AfterError::Refused,
        }
    }
}
