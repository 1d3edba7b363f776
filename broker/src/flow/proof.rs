//! The proof of one account: by its password, or by a code sent to its phone.

use super::account::note;
use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use super::prove::{AtProof, Waiting, at_proof, failed_proof, keep_proving, linked, put_off, shown};
use super::step::{Page, minutes_until, page_of, posted};
use super::verify::{Verified, verify};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use crate::views::{CodeFault, ProofFault};
use broker_domain::audit::AuditKind;
use broker_domain::authorization::SentCode;
use broker_domain::form::Form;
use broker_domain::linking::Proof;
use broker_domain::phone::Phone;
use broker_domain::ports::{Attempted, Credentials, Limit};
use broker_domain::secret::{Purpose, Secret};

/// A page of a proof again, with what went wrong.
pub struct Again<F> {
    /// The page.
    pub waiting: Waiting,
    /// What went wrong.
    pub fault: Option<F>,
}

/// The page that takes the code.
pub struct CodePage {
    /// The page.
    pub waiting: Waiting,
    /// For how many more minutes the code works.
    pub minutes: u32,
    /// What went wrong.
    pub fault: Option<CodeFault>,
}

/// A login at a proof, with the account in question.
struct InQuestion {
    at: AtProof,
    found: Credentials,
    ways: Vec<Proof>,
}

async fn in_question(broker: &Broker, loaded: Loaded) -> Page<InQuestion> {
    let at = match at_proof(loaded) {
        Ok(at) => at,
        Err(go) => return Ok(Err(go)),
    };
    let Some(current) = at.proving.current().cloned() else {
        return Ok(Err(Go::to(page_of(&at.loaded.interaction))));
    };
    match broker.stores.accounts.credentials(&current.account).await? {
        // Linked meanwhile, in another tab or by somebody else: the link itself says whose it is.
        Some(found) if found.kept.owner.is_none() => Ok(Ok(InQuestion { at, found, ways: current.ways })),
        _ => Err(at.loaded.problem(Code::StepOutOfOrder)),
    }
}

/// A button of the proof was pressed: `password`, `send-code` or `later`.
pub async fn prove(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Page<Again<ProofFault>> {
    let loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(Err(go)),
    };
    let asked = match in_question(broker, loaded).await? {
        Ok(asked) => asked,
        Err(go) => return Ok(Err(go)),
    };
    match form.get("decision") {
        Some("later") => put_off(broker, browser, asked.at).await.map(Err),
        Some("password") if asked.ways.contains(&Proof::Password) => {
            by_password(broker, browser, asked, form.get("password").unwrap_or("")).await
        }
        Some("send-code") if asked.ways.contains(&Proof::PhoneCode) => {
            match send_code(broker, browser, asked).await? {
                Ok(go) => Ok(Err(go)),
                Err((at, CodeFault::TooMany { minutes })) => {
                    again(broker, browser, at, ProofFault::TooMany { minutes }).await
                }
                Err((at, _)) => again(broker, browser, at, ProofFault::SendFailed).await,
            }
        }
        Some("password" | "send-code") => Err(asked.at.loaded.problem(Code::ProofNotOffered)),
        _ => Err(asked.at.loaded.problem(Code::MalformedRequest)),
    }
}

async fn again<F>(broker: &Broker, browser: &Browser, at: AtProof, fault: F) -> Page<Again<F>> {
    Ok(shown(broker, browser, at).await?.map(|waiting| Again { waiting, fault: Some(fault) }))
}

async fn by_password(
    broker: &Broker,
    browser: &Browser,
    asked: InQuestion,
    typed: &str,
) -> Page<Again<ProofFault>> {
    let InQuestion { at, found, .. } = asked;
    if typed.is_empty() {
        return again(broker, browser, at, ProofFault::Empty).await;
    }
    let account = &found.kept.account;
    // Under the same name as a sign-in to the account, so that guesses add up.
    let name = found.user_name.clone().unwrap_or_else(|| account.id.as_str().to_owned());
    let (protection, hasher) = (&broker.rules.protection, &broker.hasher);
    let limits = protection.attempt(hasher, &account.namespace, &name, browser.address);
    if let Some(minutes) = exhausted(broker, browser, &at, &limits).await? {
        return again(broker, browser, at, ProofFault::TooMany { minutes }).await;
    }
    match verify(broker, &account.namespace, &name, Some(&found), &Secret::new(typed)).await? {
        Verified::Right => {
            let own = protection.account(hasher, &account.namespace, &name).name;
            broker.stores.limits.forgive(&[own]).await?;
            linked(broker, browser, at, &account.id, Some(Proof::Password)).await.map(Err)
        }
        Verified::Wrong => {
            failed_proof(broker, browser, &at).await?;
            again(broker, browser, at, ProofFault::Wrong).await
        }
        Verified::Away => again(broker, browser, at, ProofFault::Unavailable).await,
    }
}

/// In how many minutes another attempt may be made, when none may be made now.
async fn exhausted(
    broker: &Broker,
    browser: &Browser,
    at: &AtProof,
    limits: &[Limit],
) -> Result<Option<u32>, Problem> {
    match broker.stores.limits.attempt(limits, at.loaded.now).await? {
        Attempted::Allowed => Ok(None),
        Attempted::TooMany { retry_at } => {
            note(broker, browser, &at.loaded, AuditKind::TooManyAttempts, None).await?;
            Ok(Some(minutes_until(retry_at, at.loaded.now)))
        }
    }
}

/// Sends a code to the account's phone. What was sent before is void.
async fn send_code(
    broker: &Broker,
    browser: &Browser,
    asked: InQuestion,
) -> Result<Result<Go, (AtProof, CodeFault)>, Problem> {
    let InQuestion { at, found, .. } = asked;
    let account = &found.kept.account;
    let phone = account.claims.phone.as_ref().and_then(|p| Phone::parse(&p.value));
    let Some(phone) = phone else { return Err(at.loaded.problem(Code::ProofNotOffered)) };
    let protection = &broker.rules.protection;
    let mut limits = vec![protection.phone(&broker.hasher, &phone)];
    limits.extend(browser.address.map(|a| protection.address(&broker.hasher, a)));
    if let Some(minutes) = exhausted(broker, browser, &at, &limits).await? {
        return Ok(Err((at, CodeFault::TooMany { minutes })));
    }
    let code = protection.code(&*broker.entropy);
    let lang = browser.lang(&at.loaded.interaction.request.ui_locales);
    let minutes = (protection.code_secs / 60).max(1).to_string();
    let words = [("code", code.reveal()), ("minutes", minutes.as_str())];
    let text = broker.texts.with(lang, "message-code", &words).into_owned();
    if let Err(failure) = broker.messenger.send(phone.as_str(), &text).await {
        tracing::warn!(%failure, "a code could not be sent");
        return Ok(Err((at, CodeFault::SendFailed)));
    }
    note(broker, browser, &at.loaded, AuditKind::CodeSent, Some(account)).await?;
    let mut proving = at.proving;
    proving.code = Some(SentCode {
        code: hashed(broker, &at.loaded, code.reveal()),
        expires_at: at.loaded.now.plus_secs(protection.code_secs),
        left: u8::try_from(protection.code_tries).unwrap_or(u8::MAX),
    });
    keep_proving(broker, at.loaded, proving).await.map(Ok)
}

/// A code belongs to its login.
fn hashed(broker: &Broker, loaded: &Loaded, code: &str) -> broker_domain::secret::SecretHash {
    let parts = [loaded.interaction.id.as_str().as_bytes(), code.as_bytes()];
    broker.hasher.hash_parts(Purpose::PhoneCode, &parts)
}

/// The page that takes the code.
pub async fn code_page(broker: &Broker, browser: &Browser, id: &str) -> Page<CodePage> {
    let at = match at_proof(load(broker, browser, id).await?) {
        Ok(at) => at,
        Err(go) => return Ok(Err(go)),
    };
    let fits = page_of(&at.loaded.interaction);
    if !browser.here.starts_with(&fits) {
        return Ok(Err(Go::to(fits)));
    }
    code_again(broker, browser, at, None).await
}

async fn code_again(
    broker: &Broker,
    browser: &Browser,
    at: AtProof,
    fault: Option<CodeFault>,
) -> Page<CodePage> {
    let ends = at.proving.code.as_ref().map(|c| c.expires_at);
    let minutes = ends.map_or(1, |ends| minutes_until(ends, at.loaded.now));
    Ok(shown(broker, browser, at).await?.map(|waiting| CodePage { waiting, minutes, fault }))
}

/// A button of the code's page was pressed: `code`, `resend`, `other` or `later`.
pub async fn enter_code(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Page<CodePage> {
    let loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(Err(go)),
    };
    let asked = match in_question(broker, loaded).await? {
        Ok(asked) => asked,
        Err(go) => return Ok(Err(go)),
    };
    match form.get("decision") {
        Some("later") => put_off(broker, browser, asked.at).await.map(Err),
        Some("other-way") => {
            let mut proving = asked.at.proving;
            proving.code = None;
            keep_proving(broker, asked.at.loaded, proving).await.map(Err)
        }
        Some("resend") => match send_code(broker, browser, asked).await? {
            Ok(go) => Ok(Err(go)),
            Err((at, fault)) => code_again(broker, browser, at, Some(fault)).await,
        },
        Some("code") => check_code(broker, browser, asked, form.get("code").unwrap_or("")).await,
        _ => Err(asked.at.loaded.problem(Code::MalformedRequest)),
    }
}

/// A guess is counted before it is looked at, over the version that it was made from: of guesses that race, one counts.
async fn check_code(broker: &Broker, browser: &Browser, asked: InQuestion, typed: &str) -> Page<CodePage> {
    let InQuestion { at, found, .. } = asked;
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(sent) = at.proving.code.clone() else {
        return Ok(Err(Go::to(page_of(&at.loaded.interaction))));
    };
    if typed.is_empty() {
        return code_again(broker, browser, at, Some(CodeFault::Empty)).await;
    }
    if at.loaded.now >= sent.expires_at || sent.left == 0 {
        return code_again(broker, browser, at, Some(CodeFault::Expired)).await;
    }
    let right = hashed(broker, &at.loaded, &typed) == sent.code;
    if right {
        return linked(broker, browser, at, &found.kept.account.id, Some(Proof::PhoneCode)).await.map(Err);
    }
    let left = sent.left - 1;
    let AtProof { mut loaded, mut proving, session } = at;
    proving.code = Some(SentCode { left, ..sent });
    let from = loaded.interaction.version;
    let problem = loaded.problem(Code::StepOutOfOrder);
    loaded.interaction.prove(proving.clone()).map_err(|_| problem)?;
    let counted = super::step::keep(broker, &loaded.interaction, from, Vec::new()).await?;
    let at = AtProof { loaded, proving, session };
    failed_proof(broker, browser, &at).await?;
    if counted.url != page_of(&at.loaded.interaction) {
        return Ok(Err(counted));
    }
    let fault = match left {
        0 => CodeFault::Expired,
        left => CodeFault::Wrong { left: u32::from(left) },
    };
    code_again(broker, browser, at, Some(fault)).await
}
