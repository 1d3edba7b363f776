//! An arrival that is not simply somebody whom we know: a number issued anew, and what people must look at.

use super::give::event;
use super::load::Loaded;
use crate::extract::Browser;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::ids::ReviewId;
use broker_domain::linking::{
    Arrived, Dossier, Doubt, Match, NewReview, decide_arrival, decide_number, doubtful, number_question,
};
use broker_domain::ports::{OpenedReview, StoreError, Write};
use broker_domain::upstream::Arrival;

/// Decides which citizen arrives. Where the decision needs it, the population database is asked whether two numbers are one person's.
pub(super) async fn settle(
    broker: &Broker,
    arrival: &Arrival,
    found: &Match,
    authoritative: bool,
) -> Arrived {
    match decide_arrival(arrival, found, authoritative) {
        Arrived::Ask => {
            let answer = match (&broker.population, number_question(arrival, found)) {
                (Some(database), Some(question)) => database.ask(&question).await.ok(),
                _ => None,
            };
            decide_number(arrival, found, answer.as_ref())
        }
        decided => decided,
    }
}

/// Puts an arrival that signs nobody in before people, where there is something to decide.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn refer(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    (arrival, found): (&Arrival, &Match),
    doubt: Doubt,
) -> Result<(), StoreError> {
    let Some((reason, known)) = doubtful(doubt, found) else { return Ok(()) };
    let review = NewReview {
        id: ReviewId::generate(&*broker.entropy),
        reason,
        citizen: known.id.clone(),
        account: None,
        interaction: Some(loaded.interaction.id.clone()),
        dossier: Dossier::of_arrival(arrival, &known.profile),
        first: None,
        now: loaded.now,
    };
    let OpenedReview::Now(id) = broker.stores.reviews.open(&review).await? else { return Ok(()) };
    let mut opened = event(broker, AuditKind::ReviewOpened, &loaded.client, &browser.trace, loaded.now);
    opened.interaction = Some(loaded.interaction.id.clone());
    opened.citizen = Some(known.id.clone());
    opened.note = Some(format!("{id}: {}", reason.as_str()));
    broker.stores.expiring.commit(vec![Write::Audit(Box::new(opened))]).await?;
    Ok(())
}
