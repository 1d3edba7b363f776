//! Private keys, and signing with them.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::ed::{EdCurve, EdKeyPair};
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jwk::alg::rsapss::RsaPssKeyPair;
use josekit::jws::JwsSigner;
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::compact::MAX_TOKEN_BYTES;
use crate::error::JoseError;
use crate::guard::guarded;
use crate::json;
use crate::jwk::Material;
use crate::verifier;

/// Size of the RSA keys made here, in bits.
const RSA_BITS: u32 = 2048;

/// A private key that signs. Parsed once; a clone shares it.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    kid: String,
    algorithm: Algorithm,
    signer: Box<dyn JwsSigner>,
    public: Value,
    private: Zeroizing<String>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.0.kid)
            .field("alg", &self.0.algorithm)
            .finish_non_exhaustive()
    }
}

/// The header of what is signed here: these members and no other.
#[derive(Serialize)]
struct SignedHeader<'a> {
    alg: Algorithm,
    kid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
}

impl SigningKey {
    /// Makes a new key (RSA of 2,048 bits, P-256 or Ed25519) named `kid`. Randomness is OpenSSL's own.
    ///
    /// # Errors
    /// When `kid` is empty or longer than 256 bytes, or OpenSSL fails.
    pub fn generate(alg: Algorithm, kid: &str) -> Result<Self, JoseError> {
        let jwk = guarded(|| {
            match alg {
                Algorithm::RS256 | Algorithm::PS256 => Jwk::generate_rsa_key(RSA_BITS),
                Algorithm::ES256 => Jwk::generate_ec_key(EcCurve::P256),
                Algorithm::EdDSA => Jwk::generate_ed_key(EdCurve::Ed25519),
            }
            .map_err(|_| JoseError::Key("could not be made"))
        })?;
        Self::from_jwk(jwk.as_ref().clone(), alg, kid)
    }

    /// Reads a private JWK (RFC 7517), which must name its `kid` and its `alg`.
    ///
    /// # Errors
    /// When the text is no such JWK, the key is too short, its two halves do not belong together, or it says that it is
    /// not for signing.
    pub fn from_private_jwk(json: &str) -> Result<Self, JoseError> {
        if json.len() > MAX_TOKEN_BYTES {
            return Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES });
        }
        let jwk = json::parse_object(json.as_bytes(), "private key")?;
        let material = Material::private(&jwk)?;
        let alg = material.alg.as_deref().ok_or(JoseError::Key("alg is missing"))?.parse()?;
        Self::from_material(material, alg)
    }

    /// The private JWK, to be stored sealed. The text is wiped from memory when dropped.
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        self.0.private.clone()
    }

    /// Reads a PEM file with one private key: PKCS#8, or the traditional form of RSA or EC keys.
    ///
    /// # Errors
    /// When the text is no such PEM, or the key does not fit `alg`.
    pub fn from_pem(alg: Algorithm, kid: &str, pem: &str) -> Result<Self, JoseError> {
        if pem.len() > MAX_TOKEN_BYTES {
            return Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES });
        }
        let refuse = |_| JoseError::Key("no PEM private key for this algorithm");
        let jwk = guarded(|| match alg {
            Algorithm::RS256 => RsaKeyPair::from_pem(pem).map(|pair| pair.to_jwk_key_pair()).map_err(refuse),
            Algorithm::PS256 => RsaKeyPair::from_pem(pem)
                .map(|pair| pair.to_jwk_key_pair())
                .or_else(|_| {
                    RsaPssKeyPair::from_pem(pem, None, None, None).map(|pair| pair.to_jwk_key_pair())
                })
                .map_err(refuse),
            Algorithm::ES256 => EcKeyPair::from_pem(pem, Some(EcCurve::P256))
                .map(|pair| pair.to_jwk_key_pair())
                .map_err(refuse),
            Algorithm::EdDSA => EdKeyPair::from_pem(pem).map(|pair| pair.to_jwk_key_pair()).map_err(refuse),
        })?;
        Self::from_jwk(jwk.as_ref().clone(), alg, kid)
    }

    fn from_jwk(mut jwk: Map<String, Value>, alg: Algorithm, kid: &str) -> Result<Self, JoseError> {
        jwk.insert("kid".to_owned(), kid.into());
        jwk.insert("alg".to_owned(), alg.as_str().into());
        Self::from_material(Material::private(&jwk)?, alg)
    }

    fn from_material(material: Material, algorithm: Algorithm) -> Result<Self, JoseError> {
        let kid = material.kid.clone().ok_or(JoseError::Key("kid is missing"))?;
        if !material.kind.signs(algorithm) || !material.allows("sig", algorithm.as_str(), "sign") {
            return Err(JoseError::Key("not for signing with this algorithm"));
        }
        let signer = verifier::signer(&material, algorithm)?;
        let verifier = verifier::verifier(&material, algorithm)?;
        // A public half that belongs to another key would be published, and every signature refused by everybody.
        const PROBE: &[u8] = b"do the halves belong together";
        let signature = guarded(|| signer.sign(PROBE).map_err(|_| JoseError::Signing))?;
        verifier::check(verifier.as_ref(), PROBE, &signature)
            .map_err(|_| JoseError::Key("private and public half do not belong together"))?;

        let text = |map| serde_json::to_string(&map).map_err(|_| JoseError::Key("cannot be written as JSON"));
        let private = text(Value::Object(material.whole_jwk(Some(algorithm.as_str()), Some("sig"))))?;
        Ok(Self(Arc::new(Inner {
            kid,
            algorithm,
            signer,
            public: Value::Object(material.public_jwk(Some(algorithm.as_str()), Some("sig"))),
            private: Zeroizing::new(private),
        })))
    }

    /// The key's name.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The one algorithm that this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The public half as JWK: `kid`, `alg`, `use` = `sig`, no private member.
    pub fn public_jwk(&self) -> Value {
        self.0.public.clone()
    }

    /// Signs `claims` as a compact JWS whose header holds `alg`, `kid`, the given `typ` and nothing else.
    ///
    /// # Errors
    /// When `claims` is no JSON object, the token would be longer than [`crate::MAX_TOKEN_BYTES`], or OpenSSL fails.
    pub fn sign<T: Serialize>(&self, typ: Option<&str>, claims: &T) -> Result<String, JoseError> {
        let header = SignedHeader { alg: self.0.algorithm, kid: &self.0.kid, typ };
        let header = serde_json::to_vec(&header).map_err(|_| JoseError::Malformed("header"))?;
        let payload = serde_json::to_vec(claims).map_err(|_| JoseError::Malformed("claims"))?;
        if payload.first() != Some(&b'{') {
            return Err(JoseError::NotAnObject);
        }
        let mut token = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 512);
        BASE64URL_NOPAD.encode_append(&header, &mut token);
        token.push('.');
        BASE64URL_NOPAD.encode_append(&payload, &mut token);
        let signature = guarded(|| self.0.signer.sign(token.as_bytes()).map_err(|_| JoseError::Signing))?;
        token.push('.');
        BASE64URL_NOPAD.encode_append(&signature, &mut token);
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES });
        }
        Ok(token)
    }
}

#[cfg(test)]
impl SigningKey {
    /// A signature over any bytes, to build tokens that `sign` never makes.
    pub(crate) fn sign_bytes(&self, message: &[u8]) -> Vec<u8> {
        self.0.signer.sign(message).unwrap_or_default()
    }
}
