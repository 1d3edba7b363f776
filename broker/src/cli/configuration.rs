//! `broker config …` and `broker secrets …`

use super::arguments::{ConfigCommand, SchemaArguments};
use super::failure::Failure;
use super::given::{Given, Output};
use crate::app::check;
use crate::config::{generate_file, reference, schema};
use broker_domain::secret::Entropy;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

pub(super) fn run(command: ConfigCommand, given: &Given, out: Output<'_>) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check => {
            check(&given.settings()?)?;
            Ok(writeln!(out, "the configuration is sound")?)
        }
        ConfigCommand::Schema(arguments) => print_schema(&arguments, out),
    }
}

fn print_schema(arguments: &SchemaArguments, out: Output<'_>) -> Result<(), Failure> {
    let text = if arguments.table {
        reference()
    } else {
        serde_json::to_string_pretty(&schema()).map_err(|e| Failure::Other(e.to_string()))? + "\n"
    };
    match &arguments.out {
        Some(file) => {
            std::fs::write(file, text).map_err(|e| Failure::Other(format!("{}: {e}", file.display())))?
        }
        None => write!(out, "{text}")?,
    }
    Ok(())
}

pub(super) fn secrets(file: &Path, entropy: &dyn Entropy, out: Output<'_>) -> Result<(), Failure> {
    let text = generate_file(&|bytes| entropy.fill(bytes));
    write_private(file, text.as_bytes()).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Asked(format!(
            "{} is there already and is left as it is: what was sealed under its keys needs them",
            file.display()
        )),
        _ => Failure::Other(format!("{}: {e}", file.display())),
    })?;
    Ok(writeln!(
        out,
        "{} was made: name it as secrets.file, and keep a copy in a safe place",
        file.display()
    )?)
}

/// Makes a file that only its owner may read; never replaces one.
fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file)?;
    made.write_all(bytes)?;
    made.sync_all()
}
