//! The life of signing keys: made at the first start, rotated by an administrator, carried through their states by any instance.
//!
//! ```text
//!   Next ──published ahead──► Current ──next one takes over──► Retiring ──last token dead──► Retired
//! ```
//!
//! Every change is one compare-and-set on all states, so of several instances one makes it.

use broker_domain::client::SigningAlg;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{KeyState, SigningKeys, StoreError, StoredKey};
use broker_domain::secret::{Entropy, random_text};
use broker_jose::{Algorithm, JoseError, SigningKey};

/// How often a lost race is run again.
pub(super) const TRIES: usize = 5;

/// Why keys could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key could not be made.
    #[error("a signing key could not be made: {0}")]
    Make(#[from] JoseError),
    /// The work was cut off.
    #[error("the making of a signing key was cut off")]
    CutOff,
    /// Others change the keys all the time.
    #[error("the keys were changed by others again and again: try once more")]
    Contended,
    /// New keys are published already and wait for their time.
    #[error("a rotation is under way already: its keys sign soon; use --now to let them sign at once")]
    UnderWay,
    /// A key was named that is not published.
    #[error("there is no published key {0}: `broker keys list` shows them")]
    Unknown(String),
}

/// What one pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyChanges {
    /// Keys added.
    pub added: usize,
    /// Keys that came to another state.
    pub moved: usize,
}

impl KeyChanges {
    /// Whether anything changed.
    pub const fn any(self) -> bool {
        self.added + self.moved > 0
    }
}

type States = Vec<(String, KeyState)>;

pub(super) fn states(keys: &[StoredKey]) -> States {
    keys.iter().map(|k| (k.kid.clone(), k.state)).collect()
}

const fn jose(alg: SigningAlg) -> Algorithm {
    match alg {
        SigningAlg::RS256 => Algorithm::RS256,
        SigningAlg::ES256 => Algorithm::ES256,
        SigningAlg::EdDSA => Algorithm::EdDSA,
    }
}

/// Makes one key for each of `algs`, off the async threads: a key of RSA takes a good part of a second.
pub(super) async fn make(
    algs: &[SigningAlg],
    state: KeyState,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<Vec<StoredKey>, KeyError> {
    let work: Vec<_> = algs
        .iter()
        .map(|&alg| {
            let kid = format!("{}-{}", alg.as_str().to_ascii_lowercase(), random_text(entropy, 12));
            tokio::task::spawn_blocking(move || {
                SigningKey::generate(jose(alg), &kid).map(|key| StoredKey {
                    kid,
                    alg,
                    state,
                    private_jwk: key.to_private_jwk().to_string(),
                    created_at: now,
                    changed_at: now,
                })
            })
        })
        .collect();
    let mut made = Vec::new();
    for task in work {
        made.push(task.await.map_err(|_| KeyError::CutOff)??);
    }
    Ok(made)
}

/// Makes the keys that are missing: at the first start all, later none.
///
/// # Errors
/// [`KeyError`].
pub async fn provision(
    store: &dyn SigningKeys,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<KeyChanges, KeyError> {
    for _ in 0..TRIES {
        let stored = store.keys().await?;
        let signs = |alg| stored.iter().any(|k| k.alg == alg && k.state == KeyState::Current);
        let missing: Vec<SigningAlg> = SigningAlg::ALL.into_iter().filter(|a| !signs(*a)).collect();
        if missing.is_empty() {
            return Ok(KeyChanges::default());
        }
        let add = make(&missing, KeyState::Current, entropy, now).await?;
        if store.change(&states(&stored), &add, &[], now).await? {
            return Ok(KeyChanges { added: add.len(), moved: 0 });
        }
    }
    Err(KeyError::Contended)
}

/// Begins a rotation: publishes a new key for each algorithm, to sign after its time. With `at_once` the new keys (or those
/// that wait already) sign immediately.
///
/// # Errors
/// [`KeyError::UnderWay`] when new keys wait already and `at_once` is not set.
pub async fn rotate(
    store: &dyn SigningKeys,
    entropy: &dyn Entropy,
    at_once: bool,
    now: Timestamp,
) -> Result<KeyChanges, KeyError> {
    for _ in 0..TRIES {
        let stored = store.keys().await?;
        let waits = |alg| stored.iter().any(|k| k.alg == alg && k.state == KeyState::Next);
        let missing: Vec<SigningAlg> = SigningAlg::ALL.into_iter().filter(|a| !waits(*a)).collect();
        if !at_once && missing.len() < SigningAlg::ALL.len() {
            return Err(KeyError::UnderWay);
        }
        let state = if at_once { KeyState::Current } else { KeyState::Next };
        let add = make(&missing, state, entropy, now).await?;
        let moves = if at_once { moves_at_once(&stored) } else { Vec::new() };
        if store.change(&states(&stored), &add, &moves, now).await? {
            return Ok(KeyChanges { added: add.len(), moved: moves.len() });
        }
    }
    Err(KeyError::Contended)
}

/// Waiting keys sign from now on, signing ones begin to retire.
fn moves_at_once(stored: &[StoredKey]) -> States {
    let to = |state| match state {
        KeyState::Next => Some(KeyState::Current),
        KeyState::Current => Some(KeyState::Retiring),
        KeyState::Retiring | KeyState::Retired => None,
    };
    stored.iter().filter_map(|k| to(k.state).map(|s| (k.kid.clone(), s))).collect()
}

/// How long keys stay in a state, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Next: published before they sign.
    pub publish_ahead: i64,
    /// Retiring: until the last token that they signed has died.
    pub retiring: i64,
    /// Signing, until new ones take over by themselves; 0: only when an administrator says so.
    pub rotate_every: i64,
}

/// Whether new keys are to be published now, so that they sign when the others have signed for long enough.
pub fn rotation_is_due(stored: &[StoredKey], times: KeyTimes, now: Timestamp) -> bool {
    if times.rotate_every <= 0 || stored.iter().any(|k| k.state == KeyState::Next) {
        return false;
    }
    let ahead = times.publish_ahead.min(times.rotate_every);
    let mut signing = stored.iter().filter(|k| k.state == KeyState::Current);
    signing.any(|k| now >= k.changed_at.plus_secs(times.rotate_every.saturating_sub(ahead)))
}

/// Moves keys whose time has come: waiting ones sign, signing ones of the same algorithm begin to retire, and retiring ones are
/// no longer published.
///
/// # Errors
/// [`KeyError::Store`]. A lost race is no error: who won it did the work.
pub async fn promote_due(
    store: &dyn SigningKeys,
    times: KeyTimes,
    now: Timestamp,
) -> Result<KeyChanges, KeyError> {
    let stored = store.keys().await?;
    let moves = moves_due(&stored, times, now);
    if moves.is_empty() || !store.change(&states(&stored), &[], &moves, now).await? {
        return Ok(KeyChanges::default());
    }
    Ok(KeyChanges { added: 0, moved: moves.len() })
}

fn moves_due(stored: &[StoredKey], times: KeyTimes, now: Timestamp) -> States {
    let is_due = |k: &StoredKey| match k.state {
        KeyState::Next => now >= k.changed_at.plus_secs(times.publish_ahead),
        KeyState::Retiring => now >= k.changed_at.plus_secs(times.retiring),
        KeyState::Current => {
            let mut next = stored.iter().filter(|n| n.alg == k.alg && n.state == KeyState::Next);
            next.any(|n| now >= n.changed_at.plus_secs(times.publish_ahead))
        }
        KeyState::Retired => false,
    };
    let to = |state| match state {
        KeyState::Next => KeyState::Current,
        KeyState::Current => KeyState::Retiring,
        KeyState::Retiring | KeyState::Retired => KeyState::Retired,
    };
    stored.iter().filter(|k| is_due(k)).map(|k| (k.kid.clone(), to(k.state))).collect()
}
