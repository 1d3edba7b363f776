//! Encrypted tokens (RFC 7516): RSA-OAEP-256 and ECDH-ES on P-256, content always A256GCM.
//!
//! josekit takes truncated GCM tags, decrypts CBC before it checks the MAC, inflates without bound and panics on short
//! wrapped keys; so algorithms, lengths and extensions are checked here before it is called, and CBC and compression
//! are taken out of its context besides.

use data_encoding::BASE64URL_NOPAD;
use josekit::jwe::{ECDH_ES, JweContext, JweHeader, RSA_OAEP_256};
use serde_json::{Map, Value};

use crate::compact::{decode, text};
use crate::error::JoseError;
use crate::guard::guarded;
use crate::json;
use crate::jwk::{Kind, Material};

/// The longest encrypted token that is read or made, in bytes: a signed token inside, and its envelope.
pub const MAX_ENCRYPTED_BYTES: usize = 32 * 1024;

const CONTENT_ENCRYPTION: &str = "A256GCM";
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Encrypts `payload` to the public key `recipient_jwk`: an RSA key by RSA-OAEP-256, a P-256 key by ECDH-ES.
/// `content_type` becomes `cty` (`JWT` for a signed token inside, RFC 7519, 5.2).
///
/// # Errors
/// When the key is of another kind or says that it is for something else, the payload is too large, or OpenSSL fails.
pub fn encrypt(
    payload: &[u8],
    recipient_jwk: &Value,
    content_type: Option<&str>,
) -> Result<String, JoseError> {
    let jwk = recipient_jwk.as_object().ok_or(JoseError::Key("no JSON object"))?;
    let key = Material::public(jwk)?;
    let algorithm = Wrapping::of(key.kind)?;
    algorithm.check_key(&key, "encrypt")?;
    let mut header = JweHeader::new();
    header.set_content_encryption(CONTENT_ENCRYPTION);
    if let Some(content_type) = content_type {
        header.set_content_type(content_type);
    }
    if let Some(kid) = &key.kid {
        header.set_key_id(kid);
    }
    let jwk = key.josekit_public()?;
    let context = context();
    let token = guarded(|| {
        let refuse = |_| JoseError::Key("refused by the library");
        let made = match algorithm {
            Wrapping::RsaOaep256 => context.serialize_compact(
                payload,
                &header,
                &*RSA_OAEP_256.encrypter_from_jwk(&jwk).map_err(refuse)?,
            ),
            Wrapping::EcdhEs => context.serialize_compact(
                payload,
                &header,
                &*ECDH_ES.encrypter_from_jwk(&jwk).map_err(refuse)?,
            ),
        };
        made.map_err(|_| JoseError::Encrypting)
    })?;
    if token.len() > MAX_ENCRYPTED_BYTES {
        return Err(JoseError::TooLarge { limit: MAX_ENCRYPTED_BYTES });
    }
    Ok(token)
}

/// Decrypts a compact JWE with the private key `private_jwk`.
///
/// # Errors
/// When the token is too large, is no compact JWE, names another algorithm or content encryption, uses `zip` or `crit`,
/// has a tag that is not 16 or a nonce that is not 12 bytes long, or does not belong to the key.
pub fn decrypt(token: &str, private_jwk: &str) -> Result<Vec<u8>, JoseError> {
    let key = Material::private(&json::parse_object(private_jwk.as_bytes(), "private key")?)?;
    let algorithm = check_token(token, &key)?;
    let jwk = key.josekit_whole()?;
    let context = context();
    guarded(|| {
        let refuse = |_| JoseError::Key("refused by the library");
        let opened = match algorithm {
            Wrapping::RsaOaep256 => {
                context.deserialize_compact(token, &*RSA_OAEP_256.decrypter_from_jwk(&jwk).map_err(refuse)?)
            }
            Wrapping::EcdhEs => {
                context.deserialize_compact(token, &*ECDH_ES.decrypter_from_jwk(&jwk).map_err(refuse)?)
            }
        };
        opened.map(|(payload, _)| payload).map_err(|_| JoseError::Decrypting)
    })
}

/// How the content key is made known to the recipient.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrapping {
    RsaOaep256,
    EcdhEs,
}

impl Wrapping {
    fn of(kind: Kind) -> Result<Self, JoseError> {
        match kind {
            Kind::Rsa => Ok(Self::RsaOaep256),
            Kind::P256 => Ok(Self::EcdhEs),
            Kind::Ed25519 => Err(JoseError::Key("not for encryption")),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
        }
    }

    fn check_key(self, key: &Material, operation: &str) -> Result<(), JoseError> {
        let operation = if self == Self::EcdhEs { "deriveKey" } else { operation };
        if key.allows("enc", self.name(), operation) {
            Ok(())
        } else {
            Err(JoseError::Key("not for encryption"))
        }
    }
}

/// Everything that has to hold before josekit may look at the token.
fn check_token(token: &str, key: &Material) -> Result<Wrapping, JoseError> {
    if token.len() > MAX_ENCRYPTED_BYTES {
        return Err(JoseError::TooLarge { limit: MAX_ENCRYPTED_BYTES });
    }
    let mut parts = token.split('.');
    let mut part = || parts.next().ok_or(JoseError::Malformed("compact form"));
    let (header, wrapped, nonce, content, tag) = (part()?, part()?, part()?, part()?, part()?);
    if parts.next().is_some() {
        return Err(JoseError::Malformed("compact form"));
    }
    let header = json::parse_object(&decode(header, "header")?, "header")?;
    if header.contains_key("crit") || header.contains_key("zip") {
        return Err(JoseError::ExtensionRefused);
    }
    let algorithm = Wrapping::of(key.kind)?;
    algorithm.check_key(key, "decrypt")?;
    if text(&header, "alg")?.as_deref() != Some(algorithm.name())
        || text(&header, "enc")?.as_deref() != Some(CONTENT_ENCRYPTION)
    {
        return Err(JoseError::AlgorithmRefused);
    }
    if decode(nonce, "nonce")?.len() != NONCE_BYTES || decode(tag, "tag")?.len() != TAG_BYTES {
        return Err(JoseError::Malformed("nonce or tag of another length"));
    }
    decode(content, "ciphertext")?;
    check_wrapped_key(algorithm, &decode(wrapped, "encrypted key")?, &header, key)?;
    Ok(algorithm)
}

fn check_wrapped_key(
    algorithm: Wrapping,
    wrapped: &[u8],
    header: &Map<String, Value>,
    key: &Material,
) -> Result<(), JoseError> {
    match algorithm {
        Wrapping::RsaOaep256 => {
            let modulus = text(&key.public, "n")?.unwrap_or_default();
            let length = BASE64URL_NOPAD.decode_len(modulus.len()).unwrap_or_default();
            if wrapped.len() == length { Ok(()) } else { Err(JoseError::Malformed("encrypted key")) }
        }
        Wrapping::EcdhEs => {
            if !wrapped.is_empty() {
                return Err(JoseError::Malformed("encrypted key"));
            }
            let ephemeral =
                header.get("epk").and_then(Value::as_object).ok_or(JoseError::Malformed("epk"))?;
            if Material::public(ephemeral)?.kind != Kind::P256 {
                return Err(JoseError::Malformed("epk"));
            }
            for name in ["apu", "apv"] {
                decode(&text(header, name)?.unwrap_or_default(), name)?;
            }
            Ok(())
        }
    }
}

/// josekit's context without anything that we do not use.
fn context() -> JweContext {
    let mut context = JweContext::new();
    context.remove_compression("DEF");
    for name in ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM"] {
        context.remove_content_encryption(name);
    }
    context
}
