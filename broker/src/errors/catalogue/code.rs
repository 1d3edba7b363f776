//! The codes. A number never changes its meaning; one that is no longer used is not given out again.

use std::fmt;

/// A code of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Code {
    // Requests that lead to no login.
    /// `client_id` is absent, unknown, or of a client that is switched off.
    UnknownClient = 1101,
    /// `redirect_uri` is absent or not registered exactly.
    BadRedirectUri = 1102,
    /// A query or form that cannot be read.
    MalformedRequest = 1103,
    /// A query or body beyond the limits.
    RequestTooLarge = 1104,
    /// No such page.
    PageNotFound = 1105,
    /// The page exists, but not by this HTTP method.
    MethodNotAllowed = 1106,
    /// A limit of requests was reached.
    TooManyRequests = 1107,
    // Logins in flight, their forms, and the choice of the account.
    /// No login has this id.
    LoginUnknown = 1201,
    /// The login took too long.
    LoginExpired = 1202,
    /// The login is over.
    LoginFinished = 1203,
    /// The browser's cookie is missing.
    BrowserForgot = 1204,
    /// The cookie is that of another browser.
    OtherBrowser = 1205,
    /// The form has no token.
    FormTokenMissing = 1206,
    /// The form's token is of another login or browser.
    FormTokenWrong = 1207,
    /// The form belongs to a step that is past.
    FormUsed = 1208,
    /// This portal does not offer that way to sign in.
    MethodNotOffered = 1209,
    /// The operators have switched that way to sign in off.
    MethodSwitchedOff = 1210,
    /// That way to sign in is past its cut-off.
    MethodPastCutOff = 1211,
    /// The login stands at another step than the page accepts.
    StepOutOfOrder = 1212,
    // The way to VNeID and back.
    /// Cancelled by the citizen, or refused by VNeID.
    VneidDenied = 1301,
    /// The account at VNeID is locked.
    VneidAccountLocked = 1302,
    /// VNeID wants the citizen to sign in, and was asked to show no page.
    VneidLoginRequired = 1303,
    /// VNeID answered with another error.
    VneidErrorAnswer = 1304,
    /// VNeID says that it is busy.
    VneidBusy = 1305,
    /// The answer holds no usable code.
    VneidNoCode = 1306,
    /// VNeID refused the code.
    VneidCodeRefused = 1307,
    /// VNeID refused our credentials.
    VneidClientRefused = 1308,
    /// VNeID refused our network address.
    VneidAddressRefused = 1309,
    /// No connection, or it broke.
    VneidUnreachable = 1310,
    /// VNeID took too long.
    VneidTimedOut = 1311,
    /// VNeID was not asked, because it failed too often just now.
    VneidCircuitOpen = 1312,
    /// An HTTP status that no answer should have.
    VneidBadStatus = 1313,
    /// An answer beyond the limit.
    VneidTooLarge = 1314,
    /// An answer that cannot be read.
    VneidMalformed = 1315,
    /// A sealed answer that does not open.
    VneidSealBroken = 1316,
    /// Discovery names another issuer or lacks an endpoint.
    VneidBadMetadata = 1317,
    /// No id_token came.
    VneidNoIdToken = 1318,
    /// Signed with a key that VNeID does not publish.
    VneidUnknownKey = 1319,
    /// The signature does not fit, or its algorithm is not allowed.
    VneidBadSignature = 1320,
    /// The id_token is of another issuer.
    VneidWrongIssuer = 1321,
    /// The id_token is for somebody else.
    VneidWrongAudience = 1322,
    /// The id_token answers another login.
    VneidWrongNonce = 1323,
    /// The id_token has expired.
    VneidExpired = 1324,
    /// The id_token comes from another time.
    VneidClockSkew = 1325,
    /// The citizen was not authenticated again, though that was asked for.
    VneidNotFresh = 1326,
    /// Userinfo speaks of somebody else.
    VneidSubjectMismatch = 1327,
    /// A claim without which nobody can be signed in is missing or unreadable.
    VneidBadClaims = 1328,
    /// The number contradicts birth date or sex.
    VneidContradictoryClaims = 1329,
    /// A level of authentication that is not known.
    VneidUnknownLevel = 1330,
    /// The callback has no `state`.
    CallbackStateMissing = 1341,
    /// The callback's `state` is not one of ours, or too old.
    CallbackStateUnknown = 1342,
    /// The callback was answered before.
    CallbackStateUsed = 1343,
    /// The callback belongs to a login of another browser.
    CallbackOtherBrowser = 1344,
    // Who arrives, and how strongly authenticated.
    /// The number is a known citizen's, but birth date or sex differ.
    RecordDiffers = 1401,
    /// The identity is a known citizen's, but the number is another.
    NumberChanged = 1402,
    /// An upstream that may not vouch for numbers brought a number that is known by another.
    NotVouched = 1403,
    /// The citizen is blocked.
    Blocked = 1404,
    /// The citizen is known to have died.
    Deceased = 1405,
    /// The level that the portal requires was not reached.
    LevelNotReached = 1411,
    /// An account of level 1 where a higher one is needed.
    AccountLevelOne = 1412,
    // Logouts.
    /// The `id_token_hint` is not one of ours.
    LogoutHintInvalid = 1501,
    /// The `post_logout_redirect_uri` is not registered for this portal.
    PostLogoutUriUnknown = 1502,
    // Old accounts: sign-in, proof, and the population database.
    /// Too many attempts to prove an old account.
    TooManyAttempts = 1601,
    /// That way to prove the account is not offered.
    ProofNotOffered = 1602,
    /// The old account is closed or locked.
    AccountClosed = 1603,
    /// Whom VNeID proved is not the owner of the account that was signed in to.
    NotTheOwner = 1604,
    /// The portal's check service does not answer.
    CheckServiceAway = 1605,
    /// The message with the code could not be sent.
    MessageNotSent = 1606,
    /// An administrator's account cannot be linked.
    AdministratorNotLinked = 1607,
    /// A Vietnam Post account cannot be used here.
    PostNotOffered = 1608,
    /// The time to prove the account has passed.
    ProofExpired = 1609,
    /// People have to look at the account first.
    ReviewPending = 1610,
    /// The population database knows nobody like that, or a field is not theirs.
    PopulationNoMatch = 1611,
    /// Several records of the population database answer.
    PopulationSeveral = 1612,
    /// The population database took too long.
    PopulationTimedOut = 1613,
    /// No connection to the population database, or it broke.
    PopulationUnreachable = 1614,
    /// The population database refused us, or answered an error.
    PopulationRefused = 1615,
    /// The population database's answer cannot be read.
    PopulationMalformed = 1616,
    /// According to the population database the person has died.
    PopulationDeceased = 1617,
    /// The population database is busy, or was not asked because it failed too often just now.
    PopulationBusy = 1618,
    /// The update of the account meets what another one holds.
    AccountConflicts = 1619,
    /// The account's data are others by now than when it was found for the citizen.
    AccountChanged = 1625,
    // The account pages.
    /// The login for the account pages was refused or broken off.
    AccountNotSignedIn = 1701,
    /// A form of the account pages is not of this browser and session.
    AccountFormWrong = 1702,
    /// The page is for citizens; an account of before VNeID is signed in.
    AccountForCitizens = 1703,
    /// None of the citizen's links is to such an account.
    LinkedAccountUnknown = 1704,
    /// Two people have decided before that the link stays.
    UnlinkRejected = 1705,
    /// There is nothing that the population database could confirm here.
    UpdateNotOffered = 1706,
    // Faults of the broker and its stores.
    /// A store does not answer.
    StoreUnavailable = 1901,
    /// Something that should not happen.
    Internal = 1902,
    /// Too many requests are in hand.
    Overloaded = 1903,
    /// A request took longer than any may.
    TookTooLong = 1904,
}

impl Code {
    /// All of them, by number.
    pub const ALL: [Self; 92] = [
        Self::UnknownClient,
        Self::BadRedirectUri,
        Self::MalformedRequest,
        Self::RequestTooLarge,
        Self::PageNotFound,
        Self::MethodNotAllowed,
        Self::TooManyRequests,
        Self::LoginUnknown,
        Self::LoginExpired,
        Self::LoginFinished,
        Self::BrowserForgot,
        Self::OtherBrowser,
        Self::FormTokenMissing,
        Self::FormTokenWrong,
        Self::FormUsed,
        Self::MethodNotOffered,
        Self::MethodSwitchedOff,
        Self::MethodPastCutOff,
        Self::StepOutOfOrder,
        Self::VneidDenied,
        Self::VneidAccountLocked,
        Self::VneidLoginRequired,
        Self::VneidErrorAnswer,
        Self::VneidBusy,
        Self::VneidNoCode,
        Self::VneidCodeRefused,
        Self::VneidClientRefused,
        Self::VneidAddressRefused,
        Self::VneidUnreachable,
        Self::VneidTimedOut,
        Self::VneidCircuitOpen,
        Self::VneidBadStatus,
        Self::VneidTooLarge,
        Self::VneidMalformed,
        Self::VneidSealBroken,
        Self::VneidBadMetadata,
        Self::VneidNoIdToken,
        Self::VneidUnknownKey,
        Self::VneidBadSignature,
        Self::VneidWrongIssuer,
        Self::VneidWrongAudience,
        Self::VneidWrongNonce,
        Self::VneidExpired,
        Self::VneidClockSkew,
        Self::VneidNotFresh,
        Self::VneidSubjectMismatch,
        Self::VneidBadClaims,
        Self::VneidContradictoryClaims,
        Self::VneidUnknownLevel,
        Self::CallbackStateMissing,
        Self::CallbackStateUnknown,
        Self::CallbackStateUsed,
        Self::CallbackOtherBrowser,
        Self::RecordDiffers,
        Self::NumberChanged,
        Self::NotVouched,
        Self::Blocked,
        Self::Deceased,
        Self::LevelNotReached,
        Self::AccountLevelOne,
        Self::LogoutHintInvalid,
        Self::PostLogoutUriUnknown,
        Self::TooManyAttempts,
        Self::ProofNotOffered,
        Self::AccountClosed,
        Self::NotTheOwner,
        Self::CheckServiceAway,
        Self::MessageNotSent,
        Self::AdministratorNotLinked,
        Self::PostNotOffered,
        Self::ProofExpired,
        Self::ReviewPending,
        Self::PopulationNoMatch,
        Self::PopulationSeveral,
        Self::PopulationTimedOut,
        Self::PopulationUnreachable,
        Self::PopulationRefused,
        Self::PopulationMalformed,
        Self::PopulationDeceased,
        Self::PopulationBusy,
        Self::AccountConflicts,
        Self::AccountChanged,
        Self::AccountNotSignedIn,
        Self::AccountFormWrong,
        Self::AccountForCitizens,
        Self::LinkedAccountUnknown,
        Self::UnlinkRejected,
        Self::UpdateNotOffered,
        Self::StoreUnavailable,
        Self::Internal,
        Self::Overloaded,
        Self::TookTooLong,
    ];

    /// Its number.
    pub const fn number(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for Code {
    /// As people read it out: `VB-1203`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VB-{}", self.number())
    }
}
