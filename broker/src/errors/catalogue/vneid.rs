//! The way to VNeID and back.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::VneidDenied => Entry::new(
            StatusCode::FORBIDDEN,
            "error-vneid-denied",
            Action::TryAgain,
            "Nothing to do for one; many at once: ask VNeID whether it refuses our client.",
        ),
        Code::VneidAccountLocked => Entry::new(
            StatusCode::FORBIDDEN,
            "error-vneid-locked",
            Action::BackToPortal,
            "Only VNeID can unlock it.",
        ),
        Code::VneidLoginRequired => Entry::new(
            StatusCode::FORBIDDEN,
            "error-vneid-login-required",
            Action::TryAgain,
            "VNeID ended its own login earlier than expected: compare its lifetime with ours.",
        ),
        Code::VneidErrorAnswer => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-refused",
            Action::TryAgain,
            "Ask VNeID why it refuses, with the time of the event in the audit trail.",
        ),
        Code::VneidBusy => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-vneid-busy",
            Action::TryAgain,
            "Count VB-1305 and VB-1312 in the metrics, and ask VNeID whether it is overloaded.",
        ),
        Code::VneidNoCode => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-answer-lost",
            Action::TryAgain,
            "See whether a proxy rewrites the callback's query: in the sealed dialect a plus sign must arrive as it is.",
        ),
        Code::VneidCodeRefused => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-answer-late",
            Action::TryAgain,
            "Codes live for seconds: see how long the way from callback to token request takes, and whether two requests use one code.",
        ),
        Code::VneidClientRefused => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-connection",
            Action::TryAgain,
            "Check client id and secret of the upstream in the configuration; they may have been changed or have expired at VNeID.",
        ),
        Code::VneidAddressRefused => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-connection",
            Action::TryAgain,
            "The address by which we leave is not on VNeID's list: check the route and ask VNeID to admit it.",
        ),
        Code::VneidUnreachable => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-away",
            Action::TryAgain,
            "Check name resolution, route, firewall and TLS to VNeID's host from this machine.",
        ),
        Code::VneidTimedOut => Entry::new(
            StatusCode::GATEWAY_TIMEOUT,
            "error-vneid-slow",
            Action::TryAgain,
            "See how much time log lines spend on VNeID; raise the time limit only if VNeID says that this is normal.",
        ),
        Code::VneidCircuitOpen => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-vneid-paused",
            Action::TryAgain,
            "Look at the failures just before: this one follows from them and ends by itself.",
        ),
        Code::VneidBadStatus => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-garbled",
            Action::TryAgain,
            "Ask VNeID what its endpoints answered at the time of the event in the audit trail.",
        ),
        Code::VneidTooLarge => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-garbled",
            Action::TryAgain,
            "Something other than VNeID may be answering: check the configured addresses and what stands between.",
        ),
        Code::VneidMalformed => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-garbled",
            Action::TryAgain,
            "VNeID changed its answers, or a proxy answers in its place: compare dialect and claim names in the configuration with the agreement.",
        ),
        Code::VneidSealBroken => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-untrusted",
            Action::TryAgain,
            "Check that VNeID seals for the key that is configured; during a rotation both keys must be in force.",
        ),
        Code::VneidBadMetadata => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-connection",
            Action::TryAgain,
            "Compare issuer in the configuration with the one in VNeID's discovery document, character by character.",
        ),
        Code::VneidNoIdToken => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-untrusted",
            Action::TryAgain,
            "Check that scope openid is granted to us at VNeID, and that the dialect is the right one.",
        ),
        Code::VneidUnknownKey => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-untrusted",
            Action::TryAgain,
            "VNeID rotated its keys without publishing the new one, or the token is forged: ask VNeID.",
        ),
        Code::VneidBadSignature => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-untrusted",
            Action::TryAgain,
            "Treat as an attack until VNeID explains it.",
        ),
        Code::VneidWrongIssuer => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-untrusted",
            Action::TryAgain,
            "Compare issuer in the configuration with iss; if they should differ, VNeID was moved, else treat as an attack.",
        ),
        Code::VneidWrongAudience => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-untrusted",
            Action::TryAgain,
            "Compare our client id with aud and azp; if the id is right, treat as an attack.",
        ),
        Code::VneidWrongNonce => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-mixed-up",
            Action::TryAgain,
            "One alone is a mixed-up tab; several are an attempt to slip in foreign answers.",
        ),
        Code::VneidExpired => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-answer-late",
            Action::TryAgain,
            "Compare the clocks of this machine and of VNeID; else the answer was held back.",
        ),
        Code::VneidClockSkew => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-clock",
            Action::TryAgain,
            "Check time synchronization on this machine, then ask VNeID.",
        ),
        Code::VneidNotFresh => Entry::new(
            StatusCode::FORBIDDEN,
            "error-vneid-not-fresh",
            Action::TryAgain,
            "VNeID ignores prompt=login or max_age: ask VNeID; one alone is a page that was passed too quickly.",
        ),
        Code::VneidSubjectMismatch => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-mixed-up",
            Action::TryAgain,
            "VNeID mixes people up, or somebody swapped a token: treat as an attack and tell VNeID.",
        ),
        Code::VneidBadClaims => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-incomplete",
            Action::TryAgain,
            "Compare the claim names in the configuration with the agreement; if they agree, the citizen's data at VNeID is incomplete.",
        ),
        Code::VneidContradictoryClaims => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-contradiction",
            Action::BackToPortal,
            "The citizen's data must be mended at the source: pass the case to the population database's office.",
        ),
        Code::VneidUnknownLevel => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-vneid-level-unknown",
            Action::TryAgain,
            "VNeID sends a new acr or account level: agree with VNeID on its meaning, then map it in the configuration.",
        ),
        Code::CallbackStateMissing => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-return-incomplete",
            Action::BackToPortal,
            "VNeID or a proxy dropped the parameter, or somebody opened the address by hand.",
        ),
        Code::CallbackStateUnknown => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-return-unknown",
            Action::BackToPortal,
            "An old page, a forged answer, or an expiring store that lost what it held: see whether it was restarted.",
        ),
        Code::CallbackStateUsed => Entry::new(
            StatusCode::CONFLICT,
            "error-return-used",
            Action::StartAgainAtPortal,
            "Nothing to do: a reload or the back button.",
        ),
        Code::CallbackOtherBrowser => Entry::new(
            StatusCode::FORBIDDEN,
            "error-return-other-browser",
            Action::StartAgainAtPortal,
            "Somebody made a citizen open an answer that is not theirs, or the browser lost its cookie on the way; many of these are an attack.",
        ),
        _ => return None,
    })
}
