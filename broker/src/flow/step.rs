//! Which page a login stands at, and the guards that its forms share.

use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, FormToken, TokenFault};
use crate::paths;
use crate::state::Broker;
use broker_domain::authorization::{Interaction, Step};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ports::{Write, Written};
use broker_domain::session::Session;

/// What a page shows, or where the login goes on instead.
pub type Page<T> = Result<Result<T, Go>, Problem>;

/// The page that fits where a login stands.
pub(super) fn page_of(interaction: &Interaction) -> String {
    let id = &interaction.id;
    match &interaction.step {
        Step::Choosing | Step::AtVneid(_) | Step::Returned | Step::Finished(_) => paths::login(id),
        Step::AtAccount(_) => paths::login_account(id),
        Step::Updating(_) => paths::login_update(id),
        Step::Noticed(_) => paths::login_notice(id),
        Step::Proving(proving) => match (proving.current(), &proving.code) {
            (None, _) => paths::login_link(id),
            (Some(_), None) => paths::login_prove(id),
            (Some(_), Some(_)) => paths::login_code(id),
        },
        Step::Telling(_) => paths::login_told(id),
        Step::AsWhom(_) => paths::login_whom(id),
        Step::Consenting(_) => paths::consent(id),
    }
}

/// The session that stands behind a step, when the browser still has it.
pub(super) fn behind(loaded: &Loaded) -> Option<&Session> {
    let sid = loaded.interaction.step.session()?;
    loaded.session.as_ref().filter(|s| s.sid == *sid)
}

/// The hidden token of a form of this login.
pub(super) fn form_token(broker: &Broker, browser: &Browser, loaded: &Loaded) -> Result<String, Problem> {
    let cookie = browser.id.as_ref().ok_or_else(|| loaded.problem(Code::BrowserForgot))?;
    Ok(FormToken::Login(&loaded.interaction).make(broker, cookie))
}

/// A form that was posted: a second press, or an old page, leads to where the login stands by now.
pub(super) async fn posted(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Page<Loaded> {
    let loaded = load(broker, browser, id).await?;
    match FormToken::Login(&loaded.interaction).check(broker, browser.id.as_ref(), form.get("form_token")) {
        Ok(()) => Ok(Ok(loaded)),
        Err(TokenFault::Used(_)) => Ok(Err(Go::to(page_of(&loaded.interaction)))),
        Err(TokenFault::Missing) => Err(loaded.problem(Code::FormTokenMissing)),
        Err(TokenFault::Wrong) => Err(loaded.problem(Code::FormTokenWrong)),
    }
}

/// Keeps the changed login over the version `from`, with what else is to be written after it, and goes to its page. Whoever comes
/// second finds the page that the first one led to.
pub(super) async fn keep(
    broker: &Broker,
    interaction: &Interaction,
    from: u32,
    more: Vec<Write>,
) -> Result<Go, Problem> {
    let save = Write::SaveInteraction { interaction: Box::new(interaction.clone()), from };
    let writes = std::iter::once(save).chain(more).collect();
    let written = broker.stores.expiring.commit(writes).await?;
    Ok(Go::to(match written.first() {
        Some(Written::Done) => page_of(interaction),
        _ => paths::login(&interaction.id),
    }))
}

/// How long to wait until a moment, in whole minutes, at least one.
pub(super) fn minutes_until(at: Timestamp, now: Timestamp) -> u32 {
    u32::try_from((at.secs_since(now).max(1) + 59) / 60).unwrap_or(u32::MAX)
}
