//! The first line of a backup: what the copy behind it is, and what is needed to use it.

use super::super::failure::Failure;
use crate::config::{Key, Keys};
use aws_lc_rs::hmac;
use broker_stores::SchemaVersions;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::BufRead;

/// The form of a backup that this program writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 1;
/// The longest first line that is read.
const LONGEST: u64 = 65_536;

/// What stands in the first line, as JSON. Keys are named by their ids and recognised by checks; they are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The form of the file.
    pub(super) broker_backup: u32,
    /// The version of the program that wrote it.
    pub(super) program: String,
    /// The moment of the copy: what happened later is not in it.
    pub(super) taken_at: String,
    /// The issuer whose data it is.
    pub(super) issuer: String,
    /// The steps of the schema.
    pub(super) schema: BTreeSet<i64>,
    /// Bytes of the copy.
    pub(super) bytes: u64,
    /// SHA-256 of the copy, in hexadecimal.
    pub(super) sha256: String,
    /// The sealing keys without which some of it does not open.
    pub(super) sealing_keys: BTreeSet<String>,
    /// A check by which the index key is recognised.
    pub(super) index_key_check: String,
    /// The same for the hashing key.
    pub(super) hashing_key_check: String,
}

/// 64 bits by which a key of 256 is recognised, and nothing more.
pub(super) fn check(key: &Key, what: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.bytes());
    let tag = hmac::sign(&key, format!("backup check of {what}").as_bytes());
    HEXLOWER.encode(tag.as_ref().get(..8).unwrap_or_default())
}

impl Manifest {
    /// Reads the first line.
    pub(super) fn read(from: &mut impl BufRead) -> Result<Self, Failure> {
        let mut line = String::new();
        let no_backup = || Failure::Asked("this is no file that `broker backup` wrote".to_owned());
        std::io::Read::take(&mut *from, LONGEST).read_line(&mut line).map_err(|e| match e.kind() {
            std::io::ErrorKind::InvalidData => no_backup(),
            _ => Failure::from(e),
        })?;
        let json: serde_json::Value = serde_json::from_str(&line).map_err(|_| no_backup())?;
        // Before the rest: a later form may have other members.
        match json.get("broker_backup").and_then(serde_json::Value::as_u64) {
            Some(format) if format > FORMAT.into() => Err(Failure::Asked(format!(
                "the backup has form {format}, this program reads up to {FORMAT}: use the program that wrote it, or a later one"
            ))),
            Some(_) => serde_json::from_value(json).map_err(|_| no_backup()),
            None => Err(no_backup()),
        }
    }

    /// Refuses what this program cannot use with these keys.
    pub(super) fn fits(&self, keys: &Keys, known: &SchemaVersions) -> Result<(), Failure> {
        let newer: Vec<String> = self.schema.difference(&known.known).map(i64::to_string).collect();
        if !newer.is_empty() {
            return Err(Failure::Asked(format!(
                "the schema of the backup is newer than this program (steps {}): use version {} or a later one",
                newer.join(", "),
                self.program
            )));
        }
        let has = |id: &String| keys.sealing.iter().any(|(known, _)| known == id);
        let missing: Vec<&str> = self.sealing_keys.iter().filter(|id| !has(id)).map(String::as_str).collect();
        if !missing.is_empty() {
            return Err(Failure::Asked(format!(
                "secrets.sealing_keys: the backup needs the keys {}: put them behind the one that seals",
                missing.join(", ")
            )));
        }
        let index = [Some(&keys.index), keys.other_index.as_ref()];
        if !index.into_iter().flatten().any(|key| check(key, "index_key") == self.index_key_check) {
            return Err(Failure::Asked(
                "secrets.index_key: is not the one of the backup: nobody in it would be found. Give that of then as secrets.other_index_key, \
                 or use the secrets of then"
                    .to_owned(),
            ));
        }
        if check(&keys.hashing, "hashing_key") != self.hashing_key_check {
            return Err(Failure::Asked(
                "secrets.hashing_key: is not the one of the backup: no client could prove who it is. Use the secrets of then".to_owned(),
            ));
        }
        Ok(())
    }
}
