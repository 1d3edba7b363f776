//! Faults on demand.

use serde::{Deserialize, Serialize};

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// The discovery document.
    Discovery,
    /// The published keys.
    Jwks,
    /// The answer of the sign-in page to the client: its callback.
    Callback,
    /// The token endpoint of either dialect.
    Token,
    /// The userinfo endpoint of either dialect.
    Userinfo,
    /// The population database.
    Population,
    /// The gateway for text messages.
    Sms,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The answer comes after so many milliseconds.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The answer has this status, and an empty body.
    Status {
        /// The status.
        status: u16,
    },
    /// The connection is cut within the answer.
    Cut,
    /// The answer is no JSON.
    Garbage,
    /// The answer is 8 MiB long.
    OversizedBody,
    /// Token: the code is said to be unknown.
    CodeRefused,
    /// Token: our own client is said to be unknown.
    ClientRefused,
    /// id_token: another nonce.
    WrongNonce,
    /// id_token or discovery: another issuer.
    WrongIssuer,
    /// id_token: another audience.
    WrongAudience,
    /// id_token: signed with a key that is not published.
    UnknownKey,
    /// id_token: the signature is not one.
    BadSignature,
    /// id_token: signed with a new key, published from now on.
    RotatedKeys,
    /// id_token: expired an hour ago.
    ExpiredToken,
    /// id_token: `alg: none`, no signature.
    AlgNone,
    /// id_token: issued so many seconds from now.
    ClockSkew {
        /// Seconds, may be negative.
        secs: i64,
    },
    /// id_token: authenticated an hour ago, whatever was asked for.
    StaleAuthentication,
    /// Token: no id_token.
    MissingIdToken,
    /// Sealed answers: the padding under the RSA key is wrong.
    BadPadding,
    /// A claim is missing.
    MissingClaim {
        /// Its name.
        claim: String,
    },
    /// A claim has another value.
    OtherClaim {
        /// Its name.
        claim: String,
        /// Its value.
        value: serde_json::Value,
    },
    /// Userinfo: another subject than the id_token's.
    OtherSubject,
    /// The level of authentication is said to be this.
    Level {
        /// The value of `acr`, or of the account level in the sealed dialect.
        level: String,
    },
    /// Callback: an error instead of a code.
    CallbackError {
        /// The OAuth error.
        error: String,
        /// The description.
        #[serde(default)]
        description: Option<String>,
    },
    /// Callback: another state.
    WrongState,
    /// Callback: no code.
    MissingCode,
    /// Callback: a code that was never given.
    WrongCode,
}

/// A fault that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) endpoint: Endpoint,
    pub(crate) fault: Fault,
    /// How often it still strikes; always when absent.
    #[serde(default)]
    pub(crate) times: Option<u32>,
}

/// All faults that wait.
#[derive(Debug, Default)]
pub(crate) struct Plan(Vec<Planned>);

impl Plan {
    pub(crate) fn add(&mut self, planned: Planned) {
        self.0.push(planned);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn all(&self) -> &[Planned] {
        &self.0
    }

    /// The faults that strike now; those that have struck often enough are gone.
    pub(crate) fn strike(&mut self, endpoint: Endpoint) -> Vec<Fault> {
        let mut struck = Vec::new();
        self.0.retain_mut(|p| {
            if p.endpoint != endpoint {
                return true;
            }
            struck.push(p.fault.clone());
            match &mut p.times {
                None => true,
                Some(n) => {
                    *n = n.saturating_sub(1);
                    *n > 0
                }
            }
        });
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_strike_as_often_as_told() {
        let mut plan = Plan::default();
        plan.add(Planned { endpoint: Endpoint::Token, fault: Fault::Cut, times: Some(2) });
        assert!(plan.strike(Endpoint::Userinfo).is_empty());
        assert_eq!(plan.strike(Endpoint::Token), [Fault::Cut]);
        assert_eq!(plan.strike(Endpoint::Token), [Fault::Cut]);
        assert!(plan.strike(Endpoint::Token).is_empty());
    }

    #[test]
    fn faults_read_as_the_readme_says() {
        let read: Planned =
            serde_json::from_str(r#"{"endpoint": "token", "fault": {"kind": "delay", "ms": 5}, "times": 1}"#)
                .unwrap();
        assert_eq!(read.fault, Fault::Delay { ms: 5 });
    }
}
