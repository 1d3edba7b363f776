//! Every check of OpenID Connect Core 3.1.3.7, each with its own failure.

use crate::build::BuildError;
use crate::settings::UpstreamSettings;
use broker_domain::clock::Timestamp;
use broker_domain::secret::same;
use broker_domain::upstream::{Binding, UpstreamFailure};
use broker_jose::{Accept, Algorithm, ClaimsError, Expect, JoseError, KeySet, at_hash, check_claims, verify};
use serde_json::{Map, Value};

/// What an id_token must fit.
pub(super) struct Rules {
    issuer: String,
    client_id: String,
    algorithms: Vec<Algorithm>,
    leeway: i64,
}

impl Rules {
    pub(super) fn new(settings: &UpstreamSettings) -> Result<Self, BuildError> {
        let algorithms = settings
            .algorithms
            .iter()
            .map(|a| {
                a.parse::<Algorithm>()
                    .map_err(|_| BuildError(format!("algorithms: {a} is not accepted here")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if algorithms.is_empty() {
            return Err(BuildError("algorithms: must name at least one".to_owned()));
        }
        Ok(Self {
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            algorithms,
            leeway: settings.leeway_secs,
        })
    }

    pub(super) fn check(
        &self,
        token: &str,
        keys: &KeySet,
        access_token: &str,
        binding: &Binding,
        now: Timestamp,
    ) -> Result<Map<String, Value>, UpstreamFailure> {
        // 6-8: signed by a published key, with an algorithm that we accept.
        let accept = Accept { algorithms: &self.algorithms, typ: None };
        let verified = verify(token, keys, &accept).map_err(signature)?;
        let claims = verified.claims;
        // 2-5, 9, 10: issuer, audience, authorized party, expiry, time of issue.
        let expect = Expect {
            issuer: &self.issuer,
            audience: &self.client_id,
            now: now.secs(),
            leeway: self.leeway,
            max_age_of_iat: Some(3600),
        };
        check_claims(&claims, &expect).map_err(refused)?;
        if claims.get("azp").and_then(Value::as_str).is_some_and(|azp| azp != self.client_id) {
            return Err(UpstreamFailure::WrongAudience);
        }
        // 11: our nonce.
        match claims.get("nonce").and_then(Value::as_str) {
            Some(nonce) if same(nonce, &binding.nonce) => {}
            _ => return Err(UpstreamFailure::WrongNonce),
        }
        // 13: authenticated when asked to.
        let auth_time = claims.get("auth_time").and_then(Value::as_i64);
        if auth_time.is_some_and(|t| t > now.secs().saturating_add(self.leeway)) {
            return Err(UpstreamFailure::ClockSkew);
        }
        if binding.fresh {
            let asked = binding.started_at.secs().saturating_sub(self.leeway);
            if auth_time.is_none_or(|t| t < asked) {
                return Err(UpstreamFailure::NotFresh);
            }
        }
        // 3.1.3.8: the access token that came along.
        let algorithm =
            verified.header.alg.parse::<Algorithm>().map_err(|_| UpstreamFailure::BadSignature)?;
        if let Some(hash) = claims.get("at_hash")
            && hash.as_str() != Some(at_hash(algorithm, access_token).as_str())
        {
            return Err(UpstreamFailure::BadSignature);
        }
        Ok(claims)
    }
}

fn signature(error: JoseError) -> UpstreamFailure {
    match error {
        JoseError::UnknownKey => UpstreamFailure::UnknownKey,
        JoseError::TooLarge { .. } => UpstreamFailure::TooLarge,
        JoseError::Malformed(_) | JoseError::DuplicateName | JoseError::NotAnObject => {
            UpstreamFailure::Malformed
        }
        _ => UpstreamFailure::BadSignature,
    }
}

fn refused(error: ClaimsError) -> UpstreamFailure {
    match error {
        ClaimsError::Issuer | ClaimsError::Missing("iss") | ClaimsError::Malformed("iss") => {
            UpstreamFailure::WrongIssuer
        }
        ClaimsError::Audience
        | ClaimsError::AuthorizedParty
        | ClaimsError::Missing("aud")
        | ClaimsError::Malformed("aud") => UpstreamFailure::WrongAudience,
        ClaimsError::Expired | ClaimsError::Missing("exp") => UpstreamFailure::Expired,
        ClaimsError::NotYetValid | ClaimsError::IssuedInFuture | ClaimsError::TooOld => {
            UpstreamFailure::ClockSkew
        }
        _ => UpstreamFailure::BadClaims,
    }
}
