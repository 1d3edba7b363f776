//! What expires: logins in flight, sessions, grants, and audit events on their way to the log.

use super::error::StoreError;
use crate::audit::AuditEvent;
use crate::authorization::Interaction;
use crate::clock::Timestamp;
use crate::ids::{ClientId, FamilyId, InteractionId, SectorId, SessionId};
use crate::secret::SecretHash;
use crate::session::{Holder, Participant, Session};
use crate::subject::Subject;
use crate::token::{Grant, LiveToken, NewToken, Redeemed, Refreshed, Rotation};
use async_trait::async_trait;

/// One change. Each is atomic by itself; several travel in one round trip, in order.
#[derive(Clone, Debug)]
pub enum Write {
    /// Keeps a new interaction, for as long as [`Interaction::kept_secs`] says.
    BeginInteraction(Box<Interaction>),
    /// Keeps a changed interaction if the stored version is still `from`; `Written::Lost` otherwise. The attempt's `state` hash
    /// (when its step is `AtVneid`) becomes the one that [`Expiring::take_return`] takes; any other step removes it.
    SaveInteraction {
        /// The changed one; its `version` is the new one.
        interaction: Box<Interaction>,
        /// The version that it was made from.
        from: u32,
    },
    /// Keeps a new session (with its participants, when it has any), and lists it among its holder's.
    OpenSession(Box<Session>),
    /// Replaces the record of a session that is alive; its participants, and subjects added meanwhile by [`Write::Join`], stay.
    /// `Lost` when it is gone.
    RenewSession(Box<Session>),
    /// A grant joins a session that is alive, and the session is used: its idle end moves to `idle_until`. `Lost` when it is gone.
    /// Participants whose `expires_at` has passed by `now` are dropped.
    Join {
        /// The session.
        sid: SessionId,
        /// The grant.
        participant: Participant,
        /// A subject that was stored for the first time just now.
        subject: Option<(SectorId, Subject)>,
        /// The new idle end.
        idle_until: Timestamp,
        /// The present moment.
        now: Timestamp,
    },
    /// Keeps a new grant with its code (unused) or, for client credentials, with its access token.
    OpenGrant {
        /// The grant.
        grant: Box<Grant>,
        /// The code's hash.
        code: Option<SecretHash>,
        /// A token given at once.
        access: Option<NewToken>,
        /// When the family is forgotten if nothing happens.
        expires_at: Timestamp,
    },
    /// Adds tokens to a family that has redeemed its code and is not revoked; `Lost` otherwise.
    AttachTokens {
        /// The family.
        family: FamilyId,
        /// The access token.
        access: NewToken,
        /// The refresh token.
        refresh: Option<NewToken>,
    },
    /// Revokes a family: no token of it works any more, and a replay of its code is still recognised.
    RevokeFamily(FamilyId),
    /// Takes a session that has ended off the list of its holder's. Never `Lost`.
    Unlist {
        /// Whose it was.
        holder: Holder,
        /// The session.
        sid: SessionId,
    },
    /// Puts an event on its way to the audit log.
    Audit(Box<AuditEvent>),
}

/// What became of a [`Write`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// Done.
    Done,
    /// Somebody else was first, or what it was about is gone. Nothing changed.
    Lost,
    /// Done, and with this session these of the same holder are too many: those that end first. Whoever wrote it ends them.
    TooMany(Vec<SessionId>),
}

/// An interaction and a session, read together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// The interaction, also when it is over.
    pub interaction: Option<Interaction>,
    /// The session, also when its secret does not fit: [`Session::opened_by`] decides.
    pub session: Option<Session>,
}

/// The answer to VNeID's return.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// First use of this `state`: the interaction as it was, and nobody else can take it.
    Taken(Box<Interaction>),
    /// The interaction is there, but not with this `state`: used, replaced by a later choice, or forged.
    Stale(Box<Interaction>),
    /// No such interaction.
    Unknown,
}

/// Whom the end of a session concerns.
#[derive(Clone, Debug, PartialEq)]
pub struct Participants {
    /// The session as it was.
    pub session: Session,
}

/// The store of what expires: Redis, or the process itself.
///
/// Consuming calls are atomic: of any number of racers exactly one wins. Every method is one round trip. Records whose own end
/// has passed at `now` count as absent; the store's own expiry may be later, never earlier.
#[async_trait]
pub trait Expiring: Send + Sync {
    /// Carries out several writes in one round trip, in order; one answer for each.
    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Written>, StoreError>;

    /// Reads an interaction, a session, or both.
    async fn open(
        &self,
        interaction: Option<&InteractionId>,
        session: Option<&SessionId>,
    ) -> Result<Opened, StoreError>;

    /// Takes VNeID's return: removes the `state` hash of the interaction if it equals `state`, and reads the session too.
    async fn take_return(
        &self,
        interaction: &InteractionId,
        state: &SecretHash,
        session: Option<&SessionId>,
    ) -> Result<(Taken, Option<Session>), StoreError>;

    /// Ends a session and returns it with its participants; `None` when there is none.
    async fn end_session(&self, sid: &SessionId) -> Result<Option<Participants>, StoreError>;

    /// The sessions of one holder, those that began first at the front: all that are kept, also one that idled out
    /// ([`Session::is_alive`] decides), never one that has ended. Two round trips.
    ///
    /// There should be [`SESSIONS_OF_ONE`](crate::session::SESSIONS_OF_ONE) at the most: [`Written::TooMany`] names those beyond,
    /// which stand here until they are ended and unlisted. So whatever opens with a cookie stands in this list.
    async fn sessions_of(&self, holder: &Holder) -> Result<Vec<Session>, StoreError>;

    /// Presents a code. First use marks it used; a later one revokes the family.
    async fn redeem(
        &self,
        family: &FamilyId,
        code: &SecretHash,
        now: Timestamp,
    ) -> Result<Redeemed, StoreError>;

    /// Presents a refresh token, and keeps what replaces it.
    async fn refresh(&self, rotation: Rotation) -> Result<Refreshed, StoreError>;

    /// Finds a living access token.
    async fn access(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError>;

    /// The grant and expiry behind a living refresh token, for introspection and revocation.
    async fn refresh_token(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError>;

    /// Ends one access token of `client`; `false` when it has none such.
    async fn revoke_access(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        client: &ClientId,
    ) -> Result<bool, StoreError>;

    /// Ends a refresh token of `client` with everything of its family; `false` when it has none such.
    async fn revoke_refresh(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        client: &ClientId,
    ) -> Result<bool, StoreError>;

    /// The oldest audit events on their way, at most `limit`, left where they are: those before the first one that does not read; an error
    /// when that is the oldest.
    async fn pending_events(&self, limit: usize) -> Result<Vec<AuditEvent>, StoreError>;

    /// Drops the `count` oldest events on their way, after the log holds them. Only the holder of the lease `owner` may; `false` otherwise.
    async fn drop_events(&self, owner: &str, count: usize) -> Result<bool, StoreError>;

    /// Takes or keeps the lease `name` for `owner`; `false` when another holds it.
    async fn lease(&self, name: &str, owner: &str, secs: i64) -> Result<bool, StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
