//! What this instance has counted: a bounded table in parts, so that requests seldom wait for each other.

use broker_domain::clock::Timestamp;
use broker_domain::rate::{Admission, Counts, admit, window};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Parts of a table.
const PARTS: usize = 16;
/// The share of a limit that an instance uses before it tells the others: most of those who come never use so much, and so cost the
/// store nothing.
const QUIET_SHARE: u32 = 64;

/// What was counted under one name.
#[derive(Default)]
struct Counted {
    window: i64,
    /// What all instances have counted in it, as the store said last: what was counted here and told is part of it.
    shared: u64,
    /// Counted here since, and not yet told.
    pending: u32,
    /// Being told.
    flying: u32,
    /// All that is known of the window before.
    previous: u64,
    /// Counted here in the window before, and not told when it ended.
    late: u32,
    /// Whether it waits to be told.
    queued: bool,
}

impl Counted {
    fn total(&self) -> u64 {
        self.shared.saturating_add(self.pending.into()).saturating_add(self.flying.into())
    }

    fn at(&mut self, window: i64) -> Counts {
        if window != self.window {
            let is_next = window == self.window.saturating_add(1);
            let (previous, late) = if is_next { (self.total(), self.pending) } else { (0, 0) };
            let queued = self.queued;
            *self = Self { window, previous, late, queued, ..Self::default() };
        }
        Counts { previous: self.previous, current: self.total() }
    }
}

#[derive(Default)]
struct Part<K> {
    names: HashMap<K, Counted>,
    queue: Vec<K>,
}

/// Something counted that the other instances are to know.
pub(super) struct Told<K> {
    pub(super) name: K,
    pub(super) window: i64,
    pub(super) more: u32,
}

/// A table.
pub(super) struct Table<K> {
    parts: Vec<Mutex<Part<K>>>,
    /// Names in one part at the most.
    room: usize,
    hasher: RandomState,
}

impl<K: Hash + Eq + Clone> Table<K> {
    /// One that holds about so many names at the most.
    pub(super) fn with_room_for(names: usize) -> Self {
        let new = || Mutex::new(Part { names: HashMap::new(), queue: Vec::new() });
        Self {
            parts: std::iter::repeat_with(new).take(PARTS).collect(),
            room: names.div_ceil(PARTS),
            hasher: RandomState::new(),
        }
    }

    fn part(&self, name: &K) -> Option<MutexGuard<'_, Part<K>>> {
        let parts = u64::try_from(self.parts.len()).ok()?;
        let at = usize::try_from(self.hasher.hash_one(name).checked_rem(parts)?).ok()?;
        // No step below leaves things half done.
        self.parts.get(at).map(|part| part.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn all(&self) -> impl Iterator<Item = MutexGuard<'_, Part<K>>> {
        self.parts.iter().map(|part| part.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether `name` may come, and if so counts it; `None` when the table is full and does not hold it.
    pub(super) fn count(&self, name: &K, most: u32, weight: u32, now: Timestamp) -> Option<Admission> {
        let mut part = self.part(name)?;
        let Part { names, queue } = &mut *part;
        if !names.contains_key(name) {
            if names.len() >= self.room {
                return None;
            }
            names.insert(name.clone(), Counted::default());
        }
        let counted = names.get_mut(name)?;
        let admission = admit(most, weight, counted.at(window(now)), now);
        if matches!(admission, Admission::Allowed { .. }) {
            counted.pending = counted.pending.saturating_add(weight);
            if !counted.queued && counted.pending > most / QUIET_SHARE {
                counted.queued = true;
                queue.push(name.clone());
            }
        }
        Some(admission)
    }

    /// Whether `name` might come once; counts nothing.
    pub(super) fn look(&self, name: &K, most: u32, now: Timestamp) -> Option<Admission> {
        let mut part = self.part(name)?;
        let counted = part.names.get_mut(name)?;
        Some(admit(most, 1, counted.at(window(now)), now))
    }

    /// What is to be told, so much at the most; [`Self::learn`] or [`Self::take_back`] must follow for each.
    pub(super) fn take(&self, most: usize) -> Vec<Told<K>> {
        let mut taken = Vec::new();
        for mut part in self.all() {
            let Part { names, queue } = &mut *part;
            while taken.len() < most {
                let Some(name) = queue.pop() else { break };
                let Some(counted) = names.get_mut(&name) else { continue };
                counted.queued = false;
                let late = std::mem::take(&mut counted.late);
                if late > 0 {
                    let window = counted.window.saturating_sub(1);
                    taken.push(Told { name: name.clone(), window, more: late });
                }
                if counted.pending == 0 {
                    continue;
                }
                let more = std::mem::take(&mut counted.pending);
                counted.flying = counted.flying.saturating_add(more);
                taken.push(Told { name, window: counted.window, more });
            }
        }
        taken
    }

    /// What the store said to it.
    pub(super) fn learn(&self, told: &Told<K>, said: Counts) {
        let Some(mut part) = self.part(&told.name) else { return };
        let Some(counted) = part.names.get_mut(&told.name) else { return };
        if counted.window == told.window {
            counted.flying = counted.flying.saturating_sub(told.more);
            counted.shared = said.current;
            counted.previous = counted.previous.max(said.previous);
        } else if counted.window == told.window.saturating_add(1) {
            counted.previous = counted.previous.max(said.current);
        }
    }

    /// The store did not take it: it is told again.
    pub(super) fn take_back(&self, told: &Told<K>) {
        let Some(mut part) = self.part(&told.name) else { return };
        let Part { names, queue } = &mut *part;
        let Some(counted) = names.get_mut(&told.name) else { return };
        if counted.window == told.window {
            counted.flying = counted.flying.saturating_sub(told.more);
            counted.pending = counted.pending.saturating_add(told.more);
        } else if counted.window == told.window.saturating_add(1) {
            counted.late = counted.late.saturating_add(told.more);
        } else {
            return;
        }
        if !counted.queued {
            counted.queued = true;
            queue.push(told.name.clone());
        }
    }

    /// Forgets who has not come in this window nor in the one before.
    pub(super) fn sweep(&self, now: Timestamp) {
        let oldest = window(now).saturating_sub(1);
        for mut part in self.all() {
            let Part { names, queue } = &mut *part;
            names.retain(|_, counted| counted.window >= oldest);
            names.shrink_to(1024);
            // While the store is away nothing is taken from the queue: it must not grow past the names that there are.
            queue.retain(|name| names.contains_key(name));
            queue.shrink_to(1024);
        }
    }

    /// How many names wait to be told.
    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.all().map(|part| part.queue.len()).sum()
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.all().map(|part| part.names.len()).sum()
    }
}
