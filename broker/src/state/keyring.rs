//! Signing keys in memory: parsed once, replaced whole.

use arc_swap::ArcSwap;
use broker_domain::client::SigningAlg;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{KeyState, SignError, Signer, SigningKeys, StoreError, StoredKey};
use broker_jose::{Accept, Algorithm, JoseError, KeySet, SigningKey, Verified};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why keys could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored key is unreadable.
    #[error("signing key {0}: {1}")]
    Key(String, JoseError),
}

#[derive(Default)]
struct Snapshot {
    current: HashMap<SigningAlg, SigningKey>,
    published: Value,
    verifying: Option<KeySet>,
    stored: Vec<(String, KeyState)>,
    since: Vec<(SigningAlg, Timestamp)>,
}

/// The keys, as the store held them last.
#[derive(Default)]
pub struct KeyRing {
    snapshot: ArcSwap<Snapshot>,
    signatures: AtomicU64,
}

/// The JOSE algorithm of one of ours.
pub const fn algorithm(alg: SigningAlg) -> Algorithm {
    match alg {
        SigningAlg::RS256 => Algorithm::RS256,
        SigningAlg::ES256 => Algorithm::ES256,
        SigningAlg::EdDSA => Algorithm::EdDSA,
    }
}

impl KeyRing {
    /// Reads all keys again.
    pub async fn reload(&self, store: &dyn SigningKeys) -> Result<(), KeyRingError> {
        self.take(&store.keys().await?)
    }

    /// Takes keys as the store returned them.
    pub fn take(&self, stored: &[StoredKey]) -> Result<(), KeyRingError> {
        let mut current = HashMap::new();
        let mut all = Vec::new();
        for key in stored.iter().filter(|k| k.state != KeyState::Retired) {
            let parsed = SigningKey::from_private_jwk(&key.private_jwk)
                .map_err(|e| KeyRingError::Key(key.kid.clone(), e))?;
            if key.state == KeyState::Current {
                current.insert(key.alg, parsed.clone());
            }
            all.push(parsed);
        }
        let published = json!({"keys": all.iter().map(SigningKey::public_jwk).collect::<Vec<_>>()});
        let since = stored.iter().filter(|k| k.state == KeyState::Current).map(|k| (k.alg, k.changed_at));
        let since = since.collect();
        let stored = stored.iter().map(|k| (k.kid.clone(), k.state)).collect();
        self.snapshot.store(Arc::new(Snapshot {
            current,
            published,
            verifying: Some(KeySet::from_keys(&all)),
            stored,
            since,
        }));
        Ok(())
    }

    /// Kids and states, as the store held them last.
    pub fn states(&self) -> Vec<(String, KeyState)> {
        self.snapshot.load().stored.clone()
    }

    /// Since when the key of each algorithm signs.
    pub fn signing_since(&self) -> Vec<(SigningAlg, Timestamp)> {
        self.snapshot.load().since.clone()
    }

    /// Verifies something that we signed; expiry is the caller's to judge.
    pub fn verify_own(&self, token: &str, typ: Option<&str>) -> Result<Verified, JoseError> {
        let snapshot = self.snapshot.load();
        let algorithms = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
        match &snapshot.verifying {
            Some(keys) => broker_jose::verify(token, keys, &Accept { algorithms: &algorithms, typ }),
            None => {
                broker_jose::verify(token, &KeySet::from_keys(&[]), &Accept { algorithms: &algorithms, typ })
            }
        }
    }

    /// Whether there is a key to sign with for every algorithm.
    pub fn is_ready(&self) -> bool {
        let snapshot = self.snapshot.load();
        SigningAlg::ALL.iter().all(|a| snapshot.current.contains_key(a))
    }

    /// How many signatures were made since the start.
    pub fn signatures(&self) -> u64 {
        self.signatures.load(Ordering::Relaxed)
    }
}

impl Signer for KeyRing {
    fn sign(
        &self,
        alg: SigningAlg,
        typ: Option<&str>,
        claims: &Map<String, Value>,
    ) -> Result<String, SignError> {
        let snapshot = self.snapshot.load();
        let key =
            snapshot.current.get(&alg).ok_or_else(|| SignError(format!("no key for {}", alg.as_str())))?;
        self.signatures.fetch_add(1, Ordering::Relaxed);
        crate::telemetry::sign(|| key.sign(typ, claims)).map_err(|e| SignError(e.to_string()))
    }

    fn key_set(&self) -> Value {
        self.snapshot.load().published.clone()
    }
}
