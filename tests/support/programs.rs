//! The programs themselves, as processes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The broker's program of the profile that this one was built with, brought up to date once: cargo builds a test's own package only.
pub fn broker() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    // A test lies in `deps`, an example in `examples`.
    let profile = this.parent().unwrap().parent().unwrap();
    if std::env::var_os("PROGRAMS_ARE_BUILT").is_none() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["build", "--package", "broker", "--bin", "broker"]);
        if profile.ends_with("release") {
            command.arg("--release");
        }
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    profile.join("broker")
}
