//! The command line.

mod accounts;
mod arguments;
mod backup;
mod citizen;
mod client;
mod configuration;
mod doctor;
mod events;
mod failure;
mod given;
mod health;
mod help;
mod keys;
mod namespace;
mod operator;
mod outbox;
mod portal;
mod review;
mod serve;
mod waiting;

use crate::app::{migrate, open, reseal};
use crate::telemetry;
use arguments::{Arguments, Command, SecretsCommand};
use broker_domain::secret::SystemEntropy;
use broker_stores::Rekeyed;
use clap::Parser;
use failure::Failure;
use given::{Given, Output};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// The program: reads arguments and environment of the process, and gives its exit code.
pub fn main() -> ExitCode {
    let env = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    let env: Vec<(String, String)> = env.collect();
    ExitCode::from(run(std::env::args_os(), &env, &mut std::io::stdout(), &mut std::io::stderr()))
}

/// Carries out one command. What was asked for goes to `out`, refusals and help to `err`; gives the exit code.
pub fn run<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    env: &[(String, String)],
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let (to, code): (&mut (dyn Write + Send), u8) =
                if error.use_stderr() { (err, 2) } else { (out, 0) };
            let _ = write!(to, "{}", error.render());
            return code;
        }
    };
    match carry_out(arguments, env, out) {
        Ok(()) => 0,
        Err(failure) => {
            let _ = writeln!(err, "{failure}");
            failure.exit_code()
        }
    }
}

fn carry_out(arguments: Arguments, env: &[(String, String)], out: Output<'_>) -> Result<(), Failure> {
    let given = Given { file: arguments.config, env };
    match arguments.command {
        Command::Config(command) => configuration::run(command, &given, out),
        Command::Secrets(SecretsCommand::Generate { out: file }) => {
            configuration::secrets(&file, &SystemEntropy, out)
        }
        Command::Secrets(SecretsCommand::Reseal) => {
            let settings = given.settings()?;
            let Rekeyed { sealed, indexed, dropped } = runtime(false)?.block_on(reseal(&settings))?;
            Ok(writeln!(
                out,
                "{sealed} values sealed anew, {indexed} indexes added, {dropped} old ones removed"
            )?)
        }
        Command::Serve => {
            let settings = given.settings()?;
            let runtime = runtime_of_jobs()?;
            let served = runtime.block_on(serve::run(&settings));
            // What hangs on a thread of its own, a look-up of a name for example, does not hold up the end.
            runtime.shutdown_background();
            served
        }
        Command::Health(arguments) => runtime(false)?.block_on(health::run(arguments, &given, out)),
        Command::Migrate => {
            let settings = given.settings()?;
            // For the words of a step that waits.
            let _log = telemetry::start_here(&settings.log);
            runtime(false)?.block_on(migrate(&settings))?;
            Ok(writeln!(out, "the schema is up to date")?)
        }
        Command::Doctor { json } => {
            let settings = match given.settings() {
                Ok(settings) => settings,
                Err(error) => return doctor::cannot_stand(json, &error, out),
            };
            runtime(true)?.block_on(doctor::run(json, &settings, out))
        }
        Command::Backup { out: file } => {
            let settings = given.settings()?;
            runtime(false)?.block_on(backup::take(&file, &settings, out))
        }
        Command::Restore { from, replace } => {
            let settings = given.settings()?;
            runtime(false)?.block_on(backup::restore(&from, replace, &settings, out))
        }
        Command::Client(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                client::run(command, &settings, &opened, out).await
            })
        }
        Command::Accounts(command) => {
            let settings = given.settings()?;
            runtime(true)?.block_on(async {
                let opened = open(&settings).await?;
                accounts::run(command, &settings, &opened, out).await
            })
        }
        Command::Citizen(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                citizen::run(command, &opened, out).await
            })
        }
        Command::Events(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                events::run(command, &settings, &opened, out).await
            })
        }
        Command::Outbox(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                outbox::run(command, &settings, &opened, out).await
            })
        }
        Command::Portal(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                portal::run(command, &opened, out).await
            })
        }
        Command::Review(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                review::run(command, &opened, out).await
            })
        }
        Command::Namespace(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                namespace::run(command, &settings, &opened, out).await
            })
        }
        Command::Keys(command) => {
            let settings = given.settings()?;
            runtime(false)?.block_on(async {
                let opened = open(&settings).await?;
                keys::run(command, &settings, &opened, out).await
            })
        }
    }
}

fn runtime(many_threads: bool) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = if many_threads {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    builder.enable_all().build()
}

/// For `serve`: its listeners have threads of their own, and what is left are the jobs.
fn runtime_of_jobs() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

#[cfg(test)]
mod tests;
