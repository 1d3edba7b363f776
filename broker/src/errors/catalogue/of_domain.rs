//! Which code stands for what the domain refuses.

use super::code::Code;
use broker_domain::authorization::Unredirectable;
use broker_domain::linking::Doubt;
use broker_domain::upstream::UpstreamFailure;
use broker_domain::upstream::population::{Answer, PopulationFailure};

impl Code {
    /// The code of a failed sign-in at VNeID.
    pub const fn of_upstream(failure: UpstreamFailure) -> Self {
        match failure {
            UpstreamFailure::Denied => Self::VneidDenied,
            UpstreamFailure::AccountLocked => Self::VneidAccountLocked,
            UpstreamFailure::LoginRequired => Self::VneidLoginRequired,
            UpstreamFailure::ErrorAnswer => Self::VneidErrorAnswer,
            UpstreamFailure::Busy => Self::VneidBusy,
            UpstreamFailure::NoCode => Self::VneidNoCode,
            UpstreamFailure::CodeRefused => Self::VneidCodeRefused,
            UpstreamFailure::ClientRefused => Self::VneidClientRefused,
            UpstreamFailure::AddressRefused => Self::VneidAddressRefused,
            UpstreamFailure::Unreachable => Self::VneidUnreachable,
            UpstreamFailure::TimedOut => Self::VneidTimedOut,
            UpstreamFailure::CircuitOpen => Self::VneidCircuitOpen,
            UpstreamFailure::BadStatus => Self::VneidBadStatus,
            UpstreamFailure::TooLarge => Self::VneidTooLarge,
            UpstreamFailure::Malformed => Self::VneidMalformed,
            UpstreamFailure::SealBroken => Self::VneidSealBroken,
            UpstreamFailure::BadMetadata => Self::VneidBadMetadata,
            UpstreamFailure::NoIdToken => Self::VneidNoIdToken,
            UpstreamFailure::UnknownKey => Self::VneidUnknownKey,
            UpstreamFailure::BadSignature => Self::VneidBadSignature,
            UpstreamFailure::WrongIssuer => Self::VneidWrongIssuer,
            UpstreamFailure::WrongAudience => Self::VneidWrongAudience,
            UpstreamFailure::WrongNonce => Self::VneidWrongNonce,
            UpstreamFailure::Expired => Self::VneidExpired,
            UpstreamFailure::ClockSkew => Self::VneidClockSkew,
            UpstreamFailure::NotFresh => Self::VneidNotFresh,
            UpstreamFailure::SubjectMismatch => Self::VneidSubjectMismatch,
            UpstreamFailure::BadClaims => Self::VneidBadClaims,
            UpstreamFailure::ContradictoryClaims => Self::VneidContradictoryClaims,
            UpstreamFailure::UnknownLevel => Self::VneidUnknownLevel,
        }
    }

    /// The code of an arrival by which nobody is signed in.
    pub const fn of_doubt(doubt: Doubt) -> Self {
        match doubt {
            Doubt::DiffersFromRecord => Self::RecordDiffers,
            Doubt::NumberChanged => Self::NumberChanged,
            Doubt::NotAuthoritative => Self::NotVouched,
            Doubt::Blocked => Self::Blocked,
            Doubt::Deceased => Self::Deceased,
        }
    }

    /// The code of an answer of the population database; `None` for one by which all is well.
    pub const fn of_answer(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Match => None,
            Answer::Differs(_) | Answer::Nobody => Some(Self::PopulationNoMatch),
            Answer::Several => Some(Self::PopulationSeveral),
            Answer::Deceased => Some(Self::PopulationDeceased),
        }
    }

    /// The code of a population database that did not answer.
    pub const fn of_population(failure: PopulationFailure) -> Self {
        match failure {
            PopulationFailure::Unreachable => Self::PopulationUnreachable,
            PopulationFailure::TimedOut => Self::PopulationTimedOut,
            PopulationFailure::Busy | PopulationFailure::CircuitOpen => Self::PopulationBusy,
            PopulationFailure::Refused | PopulationFailure::BadStatus => Self::PopulationRefused,
            PopulationFailure::Malformed => Self::PopulationMalformed,
        }
    }

    /// The code of a request that cannot be answered by redirect.
    pub const fn of_unredirectable(reason: Unredirectable) -> Self {
        match reason {
            Unredirectable::UnknownClient => Self::UnknownClient,
            Unredirectable::BadRedirectUri => Self::BadRedirectUri,
        }
    }
}
