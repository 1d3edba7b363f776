//! The text messages of all phones.

use serde::{Deserialize, Serialize};
use std::collections::{HashSet, VecDeque};

/// The most messages that are remembered.
const MOST: usize = 1000;

/// A message, as it came to the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// The phone, in the form of E.164: `+84912000001`.
    pub to: String,
    /// What it says.
    pub text: String,
    /// The name under which it comes.
    pub sender: String,
    /// What tells it from others: one that comes again under the same id is delivered once.
    pub id: String,
}

/// All messages, the newest first.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    all: VecDeque<Sms>,
    ids: HashSet<String>,
}

impl Texts {
    /// Keeps a message, once.
    pub(crate) fn deliver(&mut self, sms: Sms) {
        if self.ids.insert(sms.id.clone()) {
            self.all.push_front(sms);
            if let Some(oldest) = self.all.get(MOST) {
                self.ids.remove(&oldest.id);
            }
            self.all.truncate(MOST);
        }
    }

    /// The last message to a phone, however its number is written.
    pub(crate) fn last(&self, phone: &str) -> Option<&Sms> {
        let phone = national(phone);
        self.all.iter().find(|sms| national(&sms.to) == phone)
    }

    /// The last message to each phone that had one, the newest first, with the number as people here write it.
    pub(crate) fn latest(&self) -> Vec<(String, &Sms)> {
        let mut seen = HashSet::new();
        let all = self.all.iter().map(|sms| (national(&sms.to), sms));
        all.filter(|(phone, _)| seen.insert(phone.clone())).collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// A number as people in Viet Nam write it: `0912000001`.
fn national(phone: &str) -> String {
    phone.strip_prefix("+84").map_or_else(|| phone.to_owned(), |own| format!("0{own}"))
}
