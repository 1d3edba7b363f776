//! Sending the citizen to VNeID.

use super::problem::Problem;
use crate::errors::catalogue::Code;
use crate::paths;
use crate::state::Broker;
use broker_domain::authorization::{Attempt, Interaction};
use broker_domain::clock::Timestamp;
use broker_domain::level::Level;
use broker_domain::secret::{Purpose, Secret};
use broker_domain::upstream::{Ask, Binding, UpstreamFailure};

/// What is wanted of VNeID.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) fresh: bool,
    pub(super) level: Option<Level>,
}

/// Why the citizen is sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why<'a> {
    /// They chose it.
    Choice,
    /// To link the account that they signed in to.
    Link,
    /// The answer to this attempt was older than the portal allows.
    Again(&'a Attempt),
}

/// Makes a new attempt and says where it leads. The interaction is changed, not yet kept.
pub(super) async fn send(
    broker: &Broker,
    interaction: &mut Interaction,
    need: Need,
    now: Timestamp,
    why: Why<'_>,
) -> Result<String, UpstreamFailure> {
    // The id in `state` finds the login again in one look-up; the secret proves that the answer is to this attempt.
    let secret = Secret::generate(&*broker.entropy);
    let state = Secret::new(format!("{}.{}", interaction.id, secret.reveal()));
    let attempt = Attempt {
        upstream: broker.rules.vneid.clone(),
        state: broker.hasher.hash(Purpose::State, state.reveal()),
        state_text: state,
        nonce: Secret::generate(&*broker.entropy),
        verifier: Secret::generate(&*broker.entropy),
        started_at: now,
        fresh: need.fresh,
        account: None,
    };
    let url = address(broker, interaction, &attempt, need.level, now).await?;
    let moved = match why {
        Why::Again(before) => interaction.ask_vneid_again(attempt, before),
        Why::Link => interaction.link_with_vneid(attempt),
        Why::Choice => interaction.choose_vneid(attempt),
    };
    moved.map_err(|_| UpstreamFailure::ErrorAnswer)?;
    Ok(url)
}

/// The address of an attempt: the same for the same attempt.
pub(super) async fn address(
    broker: &Broker,
    interaction: &Interaction,
    attempt: &Attempt,
    level: Option<Level>,
    now: Timestamp,
) -> Result<String, UpstreamFailure> {
    let upstream = broker.upstream(&attempt.upstream).ok_or(UpstreamFailure::BadMetadata)?;
    let ask = Ask {
        level,
        fresh: attempt.fresh,
        ui_locales: interaction.request.ui_locales.clone(),
        login_hint: interaction.request.login_hint.clone(),
    };
    upstream.begin(&ask, &binding(attempt), &callback(broker), now).await
}

/// What an attempt's answer must fit.
pub(super) fn binding(attempt: &Attempt) -> Binding {
    Binding {
        state: attempt.state_text.reveal().to_owned(),
        nonce: attempt.nonce.reveal().to_owned(),
        verifier: attempt.verifier.reveal().to_owned(),
        started_at: attempt.started_at,
        fresh: attempt.fresh,
    }
}

/// Where VNeID sends the citizen back to.
pub(super) fn callback(broker: &Broker) -> String {
    broker.issuer.url(paths::CALLBACK)
}

/// A failure of VNeID as a problem of a login.
pub(super) fn failed(problem: Problem, failure: UpstreamFailure) -> Problem {
    Problem { code: Code::of_upstream(failure), ..problem }
}
