//! Carries an exchange through: does what the domain's state machine says, and tells it how it went.

use crate::gate::{Gate, later};
use broker_domain::clock::Timestamp;
use broker_domain::upstream::{
    Action, Arrival, Binding, Exchange, Input, Refused, Rules, Unverified, UpstreamFailure,
};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What belongs to one exchange.
pub(crate) struct Errand<'a> {
    pub(crate) binding: &'a Binding,
    pub(crate) redirect_uri: &'a str,
    started: (Timestamp, Instant),
}

impl Errand<'_> {
    /// The present moment: answers can take seconds to come.
    pub(crate) fn now(&self) -> Timestamp {
        later(self.started.0, self.started.1)
    }
}

/// Does what an exchange asks for, in one dialect.
pub(crate) trait Perform: Sync {
    /// Does it, and says how it went.
    fn perform(&self, action: Action, errand: &Errand<'_>) -> impl Future<Output = Input> + Send;
}

/// An upstream as the shell sees it.
pub(crate) struct Shell {
    pub(crate) rules: Arc<Rules>,
    pub(crate) gate: Gate,
    pub(crate) limit: Duration,
}

/// What the calls of an exchange showed of the upstream.
#[derive(Clone, Copy)]
enum Shown {
    Nothing,
    Well,
    Ill,
}

impl Shell {
    /// Turns a callback into who arrived.
    pub(crate) async fn complete(
        &self,
        performer: &impl Perform,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure> {
        let leave = self.gate.may_call(now)?;
        let errand = Errand { binding, redirect_uri, started: (now, Instant::now()) };
        let run = self.run(performer, raw_query, &errand);
        let (result, shown) = tokio::time::timeout(self.limit, run).await.unwrap_or_else(|_| {
            let refused =
                Refused::new(UpstreamFailure::TimedOut, "the limit of time for a sign-in has passed");
            (Err(refused), Shown::Ill)
        });
        match shown {
            Shown::Well => leave.well(),
            Shown::Ill => leave.ill(errand.now()),
            Shown::Nothing => drop(leave),
        }
        result.map(|arrival| *arrival).map_err(|refused| self.tell(&refused))
    }

    async fn run(
        &self,
        performer: &impl Perform,
        raw_query: &str,
        errand: &Errand<'_>,
    ) -> (Result<Box<Arrival>, Refused>, Shown) {
        let (mut exchange, mut action) =
            Exchange::start(self.rules.clone(), errand.binding.clone(), raw_query);
        let mut shown = Shown::Nothing;
        loop {
            // What the browser carries shows nothing of the upstream, nor does what was opened with our own key; metadata and keys
            // are mostly at hand.
            let ours = matches!(action, Action::OpenCode { .. });
            let called =
                matches!(action, Action::Redeem { .. } | Action::RefreshKeys | Action::Userinfo { .. });
            let input = match action {
                Action::Finish(result) => return (result, shown),
                action => performer.perform(action, errand).await,
            };
            if !ours && failure(&input).is_some_and(UpstreamFailure::is_outage) {
                shown = Shown::Ill;
            } else if called {
                shown = Shown::Well;
            }
            action = exchange.advance(input, errand.now());
        }
    }

    /// Writes a failure to the log: what an operator has to look at as a warning, what citizens do as information.
    pub(crate) fn tell(&self, refused: &Refused) -> UpstreamFailure {
        let (upstream, failure, about) = (&self.rules.upstream, refused.failure, &refused.about);
        match failure {
            UpstreamFailure::Denied
            | UpstreamFailure::AccountLocked
            | UpstreamFailure::LoginRequired
            | UpstreamFailure::NotFresh => {
                tracing::info!(upstream_id = %upstream, %about, "{failure}");
            }
            _ => tracing::warn!(upstream_id = %upstream, %about, "{failure}"),
        }
        failure
    }
}

fn failure(input: &Input) -> Option<UpstreamFailure> {
    let refused = match input {
        Input::Metadata(Err(refused))
        | Input::Code(Err(refused))
        | Input::Tokens(Err(refused))
        | Input::Verified(Err(Unverified::Refused(refused)))
        | Input::Keys(Err(refused))
        | Input::Userinfo(Err(refused)) => refused,
        _ => return None,
    };
    Some(refused.failure)
}
