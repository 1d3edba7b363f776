//! Accounts that portals had created before VNeID, and the links of citizens to them.

use super::error::StoreError;
use crate::audit::AuditEvent;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::event::{Listener, UnlinkReason};
use crate::ids::{AccountId, CitizenId, Namespace, SectorId};
use crate::linking::{Evidence, LegacyAccount};
use crate::secret::Secret;
use crate::subject::Subject;
use async_trait::async_trait;

/// An account as it is imported. Its id counts only when the store has none of its namespace and `TechID`.
#[derive(Clone, Debug)]
pub struct ImportedAccount {
    /// The account.
    pub account: LegacyAccount,
    /// The name under which its owner signed in.
    pub user_name: Option<String>,
    /// What the password is checked against, in the notation that it came in.
    pub password: Option<Secret>,
}

/// What became of the accounts of one import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCount {
    /// They were not there before.
    pub added: u64,
    /// They were there with other contents.
    pub changed: u64,
    /// They were there as they came.
    pub unchanged: u64,
}

/// Where a row stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// The byte at which it ends: it tells which of two rows comes first.
    pub end: u64,
    /// Its line, for people.
    pub line: u64,
}

/// How far the import of one file got: stored in the transaction that adds accounts, so that a killed import goes on where it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Which file: who resumes must have the same.
    pub file: String,
    /// What tells its contents from any other file's; the file when it is not said. Told with each batch, and not stored here.
    pub content: String,
    /// Bytes of the file that are done.
    pub bytes: u64,
    /// Lines of the file that are done.
    pub lines: u64,
    /// What became of them.
    pub count: ImportCount,
    /// Lines that were refused, or replaced by later ones.
    pub bad: u64,
    /// Fields that were left out.
    pub left_out: u64,
    /// A hash of the bytes that are done: who resumes must have the same.
    pub digest: Vec<u8>,
    /// Of one batch, and not stored here: where each of its accounts stands, if that is known.
    pub rows: Vec<RowPlace>,
    /// Of one batch, and not stored here: lines of this file in whose place later ones of it stand, because they have the same `TechID`.
    pub replaced: Vec<u64>,
}

/// An account, and whom it is linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAccount {
    /// The account.
    pub account: LegacyAccount,
    /// Whom it is linked to.
    pub owner: Option<CitizenId>,
    /// Whether it was found by a number that the citizen who arrives had before.
    pub number_is_former: bool,
    /// Whether a link of it to the citizen who arrives was ended.
    pub was_ended: bool,
}

/// An account with what its owner signed in with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account, and whom it is linked to.
    pub kept: KeptAccount,
    /// The name under which its owner signed in; `None` once it is linked.
    pub user_name: Option<String>,
    /// What the password is checked against; `None` once it is linked, or where the portal handed none over.
    pub password: Option<Secret>,
}

/// A link to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// The citizen.
    pub citizen: CitizenId,
    /// The account.
    pub account: AccountId,
    /// Why.
    pub evidence: Evidence,
    /// By whom, when it was not the citizen: the names of both operators.
    pub by: Option<String>,
    /// The sector whose subject the account's `TechID` becomes, if the citizen has none there yet.
    pub sector: SectorId,
    /// Who is told, if it is linked.
    pub tell: Vec<Listener>,
    /// What is recorded of it, when it happens: in the same transaction.
    pub said: AuditEvent,
    /// The present moment.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It is linked now. `subject` is the citizen's in the sector: the `TechID`, unless they had another one already.
    Now {
        /// The stored subject.
        subject: Subject,
    },
    /// It was linked to this citizen already.
    Before {
        /// The stored subject.
        subject: Subject,
    },
    /// It is somebody else's.
    Another,
}

/// The end of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndLink {
    /// Whose.
    pub citizen: CitizenId,
    /// The account.
    pub account: AccountId,
    /// Why.
    pub why: UnlinkReason,
    /// By whom: `citizen`, or an operator's name. Never personal data of the citizen.
    pub by: String,
    /// Who is told.
    pub tell: Vec<Listener>,
    /// What is recorded of it, when it happens: in the same transaction.
    pub said: AuditEvent,
    /// The present moment.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has ended now.
    Now,
    /// There was no such link.
    NotLinked,
}

/// An account that goes over to another citizen, by the decision of two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveAccount {
    /// The account.
    pub account: AccountId,
    /// Whose it is; `None` when its link has ended, and its `TechID` still names whoever had it.
    pub from: Option<CitizenId>,
    /// Whose it is to be.
    pub to: CitizenId,
    /// The sector in which its `TechID` names its owner.
    pub sector: SectorId,
    /// By whom: the names of both.
    pub by: String,
    /// Who is told.
    pub tell: Vec<Listener>,
    /// What is recorded of it, when it happens: in the same transaction.
    pub said: AuditEvent,
    /// The present moment.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is theirs now. `subject` is theirs in the sector: the `TechID`, unless they had another one already.
    Now {
        /// The stored subject.
        subject: Subject,
    },
    /// It was theirs already.
    Before,
    /// It is not (or no longer) the account of whom it should be taken from.
    Elsewhere,
}

/// A link, for the citizen's own eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The account.
    pub account: LegacyAccount,
    /// Since when.
    pub linked_at: Timestamp,
    /// Why.
    pub evidence: Evidence,
}

/// Legacy accounts and links.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds or changes accounts of one namespace and stores how far the file is, all in one transaction. The same accounts a second
    /// time change nothing. Of rows of one file that have the same `TechID` the last one counts, also a second time. An account that is linked keeps neither a user name nor a password.
    async fn import(
        &self,
        namespace: &Namespace,
        accounts: Vec<ImportedAccount>,
        progress: ImportProgress,
        now: Timestamp,
    ) -> Result<ImportProgress, StoreError>;

    /// How far the import of a file into a namespace got.
    async fn progress(&self, namespace: &Namespace, file: &str)
    -> Result<Option<ImportProgress>, StoreError>;

    /// One account.
    async fn account(
        &self,
        namespace: &Namespace,
        tech_id: &Subject,
    ) -> Result<Option<KeptAccount>, StoreError>;

    /// The account of a user name: one statement, by a keyed index.
    async fn by_user_name(
        &self,
        namespace: &Namespace,
        user_name: &str,
    ) -> Result<Option<Credentials>, StoreError>;

    /// An account by its id, with what its owner signed in with.
    async fn credentials(&self, account: &AccountId) -> Result<Option<Credentials>, StoreError>;

    /// Replaces the hash of a password that was proven by a better one of the same password. Nothing happens once the account is
    /// linked, or when its hash is another one by now.
    async fn upgrade_password(
        &self,
        account: &AccountId,
        proven: &Secret,
        better: &Secret,
    ) -> Result<(), StoreError>;

    /// Keeps what the holder of an account typed in and the population database confirmed, apart from what the portal knew; the account
    /// is found by that number from then on, and it stands there as typed in ([`LegacyAccount::with_confirmed`]). An import leaves it
    /// unless it brings a verified number. `false`, and nothing is kept, when there is no such account, when it is linked by now, or
    /// when its portal has verified a number.
    async fn confirm(&self, account: &AccountId, confirmed: &Claims) -> Result<bool, StoreError>;

    /// Links an account to a citizen, and stores its `TechID` as their subject of the sector if they have none, else as an alias: one
    /// transaction, after which exactly one citizen has the account however many tried. What its owner signed in with is gone then.
    /// In the same transaction those who are to be told get `AccountLinked`, and `SubjectAlias` where the subject that they see is
    /// another one than the `TechID`. `Conflict` when the `TechID` names another citizen in that sector, also one of before.
    async fn link(&self, wanted: &NewLink) -> Result<Linked, StoreError>;

    /// Ends a link; it is kept, with when, why and by whom. In the same transaction those who are to be told get `Unlinked`.
    ///
    /// The citizen's subjects and aliases stay as they are: the portal has stored them, so the `TechID` names this citizen there for
    /// ever, linked or not, and linking the account to somebody else is refused as long as it does. Only the move of a subject, which
    /// two people decide, changes that.
    async fn unlink(&self, wanted: &EndLink) -> Result<Ended, StoreError>;

    /// What else than by its subject a sector knows a citizen by, the oldest first.
    async fn aliases(&self, citizen: &CitizenId, sector: &SectorId) -> Result<Vec<Subject>, StoreError>;

    /// One account, by our own id of it.
    async fn by_id(&self, account: &AccountId) -> Result<Option<KeptAccount>, StoreError>;

    /// Whether a link of the account to the citizen was ended: it is not made anew by itself.
    async fn was_ended(&self, citizen: &CitizenId, account: &AccountId) -> Result<bool, StoreError>;

    /// Ends the account's link and links it to another citizen in one transaction. Its `TechID` names the new owner in the sector from
    /// then on, and nobody else: whoever was known by it there is known by a new value of their own. Those who are to be told get
    /// `Unlinked` of the one, and `AccountLinked` (and `SubjectAlias`) of the other. `Conflict` when the `TechID` names a third person.
    async fn move_account(&self, wanted: &MoveAccount) -> Result<Moved, StoreError>;

    /// A citizen's links, the oldest first.
    async fn links(&self, citizen: &CitizenId) -> Result<Vec<Link>, StoreError>;

    /// Accounts of a namespace, for operators.
    async fn count_accounts(&self, namespace: &Namespace) -> Result<u64, StoreError>;
}
