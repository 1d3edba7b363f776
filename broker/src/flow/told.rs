//! What became of the accounts that were found, before the citizen goes on.

use super::give::event;
use super::load::{Loaded, load};
use super::onward::onward;
use super::problem::{Go, Problem};
use super::step::{Page, behind, form_token, page_of, posted};
use crate::extract::Browser;
use crate::paths;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{Step, Told};
use broker_domain::claims::Claims;
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::ports::Link;
use std::sync::Arc;

/// The page.
pub struct Telling {
    /// The login.
    pub id: InteractionId,
    /// The portal.
    pub client: Arc<Client>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// The hidden form token.
    pub form_token: String,
    /// What is told.
    pub told: Told,
    /// What is known of the citizen.
    pub claims: Claims,
    /// The citizen's links, the oldest first.
    pub links: Vec<Link>,
}

/// The page.
pub async fn telling(broker: &Broker, browser: &Browser, id: &str) -> Page<Telling> {
    let loaded = load(broker, browser, id).await?;
    let (Step::Telling(_), Some(told)) = (&loaded.interaction.step, loaded.interaction.told.clone()) else {
        return Ok(Err(Go::to(page_of(&loaded.interaction))));
    };
    let Some(session) = behind(&loaded) else {
        return Ok(Err(Go::to(paths::login(&loaded.interaction.id))));
    };
    let links = match session.holder.citizen() {
        Some(citizen) => broker.stores.accounts.links(citizen).await?,
        None => Vec::new(),
    };
    let claims = session.claims.clone();
    let form_token = form_token(broker, browser, &loaded)?;
    let Loaded { interaction, client, .. } = loaded;
    let ui_locales = interaction.request.ui_locales;
    Ok(Ok(Telling { id: interaction.id, client, ui_locales, form_token, told, claims, links }))
}

/// The citizen goes on.
pub async fn told(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Go, Problem> {
    let mut loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(go),
    };
    let session = match (&loaded.interaction.step, behind(&loaded)) {
        (Step::Telling(_), Some(session)) => session.clone(),
        (Step::Telling(_), None) => return Ok(Go::to(paths::login(&loaded.interaction.id))),
        _ => return Ok(Go::to(page_of(&loaded.interaction))),
    };
    let from = loaded.interaction.version;
    loaded.interaction.told = None;
    let said = event(broker, AuditKind::WentOn, &loaded.client, &browser.trace, loaded.now);
    onward(broker, loaded, &session, from, Vec::new(), said).await
}
