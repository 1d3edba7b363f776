//! What a registration chooses among.

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

/// How a client gets the events that it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventsDelivery {
    /// We post each to its endpoint (RFC 8935).
    Push,
    /// It fetches them (RFC 8936).
    Poll,
}

/// How a content key is wrapped for a client (RFC 7518, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EncryptionAlg {
    /// For an RSA key.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// For an elliptic key.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
}

impl EncryptionAlg {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::RsaOaep256, Self::EcdhEs];

    /// Its name (RFC 7518, 4.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
        }
    }
}

/// Whether a client sees a subject of its own (OpenID Connect Core 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectType {
    /// One that only its sector sees.
    #[default]
    Pairwise,
    /// The one that all clients of this type see.
    Public,
}
