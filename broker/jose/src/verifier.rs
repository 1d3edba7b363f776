//! josekit's signers and verifiers, chosen by algorithm.

use josekit::jwk::Jwk;
use josekit::jws::{self, JwsSigner, JwsVerifier};

use crate::algorithm::Algorithm;
use crate::error::JoseError;
use crate::guard::guarded;
use crate::jwk::Material;

/// Builds the verifier of `key` for `algorithm`. Parsing costs far more than one verification: keep what is returned.
///
/// # Errors
/// [`JoseError::Key`] when OpenSSL refuses the key, for instance a point that is not on the curve.
pub(crate) fn verifier(key: &Material, algorithm: Algorithm) -> Result<Box<dyn JwsVerifier>, JoseError> {
    let jwk = key.josekit_public()?;
    guarded(|| build_verifier(algorithm, &jwk).map_err(|_| JoseError::Key("refused by the library")))
}

/// Builds the signer of `key` for `algorithm`.
///
/// # Errors
/// [`JoseError::Key`] when OpenSSL refuses the key.
pub(crate) fn signer(key: &Material, algorithm: Algorithm) -> Result<Box<dyn JwsSigner>, JoseError> {
    let jwk = key.josekit_whole()?;
    guarded(|| build_signer(algorithm, &jwk).map_err(|_| JoseError::Key("refused by the library")))
}

/// Checks one signature.
///
/// # Errors
/// [`JoseError::BadSignature`].
pub(crate) fn check(verifier: &dyn JwsVerifier, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
    guarded(|| verifier.verify(message, signature).map_err(|_| JoseError::BadSignature))
}

fn build_verifier(algorithm: Algorithm, jwk: &Jwk) -> Result<Box<dyn JwsVerifier>, josekit::JoseError> {
    Ok(match algorithm {
        Algorithm::RS256 => Box::new(jws::RS256.verifier_from_jwk(jwk)?),
        Algorithm::PS256 => Box::new(jws::PS256.verifier_from_jwk(jwk)?),
        Algorithm::ES256 => Box::new(jws::ES256.verifier_from_jwk(jwk)?),
        Algorithm::EdDSA => Box::new(jws::EdDSA.verifier_from_jwk(jwk)?),
    })
}

fn build_signer(algorithm: Algorithm, jwk: &Jwk) -> Result<Box<dyn JwsSigner>, josekit::JoseError> {
    Ok(match algorithm {
        Algorithm::RS256 => Box::new(jws::RS256.signer_from_jwk(jwk)?),
        Algorithm::PS256 => Box::new(jws::PS256.signer_from_jwk(jwk)?),
        Algorithm::ES256 => Box::new(jws::ES256.signer_from_jwk(jwk)?),
        Algorithm::EdDSA => Box::new(jws::EdDSA.signer_from_jwk(jwk)?),
    })
}
