//! What can be wrong with a token, a key or a claim. No message holds any part of what was given.

use thiserror::Error;

/// Why a token, a key or a key set was refused, or why signing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JoseError {
    /// The input is larger than the limit, in bytes.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit that was passed, in bytes.
        limit: usize,
    },
    /// The input does not have the form that the standard asks for; the text says which part.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A JSON object names a member twice: readers would differ in what they see (RFC 8725, 2.4).
    #[error("a member is named twice")]
    DuplicateName,
    /// `alg` or `enc` is none of those that are accepted here.
    #[error("algorithm not accepted")]
    AlgorithmRefused,
    /// The header demands an extension (`crit`, `b64`, `zip`) that is not understood here.
    #[error("header extension not accepted")]
    ExtensionRefused,
    /// `typ` says that this is another kind of token (RFC 8725, 3.11).
    #[error("token of another type")]
    WrongType,
    /// No key with the named `kid`, or no key at all that fits: fetching the key set again may help.
    #[error("no key fits")]
    UnknownKey,
    /// The named key exists, but not for this algorithm.
    #[error("the named key is not for this algorithm")]
    KeyUnfit,
    /// The signature does not belong to this content and key.
    #[error("signature does not match")]
    BadSignature,
    /// The payload is no JSON object.
    #[error("payload is no JSON object")]
    NotAnObject,
    /// The key cannot be used; the text says why.
    #[error("unusable key: {0}")]
    Key(&'static str),
    /// The key set cannot be used; the text says why.
    #[error("unusable key set: {0}")]
    KeySet(&'static str),
    /// Signing failed inside the cryptographic library.
    #[error("signing failed")]
    Signing,
    /// Encrypting failed inside the cryptographic library.
    #[error("encrypting failed")]
    Encrypting,
    /// Decrypting failed; on purpose it is not said at which step.
    #[error("decrypting failed")]
    Decrypting,
    /// The library below panicked; the input is refused.
    #[error("the cryptographic library failed")]
    Crashed,
}

/// Why the claims of a token with a good signature were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// A claim that must be there is not.
    #[error("claim {0} is missing")]
    Missing(&'static str),
    /// A claim has another JSON type than the standard says.
    #[error("claim {0} has the wrong type")]
    Malformed(&'static str),
    /// A number is no finite number between -2^53 and 2^53.
    #[error("claim {0} is out of range")]
    OutOfRange(&'static str),
    /// `iss` is somebody else.
    #[error("another issuer")]
    Issuer,
    /// `aud` does not hold the expected audience.
    #[error("another audience")]
    Audience,
    /// Several audiences, and `azp` does not name the expected one.
    #[error("another authorized party")]
    AuthorizedParty,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `nbf` has not come yet.
    #[error("not valid yet")]
    NotYetValid,
    /// `iat` lies in the future by more than the leeway.
    #[error("issued in the future")]
    IssuedInFuture,
    /// `iat` lies further in the past than is allowed.
    #[error("issued too long ago")]
    TooOld,
}
