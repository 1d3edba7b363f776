//! The signing keys of the plain dialect.

use broker_jose::{Algorithm, JoseError, SigningKey};
use serde_json::{Value, json};

/// The keys: the last one signs, the one before is still published.
pub(crate) struct Keys {
    current: SigningKey,
    before: Option<SigningKey>,
    hidden: SigningKey,
    count: u32,
}

impl Keys {
    pub(crate) fn new() -> Result<Self, JoseError> {
        Ok(Self {
            current: SigningKey::generate(Algorithm::RS256, "vneid-1")?,
            before: None,
            hidden: SigningKey::generate(Algorithm::RS256, "never-published")?,
            count: 1,
        })
    }

    /// A new key signs from now on.
    pub(crate) fn rotate(&mut self) -> Result<String, JoseError> {
        self.count += 1;
        let next = SigningKey::generate(Algorithm::RS256, &format!("vneid-{}", self.count))?;
        self.before = Some(std::mem::replace(&mut self.current, next));
        Ok(self.current.kid().to_owned())
    }

    pub(crate) const fn current(&self) -> &SigningKey {
        &self.current
    }

    /// A key that nobody can know.
    pub(crate) const fn hidden(&self) -> &SigningKey {
        &self.hidden
    }

    pub(crate) fn published(&self) -> Value {
        let keys: Vec<Value> =
            std::iter::once(&self.current).chain(&self.before).map(SigningKey::public_jwk).collect();
        json!({ "keys": keys })
    }
}
