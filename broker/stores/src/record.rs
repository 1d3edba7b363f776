//! Records as bytes: compact, versioned, sealed.

use crate::sealing::{BadSeal, Sealer};
use broker_domain::ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of all records. One of another version does not read: what expires is made anew, what lasts is migrated.
const VERSION: u8 = 1;

/// A record, sealed for its place.
pub(crate) fn pack<T: Serialize>(sealer: &Sealer, place: &str, record: &T) -> Result<Vec<u8>, StoreError> {
    let plain = postcard::to_extend(record, vec![VERSION])
        .map_err(|_| StoreError::Corrupt("a record cannot be written".to_owned()))?;
    Ok(sealer.seal(place, &plain)?)
}

/// The record that was sealed for a place.
pub(crate) fn unpack<T: DeserializeOwned>(
    sealer: &Sealer,
    place: &str,
    bytes: &[u8],
) -> Result<T, StoreError> {
    let plain = sealer.open(place, bytes)?;
    match plain.split_first() {
        Some((&VERSION, rest)) => {
            postcard::from_bytes(rest).map_err(|_| StoreError::Corrupt("a record does not read".to_owned()))
        }
        _ => Err(BadSeal.into()),
    }
}
