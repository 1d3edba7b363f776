//! What is to be done with each account of a batch that is imported.

use super::repository::{Pooled, Repository};
use crate::record::plain;
use crate::sealing::Indexes;
use broker_domain::ports::{ImportedAccount, RowPlace, StoreError};
use broker_domain::secret::Secret;
use std::cmp::Ordering;
use std::collections::HashMap;

/// What the store has of an account that is imported again.
pub(super) struct Before {
    pub(super) id: String,
    pub(super) digest: Option<Vec<u8>>,
    pub(super) is_linked: bool,
    /// The contents of the file that it was last written from, and where it stood there.
    pub(super) source: String,
    pub(super) place: Option<RowPlace>,
}

/// An account of a batch, and where it stands.
pub(super) type Placed<'a> = (&'a ImportedAccount, Option<RowPlace>);

/// What is to be done with the accounts of a batch.
#[derive(Default)]
pub(super) struct Sorted<'a> {
    pub(super) add: Vec<Placed<'a>>,
    pub(super) change: Vec<(Placed<'a>, Before)>,
    pub(super) unchanged: u64,
    /// How many of `change` stand in the place of an earlier row of the same file.
    pub(super) instead: u64,
    /// Rows in whose place later ones stand, and their lines as far as they are known.
    pub(super) replaced: (u64, Vec<u64>),
}

impl Sorted<'_> {
    fn replaced(&mut self, place: Option<RowPlace>) {
        self.replaced.0 += 1;
        self.replaced.1.extend(place.map(|p| p.line));
    }
}

/// A count as a column holds it.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl<D: Pooled> Repository<D> {
    /// What tells whether an account is as it was imported before, under each index key. `claims`: what is sealed of them.
    pub(super) fn digest(&self, imported: &ImportedAccount, claims: &[u8]) -> Indexes {
        let account = &imported.account;
        let kinds = [account.kind.number().to_be_bytes(), account.status.number().to_be_bytes()].concat();
        let secret = imported.password.as_ref().map(Secret::reveal);
        let (has, secret) = (&[u8::from(secret.is_some())][..], secret.unwrap_or_default().as_bytes());
        self.index.of_parts("account", &[&kinds, claims, has, secret])
    }

    pub(super) fn claims_of(imported: &ImportedAccount) -> Result<Vec<u8>, StoreError> {
        plain(&(&imported.account.claims, &imported.user_name))
    }

    /// Of several rows of one file for the same account, the last one counts: within a batch, across batches (what a row of this very
    /// file wrote says where that was), and when the file comes again.
    pub(super) fn sort<'a>(
        &self,
        accounts: &'a [ImportedAccount],
        (content, rows): (&str, &[RowPlace]),
        mut known: HashMap<String, Before>,
    ) -> Result<Sorted<'a>, StoreError> {
        let mut sorted = Sorted::default();
        let lasts: HashMap<&str, usize> =
            accounts.iter().enumerate().map(|(n, imported)| (imported.account.tech_id.as_str(), n)).collect();
        for (n, imported) in accounts.iter().enumerate() {
            let tech_id = imported.account.tech_id.as_str();
            let place = rows.get(n).copied();
            if lasts.get(tech_id) != Some(&n) {
                sorted.replaced(place);
                continue;
            }
            let Some(before) = known.remove(tech_id) else {
                sorted.add.push((imported, place));
                continue;
            };
            let of_this_file = before.place.filter(|_| before.source == content);
            match of_this_file.zip(place).map(|(before, place)| before.end.cmp(&place.end)) {
                Some(Ordering::Greater) => sorted.replaced(place),
                Some(Ordering::Less) => {
                    sorted.replaced(before.place);
                    sorted.instead += 1;
                    sorted.change.push(((imported, place), before));
                }
                Some(Ordering::Equal) | None => {
                    let digest = self.digest(imported, &Self::claims_of(imported)?);
                    if before.digest.as_ref().is_some_and(|b| *b == digest.current || *b == digest.other) {
                        sorted.unchanged += 1;
                    } else {
                        sorted.change.push(((imported, place), before));
                    }
                }
            }
        }
        Ok(sorted)
    }
}
