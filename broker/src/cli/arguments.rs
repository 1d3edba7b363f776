//! The command line, as clap reads it.

use super::events::EventsCommand;
use super::health::HealthArguments;
use super::help::{AFTER, BACKUP_HELP, COLUMNS_HELP, DOCTOR_HELP, MERGE_HELP, RESTORE_HELP, ROTATE_HELP};
use super::operator::{AccountArguments, CitizenCommand, ReviewCommand, unlink_reason};
use super::outbox::OutboxCommand;
use crate::config;
use crate::import::Format;
use broker_domain::event::UnlinkReason;
use broker_domain::ids::Namespace;
use broker_domain::linking::CutOff;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The identity broker between public-service portals and VNeID.
#[derive(Debug, Parser)]
#[command(name = "broker", version, arg_required_else_help = true, after_help = AFTER)]
pub(super) struct Arguments {
    /// The configuration file. Without it, broker.toml in the current folder when it is there.
    #[arg(long, global = true, env = "BROKER_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the broker: take requests until SIGTERM or SIGINT.
    Serve,
    /// Ask a running instance how it is: exit code 0 when all is well, 1 when not.
    Health(HealthArguments),
    /// Bring the tables of the database (stores.lasting) up to date. Needed before the first start and after an upgrade, unless
    /// stores.migrate_at_start is set; a second time changes nothing.
    Migrate,
    /// Check the configuration, or print what can be set.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make the keys of this installation, and seal data anew after they changed.
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Look at everything that the broker needs, and say what is ill, why, and what to do. Nothing is changed.
    #[command(after_help = DOCTOR_HELP)]
    Doctor {
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Back up the database of a broker on SQLite to one file, while the broker runs.
    #[command(after_help = BACKUP_HELP)]
    Backup {
        /// The file to make. It never replaces one.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Put the database of a broker on SQLite back as a backup has it. The broker must be stopped.
    #[command(after_help = RESTORE_HELP)]
    Restore {
        /// The backup.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// Put it in the place of a database that is there, which is kept beside it under another name.
        #[arg(long)]
        replace: bool,
    },
    /// Register portals and look after their registrations.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Bring in the accounts that portals had created before VNeID, and look at them.
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Find a citizen, and say whether they may sign in.
    #[command(subcommand)]
    Citizen(CitizenCommand),
    /// Look at what portals are told of their citizens' accounts, and let it be told again.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Look at all that goes out and is not delivered yet: events, logout notices, messages to phones.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Let one portal's sector take over another's, as when provinces merge.
    #[command(subcommand)]
    Portal(PortalCommand),
    /// Decide what the broker cannot: each case by two people.
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Say how long, and whether, a portal's accounts from before VNeID can be signed in with. A namespace is all accounts of one portal.
    #[command(subcommand)]
    Namespace(NamespaceCommand),
    /// Look after the keys that sign tokens: rotate them, or take them away when they have leaked.
    #[command(subcommand)]
    Keys(KeysCommand),
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check everything that can be checked without a store, and name what cannot stand.
    Check,
    /// Print the JSON schema of the configuration.
    Schema(SchemaArguments),
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Write to this file instead.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// A Markdown table of all settings instead of the schema.
    #[arg(long)]
    pub(super) table: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum SecretsCommand {
    /// Make a file with new secrets, readable by its owner alone. It never replaces a file.
    Generate {
        /// The file to make.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// After a change of keys: seal and index all data anew under the keys in force. It disturbs nobody, and may be broken off and
    /// run again; afterwards the old keys can be taken away.
    Reseal,
}

#[derive(Debug, Subcommand)]
pub(super) enum ClientCommand {
    /// Register a portal and print its id and secret as JSON. The secret cannot be shown again.
    Add {
        /// JSON with the client metadata, `client_id` and `client_secret` included (config/README.md lists the members); `-` reads
        /// standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Make a secret when the file has none.
        #[arg(long)]
        generate_secret: bool,
    },
    /// List all registrations.
    List {
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Print a registration as JSON, without its secrets.
    Show {
        /// The client id.
        id: String,
    },
    /// Change some members of a registration. Nobody's subject changes by it: another sector is refused as long as anybody would be
    /// seen by another subject there.
    Set {
        /// The client id.
        id: String,
        /// JSON with the members to replace, `null` for those to take away; `-` reads standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Give a portal a new secret and print it as JSON.
    RotateSecret {
        /// The client id.
        id: String,
        /// For how many seconds the secrets that it has go on working; 0 ends them at once.
        #[arg(long, value_name = "SECS", default_value_t = 86_400, value_parser = clap::value_parser!(u32).range(0..=2_592_000))]
        grace: u32,
    },
    /// Switch a portal off: no login and no token from now on.
    Disable {
        /// The client id.
        id: String,
    },
    /// Switch a portal on again.
    Enable {
        /// The client id.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum PortalCommand {
    /// The sector FROM is taken over by the sector INTO. A client's sector is its id unless it registered another one.
    #[command(after_help = MERGE_HELP)]
    Merge {
        /// The sector that is taken over.
        from: String,
        /// The sector that takes it over.
        into: String,
        #[command(flatten)]
        how: PlanOrApply,
    },
}

/// Exactly one of both.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct PlanOrApply {
    /// Only say what would happen.
    #[arg(long)]
    pub(super) plan: bool,
    /// Do it.
    #[arg(long)]
    pub(super) apply: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum AccountsCommand {
    /// Import accounts from a file. It can be broken off and begun again: it goes on where it was. The same file twice changes
    /// nothing. Logins go on meanwhile.
    #[command(after_help = COLUMNS_HELP)]
    Import {
        /// The file: CSV with a line of column names, or one JSON object a line.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The portal that had created the accounts.
        #[arg(long, value_name = "NAME", value_parser = namespace)]
        namespace: String,
        /// How the file is written; by its name when it is not said.
        #[arg(long, value_enum)]
        format: Option<Format>,
        /// Where bad rows are reported, one line each; FILE.report.csv when it is not said.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Ask for the end of a link: another person must confirm it by `broker review decide`.
    Unlink {
        #[command(flatten)]
        asked: AccountArguments,
        /// What the portal is told: citizen-asked, mistake, portal-asked or fraud.
        #[arg(long, value_name = "WHY", value_parser = unlink_reason)]
        why: UnlinkReason,
    },
    /// Ask for an account to go over to another citizen: another person must confirm it by `broker review decide`.
    Move {
        #[command(flatten)]
        asked: AccountArguments,
        /// The id of the citizen whose it is.
        #[arg(long, value_name = "CITIZEN")]
        to: String,
    },
    /// Say what would happen to every account when its owner arrives: how many would be linked at once, ask for proof, or conflict.
    /// Nothing is changed and nobody is asked; logins go on meanwhile. After a change of index keys, `secrets reseal` comes first.
    Plan {
        /// Count the accounts of this portal only; without it, all.
        #[arg(long, value_name = "NAME", value_parser = namespace)]
        namespace: Option<String>,
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Write the accounts of a portal as an import takes them, by TechID. Links are not written: they are made anew by who arrives. A
    /// linked account has neither user name nor password. The export is an event of the audit trail.
    Export {
        /// The portal that had created the accounts.
        #[arg(long, value_name = "NAME", value_parser = namespace)]
        namespace: String,
        /// How it is written; by the name of the file when it is not said, else CSV.
        #[arg(long, value_enum)]
        format: Option<Format>,
        /// Write to this new file, which only its owner may read, instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write password hashes, too.
        #[arg(long)]
        with_passwords: bool,
    },
    /// Print what is known of an account as JSON: its state, its claims with their marks and sources, its link, and the subjects and
    /// aliases of whom it is linked to. Values are hidden.
    Show {
        /// The portal that had created it.
        #[arg(long, value_name = "NAME", value_parser = namespace)]
        namespace: String,
        /// Its TechID.
        #[arg(value_name = "TECHID")]
        tech_id: String,
        /// Show the values. This is an event of the audit trail.
        #[arg(long)]
        reveal: bool,
    },
}

/// A name of a portal: 1 to 64 characters of a-z, 0-9, - and _.
fn namespace(text: &str) -> Result<String, String> {
    if Namespace::new(text).is_well_formed() {
        Ok(text.to_owned())
    } else {
        Err("must have 1 to 64 characters of a-z, 0-9, - and _".to_owned())
    }
}

/// When legacy sign-in ends, as it is typed.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// Then, or never.
    At(CutOff),
    /// When the configuration says.
    Configured,
}

fn when(text: &str) -> Result<When, String> {
    if text == "configured" {
        return Ok(When::Configured);
    }
    let says =
        "is no moment: give a date such as 2024-07-01, or 2024-07-01T00:00:00+07:00, or never, or configured";
    config::cut_off(text).map(When::At).ok_or_else(|| says.to_owned())
}

/// What a switch is set to.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Switch {
    /// Signing in works as the cut-off says.
    On,
    /// Nobody signs in, not even to prove who owns an account.
    Off,
    /// As the configuration says.
    Configured,
}

#[derive(Debug, Subcommand)]
pub(super) enum NamespaceCommand {
    /// List all namespaces with what is in force, times in Viet Nam's.
    List {
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Set when accounts stop to open sessions and only prove who owns them. Stronger than the configuration.
    CutOff {
        /// The namespace.
        #[arg(value_name = "NAME", value_parser = namespace)]
        namespace: String,
        /// A date, or a date and time, in Viet Nam's time when no zone is told; or `never`; or `configured`.
        #[arg(value_name = "WHEN", value_parser = when)]
        when: When,
    },
    /// Switch sign-in with accounts of a namespace on or off, for everybody. Stronger than the configuration.
    Switch {
        /// The namespace.
        #[arg(value_name = "NAME", value_parser = namespace)]
        namespace: String,
        /// To what.
        #[arg(value_enum)]
        to: Switch,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// List the keys that are published, and where each stands.
    List,
    /// Publish new keys, which sign after `keys.publish_ahead_secs`.
    #[command(after_help = ROTATE_HELP)]
    Rotate {
        /// Let the new keys sign at once. Portals that keep our keys and do not fetch them again refuse tokens for a while.
        #[arg(long)]
        now: bool,
        /// Keys have leaked: they are published no more and nothing that they signed is accepted any more; others sign at once.
        #[arg(long, conflicts_with = "now")]
        emergency: bool,
        /// With --emergency: only this key leaked; may be repeated. Without it, all keys that are published.
        #[arg(long, value_name = "KID", requires = "emergency")]
        kid: Vec<String>,
        /// With --emergency: do not ask.
        #[arg(long, requires = "emergency")]
        yes: bool,
    },
}
