//! What a valid request leads to, given who is signed in: a pure function.

use super::request::{AuthorizationRequest, Refusal};
use crate::client::Client;
use crate::clock::Timestamp;
use crate::consent::{self, Consent};
use crate::level::Level;
use crate::session::Session;

/// What the id_token_hint of a request says about the citizen of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hinted {
    /// No hint, or it names the citizen who is signed in.
    Fits,
    /// It names somebody else, or is none of ours.
    Differs,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Give the code.
    Proceed,
    /// Ask the citizen to prove which accounts of before VNeID are theirs at this portal.
    Prove,
    /// Ask the citizen what may be shared.
    Consent,
    /// Send the citizen to sign in.
    Login {
        /// Whether an authentication made before will not do.
        fresh: bool,
        /// The level to reach.
        level: Option<Level>,
    },
    /// Tell the client.
    Refuse(Refusal, &'static str),
}

/// How the citizen came back from VNeID in this very login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Back {
    /// When they were sent there.
    pub sent_at: Timestamp,
    /// Whether VNeID was asked to authenticate them anew, and it was seen that it did.
    pub fresh: bool,
}

impl Back {
    /// Whether the authentication was made on this way: by VNeID's word, with seconds to spare between two clocks.
    fn made(self, auth_time: Timestamp) -> bool {
        self.fresh || auth_time >= self.sent_at.plus_secs(-CLOCKS_DIFFER_SECS)
    }
}

/// How much the clocks of two machines may differ when one of them says "just now".
const CLOCKS_DIFFER_SECS: i64 = 5;

/// `None` when the citizen did not come back from VNeID in this login.
pub type Returned = Option<Back>;

/// Decides. `session` is alive and belongs to the browser.
pub fn next(
    request: &AuthorizationRequest,
    client: &Client,
    session: Option<&Session>,
    hinted: Hinted,
    returned: Returned,
    now: Timestamp,
) -> Next {
    let required = client.min_level().into_iter().chain(request.essential_acr).max();
    let wished = request.acr_values.first().copied().into_iter().chain(required).max();
    let again = request.prompt.login || request.prompt.select_account;
    let Some(session) = session.filter(|s| s.serves(client)) else {
        return login_or(request, Refusal::LoginRequired, again, wished);
    };
    let just_now = returned.is_some();
    if !just_now && (again || hinted == Hinted::Differs) {
        return login_or(request, Refusal::LoginRequired, true, wished);
    }
    if hinted == Hinted::Differs {
        return Next::Refuse(Refusal::LoginRequired, "another citizen is signed in than id_token_hint names");
    }
    if let Some(max_age) = request.max_age {
        // An authentication made within this login is as fresh as it gets, also for max_age=0, however slow the way back was.
        let made_now = returned.is_some_and(|back| back.made(session.auth_time));
        if !made_now && (now.secs_since(session.auth_time) > max_age || max_age == 0) {
            return login_or(request, Refusal::LoginRequired, true, wished);
        }
    }
    if required.is_some_and(|level| session.level < level) {
        return if just_now {
            Next::Refuse(
                Refusal::UnmetAuthenticationRequirements,
                "the required level of authentication was not reached",
            )
        } else {
            login_or(request, Refusal::LoginRequired, false, wished)
        };
    }
    // A level that the portal would like, but can do without: one attempt to reach it.
    let content = request.acr_values.iter().min().is_none_or(|lowest| session.level >= *lowest);
    if !content && !just_now && !request.prompt.none {
        return Next::Login { fresh: false, level: wished };
    }
    if session.unproven_at(&client.sector()).is_some() {
        return match (request.prompt.none, session.subject(&client.sector())) {
            (false, _) => Next::Prove,
            (true, None) => Next::Refuse(Refusal::InteractionRequired, "the citizen must be asked"),
            // They put it off before: the subject that was given then still holds.
            (true, Some(_)) => after_proof(request, client, session),
        };
    }
    after_proof(request, client, session)
}

/// What follows when no account waits for a proof any more, or the citizen puts it off.
pub fn after_proof(request: &AuthorizationRequest, client: &Client, session: &Session) -> Next {
    let allowed = session.allowed.iter().find(|(c, _)| *c == client.id).map(|(_, s)| s);
    match consent::decide(client, &request.scope, allowed, request.prompt.consent) {
        Consent::NotNeeded => Next::Proceed,
        Consent::Ask if request.prompt.none => {
            Next::Refuse(Refusal::ConsentRequired, "the citizen must be asked")
        }
        Consent::Ask => Next::Consent,
    }
}

/// The level that the portal is told. Whoever asked for certain levels and can do without none other is told the highest of them that
/// was reached: the answer must be one of those asked for (OpenID Connect Core 5.5.1.1). A higher level includes the lower ones.
pub fn level_to_say(request: &AuthorizationRequest, reached: Level) -> Level {
    let wish = request.claims.id_token_wish("acr").filter(|w| w.essential);
    let asked = wish.into_iter().flat_map(|w| &w.values).filter_map(|v| v.parse::<Level>().ok());
    asked.filter(|level| *level <= reached).max().unwrap_or(reached)
}

fn login_or(request: &AuthorizationRequest, refusal: Refusal, fresh: bool, level: Option<Level>) -> Next {
    if request.prompt.none {
        Next::Refuse(refusal, "the citizen must sign in")
    } else {
        Next::Login { fresh, level }
    }
}
