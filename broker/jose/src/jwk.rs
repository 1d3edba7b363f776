//! JSON Web Keys, measured and reduced to the members that matter before josekit sees them.

use data_encoding::BASE64URL_NOPAD;
use josekit::jwk::Jwk;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::compact::{decode, text};
use crate::error::JoseError;
use crate::hash;

/// Modulus sizes in bytes: 2,048 bits (RFC 7518, 3.3) to 8,192 bits (more only costs us time).
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
/// The longest `kid` that is kept, in bytes.
const MAX_KID_BYTES: usize = 256;
const RSA_PRIVATE: [&str; 6] = ["d", "p", "q", "dp", "dq", "qi"];

/// The kinds of key that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa,
    P256,
    Ed25519,
}

impl Kind {
    /// Whether a key of this kind can sign with `algorithm`.
    pub(crate) fn signs(self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => self == Self::Rsa,
            Algorithm::ES256 => self == Self::P256,
            Algorithm::EdDSA => self == Self::Ed25519,
        }
    }
}

/// A key with its name and its purpose, free of everything else.
pub(crate) struct Material {
    pub(crate) kind: Kind,
    pub(crate) kid: Option<String>,
    /// `alg`, whatever it says.
    pub(crate) alg: Option<String>,
    /// `use`, whatever it says.
    pub(crate) purpose: Option<String>,
    /// `key_ops`, where given.
    pub(crate) operations: Option<Vec<String>>,
    /// The members that make up the public key, in the order of RFC 7638, and nothing else.
    pub(crate) public: Map<String, Value>,
    /// The members that make up the private key; empty for a public key.
    private: Map<String, Value>,
}

impl Material {
    /// Reads and measures a public key; private members are refused, since a published private key is nobody's.
    ///
    /// # Errors
    /// [`JoseError::Key`] or [`JoseError::Malformed`].
    pub(crate) fn public(jwk: &Map<String, Value>) -> Result<Self, JoseError> {
        if jwk.contains_key("d") || jwk.contains_key("k") || jwk.contains_key("p") {
            return Err(JoseError::Key("private or symmetric"));
        }
        Self::read(jwk, false)
    }

    /// Reads and measures a private key with its public half.
    ///
    /// # Errors
    /// [`JoseError::Key`] or [`JoseError::Malformed`].
    pub(crate) fn private(jwk: &Map<String, Value>) -> Result<Self, JoseError> {
        Self::read(jwk, true)
    }

    fn read(jwk: &Map<String, Value>, private: bool) -> Result<Self, JoseError> {
        let crv = text(jwk, "crv")?;
        let kind = match (text(jwk, "kty")?.as_deref(), crv.as_deref()) {
            (Some("RSA"), _) => Kind::Rsa,
            (Some("EC"), Some("P-256")) => Kind::P256,
            (Some("OKP"), Some("Ed25519")) => Kind::Ed25519,
            _ => return Err(JoseError::Key("type or curve not known")),
        };
        let kid = text(jwk, "kid")?;
        if kid.as_ref().is_some_and(|kid| kid.is_empty() || kid.len() > MAX_KID_BYTES) {
            return Err(JoseError::Key("kid empty or too long"));
        }
        Ok(Self {
            kind,
            kid,
            alg: text(jwk, "alg")?,
            purpose: text(jwk, "use")?,
            operations: operations(jwk)?,
            public: public_members(jwk, kind)?,
            private: if private { private_members(jwk, kind)? } else { Map::new() },
        })
    }

    /// Whether the key says of itself that it may verify signatures made with `algorithm`.
    pub(crate) fn verifies(&self, algorithm: Algorithm) -> bool {
        self.kind.signs(algorithm) && self.allows("sig", algorithm.as_str(), "verify")
    }

    /// Whether the key's own statements (RFC 7517, 4.2 to 4.4) allow this use.
    pub(crate) fn allows(&self, purpose: &str, algorithm: &str, operation: &str) -> bool {
        self.purpose.as_deref().is_none_or(|own| own == purpose)
            && self.alg.as_deref().is_none_or(|own| own == algorithm)
            && self.operations.as_ref().is_none_or(|own| own.iter().any(|one| one == operation))
    }

    /// The public key as JWK, with `kid`, and with `alg` and `use` as given.
    pub(crate) fn public_jwk(&self, alg: Option<&str>, purpose: Option<&str>) -> Map<String, Value> {
        let mut jwk = self.public.clone();
        let extras = [("kid", self.kid.as_deref()), ("alg", alg), ("use", purpose)];
        for (name, value) in extras {
            if let Some(value) = value {
                jwk.insert(name.to_owned(), value.into());
            }
        }
        jwk
    }

    /// The whole key as JWK, private members included.
    pub(crate) fn whole_jwk(&self, alg: Option<&str>, purpose: Option<&str>) -> Map<String, Value> {
        let mut jwk = self.public_jwk(alg, purpose);
        jwk.extend(self.private.clone());
        jwk
    }

    /// The public key in josekit's form, with nothing in it that josekit could stumble over.
    pub(crate) fn josekit_public(&self) -> Result<Jwk, JoseError> {
        Jwk::from_map(self.public.clone()).map_err(|_| JoseError::Key("refused by the library"))
    }

    /// The whole key in josekit's form.
    pub(crate) fn josekit_whole(&self) -> Result<Jwk, JoseError> {
        let mut jwk = self.public.clone();
        jwk.extend(self.private.clone());
        Jwk::from_map(jwk).map_err(|_| JoseError::Key("refused by the library"))
    }
}

/// The thumbprint of a key (RFC 7638): base64url of SHA-256 over its required members.
///
/// # Errors
/// When the key is of no kind known here (RSA, EC P-256, Ed25519) or one of its members is malformed.
pub fn thumbprint(jwk: &Value) -> Result<String, JoseError> {
    let jwk = jwk.as_object().ok_or(JoseError::Key("no JSON object"))?;
    let material = Material::read(jwk, false)?;
    let canonical =
        serde_json::to_string(&material.public).map_err(|_| JoseError::Key("cannot be written as JSON"))?;
    Ok(hash::sha256(canonical.as_bytes()))
}

/// Required members in lexicographic order, as RFC 7638 (3.2) hashes them.
fn public_members(jwk: &Map<String, Value>, kind: Kind) -> Result<Map<String, Value>, JoseError> {
    let mut members = Map::new();
    let mut put = |name: &str, value: String| members.insert(name.to_owned(), Value::String(value));
    match kind {
        Kind::Rsa => {
            let modulus = number(jwk, "n")?;
            let exponent = number(jwk, "e")?;
            if !RSA_BYTES.contains(&modulus.len()) || (modulus.len() == 256 && modulus.first() < Some(&0x80))
            {
                return Err(JoseError::Key("RSA modulus shorter than 2048 or longer than 8192 bits"));
            }
            let odd = exponent.last().is_some_and(|last| last % 2 == 1);
            if !odd || exponent.len() > 8 || exponent == [1] {
                return Err(JoseError::Key("RSA exponent"));
            }
            put("e", BASE64URL_NOPAD.encode(&exponent));
            put("kty", "RSA".to_owned());
            put("n", BASE64URL_NOPAD.encode(&modulus));
        }
        Kind::P256 => {
            put("crv", "P-256".to_owned());
            put("kty", "EC".to_owned());
            put("x", exact(jwk, "x", 32)?);
            put("y", exact(jwk, "y", 32)?);
        }
        Kind::Ed25519 => {
            put("crv", "Ed25519".to_owned());
            put("kty", "OKP".to_owned());
            put("x", exact(jwk, "x", 32)?);
        }
    }
    Ok(members)
}

fn private_members(jwk: &Map<String, Value>, kind: Kind) -> Result<Map<String, Value>, JoseError> {
    let mut members = Map::new();
    match kind {
        Kind::Rsa => {
            if jwk.contains_key("oth") {
                return Err(JoseError::Key("RSA key of more than two primes"));
            }
            for name in RSA_PRIVATE {
                let value = number(jwk, name)?;
                if value.len() > *RSA_BYTES.end() {
                    return Err(JoseError::Key("RSA private part too long"));
                }
                members.insert(name.to_owned(), Value::String(BASE64URL_NOPAD.encode(&value)));
            }
        }
        Kind::P256 | Kind::Ed25519 => {
            members.insert("d".to_owned(), Value::String(exact(jwk, "d", 32)?));
        }
    }
    Ok(members)
}

/// A big-endian number without leading zeros: some writers put the sign byte of their integers before the modulus.
fn number(jwk: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, JoseError> {
    let bytes = decode(&text(jwk, name)?.ok_or(JoseError::Malformed(name))?, name)?;
    let value: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    if value.is_empty() { Err(JoseError::Malformed(name)) } else { Ok(value) }
}

/// A coordinate or seed of exactly `length` bytes, as it was spelled.
fn exact(jwk: &Map<String, Value>, name: &'static str, length: usize) -> Result<String, JoseError> {
    let value = text(jwk, name)?.ok_or(JoseError::Malformed(name))?;
    if decode(&value, name)?.len() == length { Ok(value) } else { Err(JoseError::Malformed(name)) }
}

fn operations(jwk: &Map<String, Value>) -> Result<Option<Vec<String>>, JoseError> {
    let form = JoseError::Malformed("key_ops");
    match jwk.get("key_ops") {
        None => Ok(None),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or(form))
            .collect::<Result<_, _>>()
            .map(Some),
        Some(_) => Err(form),
    }
}
