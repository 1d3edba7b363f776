//! One command on one key, as it is sent.

use super::script::Which;
use redis::{Cmd, cmd};

/// What to do to a key.
#[derive(Clone, Debug)]
pub(super) enum Verb {
    /// Run a script on it; further keys of the same slot may follow the first.
    Run(Which, Vec<String>),
    /// A plain command.
    Plain(&'static str),
}

/// A command.
#[derive(Clone, Debug)]
pub(super) struct Op {
    pub(super) verb: Verb,
    pub(super) key: String,
    pub(super) args: Vec<Vec<u8>>,
}

impl Op {
    pub(super) fn run(script: Which, key: String) -> Self {
        Self { verb: Verb::Run(script, Vec::new()), key, args: Vec::new() }
    }

    pub(super) fn run_on_two(script: Which, key: String, other: String) -> Self {
        Self { verb: Verb::Run(script, vec![other]), key, args: Vec::new() }
    }

    pub(super) const fn plain(command: &'static str, key: String) -> Self {
        Self { verb: Verb::Plain(command), key, args: Vec::new() }
    }

    #[must_use]
    pub(super) fn arg(mut self, arg: impl AsRef<[u8]>) -> Self {
        self.args.push(arg.as_ref().to_vec());
        self
    }

    #[must_use]
    pub(super) fn num(self, number: i64) -> Self {
        self.arg(number.to_string())
    }

    /// As a command: a script by its digest, or by its text for a server that does not know it yet.
    pub(super) fn command(&self, by_text: bool) -> Cmd {
        let mut command = match &self.verb {
            Verb::Run(script, more) => {
                let (name, what) =
                    if by_text { ("EVAL", script.code()) } else { ("EVALSHA", script.digest()) };
                let mut c = cmd(name);
                c.arg(what).arg(1 + more.len()).arg(&self.key).arg(more);
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
