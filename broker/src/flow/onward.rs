//! From a citizen who is signed in, and whose accounts wait for nothing, to the portal.

use super::commit::commit;
use super::give::{Given, give, lost};
use super::load::Loaded;
use super::problem::{Go, Problem};
use super::step::page_of;
use crate::errors::catalogue::Code;
use crate::respond::answer_error;
use crate::state::Broker;
use broker_domain::audit::AuditEvent;
use broker_domain::authorization::{Next, Outcome, Told, after_proof};
use broker_domain::ports::Write;
use broker_domain::session::Session;

/// Tells what is to be told, asks what may be shared, or gives the code: one round trip, in which `before` and `said` are written too.
///
/// # Errors
/// When somebody else moved the login meanwhile, or a store fails.
pub(super) async fn onward(
    broker: &Broker,
    mut loaded: Loaded,
    session: &Session,
    from: u32,
    before: Vec<Write>,
    mut said: AuditEvent,
) -> Result<Go, Problem> {
    let (client, request) = (loaded.client.clone(), loaded.interaction.request.clone());
    said.interaction = Some(loaded.interaction.id.clone());
    said.citizen = session.holder.citizen().cloned();
    said.sid = Some(session.sid.clone());
    let next = after_proof(&request, &client, session);
    // What was found and not linked is told on the page of consent, where there is one.
    let tells = match (&loaded.interaction.told, next) {
        (Some(Told::Linked), _) => true,
        (Some(Told::NotLinked { .. }), next) => next != Next::Consent,
        (None, _) => false,
    };
    let out_of_order = |loaded: &Loaded| loaded.problem(Code::LoginFinished);
    let moved = match (tells, next) {
        (true, _) => loaded.interaction.tell(session.sid.clone()),
        (false, Next::Proceed) => loaded.interaction.finish(Outcome::Granted),
        (false, Next::Refuse(..)) => loaded.interaction.finish(Outcome::Refused),
        (false, _) => loaded.interaction.ask_consent(session.sid.clone()),
    };
    moved.map_err(|_| out_of_order(&loaded))?;
    let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
    let mut writes: Vec<Write> = std::iter::once(save).chain(before).collect();
    if let (false, Next::Proceed) = (tells, next) {
        return match give(broker, &request, &client, session, writes, said).await? {
            Given::Answer(url) => Ok(Go::to(url)),
            Given::Lost => Err(lost(out_of_order(&loaded))),
        };
    }
    let trace = said.trace.clone();
    writes.push(Write::Audit(Box::new(said)));
    if commit(broker, trace.as_ref(), session, writes).await? {
        return Err(lost(out_of_order(&loaded)));
    }
    match (tells, next) {
        (false, Next::Refuse(error, why)) => Ok(Go::to(answer_error(
            &broker.issuer,
            &request.redirect_uri,
            request.state.as_deref(),
            error,
            why,
        ))),
        _ => Ok(Go::to(page_of(&loaded.interaction))),
    }
}
