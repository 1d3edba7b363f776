//! How people prove that an account of before VNeID is theirs.

use crate::ids::{AccountId, Namespace};
use serde::{Deserialize, Serialize};

/// How somebody proved that an account is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// By its password.
    Password,
    /// By a code sent to its phone.
    PhoneCode,
}

/// An account that could be a citizen's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimable {
    /// The account.
    pub account: AccountId,
    /// The ways to prove it; none when its number is proof enough.
    pub ways: Vec<Proof>,
}

/// The accounts of one portal that wait for their citizen: for a proof, or for a choice among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproven {
    /// The portal that had created them.
    pub namespace: Namespace,
    /// The accounts.
    pub accounts: Vec<Claimable>,
}
