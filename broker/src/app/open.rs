//! What the program and its commands share: stores opened with the keys that the settings name.

use super::error::StartError;
use super::overrides::Overrides;
use crate::config::{Key, Keys, Settings};
use crate::state::Stores;
use broker_domain::clock::{Clock, SystemClock};
use broker_domain::secret::{Entropy, Hasher, SystemEntropy};
use broker_stores::{IndexKeys, Lasting, Rekeyed, StoreKeys, StoreSettings, sqlite_file};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Stores, keys, time and randomness.
pub struct Opened {
    /// The stores.
    pub stores: Stores,
    /// Hashes secrets of machines.
    pub hasher: Hasher,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Opens what the settings name, for a command: the schema is left as it is, and must be one that this program works with.
///
/// # Errors
/// [`StartError`] names the setting to change, or says what the schema lacks.
pub async fn open(settings: &Settings) -> Result<Opened, StartError> {
    open_with(settings, &Overrides::default(), false).await
}

/// Opens what the settings name, unless a test brings it; the schema is brought up to date first, when `may_migrate`.
///
/// # Errors
/// As [`open`].
pub async fn open_with(
    settings: &Settings,
    overrides: &Overrides,
    may_migrate: bool,
) -> Result<Opened, StartError> {
    let keys = settings.secrets.open()?;
    let clock = overrides.clock.clone().unwrap_or_else(|| Arc::new(SystemClock));
    let entropy = overrides.entropy.clone().unwrap_or_else(|| Arc::new(SystemEntropy));
    let stores = match &overrides.stores {
        Some(stores) => stores.clone(),
        None => open_stores(settings, &keys, entropy.clone(), clock.clone(), may_migrate).await?,
    };
    Ok(Opened { stores, hasher: Hasher::new(keys.hashing.bytes()), clock, entropy })
}

async fn open_stores(
    settings: &Settings,
    keys: &Keys,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
    may_migrate: bool,
) -> Result<Stores, StartError> {
    if !may_migrate {
        is_there(settings)?;
    }
    let opened = broker_stores::Stores::open(&store_settings(settings), &store_keys(keys), entropy, clock)
        .await
        .map_err(|e| {
            if e.is_away() { StartError::Away(e.to_string()) } else { StartError::Open(e.to_string()) }
        })?;
    if may_migrate {
        let steps = opened.lasting.migrate().await.map_err(|e| StartError::Migrate(e.to_string()))?;
        if steps > 0 {
            tracing::info!(steps, "the schema was brought up to date");
        }
    } else {
        is_ours(&opened.lasting).await?;
    }
    Ok(Stores {
        expiring: opened.expiring,
        limits: opened.limits,
        rates: opened.rates,
        registrations: opened.registrations,
        citizens: opened.citizens,
        accounts: opened.accounts,
        reviews: opened.reviews,
        account_walk: opened.account_walk,
        own_data: opened.own_data,
        keys: opened.keys,
        audit: opened.audit,
        outbox: opened.outbox,
        upkeep: opened.upkeep,
        namespaces: opened.namespaces,
        sectors: opened.sectors,
        announcements: opened.announcements,
    })
}

/// SQLite makes a file that is not there, which only the broker itself and `migrate` may.
fn is_there(settings: &Settings) -> Result<(), StartError> {
    match sqlite_file(settings.stores.lasting.reveal()) {
        Some(file) if !file.exists() => Err(StartError::Missing(file)),
        _ => Ok(()),
    }
}

/// Refuses a schema that lacks steps. One that has more is that of a later program, with which this one works too.
async fn is_ours(lasting: &Lasting) -> Result<(), StartError> {
    let versions = lasting.schema_versions().await.map_err(|e| StartError::Look(e.to_string()))?;
    let missing = versions.known.difference(&versions.has).count();
    if missing == 0 {
        return Ok(());
    }
    let newest = |steps: &BTreeSet<i64>| steps.last().copied().unwrap_or_default();
    Err(StartError::Behind { missing, has: newest(&versions.has), needs: newest(&versions.known) })
}

/// The keys of the stores.
pub fn store_keys(keys: &Keys) -> StoreKeys {
    StoreKeys {
        sealing: keys.sealing.iter().map(|(id, key)| (id.clone(), key.to_bytes())).collect(),
        index: IndexKeys {
            current: keys.index.to_bytes(),
            other: keys.other_index.as_ref().map(Key::to_bytes),
        },
    }
}

/// After a change of keys: seals and indexes anew what old keys sealed and indexed. It may be broken off and run again.
///
/// # Errors
/// When the stores do not open, or hold something that none of the keys opens.
pub async fn reseal(settings: &Settings) -> Result<Rekeyed, StartError> {
    let keys = store_keys(&settings.secrets.open()?);
    is_there(settings)?;
    let (entropy, clock) = (Arc::new(SystemEntropy), Arc::new(SystemClock));
    let stores = broker_stores::Stores::open(&store_settings(settings), &keys, entropy, clock)
        .await
        .map_err(|e| StartError::Open(e.to_string()))?;
    is_ours(&stores.lasting).await?;
    stores.rekey().await.map_err(|e| StartError::Store("resealing", e))
}

/// Where the stores are.
pub fn store_settings(settings: &Settings) -> StoreSettings {
    let stores = &settings.stores;
    StoreSettings {
        lasting: stores.lasting.reveal().to_owned(),
        expiring: stores.expiring.reveal().to_owned(),
        lasting_connections: stores.lasting_connections,
        connect_timeout: Duration::from_millis(stores.connect_timeout_ms.into()),
        response_timeout: Duration::from_millis(stores.response_timeout_ms.into()),
    }
}

/// Brings the schema of the lasting store up to date; says how many steps it lacked.
///
/// # Errors
/// When the store does not open or a step fails; a failed step changes nothing.
pub async fn migrate(settings: &Settings) -> Result<usize, StartError> {
    let wanted = store_settings(settings);
    let lasting = Lasting::open(&wanted.lasting, 1, wanted.connect_timeout)
        .await
        .map_err(|e| StartError::Open(format!("the database does not open: {e}")))?;
    lasting.migrate().await.map_err(|e| StartError::Migrate(e.to_string()))
}
