//! The signature algorithms that are accepted anywhere in this project.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::JoseError;

/// A signature algorithm, named as in JWA (RFC 7518, 3.1; RFC 8037, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every client can check.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256: twenty times cheaper to sign than RSA.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    /// Every algorithm, most widely understood first.
    pub const ALL: [Self; 4] = [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];

    /// The JWA name, as it stands in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = JoseError;

    /// Reads a JWA name, letter case included.
    ///
    /// # Errors
    /// [`JoseError::AlgorithmRefused`] for every other text, `none` and the symmetric algorithms among them.
    fn from_str(name: &str) -> Result<Self, JoseError> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(JoseError::AlgorithmRefused)
    }
}
