//! The command line, as clap reads it.

use super::health::HealthArguments;
use super::operator::{AccountArguments, CitizenCommand, ReviewCommand, unlink_reason};
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

const AFTER: &str = "\
Settings can also come from the environment: BROKER__LISTEN__ADDRESS is listen.address, and wins over the file.
Changes by `client`, `namespace` and `keys` are in force on running instances within a second.

Exit codes: 0 done, 1 trouble that may pass (a store is away), 2 asked wrongly, 3 the configuration cannot stand,\n4 an import refused rows or left fields out, or a merge left citizens as they are.";

const DOCTOR_HELP: &str = "\
Run it before the first start, after every change, and when something is wrong: it works while a store is away. Every check has a
limit of time and stands alone. No secret is printed.

Exit codes: 0 all is well, 4 something deserves a look (warn), 1 something is broken (fail), 3 the configuration cannot stand.";

const BACKUP_HELP: &str = "\
The file holds everything that lasts: registrations, citizens, subjects, links, the keys that sign tokens (sealed), the audit trail.
The secrets of the installation are not in it; it opens for nobody without them. What happens after the copy is not in it: how much
may be lost is as long as the time between two backups. PostgreSQL is copied by its own tools: see deploy/README.md.";

const RESTORE_HELP: &str = "\
Refused are: a database that is there (without --replace), a broker that runs, a file that is damaged, a schema newer than this program,
secrets other than those of the backup. All is checked before anything is touched. What happened after the copy is lost, and keys
that were taken away since because they had leaked are back: run `broker keys rotate --emergency` then.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Take requests until SIGTERM or SIGINT.
    Serve,
    /// Ask a running instance how it is: exit code 0 when all is well, 1 when not.
    Health(HealthArguments),
    /// Bring the schema of the lasting store up to date.
    Migrate,
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make the broker's own secrets.
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Look at everything that the broker needs, and say what is ill, why, and what to do. Nothing is changed.
    #[command(after_help = DOCTOR_HELP)]
    Doctor {
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Copy the SQLite file of the embedded pair to one file, with what is needed to put it back. The broker goes on meanwhile.
    #[command(after_help = BACKUP_HELP)]
    Backup {
        /// The file to make. It never replaces one.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Put the SQLite file of the embedded pair back from a backup. The broker must be stopped.
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
    /// Say whether a citizen may sign in.
    #[command(subcommand)]
    Citizen(CitizenCommand),
    /// Look at what portals are told of their citizens' accounts, and let it be told again.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Let one portal's sector take over another's, as when provinces merge.
    #[command(subcommand)]
    Portal(PortalCommand),
    /// Decide what the broker cannot: each case by two people.
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Say how long, and whether, accounts of before can be signed in with.
    #[command(subcommand)]
    Namespace(NamespaceCommand),
    /// Look after the keys that sign tokens.
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
        /// JSON with the client metadata, `client_id` and `client_secret` included; `-` reads standard input.
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

/// Which events.
#[derive(Debug, Args)]
pub(super) struct WhichEvents {
    /// Those for one client.
    #[arg(long, value_name = "ID")]
    pub(super) client: Option<String>,
    /// Those that have waited for longer than `events.stuck_after_secs`.
    #[arg(long)]
    pub(super) stuck: bool,
    /// Those that their portals refused for good.
    #[arg(long)]
    pub(super) refused: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum EventsCommand {
    /// List events that their portals have not acknowledged, the oldest first.
    List {
        #[command(flatten)]
        which: WhichEvents,
        /// How many at the most.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Print one as JSON.
    Show {
        /// Its id, the `jti`.
        id: String,
    },
    /// Let events be delivered at once, also those that were refused for good.
    Retry {
        #[command(flatten)]
        which: WhichEvents,
        /// One of them.
        #[arg(long, value_name = "JTI")]
        id: Option<String>,
        /// All that wait.
        #[arg(long)]
        all: bool,
    },
}

const MERGE_HELP: &str = "\
Whoever only FROM knows is known to INTO by the same subject. Whoever both know keeps INTO's subject there, and FROM's becomes a
further name, of which INTO's clients are told. FROM's own clients see what they have always seen; FROM gives no new subjects any
more: who comes later has the same one in both. A name that INTO uses for somebody else is a conflict: that citizen is left as
they are and listed, and exit code 4 says so. It can be broken off and begun again, and a second time changes nothing. It cannot be
undone.";

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

const COLUMNS_HELP: &str = "\
Columns (CSV) or members (JSON): tech_id, user_name, password_hash, kind (citizen, organization, administrator, post),
status (open, closed, locked, deceased), and the claims personal_number, old_number, passport, full_name, birth_date (a year alone
will do), gender, phone, email, address (of permanent residence), current_address, tax_code, business_code, organization_name. A
name may come in parts: family_name, middle_name, given_name. Only tech_id must be there. Password hashes: argon2id, bcrypt,
PBKDF2 as passlib, LDAP servers, Django, Spring Security and ASP.NET Identity write it, $5$ and $6$ of crypt, {SHA} and {SSHA} to
{SSHA512}, sha1:salt:hex to sha512:salt:hex with the salt before or behind the hash; config/README.md has the list. Beside a claim can
stand its _mark (green: verified; yellow, or nothing: typed in by its user; red: none), its _source, and _verified_at (RFC 3339).
A row without a readable tech_id is refused; a claim that cannot be read, and a password hash that nothing can be checked against, is
left out. Of rows with the same tech_id the last one of a file counts, and each of the others is reported, now or when the file comes
once more. All this stands in the report, one line each, and gives exit code 4.";

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

const ROTATE_HELP: &str = "\
Without an option nothing is interrupted: portals fetch the new keys before they sign. After --emergency portals that keep our
keys refuse new tokens until they fetch the keys again, and the command says what to tell them. Sessions, opaque access tokens and
refresh tokens go on, for no key signed them.";

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
