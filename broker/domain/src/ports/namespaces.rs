//! What administrators ordered for namespaces while the broker runs: stronger than what is configured.

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::ids::Namespace;
use crate::linking::CutOff;
use async_trait::async_trait;

/// What was ordered for one namespace; `None` leaves it as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceOrder {
    /// The namespace.
    pub namespace: Namespace,
    /// When legacy sign-in ends.
    pub cut_off: Option<CutOff>,
    /// Whether its legacy sign-in is switched off.
    pub switched_off: Option<bool>,
    /// When something was last ordered.
    pub changed_at: Timestamp,
}

/// One order; `None` takes an earlier one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamespaceChange {
    /// When legacy sign-in ends.
    CutOff(Option<CutOff>),
    /// Whether its legacy sign-in is switched off.
    SwitchedOff(Option<bool>),
}

/// Orders for namespaces.
#[async_trait]
pub trait NamespaceOrders: Send + Sync {
    /// All of them, by namespace.
    async fn orders(&self) -> Result<Vec<NamespaceOrder>, StoreError>;
    /// Stores one order; what was ordered besides it stays. The revision of registrations grows with it, so that instances which
    /// miss the word look again.
    async fn order(
        &self,
        namespace: &Namespace,
        change: NamespaceChange,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
