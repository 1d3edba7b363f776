//! Old accounts: their sign-in, their proof, and the population database.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    match code {
        Code::PopulationNoMatch
        | Code::PopulationSeveral
        | Code::PopulationTimedOut
        | Code::PopulationUnreachable
        | Code::PopulationRefused
        | Code::PopulationMalformed
        | Code::PopulationDeceased
        | Code::PopulationBusy => population(code),
        _ => account(code),
    }
}

const fn account(code: Code) -> Option<Entry> {
    Some(match code {
        Code::TooManyAttempts => Entry::new(
            StatusCode::TOO_MANY_REQUESTS,
            "error-attempts",
            Action::TryAgain,
            "Nothing to do for one citizen; many accounts from one network point to somebody who guesses passwords.",
        ),
        Code::ProofNotOffered => Entry::new(
            StatusCode::FORBIDDEN,
            "error-proof-not-offered",
            Action::TryAgain,
            "The account has no password or phone of that kind, or the form is stale or forged.",
        ),
        Code::AccountClosed => Entry::new(
            StatusCode::FORBIDDEN,
            "error-account-closed",
            Action::TryAgain,
            "Only the portal that had issued the account can open it again; import it anew after that.",
        ),
        Code::NotTheOwner => Entry::new(
            StatusCode::FORBIDDEN,
            "error-not-the-owner",
            Action::StartAgainAtPortal,
            "Two people at one computer, or a stranger who knows the password of the old account: the audit trail names account and citizen.",
        ),
        Code::CheckServiceAway => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-check-service-away",
            Action::TryAgain,
            "Ask the portal why its check service does not answer; check route and certificates on both sides.",
        ),
        Code::MessageNotSent => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-message-not-sent",
            Action::TryAgain,
            "See what the message gateway answered, and whether its quota is used up.",
        ),
        Code::AdministratorNotLinked => Entry::new(
            StatusCode::FORBIDDEN,
            "error-administrator-account",
            Action::TryAgain,
            "Expected for administrators' accounts; one that is a citizen's own was imported with the wrong kind.",
        ),
        Code::PostNotOffered => Entry::new(
            StatusCode::FORBIDDEN,
            "error-post-not-offered",
            Action::TryAgain,
            "Compare sign_in_methods of the client with what the portal wants to offer.",
        ),
        Code::ProofExpired => Entry::new(
            StatusCode::GONE,
            "error-proof-expired",
            Action::StartAgainAtPortal,
            "Nothing to do; many of these at once point to messages that arrive late.",
        ),
        Code::ReviewPending => Entry::new(
            StatusCode::FORBIDDEN,
            "error-review-pending",
            Action::BackToPortal,
            "The account stands in the review queue with its evidence: two people decide.",
        ),
        Code::AccountConflicts => Entry::new(
            StatusCode::CONFLICT,
            "error-account-conflicts",
            Action::TryAgain,
            "The number is that of another account or citizen: decide it in the review queue, and tell neither about the other.",
        ),
        Code::AccountChanged => Entry::new(
            StatusCode::CONFLICT,
            "error-account-changed",
            Action::BackToPortal,
            "An import changed whose data the account holds while its proof was asked for; if it should be theirs, mend it at its portal and import it again.",
        ),
        _ => return None,
    })
}

const fn population(code: Code) -> Option<Entry> {
    Some(match code {
        Code::PopulationNoMatch => Entry::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "error-population-no-match",
            Action::TryAgain,
            "Nothing to do for one citizen; many from one network point to somebody who looks for numbers.",
        ),
        Code::PopulationSeveral => Entry::new(
            StatusCode::CONFLICT,
            "error-population-several",
            Action::BackToPortal,
            "The record must be mended in the population database: pass the case to its office.",
        ),
        Code::PopulationTimedOut => Entry::new(
            StatusCode::GATEWAY_TIMEOUT,
            "error-population-slow",
            Action::TryAgain,
            "See how much time log lines spend on the population database; raise the time limit only if its office says that this is normal.",
        ),
        Code::PopulationUnreachable => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-population-away",
            Action::TryAgain,
            "Check name resolution, route, firewall and TLS to the population database from this machine.",
        ),
        Code::PopulationRefused => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-population-refused",
            Action::TryAgain,
            "It refused our credentials or our address, or failed within: check our agreement with it, then ask its office.",
        ),
        Code::PopulationMalformed => Entry::new(
            StatusCode::BAD_GATEWAY,
            "error-population-garbled",
            Action::TryAgain,
            "Its answers changed, or a proxy answers in its place: compare them with the agreement.",
        ),
        Code::PopulationDeceased => Entry::new(
            StatusCode::FORBIDDEN,
            "error-population-deceased",
            Action::TryAgain,
            "If it is a mistake, it must be mended in the population database first; if not, somebody uses a dead person's number.",
        ),
        Code::PopulationBusy => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-population-busy",
            Action::TryAgain,
            "It asks for fewer questions, or it failed too often just now and was not asked: look at the failures just before.",
        ),
        _ => return None,
    })
}
