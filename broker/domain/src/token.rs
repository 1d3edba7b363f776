//! Grants, and the codes and tokens that come from them.
//!
//! A code or token reads `<kind>.<family>.<secret>`: unreserved characters only, so that portals that build their requests by
//! string concatenation send them unharmed. The family finds the grant in one look-up; the secret is kept as a keyed hash.
//!
//! ```text
//!   opened with a code ──redeem──► redeemed ──attach──► tokens ──refresh──► tokens …
//!        │                            │ redeem again         │ reuse of a rotated token
//!        └────── expires              └────────► revoked ◄───┘
//! ```

use crate::authorization::ClaimWishes;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::ids::{ClientId, FamilyId, SessionId};
use crate::level::Level;
use crate::person::AccountKind;
use crate::scope::ScopeSet;
use crate::secret::{Entropy, Hasher, Purpose, Secret, SecretHash};
use crate::session::Holder;
use crate::subject::Subject;
use serde::{Deserialize, Serialize};

/// How long a code works, in seconds (the checklist allows 60 at the most).
pub const CODE_LIFETIME_SECS: i64 = 60;
/// How long a redeemed or revoked family is remembered, so that a replay is seen as one: seconds.
pub const TOMBSTONE_SECS: i64 = 3600;

/// What a text handed out by us is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Authorization code.
    Code,
    /// Access token, or the `jti` of one that is a JWT.
    Access,
    /// Refresh token.
    Refresh,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "co",
            Self::Access => "at",
            Self::Refresh => "rt",
        }
    }

    const fn purpose(self) -> Purpose {
        match self {
            Self::Code => Purpose::Code,
            Self::Access => Purpose::AccessToken,
            Self::Refresh => Purpose::RefreshToken,
        }
    }
}

/// A code or token, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// What it is.
    pub kind: Kind,
    /// The family that it belongs to.
    pub family: FamilyId,
    /// Its secret.
    pub secret: Secret,
}

impl Handle {
    /// A new one.
    pub fn generate(kind: Kind, family: &FamilyId, entropy: &dyn Entropy) -> Self {
        Self { kind, family: family.clone(), secret: Secret::generate(entropy) }
    }

    /// Takes a text from outside apart; `None` when it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (kind, family, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let kind = [Kind::Code, Kind::Access, Kind::Refresh].into_iter().find(|k| k.prefix() == kind)?;
        let fits = parts.next().is_none()
            && secret.len() == 43
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        Some(Self { kind, family: FamilyId::parse(family)?, secret: fits.then(|| Secret::new(secret))? })
    }

    /// Takes apart a text that must be of one kind.
    pub fn parse_as(kind: Kind, text: &str) -> Option<Self> {
        Self::parse(text).filter(|h| h.kind == kind)
    }

    /// The text that its owner gets.
    pub fn to_text(&self) -> String {
        format!("{}.{}.{}", self.kind.prefix(), self.family, self.secret.reveal())
    }

    /// The hash under which it is kept.
    pub fn hash(&self, hasher: &Hasher) -> SecretHash {
        hasher.hash(self.kind.purpose(), self.secret.reveal())
    }
}

/// What a client was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its family.
    pub family: FamilyId,
    /// Whose it is.
    pub client: ClientId,
    /// The scope granted at first; a refresh may narrow what a token carries, never this.
    pub scope: ScopeSet,
    /// When it was given.
    pub issued_at: Timestamp,
    /// The code's binding: absent for client credentials.
    pub code: Option<CodeBinding>,
    /// The citizen's part: absent for client credentials.
    pub login: Option<Login>,
}

/// What a code is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBinding {
    /// The redirect URI of the request, as sent.
    pub redirect_uri: String,
    /// The PKCE challenge, when one was sent.
    pub challenge: Option<String>,
    /// When the code dies.
    pub expires_at: Timestamp,
}

/// Who signed in, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The subject that this client sees.
    pub subject: Subject,
    /// Who it is.
    pub holder: Holder,
    /// The session.
    pub sid: SessionId,
    /// When they were authenticated.
    pub auth_time: Timestamp,
    /// How strongly, as the client is told.
    pub level: Level,
    /// How strongly in truth: no less than that.
    pub reached: Level,
    /// The nonce of the request.
    pub nonce: Option<String>,
    /// Claims asked for beside the scope, for the id_token.
    pub id_token_claims: ClaimWishes,
    /// Claims asked for beside the scope, for userinfo.
    pub userinfo_claims: ClaimWishes,
    /// Whether they act for themselves or for an organization.
    pub kind: AccountKind,
    /// What is known of them.
    pub claims: Claims,
}

/// A token that is about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its hash.
    pub hash: SecretHash,
    /// When it dies.
    pub expires_at: Timestamp,
}

/// An answer to the presentation of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// First use.
    Granted(Box<Grant>),
    /// Used before: the family is revoked now.
    Replayed(ClientId),
    /// Never given, expired, or revoked.
    Unknown,
}

/// What a refresh presents and what is to replace it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The family named by the token.
    pub family: FamilyId,
    /// The hash of the token presented.
    pub presented: SecretHash,
    /// Who presents it, authenticated.
    pub client: ClientId,
    /// A narrower scope asked for.
    pub scope: Option<ScopeSet>,
    /// The access token to keep.
    pub access: NewToken,
    /// The refresh token that replaces the presented one; `None` leaves it as it is.
    pub replacement: Option<NewToken>,
    /// The present moment.
    pub now: Timestamp,
}

/// An answer to a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Done; the grant, and when the refresh token dies.
    Granted(Box<Grant>),
    /// A rotated token was presented: the family is revoked now.
    Reused(ClientId),
    /// The scope asked for exceeds the grant's. Nothing has changed.
    ScopeExceeded,
    /// Never given, expired, revoked, or another client's. Nothing has changed.
    Unknown,
}

/// A living access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveToken {
    /// The grant behind it.
    pub grant: Grant,
    /// The scope that it carries.
    pub scope: ScopeSet,
    /// When it dies.
    pub expires_at: Timestamp,
}

/// Whether a PKCE verifier has the form of RFC 7636, 4.1: 43 to 128 unreserved characters.
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SeededEntropy;
    use proptest::prelude::*;

    #[test]
    fn handles_read_back_and_stay_in_their_kind() {
        let entropy = SeededEntropy::new(3);
        let family = FamilyId::generate(&entropy);
        let handle = Handle::generate(Kind::Refresh, &family, &entropy);
        assert_eq!(Handle::parse(&handle.to_text()), Some(handle.clone()));
        assert_eq!(Handle::parse_as(Kind::Access, &handle.to_text()), None);
        assert!(handle.to_text().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _ = (Handle::parse(&text), is_verifier(&text));
        }
    }
}
