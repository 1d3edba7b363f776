//! A client as it is registered.

use super::kinds::{ApplicationType, AuthMethod, Profile, SubjectType};
use super::metadata::{ClientMetadata, PUBLIC_SECTOR};
use super::redirect;
use crate::clock::Timestamp;
use crate::ids::{ClientId, SectorId};
use crate::level::Level;
use crate::scope::ScopeSet;
use crate::secret::{Hasher, Purpose, Secret, SecretHash};
use serde::{Deserialize, Serialize};

/// A secret of a client, as we keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSecret {
    /// Its keyed hash.
    pub hash: SecretHash,
    /// When it stops to work; `None` = not yet decided.
    pub expires_at: Option<Timestamp>,
}

/// A name in two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalizedName {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A registered client, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its identifier.
    pub id: ClientId,
    /// What people call it.
    pub name: LocalizedName,
    /// What it registered, in the names of RFC 7591 and ours.
    pub metadata: ClientMetadata,
    /// Its secrets: two during a rotation.
    pub secrets: Vec<KeptSecret>,
    /// How we prove to its events endpoint who we are: a bearer token (RFC 6750). Never written with the rest: the store seals it.
    #[serde(skip)]
    pub events_token: Option<Secret>,
    /// When an administrator switched it off.
    pub disabled_at: Option<Timestamp>,
    /// When it was registered.
    pub created_at: Timestamp,
}

impl Client {
    /// Whether it is switched on.
    pub const fn is_enabled(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// Whether it can keep a secret.
    pub fn is_public(&self) -> bool {
        self.metadata.auth_methods().iter().all(|m| *m == AuthMethod::None)
    }

    /// Whether `secret` is one of its living secrets. Every kept secret is compared, so the time taken does not tell which fits.
    pub fn secret_fits(&self, hasher: &Hasher, secret: &str, now: Timestamp) -> bool {
        let hash = hasher.hash(Purpose::ClientSecret, secret);
        self.secrets.iter().fold(false, |fits, kept| {
            let alive = kept.expires_at.is_none_or(|end| now < end);
            fits | ((kept.hash == hash) & alive)
        })
    }

    /// Whether `uri` is a redirect URI of this client: exactly, or a loopback one of a native client at any port (RFC 8252, 7.3).
    pub fn redirect_uri_fits(&self, uri: &str) -> bool {
        redirect::fits(
            &self.metadata.redirect_uris,
            uri,
            self.metadata.application_type == ApplicationType::Native,
        )
    }

    /// Whether `uri` is registered as a place to go to after a logout.
    pub fn post_logout_uri_fits(&self, uri: &str) -> bool {
        let native = self.metadata.application_type == ApplicationType::Native;
        redirect::fits(&self.metadata.post_logout_redirect_uris, uri, native)
    }

    /// The sector whose subjects it sees.
    pub fn sector(&self) -> SectorId {
        match self.metadata.subject_type {
            SubjectType::Public => SectorId::new(PUBLIC_SECTOR),
            SubjectType::Pairwise => {
                let named = self.metadata.sector.clone().or_else(|| self.metadata.sector_host());
                SectorId::new(named.unwrap_or_else(|| self.id.as_str().to_owned()))
            }
        }
    }

    /// The scopes that it may ask for.
    pub fn scopes(&self) -> ScopeSet {
        self.metadata.scope.as_deref().and_then(ScopeSet::parse).unwrap_or_default()
    }

    /// The lowest level that it accepts.
    pub const fn min_level(&self) -> Option<Level> {
        self.metadata.min_acr
    }

    /// Whether it lives by the rules of old portals.
    pub fn is_dvcqg(&self) -> bool {
        self.metadata.profile == Profile::Dvcqg
    }
}
