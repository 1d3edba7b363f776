//! The command line of `broker outbox …`.

use broker_domain::outbox::OutboxKind;
use clap::{Args, Subcommand, ValueEnum};

/// What goes out, by how it is delivered.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum KindArgument {
    /// Events to portals.
    Event,
    /// Logout notices to portals.
    Logout,
    /// Messages to phones.
    Message,
}

impl KindArgument {
    pub(super) const fn kind(self) -> OutboxKind {
        match self {
            Self::Event => OutboxKind::Event,
            Self::Logout => OutboxKind::Logout,
            Self::Message => OutboxKind::Message,
        }
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum StateArgument {
    /// It is tried further.
    Waiting,
    /// It is tried further, for longer than `events.stuck_after_secs` by now.
    Stuck,
    /// Its destination refused it for good.
    Refused,
    /// It was tried often enough.
    GivenUp,
}

/// Which of it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Which {
    /// Of one kind.
    #[arg(long, value_enum)]
    pub(super) kind: Option<KindArgument>,
    /// To one destination: a client id, or `phones`.
    #[arg(long, value_name = "ID")]
    pub(super) to: Option<String>,
    /// In one state.
    #[arg(long, value_enum)]
    pub(super) state: Option<StateArgument>,
}

/// Which of it, where something is done to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct WhichOrAll {
    #[command(flatten)]
    pub(super) which: Which,
    /// One of it.
    #[arg(long, value_name = "ID")]
    pub(super) id: Option<String>,
    /// All of it.
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OutboxCommand {
    /// List what is not delivered, the oldest first. Nothing of a message is shown but that there is one.
    List {
        #[command(flatten)]
        which: Which,
        /// How much at the most.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Print one as JSON.
    Show {
        /// Its id.
        id: String,
    },
    /// Let it be delivered at once, also what was refused or given up.
    Retry(WhichOrAll),
    /// Drop it: it is never delivered.
    Drop(WhichOrAll),
}
