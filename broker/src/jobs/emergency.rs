//! Keys that have leaked: they sign nothing any more, are published no more, and what they signed is accepted no more.

use super::keys::{KeyError, TRIES, make, states};
use broker_domain::client::SigningAlg;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{KeyState, SigningKeys, StoredKey};
use broker_domain::secret::Entropy;

/// What an emergency rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emergency {
    /// The kids that were taken away.
    pub taken: Vec<String>,
    /// The kids that sign from now on in their place.
    pub signing: Vec<String>,
}

/// Takes leaked keys away, whatever their state, and lets others sign at once: of each algorithm the key that is published ahead if
/// it did not leak, since portals know it already, and a new one otherwise. `leaked` empty stands for all keys that are published:
/// who read one of them from where they are kept read all of them.
///
/// # Errors
/// [`KeyError::Unknown`] when one of `leaked` is no key that is published; nothing is changed then.
pub async fn rotate_in_emergency(
    store: &dyn SigningKeys,
    entropy: &dyn Entropy,
    leaked: &[String],
    now: Timestamp,
) -> Result<Emergency, KeyError> {
    for _ in 0..TRIES {
        let mut stored = store.keys().await?;
        stored.retain(|k| k.state != KeyState::Retired);
        if let Some(unknown) = leaked.iter().find(|kid| stored.iter().all(|k| k.kid != **kid)) {
            return Err(KeyError::Unknown(unknown.clone()));
        }
        let is_leaked = |key: &StoredKey| leaked.is_empty() || leaked.contains(&key.kid);
        let (taken, kept): (Vec<&StoredKey>, Vec<&StoredKey>) = stored.iter().partition(|k| is_leaked(k));
        let mut moves: Vec<_> = taken.iter().map(|k| (k.kid.clone(), KeyState::Retired)).collect();
        let (mut signing, mut missing) = (Vec::new(), Vec::new());
        for alg in SigningAlg::ALL {
            let of = |state| kept.iter().find(|k| k.alg == alg && k.state == state);
            match (of(KeyState::Current), of(KeyState::Next)) {
                (Some(_), _) => {}
                (None, Some(next)) => {
                    moves.push((next.kid.clone(), KeyState::Current));
                    signing.push(next.kid.clone());
                }
                (None, None) => missing.push(alg),
            }
        }
        let add = make(&missing, KeyState::Current, entropy, now).await?;
        signing.extend(add.iter().map(|k| k.kid.clone()));
        if store.change(&states(&stored), &add, &moves, now).await? {
            return Ok(Emergency { taken: taken.iter().map(|k| k.kid.clone()).collect(), signing });
        }
    }
    Err(KeyError::Contended)
}
