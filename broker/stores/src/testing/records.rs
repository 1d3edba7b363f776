//! Records as they are before they are sealed.

use broker_domain::ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A record's bytes.
pub fn as_record<T: Serialize>(record: &T) -> Vec<u8> {
    crate::record::plain(record).unwrap()
}

/// The record of such bytes.
///
/// # Errors
/// When they are those of no such record.
pub fn from_record<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    crate::record::read(bytes.to_vec().into())
}
