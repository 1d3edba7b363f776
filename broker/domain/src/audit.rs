//! The audit trail: one enum with numbers that never change meaning. Further kinds stand at its end, whatever their numbers: on their way
//! to the log they are named by their places.

use crate::clock::Timestamp;
use crate::ids::{CitizenId, ClientId, EventId, InteractionId, SessionId, TraceId};
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// What happened. A number is never given to another meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[repr(u16)]
        pub enum AuditKind { $($(#[$doc])* $name = $number,)* }

        impl AuditKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The number.
            pub const fn number(self) -> u16 { self as u16 }
            /// The kind of a number.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$name),)* _ => None }
            }
            /// The name, for logs and operators.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

events! {
    /// A citizen came back from VNeID and was signed in.
    SignedIn = 100,
    /// A citizen with a living session was signed in at a further portal.
    SingleSignOn = 101,
    /// The way through VNeID failed.
    SignInFailed = 102,
    /// VNeID vouched for somebody whom the broker would not sign in.
    ArrivalRefused = 103,
    /// A new citizen was recorded.
    CitizenRecorded = 104,
    /// A citizen arrived under a further identity.
    IdentityAdded = 105,
    /// A subject was given for the first time.
    SubjectGiven = 106,
    /// The citizen allowed a portal to have data.
    ConsentGiven = 107,
    /// The citizen refused.
    ConsentRefused = 108,
    /// A legacy account was linked to a citizen.
    AccountLinked = 109,
    /// A session ended by logout.
    SignedOut = 110,
    /// A session ended because another citizen signed in on the same browser.
    SessionReplaced = 111,
    /// A logout token was delivered.
    LogoutDelivered = 112,
    /// Delivery of a logout token was given up.
    LogoutGivenUp = 113,
    /// A code was presented twice: everything from it was revoked.
    CodeReplayed = 120,
    /// A rotated refresh token was presented: everything from it was revoked.
    RefreshReused = 121,
    /// A client failed to prove who it is.
    ClientAuthenticationFailed = 122,
    /// A client was given a token of its own.
    ClientToken = 123,
    /// An old portal ended all tokens of a login by its id_token.
    TokenRevoked = 124,
    /// An account of before VNeID was signed in to.
    AccountOpened = 130,
    /// A sign-in to an account of before VNeID failed.
    AccountRefused = 131,
    /// The population database confirmed an account's number.
    NumberConfirmed = 132,
    /// The population database did not confirm an account's number, or did not answer.
    NumberRefused = 133,
    /// A code was sent to an account's phone.
    CodeSent = 134,
    /// A proof that an account is somebody's failed.
    ProofFailed = 135,
    /// The citizen put the proof of an account off.
    LinkPutOff = 136,
    /// VNeID proved somebody else than the owner of the account that was signed in to.
    NotTheOwner = 137,
    /// Attempts were refused, for there were too many.
    TooManyAttempts = 138,
    /// A session was opened by an account of before VNeID.
    AccountSession = 139,
    /// The citizen went on to the portal, after they were asked or told about accounts.
    WentOn = 140,
    /// A citizen took their data along.
    DataTaken = 150,
    /// A citizen ended one of their sessions from the account pages.
    SessionEnded = 151,
    /// A citizen asked for the end of a link.
    UnlinkAsked = 152,
    /// The population database confirmed more of a citizen.
    ClaimsUpdated = 153,
    /// A session ended because its citizen was blocked, or by an operator otherwise.
    SessionEndedByOperator = 154,
    /// A portal acknowledged events.
    EventsDelivered = 160,
    /// A portal refused an event for good: it waits for an operator.
    EventRefused = 161,
    /// A link of a citizen to a legacy account ended.
    AccountUnlinked = 162,
    /// An operator changed whether a citizen may sign in.
    CitizenStatusChanged = 163,
    /// A case was put before people, who must decide it.
    ReviewOpened = 170,
    /// A citizen's number was issued anew: the one before stays theirs.
    NumberChanged = 171,
    /// A registration was added.
    ClientAdded = 200,
    /// A client was given a new secret.
    ClientSecretRotated = 201,
    /// A client was switched off.
    ClientDisabled = 202,
    /// A registration was changed.
    ClientChanged = 203,
    /// Signing keys were rotated.
    KeysRotated = 210,
    /// Legacy accounts were imported.
    AccountsImported = 220,
    /// An operator was shown the contents of a legacy account.
    AccountRevealed = 221,
    /// The legacy accounts of a namespace were written to a file.
    AccountsExported = 222,
    /// An administrator set when legacy sign-in of a namespace ends.
    NamespaceCutOffSet = 225,
    /// An administrator switched legacy sign-in of a namespace on or off.
    NamespaceSwitched = 226,
    /// A sector was taken over by another, or that went on.
    SectorMerged = 230,
    /// An operator let events be delivered again.
    EventsRetried = 231,
    /// An operator said how a case should be decided.
    ReviewVoted = 240,
    /// What two operators agreed on was carried out, or could not be.
    ReviewClosed = 241,
    /// An operator looked at the evidence of a case.
    ReviewLookedAt = 242,
    /// An operator looked up whose a number is.
    CitizenLookedUp = 243,
    /// A legacy account went over from one citizen to another.
    AccountMoved = 245,
    /// The database was copied to a file.
    BackupTaken = 250,
    /// The database was put back from a file: what had happened after that copy is not in it.
    BackupRestored = 251,
    /// Signing keys were taken away because they had leaked.
    KeysTakenAway = 252,
    /// A message to a phone was dropped: its code was dead before the gateway took it, or the gateway would not take it.
    MessageDropped = 260,
    /// An operator let something that goes out be delivered again.
    OutboxRetried = 261,
    /// An operator dropped something that was to go out.
    OutboxDiscarded = 262,
    /// The private parts of signing keys were deleted, long after they had signed the last time.
    KeysForgotten = 263,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Its id.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AuditKind,
    /// Who, when known.
    pub citizen: Option<CitizenId>,
    /// Which portal.
    pub client: Option<ClientId>,
    /// Which login.
    pub interaction: Option<InteractionId>,
    /// Which session.
    pub sid: Option<SessionId>,
    /// The code of the catalogue, when it failed.
    pub code: Option<u16>,
    /// The request.
    pub trace: Option<TraceId>,
    /// A word more: of our own vocabulary, never personal data.
    pub note: Option<String>,
}

impl AuditEvent {
    /// An event with nothing but its kind.
    pub const fn new(id: EventId, at: Timestamp, kind: AuditKind) -> Self {
        Self {
            id,
            at,
            kind,
            citizen: None,
            client: None,
            interaction: None,
            sid: None,
            code: None,
            trace: None,
            note: None,
        }
    }

    /// The hash that chains it to the one before: SHA-256 over that hash and every field, each with its length.
    pub fn chain(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(before);
        let opt = |s: Option<&str>| s.unwrap_or("\0").to_owned();
        let fields = [
            self.id.as_str().to_owned(),
            self.at.millis().to_string(),
            self.kind.number().to_string(),
            opt(self.citizen.as_ref().map(CitizenId::as_str)),
            opt(self.client.as_ref().map(ClientId::as_str)),
            opt(self.interaction.as_ref().map(InteractionId::as_str)),
            opt(self.sid.as_ref().map(SessionId::as_str)),
            opt(self.code.map(|c| c.to_string()).as_deref()),
            opt(self.trace.as_ref().map(TraceId::as_str)),
            opt(self.note.as_deref()),
        ];
        for field in &fields {
            context.update(&(field.len() as u64).to_be_bytes());
            context.update(field.as_bytes());
        }
        let mut out = [0u8; 32];
        for (to, from) in out.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        out
    }
}
