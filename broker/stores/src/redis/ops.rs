//! One command on one key, as it is sent.

use super::script::Which;
use redis::{Cmd, cmd};

/// What to do to a key.
#[derive(Clone, Copy, Debug)]
enum Verb {
    /// Run a script on it.
    Run(Which),
    /// A plain command.
    Plain(&'static str),
}

/// A command.
#[derive(Clone, Debug)]
pub(super) struct Op {
    verb: Verb,
    /// The key that decides where it goes; further keys of the same slot may follow.
    pub(super) key: String,
    more: Vec<String>,
    args: Vec<Vec<u8>>,
}

impl Op {
    pub(super) const fn run(script: Which, key: String) -> Self {
        Self { verb: Verb::Run(script), key, more: Vec::new(), args: Vec::new() }
    }

    pub(super) const fn plain(command: &'static str, key: String) -> Self {
        Self { verb: Verb::Plain(command), key, more: Vec::new(), args: Vec::new() }
    }

    /// A further key, of the same slot.
    #[must_use]
    pub(super) fn key(mut self, key: String) -> Self {
        self.more.push(key);
        self
    }

    #[must_use]
    pub(super) fn arg(mut self, arg: impl AsRef<[u8]>) -> Self {
        self.push(arg);
        self
    }

    #[must_use]
    pub(super) fn num(self, number: i64) -> Self {
        self.arg(number.to_string())
    }

    pub(super) fn push(&mut self, arg: impl AsRef<[u8]>) {
        self.args.push(arg.as_ref().to_vec());
    }

    /// The name of the script or of the command.
    pub(super) const fn name(&self) -> &'static str {
        match self.verb {
            Verb::Run(script) => script.name(),
            Verb::Plain(name) => name,
        }
    }

    /// Whether it runs a script.
    pub(super) const fn is_script(&self) -> bool {
        matches!(self.verb, Verb::Run(_))
    }

    /// As a command: a script by its digest, or by its text for a server that may not know it.
    pub(super) fn command(&self, by_text: bool) -> Cmd {
        let mut command = match self.verb {
            Verb::Run(script) => {
                let (name, what) =
                    if by_text { ("EVAL", script.code()) } else { ("EVALSHA", script.digest()) };
                let mut c = cmd(name);
                c.arg(what).arg(1 + self.more.len()).arg(&self.key).arg(&self.more);
                c
            }
            Verb::Plain(name) => {
                let mut c = cmd(name);
                c.arg(&self.key);
                c
            }
        };
        for arg in &self.args {
            command.arg(arg.as_slice());
        }
        command
    }
}
