//! Everything that can go wrong between the broker and VNeID, each with a number that the catalogue of errors uses.

/// A failed sign-in at VNeID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum UpstreamFailure {
    /// The citizen pressed "cancel", or VNeID refused them.
    #[error("access denied at the upstream")]
    Denied,
    /// The account is locked.
    #[error("account locked at the upstream")]
    AccountLocked,
    /// VNeID wants the citizen to sign in, and we had asked it not to show a page.
    #[error("login required at the upstream")]
    LoginRequired,
    /// VNeID answered with another error.
    #[error("the upstream answered an error")]
    ErrorAnswer,
    /// VNeID said that it is busy.
    #[error("the upstream is temporarily unavailable")]
    Busy,
    /// `code` is missing, empty, or not what it should be.
    #[error("no usable code in the answer")]
    NoCode,
    /// The code was refused: used, expired, or not ours.
    #[error("the upstream refused the code")]
    CodeRefused,
    /// Our credentials were refused.
    #[error("the upstream refused our credentials")]
    ClientRefused,
    /// Our network address was refused.
    #[error("the upstream refused our address")]
    AddressRefused,
    /// No connection, or it broke.
    #[error("no connection to the upstream")]
    Unreachable,
    /// It took too long.
    #[error("the upstream took too long")]
    TimedOut,
    /// Too many failures just now: it was not asked.
    #[error("the circuit to the upstream is open")]
    CircuitOpen,
    /// A status that no answer should have.
    #[error("the upstream answered an unexpected status")]
    BadStatus,
    /// An answer that is larger than anything sensible.
    #[error("the upstream's answer is too large")]
    TooLarge,
    /// An answer that cannot be read.
    #[error("the upstream's answer is malformed")]
    Malformed,
    /// A sealed answer that does not open.
    #[error("the upstream's sealed answer does not open")]
    SealBroken,
    /// Discovery says another issuer, or lacks an endpoint.
    #[error("the upstream's metadata is wrong")]
    BadMetadata,
    /// No id_token where one must be.
    #[error("no id_token")]
    NoIdToken,
    /// Signed with a key that is not published, also after fetching the keys again.
    #[error("id_token signed with an unknown key")]
    UnknownKey,
    /// The signature does not fit, or the algorithm is not allowed.
    #[error("id_token signature refused")]
    BadSignature,
    /// `iss` is another.
    #[error("id_token of another issuer")]
    WrongIssuer,
    /// `aud` or `azp` is another.
    #[error("id_token for another audience")]
    WrongAudience,
    /// `nonce` is another or missing.
    #[error("id_token with another nonce")]
    WrongNonce,
    /// `exp` has passed.
    #[error("id_token expired")]
    Expired,
    /// `iat`, `nbf` or `auth_time` make no sense: a clock is wrong.
    #[error("id_token from another time")]
    ClockSkew,
    /// Authentication is older than what was asked for.
    #[error("authentication is not fresh")]
    NotFresh,
    /// Userinfo speaks of somebody else than the id_token.
    #[error("userinfo of another subject")]
    SubjectMismatch,
    /// A claim without which nobody can be signed in is missing or unreadable.
    #[error("a claim is missing or unreadable")]
    BadClaims,
    /// The number contradicts birth date or sex.
    #[error("the claims contradict each other")]
    ContradictoryClaims,
    /// A level that we do not know.
    #[error("an unknown level of authentication")]
    UnknownLevel,
}

impl UpstreamFailure {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 30] = [
        Self::Denied,
        Self::AccountLocked,
        Self::LoginRequired,
        Self::ErrorAnswer,
        Self::Busy,
        Self::NoCode,
        Self::CodeRefused,
        Self::ClientRefused,
        Self::AddressRefused,
        Self::Unreachable,
        Self::TimedOut,
        Self::CircuitOpen,
        Self::BadStatus,
        Self::TooLarge,
        Self::Malformed,
        Self::SealBroken,
        Self::BadMetadata,
        Self::NoIdToken,
        Self::UnknownKey,
        Self::BadSignature,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::WrongNonce,
        Self::Expired,
        Self::ClockSkew,
        Self::NotFresh,
        Self::SubjectMismatch,
        Self::BadClaims,
        Self::ContradictoryClaims,
        Self::UnknownLevel,
    ];

    /// Whether it says that the upstream itself is ill, which the circuit breaker counts.
    pub const fn is_outage(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Unreachable
                | Self::TimedOut
                | Self::BadStatus
                | Self::TooLarge
                | Self::Malformed
        )
    }
}
