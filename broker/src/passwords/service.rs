//! Checking, with bounds on time and on work.

use super::argon2id::{SALT, Work};
use super::notations::Kept;
use super::rules::{BadRules, LONGEST_PASSWORD, PasswordRules};
use broker_domain::secret::{Entropy, Secret};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout};

/// Checks that wait for each turn at the most: about what can be done within the wait. Who comes after them would wait in vain.
const QUEUE_FOR_EACH: usize = 32;

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The password is right.
    Right {
        /// The hash to keep from now on, when the one that it was checked against is of another notation or of other work.
        upgrade: Option<Secret>,
    },
    /// It is not, or there is nothing that it could be checked against.
    Wrong,
}

/// Too many checks are under way: nothing was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// Checks passwords.
#[derive(Clone)]
pub struct Passwords {
    rules: PasswordRules,
    work: Work,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    entropy: Arc<dyn Entropy>,
}

impl Passwords {
    /// Makes the service.
    ///
    /// # Errors
    /// When no hash can be made by the rules.
    pub fn new(rules: PasswordRules, entropy: Arc<dyn Entropy>) -> Result<Self, BadRules> {
        let at_once = rules.at_once.clamp(1, Semaphore::MAX_PERMITS / QUEUE_FOR_EACH);
        let (turns, queue) = (Semaphore::new(at_once), Semaphore::new(at_once * QUEUE_FOR_EACH));
        Ok(Self { work: Work::of(&rules)?, rules, turns: Arc::new(turns), queue: Arc::new(queue), entropy })
    }

    /// Checks a password against a hash; `None` for an account that there is not, or that has none. Both take the same time.
    ///
    /// # Errors
    /// [`Busy`] when no turn comes within the wait, at once when too many wait already.
    pub async fn check(&self, hash: Option<&Secret>, password: &Secret) -> Result<Checked, Busy> {
        let kept = hash.and_then(|hash| {
            let read = Kept::read(hash.reveal());
            // Whose it is, the caller knows: here it is only seen that there is one.
            read.inspect_err(|why| tracing::warn!(%why, "a password hash cannot be used")).ok()
        });
        let (work, password) = (self.work, password.clone());
        let mut salt = [0; SALT];
        self.entropy.fill(&mut salt);
        self.in_its_time(self.in_turn(move || carry_out(work, kept, &password, &salt))).await
    }

    /// Gives what some work says, but no sooner than any other answer: for a question that is put to others, too.
    pub async fn in_its_time<T>(&self, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let said = work.await;
        sleep_until(begun + self.rules.answer_after).await;
        said
    }

    /// A new hash of a password.
    ///
    /// # Errors
    /// [`Busy`] when no turn comes within the wait, or when the password is empty or too long.
    pub async fn hash(&self, password: &Secret) -> Result<Secret, Busy> {
        let (work, password) = (self.work, password.clone());
        let mut salt = [0; SALT];
        self.entropy.fill(&mut salt);
        let fits = (1..=LONGEST_PASSWORD).contains(&password.reveal().len());
        let made = self.in_turn(move || fits.then(|| work.make(password.reveal().as_bytes(), &salt))).await?;
        made.flatten().map(Secret::new).ok_or(Busy)
    }

    /// Does some work off the async threads when its turn has come. The turn ends with the work, also when nobody waits for it any more.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let turn = match self.turns.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let _waiting = self.queue.try_acquire().map_err(|_| Busy)?;
                let turn = timeout(self.rules.wait, self.turns.clone().acquire_owned()).await;
                turn.map_err(|_| Busy)?.map_err(|_| Busy)?
            }
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| Busy)
    }
}

/// One argon2id hash is computed in any case.
fn carry_out(work: Work, kept: Option<Kept>, password: &Secret, salt: &[u8; SALT]) -> Checked {
    let bytes = password.reveal().as_bytes();
    let bytes = if (1..=LONGEST_PASSWORD).contains(&bytes.len()) { bytes } else { &[] };
    match kept {
        Some(Kept::Argon2(hash)) if hash.is_as_new(work) => {
            if hash.is_right(bytes) && !bytes.is_empty() {
                Checked::Right { upgrade: None }
            } else {
                Checked::Wrong
            }
        }
        kept => {
            let is_right = !bytes.is_empty() && kept.is_some_and(|kept| kept.is_right(bytes));
            let made = work.make(bytes, salt);
            if is_right { Checked::Right { upgrade: made.map(Secret::new) } } else { Checked::Wrong }
        }
    }
}
