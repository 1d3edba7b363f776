//! VNeID sends the citizen back.

use super::enter::enter;
use super::load::{Loaded, believed, check};
use super::problem::{Go, Problem};
use super::recognise::{complete, recognise};
use super::step::keep;
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::{AsWhom, Attempt};
use broker_domain::form::Form;
use broker_domain::ids::{EventId, InteractionId};
use broker_domain::ports::{Taken, Write};
use broker_domain::secret::Purpose;
use broker_domain::upstream::Arrival;

/// Takes VNeID's answer: once, in the browser that was sent, with every check; then signs the citizen in. What fails leaves exactly
/// one event.
pub async fn arrive(broker: &Broker, browser: &Browser, raw_query: &str) -> Result<Go, Problem> {
    let (loaded, attempt) = match take(broker, browser, raw_query).await {
        Ok(taken) => taken,
        Err(problem) => {
            return Err(record(broker, browser, AuditKind::SignInFailed, problem, Vec::new()).await);
        }
    };
    let from = loaded.interaction.version.wrapping_sub(1);
    match complete(broker, &loaded, &attempt, raw_query).await {
        Ok(arrival) if arrival.has_choice() => match ask_whom(broker, loaded, attempt, arrival, from).await {
            Ok(go) => Ok(go),
            Err(problem) => Err(record(broker, browser, AuditKind::SignInFailed, problem, Vec::new()).await),
        },
        Ok(arrival) => sign_in(broker, browser, loaded, attempt, arrival, from).await,
        Err((kind, problem)) => {
            // The login stays, and its page offers the tiles again.
            let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction), from };
            Err(record(broker, browser, kind, problem, vec![save]).await)
        }
    }
}

/// Signs in whoever arrived; a failure leaves exactly one event, and the login with its tiles.
pub(super) async fn sign_in(
    broker: &Broker,
    browser: &Browser,
    loaded: Loaded,
    attempt: Attempt,
    arrival: Arrival,
    from: u32,
) -> Result<Go, Problem> {
    match recognise(broker, browser, &loaded, &attempt, arrival).await {
        Ok(entered) => match enter(broker, browser, loaded, entered, from).await {
            Ok(go) => Ok(go),
            Err(problem) => Err(record(broker, browser, AuditKind::SignInFailed, problem, Vec::new()).await),
        },
        Err((kind, problem)) => {
            let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction), from };
            Err(record(broker, browser, kind, problem, vec![save]).await)
        }
    }
}

async fn ask_whom(
    broker: &Broker,
    mut loaded: Loaded,
    attempt: Attempt,
    arrival: Arrival,
    from: u32,
) -> Result<Go, Problem> {
    let whom = AsWhom { attempt, arrival };
    loaded.interaction.ask_whom(whom).map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
    keep(broker, &loaded.interaction, from, Vec::new()).await
}

/// Takes the attempt that the answer belongs to: nobody else can, from here on.
async fn take(broker: &Broker, browser: &Browser, raw_query: &str) -> Result<(Loaded, Attempt), Problem> {
    let form = Form::parse(raw_query.as_bytes()).map_err(|_| Problem::new(Code::MalformedRequest))?;
    let state = form.get("state").ok_or(Problem::new(Code::CallbackStateMissing))?;
    let unknown = || Problem::new(Code::CallbackStateUnknown);
    let id = state.split_once('.').and_then(|(id, _)| InteractionId::parse(id)).ok_or_else(unknown)?;
    let hash = broker.hasher.hash(Purpose::State, state);
    let sid = browser.session.as_ref().map(|c| &c.sid);
    let (taken, session) = broker.stores.expiring.take_return(&id, &hash, sid).await?;
    let now = broker.clock.now();
    let (interaction, fits) = match taken {
        Taken::Unknown => return Err(unknown()),
        Taken::Stale(interaction) => (*interaction, false),
        Taken::Taken(interaction) => (*interaction, true),
    };
    let client = check(broker, browser, &interaction, now).map_err(|p| match p.code {
        Code::OtherBrowser => Problem { code: Code::CallbackOtherBrowser, ..p },
        _ => p,
    })?;
    let mut loaded = Loaded { session: believed(broker, browser, session, now), interaction, client, now };
    let used = |loaded: &Loaded| loaded.problem(Code::CallbackStateUsed);
    if !fits {
        return Err(used(&loaded));
    }
    let attempt = loaded.interaction.returned().map_err(|_| used(&loaded))?;
    Ok((loaded, attempt))
}

/// Writes the event of a failure, with what else is to be written.
async fn record(
    broker: &Broker,
    browser: &Browser,
    kind: AuditKind,
    problem: Problem,
    mut writes: Vec<Write>,
) -> Problem {
    let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), broker.clock.now(), kind);
    event.client = problem.portal.as_ref().map(|p| p.id.clone());
    event.interaction = problem.interaction.clone();
    event.code = Some(problem.code.number());
    event.trace = Some(browser.trace.clone());
    writes.push(Write::Audit(Box::new(event)));
    if let Err(error) = broker.stores.expiring.commit(writes).await {
        tracing::error!(%error, "the event of a failed sign-in was not kept");
    }
    problem
}
