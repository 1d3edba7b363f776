//! Registered clients: who may ask for what, and how they prove who they are.

mod metadata;
mod redirect;

pub use metadata::{BadMetadata, ClientMetadata};

use crate::clock::Timestamp;
use crate::ids::{ClientId, SectorId};
use crate::level::Level;
use crate::scope::ScopeSet;
use crate::secret::{Hasher, Purpose, SecretHash};
use serde::{Deserialize, Serialize};

/// Which rules a client lives by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// OpenID Connect as it stands.
    #[default]
    Standard,
    /// The quirks of portals coded against the former national sign-on.
    Dvcqg,
}

/// How a client proves who it is at the token endpoint (RFC 7591, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// HTTP Basic with form-encoded id and secret.
    ClientSecretBasic,
    /// Id and secret in the form body.
    ClientSecretPost,
    /// A public client: PKCE stands in for a secret.
    None,
}

impl AuthMethod {
    /// Its name in metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::None => "none",
        }
    }
}

/// Grants that a client may use (RFC 7591, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749, 4.1.
    AuthorizationCode,
    /// RFC 6749, 6.
    RefreshToken,
    /// RFC 6749, 4.4.
    ClientCredentials,
}

impl GrantType {
    /// Its name in metadata and at the token endpoint.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

/// Where a client runs (OpenID Connect Dynamic Client Registration 2; `browser` is ours).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// On a server.
    #[default]
    Web,
    /// On a device; loopback redirects match on any port (RFC 8252, 7.3).
    Native,
    /// In a browser; its origins may call by CORS.
    Browser,
}

/// The algorithm of a client's id_tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlg {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the default of OpenID Connect.
    #[default]
    RS256,
    /// ECDSA on P-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SigningAlg {
    /// All that we sign with.
    pub const ALL: [Self; 3] = [Self::RS256, Self::ES256, Self::EdDSA];

    /// Its JWA name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// The form of a client's access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessTokenFormat {
    /// A random text that only the broker understands.
    #[default]
    Opaque,
    /// RFC 9068.
    Jwt,
}

/// Whether a client must send a PKCE challenge (RFC 7636).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pkce {
    /// Always.
    #[default]
    Required,
    /// If it does, it is held to it.
    Optional,
}

/// Whether the citizen is asked before their data goes to a portal for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsentPolicy {
    /// Never: the portal acts by law.
    None,
    /// Once for each new kind of data, and whenever the portal asks for it.
    #[default]
    Ask,
}

/// A way to sign in, as the tiles of the choice page show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignInMethod {
    /// Tài khoản Định danh điện tử cấp bởi Bộ Công an.
    Vneid,
    /// Tài khoản cấp bởi Cổng dịch vụ công quốc gia.
    National,
    /// Tài khoản cấp bởi Bưu điện Việt Nam.
    Vnpost,
}

impl SignInMethod {
    /// The name in URLs and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vneid => "vneid",
            Self::National => "national",
            Self::Vnpost => "vnpost",
        }
    }
}

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
        self.metadata.sector.as_deref().map_or_else(|| SectorId::new(self.id.as_str()), SectorId::new)
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

#[cfg(test)]
mod tests;
