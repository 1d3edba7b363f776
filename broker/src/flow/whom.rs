//! VNeID proved a person who may act for organizations: the citizen says as whom they come.

use super::arrive::sign_in;
use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use super::step::{Page, form_token, page_of, posted};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use broker_domain::authorization::Step;
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::person::{Name, Organization};
use std::sync::Arc;

/// The question.
pub struct Whom {
    /// The login.
    pub id: InteractionId,
    /// The portal.
    pub client: Arc<Client>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// The hidden form token.
    pub form_token: String,
    /// The person.
    pub person: Name,
    /// What they may act for.
    pub organizations: Vec<Organization>,
}

/// The page of the question.
pub async fn whom(broker: &Broker, browser: &Browser, id: &str) -> Page<Whom> {
    let loaded = load(broker, browser, id).await?;
    let Step::AsWhom(proven) = &loaded.interaction.step else {
        return Ok(Err(Go::to(page_of(&loaded.interaction))));
    };
    let person = proven.arrival.profile.full_name.clone();
    let organizations = proven.arrival.organizations.clone();
    let form_token = form_token(broker, browser, &loaded)?;
    let Loaded { interaction, client, .. } = loaded;
    let ui_locales = interaction.request.ui_locales;
    Ok(Ok(Whom { id: interaction.id, client, ui_locales, form_token, person, organizations }))
}

/// It was said: `myself`, or `organization-` and a place in the list.
pub async fn choose_whom(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Go, Problem> {
    let mut loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(go),
    };
    let Step::AsWhom(proven) = &loaded.interaction.step else {
        return Ok(Go::to(page_of(&loaded.interaction)));
    };
    let said = form.get("whom").unwrap_or("");
    let place = said.strip_prefix("organization-").and_then(|n| n.parse().ok());
    let arrival = match (said, place) {
        ("myself", _) => Some(proven.arrival.clone().as_themselves()),
        (_, Some(place)) => proven.arrival.acting_for(place),
        _ => None,
    };
    let arrival = arrival.ok_or_else(|| loaded.problem(Code::MalformedRequest))?;
    let from = loaded.interaction.version;
    let taken = loaded.interaction.take_whom().map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
    sign_in(broker, browser, loaded, taken.attempt, arrival, from).await
}
