//! One of a kind for each that asks, made when it is first asked for.

use std::sync::{PoisonError, RwLock};

/// What is kept for each of a few: a connection for each runtime, say. Nothing is ever removed.
#[derive(Debug)]
pub struct Each<K, V>(RwLock<Vec<(K, V)>>);

impl<K, V> Default for Each<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: PartialEq, V: Clone> Each<K, V> {
    /// The one of `key`; `make` makes it if there is none yet, and is run once for each key at the most, unless it fails.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn of<E>(&self, key: K, make: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = find(&kept, &key) {
            return Ok(found);
        }
        drop(kept);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = find(&kept, &key) {
            return Ok(found);
        }
        let made = make()?;
        kept.push((key, made.clone()));
        Ok(made)
    }
}

fn find<K: PartialEq, V: Clone>(kept: &[(K, V)], key: &K) -> Option<V> {
    kept.iter().find(|(of, _)| of == key).map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_for_each() {
        let each = Each::default();
        assert_eq!(each.of(1, || Err::<&str, _>("not yet")), Err("not yet"));
        assert_eq!(each.of(1, || Ok::<_, ()>("one")), Ok("one"));
        assert_eq!(each.of(2, || Ok::<_, ()>("two")), Ok("two"));
        assert_eq!(each.of(1, || Ok::<_, ()>("another")), Ok("one"));
        assert_eq!(each.of(2, || Err(())), Ok("two"));
    }

    #[test]
    fn many_who_ask_at_once_get_the_same() {
        let (each, made) = (Each::default(), std::sync::atomic::AtomicU32::new(0));
        let make = || Ok::<_, ()>(made.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(each.of("key", make), Ok(0)));
            }
        });
    }
}
