//! Records as bytes: compact, versioned, sealed.

use crate::sealing::{BadSeal, Sealer};
use broker_domain::ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of all records. One of another version does not read: what expires is made anew, what lasts is migrated.
const VERSION: u8 = 1;

/// A record, sealed for its place.
pub(crate) fn pack<T: Serialize>(sealer: &Sealer, place: &str, record: &T) -> Result<Vec<u8>, StoreError> {
    sealed(sealer, place, &plain(record)?)
}

/// A record as bytes that are not sealed yet.
pub(crate) fn plain<T: Serialize>(record: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(record, vec![VERSION])
        .map_err(|_| StoreError::Corrupt("a record cannot be written".to_owned()))
}

/// What [`plain`] gave, sealed for its place.
pub(crate) fn sealed(sealer: &Sealer, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    Ok(sealer.seal(place, plain)?)
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
