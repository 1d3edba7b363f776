//! From the callback to a proven citizen: a state machine that says what to do next and is told how it went.
//!
//! ```text
//!                        start: the query is read
//!          oidc │                                   │ sealed
//!               ▼                                   ├──────────────┐ code is encrypted
//!        AskingMetadata                             │         OpeningCode
//!               │ `iss` fits                        │              │
//!               ▼                                   ▼              │
//!           Redeeming ◄─────────────────────────────┴──────────────┘
//!               │ id_token                          │ sealed: access token alone
//!               ▼                                   │
//!           Verifying ──key unknown──► RefreshingKeys ──► Verifying, once more
//!               │ claims fit                        │
//!               ├──── something is missing ───► AskingUserinfo
//!               ▼                                   ▼
//!                            Finished
//! ```
//! Every arrow can end in a failure instead. What comes at a step that does not wait for it ends the exchange.

use super::answers::TokenAnswer;
use super::arrival::Arrival;
use super::ask::Binding;
use super::callback::Callback;
use super::claims::{names_somebody, organizations, profile, sealed_subject};
use super::failure::UpstreamFailure;
use super::id_token::{Proven, check};
use super::metadata::Metadata;
use super::refused::Refused;
use super::rules::{Dialect, Rules, UserinfoRule};
use crate::clock::Timestamp;
use crate::person::AccountKind;
use crate::secret::Secret;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Find the provider's metadata.
    Metadata,
    /// Open an encrypted code.
    OpenCode {
        /// The encrypted code.
        code: Secret,
        /// Its sealed key.
        encrypt_key: Secret,
    },
    /// Redeem the code at the token endpoint: once, never again after it may have been sent.
    Redeem {
        /// The code in the clear.
        code: Secret,
        /// The sealed key as it came, which goes with it.
        encrypt_key: Option<Secret>,
    },
    /// Check the id_token's signature, issuer, audience and lifetime.
    Verify {
        /// The token.
        id_token: Secret,
        /// The access token beside it, for its hash.
        access_token: Option<Secret>,
    },
    /// Fetch the provider's keys again.
    RefreshKeys,
    /// Ask userinfo.
    Userinfo {
        /// The access token.
        access_token: Secret,
    },
    /// It is over.
    Finish(Result<Box<Arrival>, Refused>),
}

/// An id_token whose signature, issuer, audience and lifetime are good.
#[derive(Clone, PartialEq)]
pub struct IdToken {
    /// Its claims.
    pub claims: Map<String, Value>,
    /// What `at_hash` must be, when an access token came with it.
    pub at_hash: Option<String>,
}

impl fmt::Debug for IdToken {
    /// Without the claims, which are personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken(…)")
    }
}

/// Why an id_token could not be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// Its key is none of those that we hold, or another one now under the same name: fetching them again may help. If it does not, this
    /// is why it is refused.
    MaybeNewKey(Refused),
    /// For good.
    Refused(Refused),
}

/// How an action went.
#[derive(Clone)]
pub enum Input {
    /// [`Action::Metadata`].
    Metadata(Result<Arc<Metadata>, Refused>),
    /// [`Action::OpenCode`].
    Code(Result<Secret, Refused>),
    /// [`Action::Redeem`].
    Tokens(Result<TokenAnswer, Refused>),
    /// [`Action::Verify`].
    Verified(Result<IdToken, Unverified>),
    /// [`Action::RefreshKeys`].
    Keys(Result<(), Refused>),
    /// [`Action::Userinfo`].
    Userinfo(Result<Map<String, Value>, Refused>),
}

enum State {
    AskingMetadata { code: Secret, iss: Option<String> },
    OpeningCode { encrypt_key: Secret },
    Redeeming,
    Verifying { id_token: Secret, access_token: Option<Secret>, again: bool },
    RefreshingKeys { id_token: Secret, access_token: Option<Secret>, otherwise: Refused },
    AskingUserinfo { claims: Map<String, Value>, proven: Option<Proven> },
    Finished,
}

/// One exchange.
pub struct Exchange {
    rules: Arc<Rules>,
    binding: Binding,
    state: State,
}

type Step = Result<(State, Action), Refused>;

impl Exchange {
    /// Reads the callback's raw query. The caller has checked `state` and the browser.
    pub fn start(rules: Arc<Rules>, binding: Binding, raw_query: &str) -> (Self, Action) {
        let first = Self::first(&rules, raw_query);
        let mut exchange = Self { rules, binding, state: State::Finished };
        let action = exchange.take(first);
        (exchange, action)
    }

    /// Goes on with how the last action went.
    pub fn advance(&mut self, input: Input, now: Timestamp) -> Action {
        let state = std::mem::replace(&mut self.state, State::Finished);
        let step = self.step(state, input, now);
        self.take(step)
    }

    fn take(&mut self, step: Step) -> Action {
        match step {
            Ok((state, action)) => {
                self.state = state;
                action
            }
            Err(refused) => Action::Finish(Err(refused)),
        }
    }

    fn first(rules: &Rules, raw_query: &str) -> Step {
        match (Callback::read(raw_query, rules.dialect, &rules.locked_errors)?, rules.dialect) {
            (Callback::Error { refused, iss }, dialect) => {
                if dialect == Dialect::Oidc {
                    check_iss(iss.as_deref(), &rules.issuer, false)?;
                }
                Err(refused)
            }
            (Callback::Code { code, iss, .. }, Dialect::Oidc) => {
                Ok((State::AskingMetadata { code, iss }, Action::Metadata))
            }
            (Callback::Code { code, encrypt_key: None, .. }, Dialect::Sealed) => redeem(code, None),
            (Callback::Code { code, encrypt_key: Some(encrypt_key), .. }, Dialect::Sealed) => {
                let state = State::OpeningCode { encrypt_key: encrypt_key.clone() };
                Ok((state, Action::OpenCode { code, encrypt_key }))
            }
        }
    }

    fn step(&self, state: State, input: Input, now: Timestamp) -> Step {
        match (state, input) {
            (State::AskingMetadata { code, iss }, Input::Metadata(metadata)) => {
                check_iss(iss.as_deref(), &self.rules.issuer, metadata?.iss_in_answers)?;
                redeem(code, None)
            }
            (State::OpeningCode { encrypt_key }, Input::Code(code)) => redeem(code?, Some(encrypt_key)),
            (State::Redeeming, Input::Tokens(tokens)) => self.redeemed(tokens?),
            (State::Verifying { id_token, access_token, again }, Input::Verified(verified)) => match verified
            {
                Ok(token) => self.verified(&token, access_token, now),
                Err(Unverified::MaybeNewKey(otherwise)) if !again => {
                    Ok((State::RefreshingKeys { id_token, access_token, otherwise }, Action::RefreshKeys))
                }
                Err(Unverified::MaybeNewKey(refused) | Unverified::Refused(refused)) => Err(refused),
            },
            (State::RefreshingKeys { id_token, access_token, otherwise }, Input::Keys(fetched)) => {
                // Of a key that we hold, the signature says more than the silence of whoever publishes it.
                fetched.map_err(|why| {
                    if otherwise.failure == UpstreamFailure::UnknownKey { why } else { otherwise }
                })?;
                Ok(verify(id_token, access_token, true))
            }
            (State::AskingUserinfo { claims, proven }, Input::Userinfo(answer)) => {
                self.answered(claims, proven, answer?, now)
            }
            _ => Err(Refused::new(UpstreamFailure::ErrorAnswer, "an answer that nobody waits for")),
        }
    }

    fn redeemed(&self, tokens: TokenAnswer) -> Step {
        match self.rules.dialect {
            Dialect::Oidc => {
                let id_token = tokens.id_token.ok_or(UpstreamFailure::NoIdToken)?;
                Ok(verify(id_token, tokens.access_token, false))
            }
            Dialect::Sealed => ask_userinfo(tokens.access_token, Map::new(), None),
        }
    }

    fn verified(&self, token: &IdToken, access_token: Option<Secret>, now: Timestamp) -> Step {
        let proven = check(&token.claims, token.at_hash.as_deref(), &self.rules, &self.binding, now)?;
        let complete = names_somebody(&token.claims, &self.rules.names)
            && (self.rules.levels.is_said(&token.claims) || self.rules.levels.otherwise.is_some());
        if complete && self.rules.userinfo == UserinfoRule::WhenNeeded {
            return self.finish(&token.claims, Some(proven), now);
        }
        ask_userinfo(access_token, token.claims.clone(), Some(proven))
    }

    fn answered(
        &self,
        mut claims: Map<String, Value>,
        proven: Option<Proven>,
        answer: Map<String, Value>,
        now: Timestamp,
    ) -> Step {
        if let Some(proven) = &proven
            // OpenID Connect Core 5.3.2: the token could have been swapped for somebody else's.
            && answer.get("sub").and_then(Value::as_str) != Some(&proven.subject)
        {
            return Err(UpstreamFailure::SubjectMismatch.into());
        }
        // What is signed comes first.
        for (name, value) in answer {
            claims.entry(name).or_insert(value);
        }
        self.finish(&claims, proven, now)
    }

    fn finish(&self, claims: &Map<String, Value>, proven: Option<Proven>, now: Timestamp) -> Step {
        let profile = profile(claims, &self.rules.names)?;
        let level = self.rules.levels.read(claims, profile.kind)?;
        let proven = match proven {
            Some(proven) => proven,
            None if self.binding.fresh && !self.rules.trust_freshness => {
                return Err(Refused::new(UpstreamFailure::NotFresh, "this dialect says no time"));
            }
            None => Proven { subject: sealed_subject(&profile), sid: None, auth_time: now },
        };
        let organizations = match profile.kind {
            AccountKind::Citizen => organizations(claims, &self.rules.names),
            AccountKind::Organization => Vec::new(),
        };
        let arrival = Arrival {
            upstream: self.rules.upstream.clone(),
            issuer: self.rules.issuer.clone(),
            subject: proven.subject,
            sid: proven.sid,
            profile,
            organizations,
            level,
            auth_time: proven.auth_time,
        };
        Ok((State::Finished, Action::Finish(Ok(Box::new(arrival)))))
    }
}

fn redeem(code: Secret, encrypt_key: Option<Secret>) -> Step {
    Ok((State::Redeeming, Action::Redeem { code, encrypt_key }))
}

fn verify(id_token: Secret, access_token: Option<Secret>, again: bool) -> (State, Action) {
    let action = Action::Verify { id_token: id_token.clone(), access_token: access_token.clone() };
    (State::Verifying { id_token, access_token, again }, action)
}

fn ask_userinfo(access_token: Option<Secret>, claims: Map<String, Value>, proven: Option<Proven>) -> Step {
    let access_token =
        access_token.ok_or_else(|| Refused::new(UpstreamFailure::Malformed, "access_token is missing"))?;
    Ok((State::AskingUserinfo { claims, proven }, Action::Userinfo { access_token }))
}

/// RFC 9207, 2.4: an answer of another provider is a mix-up.
fn check_iss(iss: Option<&str>, issuer: &str, expected: bool) -> Result<(), Refused> {
    match iss {
        Some(iss) if iss == issuer => Ok(()),
        None if !expected => Ok(()),
        _ => Err(Refused::new(UpstreamFailure::WrongIssuer, "iss of the callback")),
    }
}
