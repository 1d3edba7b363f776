//! The command line of operators: who they are, and what they decide.

use broker_domain::event::UnlinkReason;
use broker_domain::linking::Ruling;
use clap::{Args, Subcommand};

const WHO: &str = "\
Whoever decides is known by --as, and vouched for by the account of this machine (--os-user): until operators sign in somewhere, that
account is their authentication, so give each operator one of their own. Two people are two names on two accounts.";

/// Who gives a command.
#[derive(Debug, Args)]
pub(super) struct OperatorArguments {
    /// Your name as an operator; it is recorded.
    #[arg(long = "as", value_name = "NAME")]
    pub(super) name: String,
    /// Your account on this machine; it is recorded.
    #[arg(long, value_name = "USER", env = "USER")]
    pub(super) os_user: String,
}

/// `broker review …`
#[derive(Debug, Subcommand)]
#[command(after_help = WHO)]
pub(super) enum ReviewCommand {
    /// List the cases that wait for a decision, the oldest first. Nothing of a citizen's data is shown.
    List {
        /// Those that are closed too.
        #[arg(long)]
        all: bool,
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Print a case as JSON with its evidence side by side. It is recorded who looked.
    Show {
        /// The case.
        id: String,
        #[command(flatten)]
        operator: OperatorArguments,
    },
    /// Say how a case should be decided. When another person says the same, it is carried out at once.
    Decide {
        /// The case.
        id: String,
        /// What should be: link, move, accept or unlink, as the case asks (`review show`), or reject.
        #[arg(long, value_parser = ruling)]
        decision: Ruling,
        #[command(flatten)]
        operator: OperatorArguments,
        /// Why. Kept with the case, sealed.
        #[arg(long)]
        reason: String,
    },
}

/// `broker citizen …`
#[derive(Debug, Subcommand)]
#[command(after_help = WHO)]
pub(super) enum CitizenCommand {
    /// Print the id of whose a personal number is; the number is read from standard input. It is recorded who looked.
    Find {
        #[command(flatten)]
        operator: OperatorArguments,
    },
    /// Print where a citizen stands as JSON: status and links, never what VNeID says of them.
    Show {
        /// The citizen's id.
        id: String,
    },
    /// Nobody signs in as this citizen any more; portals that know them are told.
    Block {
        /// The citizen's id.
        id: String,
        #[command(flatten)]
        standing: StandingArguments,
    },
    /// The same for good: the citizen has died.
    Deceased {
        /// The citizen's id.
        id: String,
        #[command(flatten)]
        standing: StandingArguments,
    },
    /// It was a mistake, or is over: the citizen may sign in again.
    Unblock {
        /// The citizen's id.
        id: String,
        #[command(flatten)]
        standing: StandingArguments,
    },
}

/// What a change of a citizen's standing needs.
#[derive(Debug, Args)]
pub(super) struct StandingArguments {
    #[command(flatten)]
    pub(super) operator: OperatorArguments,
    /// Why; it is recorded: name nobody.
    #[arg(long)]
    pub(super) reason: String,
}

/// What `accounts unlink` and `accounts move` have in common.
#[derive(Debug, Args)]
pub(super) struct AccountArguments {
    /// The portal that had created it.
    #[arg(long, value_name = "NAME")]
    pub(super) namespace: String,
    /// The account's id at that portal, its TechID.
    #[arg(value_name = "TECHID")]
    pub(super) tech_id: String,
    #[command(flatten)]
    pub(super) operator: OperatorArguments,
    /// Why. Kept with the case, sealed.
    #[arg(long)]
    pub(super) reason: String,
}

fn ruling(text: &str) -> Result<Ruling, String> {
    let words: Vec<&str> = Ruling::ALL.iter().map(|r| r.as_str()).collect();
    Ruling::parse(text).ok_or_else(|| format!("must be one of {}", words.join(", ")))
}

/// Why a link ends, as portals are told.
pub(super) fn unlink_reason(text: &str) -> Result<UnlinkReason, String> {
    let words: Vec<&str> = UnlinkReason::ALL.iter().map(|r| r.as_str()).collect();
    UnlinkReason::parse(text).ok_or_else(|| format!("must be one of {}", words.join(", ")))
}
