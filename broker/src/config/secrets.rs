//! The broker's own secrets: by value, by file each, or all in one file made by `broker secrets generate`.

use super::problem::{ConfigError, Findings, unreadable};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A secret as it stands in the configuration. It prints as `…`.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub struct SecretText(Zeroizing<String>);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl SecretText {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself, for whoever must use it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A key of 256 bits. It prints as `…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A copy that is wiped when it is dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The keys under which the broker hashes and seals. Each is 32 bytes in Base64 or hexadecimal, the same on every instance.
/// `broker secrets generate --out FILE` makes a file that holds them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecretsSettings {
    /// A TOML file that holds `hashing_key`, `index_key`, `sealing_keys` and, while it changes, `other_index_key`. What stands beside it here wins over it.
    pub file: Option<PathBuf>,
    /// The key under which codes, tokens, cookies and client secrets are hashed. When it changes they all stop working.
    pub hashing_key: Option<SecretText>,
    /// A file with that key alone.
    pub hashing_key_file: Option<PathBuf>,
    /// The key under which personal data is found again without being readable.
    pub index_key: Option<SecretText>,
    /// A file with that key alone.
    pub index_key_file: Option<PathBuf>,
    /// A second index key, found and written by as well while one takes the other's place: give every instance the new key here,
    /// then swap the two everywhere, then run `broker secrets reseal`, then take the old one away.
    pub other_index_key: Option<SecretText>,
    /// A file with that key alone.
    pub other_index_key_file: Option<PathBuf>,
    /// The keys that seal personal data and signing keys at rest. The first seals, all open: to rotate, put a new one last
    /// on every instance, then first on every instance, and leave the old ones.
    pub sealing_keys: Vec<SealingKeySettings>,
}

/// One sealing key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealingKeySettings {
    /// Its name, kept beside everything that it sealed: 1 to 16 characters of a-z, 0-9 and `-`.
    pub id: String,
    /// The key.
    pub key: Option<SecretText>,
    /// A file with the key alone.
    pub key_file: Option<PathBuf>,
}

/// The keys, read.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Hashes secrets of machines.
    pub hashing: Key,
    /// Blind index of personal data.
    pub index: Key,
    /// A second one, while one takes the other's place.
    pub other_index: Option<Key>,
    /// Seals; the first is the one that seals now. Never empty.
    pub sealing: Vec<(String, Key)>,
}

/// What a file of secrets holds.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SecretsFile {
    hashing_key: Option<SecretText>,
    index_key: Option<SecretText>,
    other_index_key: Option<SecretText>,
    sealing_keys: Vec<SealingKeySettings>,
}

impl SecretsSettings {
    /// Makes relative paths relative to `base`.
    pub(super) fn resolve(&mut self, base: &Path) {
        let own = [
            &mut self.file,
            &mut self.hashing_key_file,
            &mut self.index_key_file,
            &mut self.other_index_key_file,
        ];
        let theirs = self.sealing_keys.iter_mut().map(|k| &mut k.key_file);
        for file in own.into_iter().chain(theirs).flatten() {
            *file = base.join(&*file);
        }
    }

    /// Reads all keys.
    ///
    /// # Errors
    /// Names every key that is missing, unreadable or no key.
    pub fn open(&self) -> Result<Keys, ConfigError> {
        let mut findings = Findings::default();
        let mut file = SecretsFile::default();
        if let Some(path) = &self.file {
            match read_file(path) {
                Ok(read) => file = read,
                Err(says) => findings.add("secrets.file", says),
            }
        }
        let hashing = one(
            &mut findings,
            "secrets.hashing_key",
            self.hashing_key
                .as_ref()
                .or(file.hashing_key.as_ref().filter(|_| self.hashing_key_file.is_none())),
            self.hashing_key_file.as_deref(),
        );
        let index = one(
            &mut findings,
            "secrets.index_key",
            self.index_key.as_ref().or(file.index_key.as_ref().filter(|_| self.index_key_file.is_none())),
            self.index_key_file.as_deref(),
        );
        let other = self
            .other_index_key
            .as_ref()
            .or(file.other_index_key.as_ref().filter(|_| self.other_index_key_file.is_none()));
        let other_file = self.other_index_key_file.as_deref();
        let other_index = (other.is_some() || other_file.is_some())
            .then(|| one(&mut findings, "secrets.other_index_key", other, other_file))
            .flatten();
        if let Some(path) = &self.file {
            let base = path.parent().unwrap_or(Path::new("."));
            for key in &mut file.sealing_keys {
                key.key_file = key.key_file.take().map(|f| base.join(f));
            }
        }
        let listed = if self.sealing_keys.is_empty() { &file.sealing_keys } else { &self.sealing_keys };
        let sealing = sealing(&mut findings, listed);
        match (hashing, index) {
            (Some(hashing), Some(index)) => {
                findings.into_result()?;
                Ok(Keys { hashing, index, other_index, sealing })
            }
            _ => Err(findings
                .into_result()
                .err()
                .unwrap_or_else(|| ConfigError::one("secrets", "are missing"))),
        }
    }
}

fn read_file(path: &Path) -> Result<SecretsFile, String> {
    use figment::providers::{Format, Toml};
    let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|e| unreadable(path, &e))?;
    // The parser's own words would quote the line that it stumbled over.
    figment::Figment::from(Toml::string(&text))
        .extract()
        .map_err(|_| format!("{} is not a file made by `broker secrets generate`", path.display()))
}

fn sealing(findings: &mut Findings, listed: &[SealingKeySettings]) -> Vec<(String, Key)> {
    if listed.is_empty() {
        findings.add(
            "secrets.sealing_keys",
            "missing: give at least one, or let `broker secrets generate --out secrets.toml` make a file and name it as `secrets.file`",
        );
    }
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (i, entry) in listed.iter().enumerate() {
        let path = format!("secrets.sealing_keys.{i}");
        let fits = (1..=16).contains(&entry.id.len())
            && entry.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            findings.add(format!("{path}.id"), "must have 1 to 16 characters of a-z, 0-9 and -");
        }
        if !seen.insert(entry.id.as_str()) {
            findings.add(format!("{path}.id"), "is used twice: give every key an id of its own");
        }
        if let Some(key) =
            one(findings, &format!("{path}.key"), entry.key.as_ref(), entry.key_file.as_deref())
        {
            out.push((entry.id.clone(), key));
        }
    }
    out
}

/// Reads one key by value or from its file.
fn one(findings: &mut Findings, path: &str, value: Option<&SecretText>, file: Option<&Path>) -> Option<Key> {
    let (path, text) = match (value, file) {
        (Some(_), Some(_)) => {
            findings.add(path, format!("is given twice: keep either {path} or {path}_file"));
            return None;
        }
        (Some(text), None) => (path.to_owned(), text.clone()),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) => (format!("{path}_file"), SecretText::new(text)),
            Err(e) => {
                findings.add(format!("{path}_file"), unreadable(file, &e));
                return None;
            }
        },
        (None, None) => {
            findings.add(
                path,
                format!("missing: give it, or {path}_file, or `secrets.file` made by `broker secrets generate --out secrets.toml`"),
            );
            return None;
        }
    };
    let key = decode(text.reveal());
    if key.is_none() {
        findings.add(path, "is no key: give 32 bytes as 44 characters of Base64 or 64 of hexadecimal");
    }
    key
}

/// 32 bytes from hexadecimal or any usual spelling of Base64.
fn decode(text: &str) -> Option<Key> {
    let text = text.trim().as_bytes();
    let encodings = [&HEXLOWER_PERMISSIVE, &BASE64, &BASE64_NOPAD, &BASE64URL, &BASE64URL_NOPAD];
    let bytes =
        encodings.iter().find_map(|e| e.decode(text).ok().filter(|b| b.len() == 32)).map(Zeroizing::new)?;
    Some(Key(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?)))
}

/// The text of a new file of secrets, from 96 random bytes.
pub fn generate_file(fill: &dyn Fn(&mut [u8])) -> Zeroizing<String> {
    let key = || {
        let mut bytes = Zeroizing::new([0u8; 32]);
        fill(bytes.as_mut_slice());
        Zeroizing::new(BASE64.encode(bytes.as_slice()))
    };
    let (hashing, index, sealing) = (key(), key(), key());
    Zeroizing::new(format!(
        "# Secrets of the broker. Keep a copy in a safe place: without them its data cannot be read.\n\
         # All instances need the same file. Only the broker's user may read it.\n\
         hashing_key = \"{}\"\n\
         index_key = \"{}\"\n\
         # The first key seals, all open. To rotate: put a new one last everywhere, then first everywhere; leave the old ones.\n\
         sealing_keys = [{{ id = \"k1\", key = \"{}\" }}]\n",
        *hashing, *index, *sealing
    ))
}
