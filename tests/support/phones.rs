//! Everybody's phone: it takes the messages that the broker sends.

use async_trait::async_trait;
use broker_domain::ports::{Messenger, MessengerFailure};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// All phones.
#[derive(Default)]
pub struct Phones {
    messages: Mutex<Vec<(String, String)>>,
    dead: AtomicBool,
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

    /// No message is taken from now on, or they are again.
    pub fn die(&self, dead: bool) {
        self.dead.store(dead, Ordering::Relaxed);
    }
}

#[async_trait]
impl Messenger for Phones {
    async fn send(&self, to: &str, text: &str) -> Result<(), MessengerFailure> {
        if self.dead.load(Ordering::Relaxed) {
            return Err(MessengerFailure::Unreachable);
        }
        self.messages.lock().unwrap().push((to.to_owned(), text.to_owned()));
        Ok(())
    }
}
