//! Which events this process has taken.

use std::collections::{HashSet, VecDeque};

/// Ids that are remembered. The broker sends an event again only until it has heard that it was taken, so the last ones suffice.
const MOST: usize = 10_000;

/// The ids of the events that were taken last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub(super) fn remember(&mut self, id: &str) {
        if !self.ids.insert(id.to_owned()) {
            return;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered() {
        let mut seen = Seen::default();
        for n in 0..=MOST {
            seen.remember(&n.to_string());
            seen.remember(&n.to_string());
        }
        assert!(!seen.has("0") && seen.has("1") && seen.has(&MOST.to_string()));
        assert_eq!((seen.ids.len(), seen.order.len()), (MOST, MOST));
    }
}
