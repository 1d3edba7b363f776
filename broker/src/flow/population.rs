//! What the population database says of old numbers.

use crate::state::Broker;
use broker_domain::ids::AccountId;
use broker_domain::linking::{Candidate, OldNumberIs};
use broker_domain::upstream::population::Question;

/// How many old numbers the population database is asked about in one login: nobody has had more.
const MOST_QUESTIONS: usize = 4;

/// Asks whether old numbers are the citizen's. Without an answer an account waits for a later login.
pub(super) async fn ask_population(
    broker: &Broker,
    questions: Vec<(AccountId, Question)>,
    candidates: &mut [Candidate],
) {
    let Some(population) = &broker.population else { return };
    for (account, question) in questions.into_iter().take(MOST_QUESTIONS) {
        let Ok(answer) = population.ask(&question).await else { continue };
        for candidate in candidates.iter_mut().filter(|c| c.account.id == account) {
            candidate.old_number = OldNumberIs::from(&answer);
        }
    }
}
