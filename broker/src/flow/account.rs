//! Signing in to an account of before VNeID: user name and password.

use super::choose::{Offer, offer};
use super::enter::{Entered, enter};
use super::give::event;
use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use super::step::{Page, form_token, keep, minutes_until, page_of, posted};
use super::verify::{Verified, verify};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use crate::views::SignInFault;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{OpenedAccount, Step};
use broker_domain::client::{Client, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::linking::{LegacyAccount, LegacyKind, LegacyStatus, LegacyUse, NamespaceRules};
use broker_domain::ports::{Attempted, Write};
use broker_domain::secret::Secret;
use std::sync::Arc;

/// The longest user name and password that are looked at, in bytes.
const MAX_TYPED: usize = 1024;

/// The form.
pub struct AccountForm {
    /// The login.
    pub id: InteractionId,
    /// The portal.
    pub client: Arc<Client>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// The hidden form token.
    pub form_token: String,
    /// The tile that led here.
    pub method: SignInMethod,
    /// Since when such an account only proves that it is somebody's.
    pub proves_only: Option<Timestamp>,
    /// What was typed.
    pub user_name: String,
    /// What went wrong.
    pub fault: Option<SignInFault>,
}

/// The form of the tile that was pressed.
pub async fn account_form(broker: &Broker, browser: &Browser, id: &str) -> Page<AccountForm> {
    let loaded = load(broker, browser, id).await?;
    match loaded.interaction.step {
        Step::AtAccount(method) => form(broker, browser, loaded, method, String::new(), None),
        _ => Ok(Err(Go::to(page_of(&loaded.interaction)))),
    }
}

fn form(
    broker: &Broker,
    browser: &Browser,
    loaded: Loaded,
    method: SignInMethod,
    user_name: String,
    fault: Option<SignInFault>,
) -> Page<AccountForm> {
    let form_token = form_token(broker, browser, &loaded)?;
    let proves_only = match offer(broker, method, loaded.now) {
        Offer::LinkOnly(since) => Some(since),
        _ => None,
    };
    let Loaded { interaction, client, .. } = loaded;
    Ok(Ok(AccountForm {
        id: interaction.id,
        client,
        ui_locales: interaction.request.ui_locales,
        form_token,
        method,
        proves_only,
        user_name,
        fault,
    }))
}

/// User name and password were typed.
pub async fn open_account(broker: &Broker, browser: &Browser, id: &str, typed: &Form) -> Page<AccountForm> {
    let loaded = match posted(broker, browser, id, typed).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(Err(go)),
    };
    let Step::AtAccount(method) = loaded.interaction.step else {
        return Ok(Err(Go::to(page_of(&loaded.interaction))));
    };
    let rules = match (offer(broker, method, loaded.now), broker.namespaces.by_method(method)) {
        (Offer::Open | Offer::LinkOnly(_), Some(rules)) => rules,
        _ => return Err(loaded.problem(Code::MethodSwitchedOff)),
    };
    let user_name = typed.get("username").unwrap_or("").trim().to_owned();
    let password = Secret::new(typed.get("password").unwrap_or(""));
    let again = |loaded, user_name, fault| form(broker, browser, loaded, method, user_name, Some(fault));
    if user_name.is_empty() || password.reveal().is_empty() {
        return again(loaded, user_name, SignInFault::Empty);
    }
    if user_name.len() > MAX_TYPED || password.reveal().len() > MAX_TYPED {
        return again(loaded, String::new(), SignInFault::Wrong);
    }
    let limits = broker.rules.protection.attempt(&broker.hasher, &rules.id, &user_name, browser.address);
    if let Attempted::TooMany { retry_at } = broker.stores.limits.attempt(&limits, loaded.now).await? {
        note(broker, browser, &loaded, AuditKind::TooManyAttempts, None).await?;
        let minutes = minutes_until(retry_at, loaded.now);
        return again(loaded, user_name, SignInFault::TooMany { minutes });
    }
    let found = broker.stores.accounts.by_user_name(&rules.id, &user_name).await?;
    match verify(broker, &rules.id, &user_name, found.as_ref(), &password).await? {
        Verified::Right => {}
        Verified::Wrong => {
            note(broker, browser, &loaded, AuditKind::AccountRefused, None).await?;
            return again(loaded, user_name, SignInFault::Wrong);
        }
        Verified::Away => return again(loaded, user_name, SignInFault::Unavailable),
    }
    let own = broker.rules.protection.account(&broker.hasher, &rules.id, &user_name).name;
    broker.stores.limits.forgive(&[own]).await?;
    let Some(found) = found else { return again(loaded, user_name, SignInFault::Wrong) };
    opened(broker, browser, loaded, method, &rules, found.kept.account).await.map(Err)
}

/// The password was right.
async fn opened(
    broker: &Broker,
    browser: &Browser,
    mut loaded: Loaded,
    method: SignInMethod,
    rules: &NamespaceRules,
    account: LegacyAccount,
) -> Result<Go, Problem> {
    if account.status != LegacyStatus::Open {
        return Err(loaded.problem(Code::AccountClosed));
    }
    let own_portal = loaded.client.sector().as_str() == rules.id.as_str();
    let opens_session = match rules.legacy_sign_in(account.kind, loaded.now) {
        LegacyUse::OpensSession => own_portal,
        LegacyUse::ProvesOnly { .. } => false,
        LegacyUse::SwitchedOff => return Err(loaded.problem(Code::PostNotOffered)),
    };
    let opened = OpenedAccount {
        account: account.id.clone(),
        namespace: rules.id.clone(),
        method,
        opens_session,
        opened_at: loaded.now,
    };
    note(broker, browser, &loaded, AuditKind::AccountOpened, Some(&account)).await?;
    if account.kind == LegacyKind::Administrator {
        // Nobody's in particular: there is no citizen to link it with.
        return match opens_session {
            true => by_account(broker, browser, loaded, &opened, account).await,
            false => Err(loaded.problem(Code::AdministratorNotLinked)),
        };
    }
    // An organization has no number that the population database could confirm.
    let has_number = account.has_number() || account.kind == LegacyKind::Organization;
    let from = loaded.interaction.version;
    loaded.interaction.opened(opened, has_number).map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
    keep(broker, &loaded.interaction, from, Vec::new()).await
}

/// Signs the holder of an account in at its own portal, without VNeID.
pub(super) async fn by_account(
    broker: &Broker,
    browser: &Browser,
    loaded: Loaded,
    opened: &OpenedAccount,
    account: LegacyAccount,
) -> Result<Go, Problem> {
    let from = loaded.interaction.version;
    let entered = Entered::by_account(broker, browser, &loaded, opened.method, account).await;
    enter(broker, browser, loaded, entered, from).await
}

/// Writes an event of this login. `account`: which one, by its id.
pub(super) async fn note(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    kind: AuditKind,
    account: Option<&LegacyAccount>,
) -> Result<(), Problem> {
    let mut said = event(broker, kind, &loaded.client, &browser.trace, loaded.now);
    said.interaction = Some(loaded.interaction.id.clone());
    said.citizen = loaded.session.as_ref().and_then(|s| s.holder.citizen().cloned());
    said.note = account.map(|a| a.id.as_str().to_owned());
    broker.stores.expiring.commit(vec![Write::Audit(Box::new(said))]).await?;
    Ok(())
}
