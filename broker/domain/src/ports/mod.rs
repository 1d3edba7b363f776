//! The ports: one trait for each thing outside. Every implementation runs under the same contract suite.

mod account_walk;
mod accounts;
mod error;
mod expiring;
mod lasting;
mod limits;
mod namespaces;
mod outbox;
mod outward;
mod own_data;
mod proving;
mod rates;
mod reviews;
mod sectors;
mod upkeep;

pub use account_walk::{AccountWalk, ShownAccount, Step, Walk, Walked};
pub use accounts::{
    Accounts, Credentials, EndLink, Ended, ImportCount, ImportProgress, ImportedAccount, KeptAccount, Link,
    Linked, MoveAccount, Moved, NewLink, RowPlace,
};
pub use error::StoreError;
pub use expiring::{Expiring, Opened, Participants, Taken, Write, Written};
pub use lasting::{
    Added, Admission, Admitted, AuditLog, ChainedEvent, CitizenRecord, Citizens, Found, KeyState,
    Registrations, SigningKeys, StatusChange, StoredKey,
};
pub use limits::{Attempted, Limit, LimitName, Limits};
pub use namespaces::{NamespaceChange, NamespaceOrder, NamespaceOrders};
pub use outbox::{
    Due, FailedAttempt, Lane, Outbox, OutboxCounts, OutboxFilter, OutboxState, Queued, STEPPED_OVER, Stopped,
};
pub use outward::{Announcements, SignError, Signer, Topic, Upstream};
pub use own_data::{OwnConsent, OwnData, OwnIdentity, OwnRecord, OwnSubject};
pub use proving::{CheckFailure, Messenger, MessengerFailure, PasswordCheck};
pub use rates::{Counts, RateCount, Rates};
pub use reviews::{OpenedReview, Review, Reviews, Stepped};
pub use sectors::{MergePart, MergedPart, Sectors};
pub use upkeep::{ConnectionCounts, Leftovers, Upkeep};
