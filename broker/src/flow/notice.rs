//! The decree's notice, after an account of before VNeID was signed in to: on to VNeID, or put it off.

use super::account::by_account;
use super::choose::to_vneid;
use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use super::send::Why;
use super::step::{Page, form_token, keep, page_of, posted};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::jobs::Ending;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{OpenedAccount, Step};
use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::linking::{CutOff, LegacyUse};
use broker_domain::session::Holder;
use std::sync::Arc;

/// The notice.
pub struct Notice {
    /// The login.
    pub id: InteractionId,
    /// The portal.
    pub client: Arc<Client>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// The hidden form token.
    pub form_token: String,
    /// Until when the account opens sessions by itself, when that will end.
    pub ends: Option<Timestamp>,
    /// Whether putting it off leads to the portal, signed in; else to the tiles.
    pub skip_leads_to_portal: bool,
}

/// The notice.
pub async fn notice(broker: &Broker, browser: &Browser, id: &str) -> Page<Notice> {
    let loaded = load(broker, browser, id).await?;
    let Step::Noticed(opened) = &loaded.interaction.step else {
        return Ok(Err(Go::to(page_of(&loaded.interaction))));
    };
    // An account that opens nothing here has nothing that will end.
    let rules = broker.namespaces.find(&opened.namespace).filter(|_| opened.opens_session);
    let ends = rules.and_then(|rules| match rules.cut_off {
        CutOff::At(at) if loaded.now < at => Some(at),
        _ => None,
    });
    let skip_leads_to_portal = opened.opens_session;
    let form_token = form_token(broker, browser, &loaded)?;
    let Loaded { interaction, client, .. } = loaded;
    Ok(Ok(Notice {
        id: interaction.id,
        client,
        ui_locales: interaction.request.ui_locales,
        form_token,
        ends,
        skip_leads_to_portal,
    }))
}

/// A button was pressed: `link` or `skip`.
pub async fn decide_notice(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Go, Problem> {
    let mut loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(go),
    };
    let Step::Noticed(opened) = loaded.interaction.step.clone() else {
        return Ok(Go::to(page_of(&loaded.interaction)));
    };
    match form.get("decision") {
        Some("link") => to_vneid(broker, browser, loaded, Why::Link).await,
        Some("skip") if opened.opens_session => put_off(broker, browser, loaded, &opened).await,
        Some("skip") => {
            let from = loaded.interaction.version;
            loaded.interaction.back().map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
            keep(broker, &loaded.interaction, from, Vec::new()).await
        }
        _ => Err(loaded.problem(Code::MalformedRequest)),
    }
}

async fn put_off(
    broker: &Broker,
    browser: &Browser,
    loaded: Loaded,
    opened: &OpenedAccount,
) -> Result<Go, Problem> {
    // The cut-off may have come while the notice stood there, and the account may have been linked in another place.
    let found = broker.stores.accounts.credentials(&opened.account).await?;
    let found =
        found.filter(|f| f.kept.owner.is_none()).ok_or_else(|| loaded.problem(Code::AccountClosed))?;
    let rules = broker.namespaces.find(&opened.namespace);
    let still = rules.is_some_and(|rules| {
        rules.legacy_sign_in(found.kept.account.kind, loaded.now) == LegacyUse::OpensSession
    });
    if !still {
        return Err(loaded.problem(Code::MethodPastCutOff));
    }
    let gone = loaded.problem(Code::AccountClosed);
    let go = by_account(broker, browser, loaded, opened, found.kept.account).await?;
    // Linked at this very moment: whoever linked it may have looked for its sessions before this one was there.
    let now = broker.stores.accounts.credentials(&opened.account).await?;
    if now.is_none_or(|f| f.kept.owner.is_some()) {
        let holder = Holder::Account(opened.account.clone());
        Ending::of(broker).end_all_of(&holder, Some(&browser.trace), AuditKind::SessionReplaced).await?;
        return Err(gone);
    }
    Ok(go)
}
