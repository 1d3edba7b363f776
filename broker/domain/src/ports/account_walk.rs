//! Going through all legacy accounts: for operators, never for a login.

use super::accounts::KeptAccount;
use super::error::StoreError;
use crate::clock::Timestamp;
use crate::ids::{Namespace, SectorId};
use crate::linking::Evidence;
use crate::secret::Secret;
use crate::subject::Subject;
use async_trait::async_trait;

/// Which accounts are gone through, and in which order. The first four together hold every account once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Those of people with a personal number; one number after the other.
    ByNumber,
    /// Those of people with an old number alone; one number after the other.
    ByOldNumber,
    /// Those of organizations with a tax code; one code after the other.
    ByTaxCode,
    /// All others.
    WithoutBasis,
    /// Those of one namespace by `TechID`, with what their owners sign in with.
    Namespace(Namespace),
}

/// How far a walk is: behind which account. The beginning is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What accounts are ordered by first.
    pub key: Vec<u8>,
    /// What they are ordered by then.
    pub id: String,
}

/// An account on the way.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The account, and whom it is linked to.
    pub kept: KeptAccount,
    /// Its user name; only in a namespace.
    pub user_name: Option<String>,
    /// What its password is checked against; only in a namespace.
    pub password: Option<Secret>,
    /// Behind it.
    pub step: Step,
}

/// Everything about one account, for an operator's eyes.
#[derive(Clone, Debug)]
pub struct ShownAccount {
    /// The account, and whom it is linked to.
    pub kept: KeptAccount,
    /// Its user name.
    pub user_name: Option<String>,
    /// When it was imported last.
    pub imported_at: Timestamp,
    /// Its link: since when, and why.
    pub link: Option<(Timestamp, Evidence)>,
    /// The subjects of whom it is linked to.
    pub subjects: Vec<(SectorId, Subject)>,
    /// The aliases of whom it is linked to.
    pub aliases: Vec<(SectorId, Subject)>,
}

/// Going through all accounts.
#[async_trait]
pub trait AccountWalk: Send + Sync {
    /// The next accounts of a walk behind `after`, at most `limit`; none at its end. Accounts that are imported meanwhile may be on
    /// the way or not.
    async fn page(&self, walk: &Walk, after: &Step, limit: u32) -> Result<Vec<Walked>, StoreError>;

    /// How many accounts there are, of all namespaces or of one.
    async fn count_walked(&self, namespace: Option<&Namespace>) -> Result<u64, StoreError>;

    /// One account.
    async fn shown(
        &self,
        namespace: &Namespace,
        tech_id: &Subject,
    ) -> Result<Option<ShownAccount>, StoreError>;
}
