//! Everybody's phone: it takes the messages that the broker sends.

use async_trait::async_trait;
use broker_domain::ids::EventId;
use broker_domain::ports::{Messenger, MessengerFailure};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// All phones.
#[derive(Default)]
pub struct Phones {
    messages: Mutex<Vec<(String, String)>>,
    taken: Mutex<HashSet<String>>,
    dead: AtomicBool,
    silent: AtomicBool,
    unclear: AtomicBool,
    asked: AtomicUsize,
}

impl Phones {
    /// How many messages came.
    pub fn count(&self) -> usize {
        self.messages.lock().unwrap().len()
    }

    /// The code in the last message to a phone, as its owner reads it.
    #[track_caller]
    pub fn code(&self, phone: &str) -> String {
        let messages = self.messages.lock().unwrap();
        let (_, text) = messages.iter().rev().find(|(to, _)| to.ends_with(phone)).expect("a message");
        let code: String = text.chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(code.len(), 6, "{text}");
        code
    }

    /// How often it was asked to take one.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whoever asks gets no answer at all from now on, or they do again.
    pub fn fall_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// Messages are taken from now on, but whoever asks does not hear of it in time; or they do again.
    pub fn answer_too_late(&self, unclear: bool) {
        self.unclear.store(unclear, Ordering::Relaxed);
    }

    /// No message is taken from now on, or they are again.
    pub fn die(&self, dead: bool) {
        self.dead.store(dead, Ordering::Relaxed);
    }
}

#[async_trait]
impl Messenger for Phones {
    async fn send(&self, id: &EventId, to: &str, text: &str) -> Result<(), MessengerFailure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if self.dead.load(Ordering::Relaxed) {
            return Err(MessengerFailure::Unreachable);
        }
        // As a gateway does: what comes under one id once more is the same message.
        if self.taken.lock().unwrap().insert(id.as_str().to_owned()) {
            self.messages.lock().unwrap().push((to.to_owned(), text.to_owned()));
        }
        if self.unclear.load(Ordering::Relaxed) {
            return Err(MessengerFailure::TimedOut);
        }
        Ok(())
    }
}
