//! Judging the broker's tokens.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use broker_jose::{Accept, Algorithm, Expect, Header, JoseError, Verified, at_hash, check_claims, verify};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::{Error, TokenError};

/// The longest `sub` (OpenID Connect Core 2).
const MAX_SUBJECT: usize = 255;
/// How long ago a token that comes just now may have been issued, in seconds.
const MAX_AGE: i64 = 600;

/// What the id_token of a sign-in must fit.
pub(crate) struct Wanted<'a> {
    /// The access token that came with it.
    pub(crate) access_token: &'a str,
    /// What was sent as `nonce`; `None`: nothing was sent, and nothing is looked at.
    pub(crate) nonce: Option<&'a str>,
    /// How old the authentication may be, in seconds.
    pub(crate) max_age: Option<u32>,
}

/// Checks a signature with the broker's keys; when the key is not known, they are fetched again once.
///
/// # Errors
/// What `wrap` makes of the fault, or that the keys cannot be fetched.
pub(crate) async fn verify_signature(
    context: &Context,
    token: &str,
    accept: &Accept<'_>,
    wrap: fn(TokenError) -> Error,
) -> Result<Verified, Error> {
    let refuse = |error: JoseError| wrap(TokenError::Jose(error));
    let keys = context.provider.keys().await?;
    match verify(token, &keys, accept) {
        Err(JoseError::UnknownKey) => match context.provider.keys_again().await? {
            Some(newer) => verify(token, &newer, accept).map_err(refuse),
            None => Err(refuse(JoseError::UnknownKey)),
        },
        outcome => outcome.map_err(refuse),
    }
}

/// Checks `iss`, `aud`, `azp` and the times of a token made for this portal, at the most `max_age` seconds ago.
///
/// # Errors
/// The first claim found wanting.
pub(crate) fn check_addressee(
    context: &Context,
    claims: &Map<String, Value>,
    max_age: Option<i64>,
) -> Result<(), TokenError> {
    let settings = &context.settings;
    let expect = Expect {
        issuer: &settings.issuer,
        audience: &settings.client_id,
        now: context.clock.now(),
        leeway: settings.leeway,
        max_age_of_iat: max_age,
    };
    check_claims(claims, &expect)?;
    match claims.get("azp") {
        Some(party) if party.as_str() != Some(&settings.client_id) => Err(TokenError::AuthorizedParty),
        _ => Ok(()),
    }
}

/// Verifies an id_token in full (OpenID Connect Core 3.1.3.7) and hands out its claims.
///
/// # Errors
/// [`Error::IdToken`] with the first fault, or that the keys cannot be fetched.
pub(crate) async fn verify_id_token(
    context: &Context,
    token: &str,
    wanted: &Wanted<'_>,
) -> Result<Map<String, Value>, Error> {
    let accept = Accept { algorithms: &context.settings.algorithms, typ: None };
    let Verified { header, claims } = verify_signature(context, token, &accept, Error::IdToken).await?;
    judge(context, &header, &claims, wanted).map_err(Error::IdToken)?;
    Ok(claims)
}

fn judge(
    context: &Context,
    header: &Header,
    claims: &Map<String, Value>,
    wanted: &Wanted<'_>,
) -> Result<(), TokenError> {
    // Another kind of token, signed by the same keys, in the place of this one (RFC 8725, 3.11).
    if header.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(TokenError::Type);
    }
    check_addressee(context, claims, Some(MAX_AGE))?;
    subject(claims)?;
    if let Some(nonce) = wanted.nonce {
        let sent_back = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
        verify_slices_are_equal(sent_back.as_bytes(), nonce.as_bytes()).map_err(|_| TokenError::Nonce)?;
    }
    if let Some(hash) = claims.get("at_hash") {
        let algorithm: Algorithm = header.alg.parse()?;
        if hash.as_str() != Some(&at_hash(algorithm, wanted.access_token)) {
            return Err(TokenError::AccessTokenHash);
        }
    }
    if let Some(max_age) = wanted.max_age {
        let oldest =
            context.clock.now().saturating_sub(i64::from(max_age)).saturating_sub(context.settings.leeway);
        if auth_time(claims).is_none_or(|at| at < oldest) {
            return Err(TokenError::AuthTime);
        }
    }
    Ok(())
}

/// `sub`, which must be a text of 1 to 255 characters.
///
/// # Errors
/// [`TokenError::Subject`].
pub(crate) fn subject(claims: &Map<String, Value>) -> Result<&str, TokenError> {
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    if subject.is_empty() || subject.len() > MAX_SUBJECT { Err(TokenError::Subject) } else { Ok(subject) }
}

/// `auth_time`, where it is a whole number.
pub(crate) fn auth_time(claims: &Map<String, Value>) -> Option<i64> {
    claims.get("auth_time").and_then(Value::as_i64)
}
