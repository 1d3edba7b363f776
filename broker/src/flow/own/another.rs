//! "Liên kết tài khoản khác": an account that waits for its proof, or one that the citizen signs in to.
//!
//! Both begin a login of the account pages in its middle, so every guard of a login holds: who signs in to an account is sent to VNeID
//! again, and only its owner comes back with it linked.

use super::enter::{Visit, request};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::begin::begin_at;
use crate::flow::choose::{Offer, offer};
use crate::flow::problem::{Go, Problem};
use crate::state::Broker;
use broker_domain::authorization::Proving;
use broker_domain::client::SignInMethod;
use broker_domain::ids::Namespace;

/// What the citizen can link from the account pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linkable {
    /// An account of this namespace was found by their number, and waits for its proof.
    Waiting(Namespace),
    /// An account whose user name and password they have.
    SignIn(SignInMethod),
}

impl Linkable {
    /// As a form says it.
    pub fn word(&self) -> String {
        match self {
            // A namespace can be called as a way to sign in is.
            Self::Waiting(namespace) => format!("of:{namespace}"),
            Self::SignIn(method) => method.as_str().to_owned(),
        }
    }
}

/// What can be linked now: what waits first.
pub fn linkable(broker: &Broker, visit: &Visit) -> Vec<Linkable> {
    let waiting = visit.session.unproven.iter().map(|u| Linkable::Waiting(u.namespace.clone()));
    let methods = [SignInMethod::National, SignInMethod::Vnpost];
    let open = methods.into_iter().filter(|m| {
        broker.namespaces.by_method(*m).is_some()
            && matches!(offer(broker, *m, visit.now), Offer::Open | Offer::LinkOnly(_))
    });
    waiting.chain(open.map(Linkable::SignIn)).collect()
}

/// Begins it; `word`: which, of those that the page offered.
///
/// # Errors
/// [`Code::MalformedRequest`] for what is not offered (any more), or a store that does not answer.
pub async fn link_another(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    word: &str,
) -> Result<Go, Problem> {
    visit.citizen()?;
    let wanted = linkable(broker, visit).into_iter().find(|l| l.word() == word);
    let wanted = wanted.ok_or_else(|| visit.problem(Code::MalformedRequest))?;
    let query = request(broker, &visit.place, None);
    begin_at(broker, browser, query.as_bytes(), |interaction| match &wanted {
        Linkable::SignIn(method) => interaction.choose_account(*method).is_ok(),
        Linkable::Waiting(namespace) => {
            let waiting = visit.session.unproven.iter().find(|u| u.namespace == *namespace);
            waiting.is_some_and(|w| interaction.ask_proof(Proving::of(visit.session.sid.clone(), w)).is_ok())
        }
    })
    .await
}
