//! Records as bytes: compact, versioned, sealed.
//!
//! A record holds its values one after the other, without names. Two versions of the program read each other's records: while
//! instances are replaced one by one, and when somebody goes back. So:
//!
//! - A record gains values at its end alone, never within a part of it, and only such whose zero (`None`, empty, `false`, 0) means
//!   what their absence did. The version before reads as far as it knows; where they are missing, we read zeros.
//! - An enum gains kinds at its end alone. The version before does not read a record with the new kind: either nothing depends on it
//!   while both run, or this version reads the kind, and the next one is the first to write it.
//! - Whatever else changes makes another version of the record. The version of the program that brings it reads both, and goes on
//!   writing the one before; the next one writes the new.
//!
//! The contract tests hold all records against those of the versions before (`tests/upgrade`).

use crate::sealing::{BadSeal, Sealer};
use broker_domain::ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// The version of all records. One of another version does not read.
const VERSION: u8 = 1;
/// Zeros for values that a record of a version before lacks. As many as the seal's tag was long: they find room where it was.
const LACKING: usize = 16;

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
    read(sealer.open(place, bytes)?)
}

/// The record that [`plain`] made, here or in another version.
pub(crate) fn read<T: DeserializeOwned>(mut plain: Zeroizing<Vec<u8>>) -> Result<T, StoreError> {
    let length = plain.len();
    plain.resize(length.saturating_add(LACKING), 0);
    match plain.split_first() {
        Some((&VERSION, rest)) if length > 0 => {
            postcard::from_bytes(rest).map_err(|_| StoreError::Corrupt("a record does not read".to_owned()))
        }
        _ => Err(BadSeal.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Before {
        name: String,
        ends_at: i64,
    }

    /// What a later version could make of it.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct After {
        name: String,
        ends_at: i64,
        by: Option<String>,
        seen: bool,
        times: Vec<i64>,
        count: u32,
    }

    fn before() -> Before {
        Before { name: "a".into(), ends_at: 300 }
    }

    #[test]
    fn values_that_a_record_lacks_are_zeros() {
        let read: After = read(plain(&before()).unwrap().into()).unwrap();
        let zeros = After { name: "a".into(), ends_at: 300, by: None, seen: false, times: vec![], count: 0 };
        assert_eq!(read, zeros);
    }

    #[test]
    fn values_at_its_end_do_not_disturb_the_version_before() {
        let by = Some("b".to_owned());
        let written = After { name: "a".into(), ends_at: 300, by, seen: true, times: vec![7, 8], count: 9 };
        assert_eq!(read::<Before>(plain(&written).unwrap().into()).unwrap(), before());
    }

    #[rstest]
    #[case::nothing(vec![])]
    #[case::another_version(vec![2, 1, b'a', 0])]
    #[case::a_text_longer_than_the_record(vec![1, 200, b'a'])]
    fn others_do_not_read(#[case] bytes: Vec<u8>) {
        assert!(read::<Before>(bytes.into()).is_err());
    }
}
