//! The public keys of somebody (RFC 7517, 5).

use std::fmt;
use std::sync::Arc;

use josekit::jws::JwsVerifier;
use serde_json::{Value, json};

use crate::algorithm::Algorithm;
use crate::error::JoseError;
use crate::jwk::Material;
use crate::signing::SigningKey;
use crate::verifier;

/// The largest key set that is read, in bytes.
pub const MAX_KEY_SET_BYTES: usize = 256 * 1024;
/// The most keys that a set may hold.
pub const MAX_KEYS: usize = 64;

/// Public keys of somebody, parsed once; a clone shares them. A key that cannot be used is left out, the others stay.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Arc<[Key]>,
    encryption: Arc<[Value]>,
}

struct Key {
    kid: Option<String>,
    jwk: Value,
    verifiers: Vec<(Algorithm, Box<dyn JwsVerifier>)>,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.kid)).finish()
    }
}

impl KeySet {
    /// Reads a key set document. Keys that are symmetric, private, of an unknown kind, too short or malformed are left
    /// out; keys for encryption are kept apart (see [`KeySet::encryption_key`]).
    ///
    /// # Errors
    /// When the document is larger than [`MAX_KEY_SET_BYTES`], is no key set, or has more than [`MAX_KEYS`] keys.
    pub fn parse(json: &[u8]) -> Result<Self, JoseError> {
        if json.len() > MAX_KEY_SET_BYTES {
            return Err(JoseError::TooLarge { limit: MAX_KEY_SET_BYTES });
        }
        let document: Value = serde_json::from_slice(json).map_err(|_| JoseError::KeySet("no JSON"))?;
        let entries =
            document.get("keys").and_then(Value::as_array).ok_or(JoseError::KeySet("no list of keys"))?;
        if entries.len() > MAX_KEYS {
            return Err(JoseError::KeySet("too many keys"));
        }
        let materials: Vec<Material> = entries
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|jwk| Material::public(jwk).ok())
            .collect();
        let encryption = materials.iter().filter(|key| is_for_encryption(key));
        Ok(Self {
            encryption: encryption
                .map(|key| Value::Object(key.public_jwk(key.alg.as_deref(), Some("enc"))))
                .collect(),
            keys: materials.iter().filter_map(Key::read).collect(),
        })
    }

    /// The public halves of our own keys.
    pub fn from_keys(keys: &[SigningKey]) -> Self {
        let keys =
            keys.iter().filter_map(|key| Key::read(&Material::public(key.public_jwk().as_object()?).ok()?));
        Self { keys: keys.collect(), encryption: Arc::default() }
    }

    /// The set as a document to publish: public members only, each key with its `kid` and `use`.
    pub fn to_json(&self) -> Value {
        let keys: Vec<&Value> = self.keys.iter().map(|key| &key.jwk).chain(self.encryption.iter()).collect();
        json!({ "keys": keys })
    }

    /// Whether a key for signatures has this name.
    pub fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// How many usable keys for signatures there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no usable key for signatures.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The first key to encrypt to with `algorithm` (a JWA name such as `RSA-OAEP-256`), as [`crate::jwe::encrypt`]
    /// takes it: one that names the algorithm, or else one of the right kind that names none.
    pub fn encryption_key(&self, algorithm: &str) -> Option<&Value> {
        let kty = match algorithm {
            "RSA-OAEP-256" => "RSA",
            "ECDH-ES" => "EC",
            _ => return None,
        };
        let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
        let fitting = || self.encryption.iter().filter(|key| text(key, "kty").as_deref() == Some(kty));
        fitting()
            .find(|key| text(key, "alg").as_deref() == Some(algorithm))
            .or_else(|| fitting().find(|key| text(key, "alg").is_none()))
    }

    /// The verifiers to try for a token: those of the named key, or of all keys that fit when none is named.
    ///
    /// # Errors
    /// [`JoseError::UnknownKey`] when there is none, [`JoseError::KeyUnfit`] when the named key is for something else.
    pub(crate) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&dyn JwsVerifier>, JoseError> {
        let found: Vec<&dyn JwsVerifier> = self
            .keys
            .iter()
            .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
            .flat_map(|key| &key.verifiers)
            .filter(|(own, _)| *own == algorithm)
            .map(|(_, verifier)| verifier.as_ref())
            .collect();
        match (found.is_empty(), kid) {
            (false, _) => Ok(found),
            (true, Some(kid)) if self.has(kid) => Err(JoseError::KeyUnfit),
            (true, _) => Err(JoseError::UnknownKey),
        }
    }
}

impl Key {
    /// `None` when the key can verify nothing.
    fn read(material: &Material) -> Option<Self> {
        let verifiers: Vec<_> = Algorithm::ALL
            .into_iter()
            .filter(|algorithm| material.verifies(*algorithm))
            .filter_map(|algorithm| Some((algorithm, verifier::verifier(material, algorithm).ok()?)))
            .collect();
        let jwk = Value::Object(material.public_jwk(material.alg.as_deref(), Some("sig")));
        (!verifiers.is_empty()).then(|| Self { kid: material.kid.clone(), jwk, verifiers })
    }
}

/// Whether a key says that it is for encryption, by its use or by its algorithm.
fn is_for_encryption(key: &Material) -> bool {
    match (key.purpose.as_deref(), key.alg.as_deref()) {
        (Some("enc"), None) => true,
        (Some("enc") | None, Some(algorithm)) => matches!(algorithm, "RSA-OAEP-256" | "ECDH-ES"),
        _ => false,
    }
}
