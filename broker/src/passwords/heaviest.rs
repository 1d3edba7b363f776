//! The hashes that demand the most work, of many: how long a check takes at the longest.

use super::argon2id::{SALT, Work};
use super::notations::Kept;
use super::parts::Unusable;
use super::rules::PasswordRules;
use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The heaviest hash of each way of computing one, of all that were seen.
#[derive(Clone, Default)]
pub struct Heaviest([Option<Kept>; 5]);

impl Heaviest {
    /// Looks at a hash: as [`super::usable`], and the heaviest is kept.
    ///
    /// # Errors
    /// Says why no password can be checked against it.
    pub fn see(&mut self, hash: &str) -> Result<(), Unusable> {
        let kept = Kept::read(hash)?;
        let (way, work) = kept.work();
        if let Some(place) = self.0.get_mut(way)
            && place.as_ref().is_none_or(|before| before.work().1 < work)
        {
            *place = Some(kept);
        }
        Ok(())
    }

    /// How long a check against the slowest of them takes on this machine, the new hash that is made by the rules included; nothing when
    /// there is none. Takes as long itself.
    pub fn measure(&self, rules: &PasswordRules) -> Duration {
        // Nobody's password: only the time is wanted.
        let (password, salt) = (b"broker", [0; SALT]);
        let timed = |work: &dyn Fn()| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        };
        let each = self.0.iter().flatten().map(|kept| timed(&|| _ = black_box(kept.is_right(password))));
        let Some(slowest) = each.max() else { return Duration::ZERO };
        slowest
            + Work::of(rules)
                .map_or(Duration::ZERO, |work| timed(&|| _ = black_box(work.make(password, &salt))))
    }
}

impl fmt::Debug for Heaviest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Heaviest")
    }
}
