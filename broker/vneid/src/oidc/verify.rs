//! Signature, issuer, audience and lifetime of an id_token (OpenID Connect Core 3.1.3.7, steps 1 to 10).

use broker_domain::clock::Timestamp;
use broker_domain::upstream::{IdToken, Refused, Rules, Unverified, UpstreamFailure};
use broker_jose::{
    Accept, Algorithm, ClaimsError, Expect, JoseError, KeySet, Verified, at_hash, check_claims, peek_header,
    verify,
};

/// An id_token comes fresh from the token endpoint: one that was issued longer ago than this, in seconds, is of another time.
const OLDEST: i64 = 300;

/// Checks an id_token.
pub(super) fn id_token(
    token: &str,
    access_token: Option<&str>,
    keys: &KeySet,
    algorithms: &[Algorithm],
    rules: &Rules,
    now: Timestamp,
) -> Result<IdToken, Unverified> {
    let refuse = |failure, about: &'static str| Err(Unverified::Refused(Refused::new(failure, about)));
    let verified = signed(token, keys, algorithms)?;
    // RFC 8725, 3.11: a logout or access token of the same provider is no id_token.
    if verified.header.typ.as_deref().is_some_and(|typ| typ.to_ascii_lowercase().ends_with("+jwt")) {
        return refuse(UpstreamFailure::NoIdToken, "typ");
    }
    let expect = Expect {
        issuer: &rules.issuer,
        audience: &rules.client_id,
        now: now.secs(),
        leeway: rules.leeway,
        max_age_of_iat: Some(OLDEST),
    };
    check_claims(&verified.claims, &expect).map_err(|e| Unverified::Refused(of_claims(e)))?;
    let Ok(algorithm) = verified.header.alg.parse::<Algorithm>() else {
        return refuse(UpstreamFailure::BadSignature, "alg");
    };
    Ok(IdToken { claims: verified.claims, at_hash: access_token.map(|token| at_hash(algorithm, token)) })
}

/// Checks a signature alone.
pub(super) fn signed(token: &str, keys: &KeySet, algorithms: &[Algorithm]) -> Result<Verified, Unverified> {
    verify(token, keys, &Accept { algorithms, typ: None }).map_err(|error| match error {
        JoseError::UnknownKey => Unverified::MaybeNewKey(UpstreamFailure::UnknownKey.into()),
        // Without a name it may be the signature of a key that we have not seen yet.
        JoseError::BadSignature if peek_header(token).is_ok_and(|header| header.kid.is_none()) => {
            Unverified::MaybeNewKey(UpstreamFailure::UnknownKey.into())
        }
        // Some give a new key the name of the one before.
        bad @ JoseError::BadSignature => Unverified::MaybeNewKey(of_signature(bad)),
        other => Unverified::Refused(of_signature(other)),
    })
}

fn of_signature(error: JoseError) -> Refused {
    let failure = match error {
        JoseError::TooLarge { .. } => UpstreamFailure::TooLarge,
        JoseError::Malformed(_) | JoseError::DuplicateName | JoseError::NotAnObject => {
            UpstreamFailure::Malformed
        }
        _ => UpstreamFailure::BadSignature,
    };
    Refused::new(failure, format!("id_token: {error}"))
}

fn of_claims(error: ClaimsError) -> Refused {
    let failure = match error {
        ClaimsError::Issuer | ClaimsError::Missing("iss") | ClaimsError::Malformed("iss") => {
            UpstreamFailure::WrongIssuer
        }
        ClaimsError::Audience
        | ClaimsError::AuthorizedParty
        | ClaimsError::Missing("aud")
        | ClaimsError::Malformed("aud" | "azp") => UpstreamFailure::WrongAudience,
        ClaimsError::Expired => UpstreamFailure::Expired,
        ClaimsError::NotYetValid | ClaimsError::IssuedInFuture | ClaimsError::TooOld => {
            UpstreamFailure::ClockSkew
        }
        _ => UpstreamFailure::BadClaims,
    };
    Refused::new(failure, format!("id_token: {error}"))
}
