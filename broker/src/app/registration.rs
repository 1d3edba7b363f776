//! A registration as an administrator writes it: client metadata (RFC 7591 and ours) with, beside them, the secret.

use crate::state::OWN_CLIENT;
use broker_domain::client::{
    AuthMethod, BadMetadata, Client, ClientMetadata, EventsDelivery, KeptSecret, LocalizedName,
};
use broker_domain::clock::Timestamp;
use broker_domain::ids::ClientId;
use broker_domain::secret::{Entropy, Hasher, Purpose, Secret, random_text};
use broker_jose::KeySet;
use broker_jose::jwe::encrypt;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The shortest secret that may be given; those that we make have 43 characters.
const MIN_SECRET: usize = 16;

/// Why a registration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRegistration {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// It is no JSON object.
    #[error("is not a JSON object: {0}")]
    NotJson(String),
    /// A member is wrong.
    #[error(transparent)]
    Member(#[from] BadMetadata),
}

impl BadRegistration {
    fn member(member: &'static str, reason: &str) -> Self {
        Self::Member(BadMetadata { member, reason: reason.to_owned() })
    }
}

/// A registration, checked but not yet a client.
#[derive(Clone, Debug)]
pub struct Registration {
    metadata: ClientMetadata,
    secret: Option<Secret>,
    events_token: Option<Secret>,
}

impl Registration {
    /// Reads a file.
    ///
    /// # Errors
    /// Says which member is wrong. A secret is never repeated.
    pub fn read(file: &Path) -> Result<Self, BadRegistration> {
        let bytes = std::fs::read(file).map_err(|e| BadRegistration::Unreadable(e.to_string()))?;
        Self::parse(&bytes)
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// Says which member is wrong. A secret is never repeated.
    pub fn parse(json: &[u8]) -> Result<Self, BadRegistration> {
        let place = |e: serde_json::Error| {
            BadRegistration::NotJson(format!("line {}, column {}", e.line(), e.column()))
        };
        let mut all: serde_json::Map<String, Value> = serde_json::from_slice(json).map_err(place)?;
        let mut taken = |member| match all.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(Secret::new(text))),
            Some(_) => Err(BadRegistration::member(member, "must be a text")),
        };
        let (secret, events_token) = (taken("client_secret")?, taken("events_token")?);
        let metadata = ClientMetadata::parse(Value::Object(all).to_string().as_bytes())?;
        for (member, text) in [("client_id", &metadata.client_id), ("sector", &metadata.sector)] {
            if text.as_deref() == Some(OWN_CLIENT) {
                return Err(BadRegistration::member(member, "is that of the broker's own account pages"));
            }
        }
        let registration = Self { metadata, secret, events_token };
        registration.check_secret()?;
        registration.check_events_token()?;
        registration.check_keys()?;
        Ok(registration)
    }

    fn check_secret(&self) -> Result<(), BadRegistration> {
        let Some(secret) = self.secret.as_ref().map(Secret::reveal) else { return Ok(()) };
        if self.is_public() {
            return Err(BadRegistration::member("client_secret", "a public client has none: leave it out"));
        }
        if secret.len() < MIN_SECRET || !secret.bytes().all(|b| b.is_ascii_graphic()) {
            let reason =
                "must have at least 16 visible ASCII characters: leave it out and pass --generate-secret";
            return Err(BadRegistration::member("client_secret", reason));
        }
        Ok(())
    }

    fn check_events_token(&self) -> Result<(), BadRegistration> {
        let Some(token) = self.events_token.as_ref().map(Secret::reveal) else { return Ok(()) };
        if self.metadata.events_delivery != Some(EventsDelivery::Push) {
            return Err(BadRegistration::member("events_token", "is for events_delivery push"));
        }
        if token.len() < MIN_SECRET || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(BadRegistration::member(
                "events_token",
                "must have at least 16 visible ASCII characters",
            ));
        }
        Ok(())
    }

    /// The client's keys: public ones, and one that fits what is to be encrypted.
    fn check_keys(&self) -> Result<(), BadRegistration> {
        let Some(jwks) = &self.metadata.jwks else { return Ok(()) };
        let keys = KeySet::parse(jwks.to_string().as_bytes())
            .map_err(|e| BadRegistration::member("jwks", &e.to_string()))?;
        if jwks.get("keys").and_then(Value::as_array).into_iter().flatten().any(|k| k.get("d").is_some()) {
            return Err(BadRegistration::member("jwks", "holds a private key: give public ones only"));
        }
        match self.metadata.userinfo_encrypted_response_alg {
            Some(alg)
                if keys.encryption_key(alg.as_str()).is_none_or(|k| encrypt(b"{}", k, None).is_err()) =>
            {
                let reason = format!("holds no key for {}", alg.as_str());
                Err(BadRegistration::member("jwks", &reason))
            }
            _ => Ok(()),
        }
    }

    fn is_public(&self) -> bool {
        self.metadata.auth_methods().contains(&AuthMethod::None)
    }

    /// What it registers.
    pub const fn metadata(&self) -> &ClientMetadata {
        &self.metadata
    }

    /// The id that it asks for.
    pub fn id(&self) -> Option<&str> {
        self.metadata.client_id.as_deref()
    }

    /// Makes the client, and its secret when it has one: given, or made when `generate` says so.
    ///
    /// # Errors
    /// When a confidential client has no secret.
    pub fn into_client(
        self,
        generate: bool,
        hasher: &Hasher,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Result<(Client, Option<Secret>), BadRegistration> {
        let secret = match (self.is_public(), self.secret) {
            (true, _) => None,
            (false, Some(secret)) => Some(secret),
            (false, None) if generate => Some(Secret::generate(entropy)),
            (false, None) => {
                let reason = "missing: give it in the file, or pass --generate-secret";
                return Err(BadRegistration::member("client_secret", reason));
            }
        };
        let mut metadata = self.metadata;
        let id = metadata.client_id.take().unwrap_or_else(|| random_text(entropy, 24));
        metadata.client_id = Some(id.clone());
        let name = LocalizedName {
            vi: metadata.client_name.clone(),
            en: metadata.client_name_en.clone().unwrap_or_else(|| metadata.client_name.clone()),
        };
        let secrets = secret.iter().map(|s| kept(hasher, s)).collect();
        Ok((
            Client {
                id: ClientId::new(id),
                name,
                metadata,
                secrets,
                events_token: self.events_token,
                disabled_at: None,
                created_at: now,
            },
            secret,
        ))
    }
}

/// A client with some members of its registration replaced: `null` takes one away. Secrets, id, and whether it has a secret at all stay;
/// `events_token` can be given or taken away like any member.
///
/// # Errors
/// Says which member is wrong. A secret is never repeated.
pub fn changed(client: &Client, changes: &[u8]) -> Result<Client, BadRegistration> {
    let place =
        |e: serde_json::Error| BadRegistration::NotJson(format!("line {}, column {}", e.line(), e.column()));
    let changes: serde_json::Map<String, Value> = serde_json::from_slice(changes).map_err(place)?;
    let mut all = match serde_json::to_value(&client.metadata) {
        Ok(Value::Object(all)) => all,
        _ => serde_json::Map::new(),
    };
    if let Some(token) = &client.events_token {
        all.insert("events_token".to_owned(), Value::String(token.reveal().to_owned()));
    }
    for (member, value) in changes {
        match member.as_str() {
            "client_id" => return Err(BadRegistration::member("client_id", "stays what it is")),
            "client_secret" => {
                let reason = "is changed by `broker client rotate-secret`";
                return Err(BadRegistration::member("client_secret", reason));
            }
            _ if value.is_null() => drop(all.remove(&member)),
            _ => drop(all.insert(member, value)),
        }
    }
    let new = Registration::parse(Value::Object(all).to_string().as_bytes())?;
    if new.is_public() != client.is_public() {
        let reason = "cannot change between none and the others: register a client of its own";
        return Err(BadRegistration::member("token_endpoint_auth_method", reason));
    }
    let name = LocalizedName {
        vi: new.metadata.client_name.clone(),
        en: new.metadata.client_name_en.clone().unwrap_or_else(|| new.metadata.client_name.clone()),
    };
    Ok(Client { name, metadata: new.metadata, events_token: new.events_token, ..client.clone() })
}

/// A secret as it is kept: without an end.
pub fn kept(hasher: &Hasher, secret: &Secret) -> KeptSecret {
    KeptSecret { hash: hasher.hash(Purpose::ClientSecret, secret.reveal()), expires_at: None }
}

/// Gives a client a new secret; those that it has stop working after `grace` seconds, at once when that is 0.
pub fn rotate_secret(
    client: &mut Client,
    hasher: &Hasher,
    entropy: &dyn Entropy,
    grace: i64,
    now: Timestamp,
) -> Secret {
    let end = now.plus_secs(grace);
    client.secrets.retain(|s| grace > 0 && s.expires_at.is_none_or(|e| now < e));
    for old in &mut client.secrets {
        old.expires_at = Some(old.expires_at.map_or(end, |e| e.min(end)));
    }
    let secret = Secret::generate(entropy);
    client.secrets.push(kept(hasher, &secret));
    secret
}

/// The files that an entry of `clients.files` names: a file, or all of a folder that end so (`clients/*.json`), by name.
///
/// # Errors
/// When the folder cannot be read.
pub fn files(entry: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let path = Path::new(entry);
    let pattern = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_prefix('*'));
    let Some(ending) = pattern else { return Ok(vec![path.to_owned()]) };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path.parent().unwrap_or(Path::new(".")))? {
        let file = entry?.path();
        if file.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.ends_with(ending)) {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use broker_domain::secret::SeededEntropy;
    use rstest::rstest;
    use serde_json::json;

    fn registration(extra: Value) -> Result<Registration, BadRegistration> {
        let mut all = json!({"client_name": "Cổng", "redirect_uris": ["https://rp.example/cb"]});
        all.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Registration::parse(all.to_string().as_bytes())
    }

    #[test]
    fn a_secret_is_taken_or_made() {
        let (hasher, entropy, now) = (Hasher::new(&[1; 32]), SeededEntropy::new(1), Timestamp::from_secs(5));
        let given = registration(json!({"client_id": "c", "client_secret": "a-given-secret-of-some-length"}))
            .unwrap();
        let (client, secret) = given.into_client(false, &hasher, &entropy, now).unwrap();
        assert_eq!((client.id.as_str(), secret.unwrap().reveal()), ("c", "a-given-secret-of-some-length"));
        assert!(client.secret_fits(&hasher, "a-given-secret-of-some-length", now));
        assert_eq!((client.name.vi.as_str(), client.name.en.as_str()), ("Cổng", "Cổng"));

        let bare = registration(json!({})).unwrap();
        assert!(bare.clone().into_client(false, &hasher, &entropy, now).is_err());
        let (client, secret) = bare.into_client(true, &hasher, &entropy, now).unwrap();
        assert_eq!((client.id.as_str().len(), secret.as_ref().unwrap().reveal().len()), (32, 43));
        assert!(client.secret_fits(&hasher, secret.unwrap().reveal(), now));

        let public = registration(json!({"token_endpoint_auth_method": "none"})).unwrap();
        let (client, secret) = public.into_client(true, &hasher, &entropy, now).unwrap();
        assert!(secret.is_none() && client.secrets.is_empty() && client.is_public());
    }

    #[rstest]
    #[case(json!({"client_secret": 5}), "client_secret: must be a text")]
    #[case(json!({"client_secret": "geheim"}), "client_secret: must have at least 16")]
    #[case(json!({"client_secret": "geheim geheim geheim"}), "client_secret: must have at least 16")]
    #[case(json!({"client_secret": "geheim-geheim-geheim", "token_endpoint_auth_method": "none"}), "client_secret: a public client has none")]
    #[case(json!({"client_secret": "geheim-geheim-geheim", "events_token": "geheim-geheim-geheim"}), "events_token: is for")]
    #[case(json!({"events_delivery": "push", "events_endpoint": "https://rp.example/e", "events_token": "geheim"}), "events_token: must have")]
    #[case(json!({"events_delivery": "push", "events_endpoint": "https://rp.example/e", "events_token": 5}), "events_token: must be a text")]
    #[case(json!({"redirect_uris": ["x"]}), "redirect_uris: x: not an absolute URI")]
    #[case(json!({"client_secret": "geheim-geheim-geheim", "jwks": "x"}), "jwks: ")]
    #[case(json!({"client_secret": "geheim-geheim-geheim", "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}}), "jwks: ")]
    #[case(json!({"client_secret": "geheim-geheim-geheim", "jwks": {"keys": []},
        "userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "A256GCM"}), "jwks: ")]
    fn refusals_name_the_member_and_keep_the_secret(#[case] extra: Value, #[case] says: &str) {
        let error = registration(extra).unwrap_err().to_string();
        assert!(error.starts_with(says) && !error.contains("geheim"), "{error}");
    }

    #[test]
    fn old_secrets_work_for_the_grace() {
        let (hasher, entropy, now) =
            (Hasher::new(&[1; 32]), SeededEntropy::new(1), Timestamp::from_secs(1000));
        let (mut client, first) =
            registration(json!({})).unwrap().into_client(true, &hasher, &entropy, now).unwrap();
        let first = first.unwrap();
        let second = rotate_secret(&mut client, &hasher, &entropy, 60, now);
        let fits = |c: &Client, s: &Secret, secs| c.secret_fits(&hasher, s.reveal(), now.plus_secs(secs));
        assert!(fits(&client, &first, 59) && !fits(&client, &first, 60) && fits(&client, &second, 9999));
        // A second rotation does not make the first secret live longer.
        let third = rotate_secret(&mut client, &hasher, &entropy, 600, now.plus_secs(30));
        assert!(!fits(&client, &first, 60) && fits(&client, &second, 629) && !fits(&client, &second, 630));
        let fourth = rotate_secret(&mut client, &hasher, &entropy, 0, now.plus_secs(31));
        assert!(!fits(&client, &third, 31) && fits(&client, &fourth, 31));
        assert_eq!(client.secrets.len(), 1);
    }

    #[test]
    fn files_are_found_by_their_ending() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.json", "c.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let names = |entry: &str| {
            files(&folder.path().join(entry).display().to_string()).map(|f| {
                f.iter().map(|p| p.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
            })
        };
        assert_eq!(names("*.json").unwrap(), ["a.json", "b.json"]);
        assert_eq!(names("c.txt").unwrap(), ["c.txt"]);
        assert!(files("/nowhere/*.json").is_err());
    }
}
