//! The proof of one account: by its password, or by a code sent to its phone.

use super::account::note;
use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use super::prove::{AtProof, Waiting, at_proof, failed_proof, keep_proving, linked, put_off, shown};
use super::step::{Page, minutes_until, page_of, posted};
use super::verify::{Verified, verify};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::jobs::{HELD_SECS, send_at_once, withdraw};
use crate::paths;
use crate::state::Broker;
use crate::views::{CodeFault, ProofFault};
use broker_domain::audit::AuditKind;
use broker_domain::authorization::SentCode;
use broker_domain::form::Form;
use broker_domain::ids::{Destination, EventId};
use broker_domain::linking::Proof;
use broker_domain::outbox::{Content, Message, Outgoing};
use broker_domain::phone::Phone;
use broker_domain::ports::{Attempted, Credentials, Limit, Write, Written};
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

/// The account that a form is about. "Later" is carried out before anything that could stop it.
async fn in_question(broker: &Broker, browser: &Browser, loaded: Loaded, form: &Form) -> Page<InQuestion> {
    let at = match at_proof(loaded) {
        Ok(at) => at,
        Err(go) => return Ok(Err(go)),
    };
    if form.get("decision") == Some("later") {
        return put_off(broker, browser, at).await.map(Err);
    }
    let Some(current) = at.proving.current().cloned() else {
        return Ok(Err(Go::to(page_of(&at.loaded.interaction))));
    };
    match broker.stores.accounts.credentials(&current.account).await? {
        Some(found) if found.kept.owner.is_none() => Ok(Ok(InQuestion { at, found, ways: current.ways })),
        // Linked meanwhile, by another tab or device or to somebody else, or gone: there is nothing to prove, and the login goes on.
        _ => linked(broker, browser, at, &current.account, None).await.map(Err),
    }
}

/// A button of the proof was pressed: `password`, `send-code` or `later`.
pub async fn prove(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Page<Again<ProofFault>> {
    let loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(Err(go)),
    };
    let asked = match in_question(broker, browser, loaded, form).await? {
        Ok(asked) => asked,
        Err(go) => return Ok(Err(go)),
    };
    match form.get("decision") {
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
    if let Some(minutes) = exhausted(broker, browser, &at, &limits(broker, browser, &found)).await? {
        return again(broker, browser, at, ProofFault::TooMany { minutes }).await;
    }
    let name = name(&found);
    match verify(broker, &account.namespace, &name, Some(&found), &Secret::new(typed)).await? {
        Verified::Right => {
            forgive(broker, &found).await?;
            linked(broker, browser, at, &account.id, Some(Proof::Password)).await.map(Err)
        }
        Verified::Wrong => {
            failed_proof(broker, browser, &at).await?;
            again(broker, browser, at, ProofFault::Wrong).await
        }
        Verified::Away => again(broker, browser, at, ProofFault::Unavailable).await,
    }
}

/// The name under which attempts on an account count: the same as of a sign-in to it, so that guesses of all kinds add up.
fn name(found: &Credentials) -> String {
    found.user_name.clone().unwrap_or_else(|| found.kept.account.id.as_str().to_owned())
}

/// The limits of a guess.
fn limits(broker: &Broker, browser: &Browser, found: &Credentials) -> Vec<Limit> {
    let (protection, namespace) = (&broker.rules.protection, &found.kept.account.namespace);
    protection.attempt(&broker.hasher, namespace, &name(found), browser.address)
}

/// After a guess that was right the account has all its attempts again.
async fn forgive(broker: &Broker, found: &Credentials) -> Result<(), Problem> {
    let namespace = &found.kept.account.namespace;
    let own = broker.rules.protection.account(&broker.hasher, namespace, &name(found)).name;
    Ok(broker.stores.limits.forgive(&[own]).await?)
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
    let of_phone = protection.phone(&broker.hasher, &phone);
    let mut limits = vec![of_phone.clone()];
    limits.extend(protection.place(&broker.hasher, browser.address));
    if let Some(minutes) = exhausted(broker, browser, &at, &limits).await? {
        return Ok(Err((at, CodeFault::TooMany { minutes })));
    }
    let code = protection.code(&*broker.entropy);
    let lang = browser.lang(&at.loaded.interaction.request.ui_locales);
    let minutes = (protection.code_secs / 60).max(1).to_string();
    let words = [("code", code.reveal()), ("minutes", minutes.as_str())];
    let text = broker.texts.with(lang, "message-code", &words).into_owned();
    let sent = SentCode {
        code: hashed(broker, &at.loaded, code.reveal()),
        expires_at: at.loaded.now.plus_secs(protection.code_secs),
        left: u8::try_from(protection.code_tries).unwrap_or(u8::MAX),
    };
    let message = outgoing(broker, &at.loaded, &phone, Secret::new(text), &sent);
    // Written first: a kill after it loses neither the message nor the login's word of it.
    let held = at.loaded.now.plus_secs(HELD_SECS);
    broker.stores.outbox.push(std::slice::from_ref(&message), Some(held)).await?;
    let before = at.proving.code.clone();
    let at = match keep_code(broker, at, Some(sent)).await? {
        Ok(at) => at,
        Err(go) => {
            withdraw(broker, &message.id).await;
            return Ok(Ok(go));
        }
    };
    if let Err(failure) = send_at_once(broker, &message).await {
        tracing::warn!(%failure, "a code could not be sent");
        if failure.may_have_sent() {
            // It may arrive: it works then, it counts, and the citizen can ask for another where they enter it.
            return Ok(Ok(Go::to(page_of(&at.loaded.interaction))));
        }
        note(broker, browser, &at.loaded, AuditKind::MessageDropped, None).await?;
        // Nobody has got it: the phone has all its codes again but this one, and the one before works on.
        broker.stores.limits.take_back(&of_phone.name).await?;
        return Ok(match keep_code(broker, at, before).await? {
            Ok(at) => Err((at, CodeFault::SendFailed)),
            Err(go) => Ok(go),
        });
    }
    note(broker, browser, &at.loaded, AuditKind::CodeSent, Some(account)).await?;
    Ok(Ok(Go::to(page_of(&at.loaded.interaction))))
}

/// The message that brings a code. Its id comes from what it is for.
fn outgoing(broker: &Broker, loaded: &Loaded, phone: &Phone, text: Secret, sent: &SentCode) -> Outgoing {
    let interaction = loaded.interaction.id.clone();
    let parts = [interaction.as_str().as_bytes(), sent.code.as_bytes().as_slice()];
    let id = broker.hasher.hash_parts(Purpose::Message, &parts).to_text();
    let to = Secret::new(phone.as_str());
    Outgoing {
        id: EventId::new(id.get(..22).unwrap_or(&id)),
        destination: Destination::phones(),
        content: Content::Message(Message { to, text, interaction, code: sent.code }),
        at: loaded.now,
        ends_at: Some(sent.expires_at),
    }
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
    let asked = match in_question(broker, browser, loaded, form).await? {
        Ok(asked) => asked,
        Err(go) => return Ok(Err(go)),
    };
    match form.get("decision") {
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

/// A guess counts before it is looked at: under the limits of the account, the address and the network, and as one of the code's tries.
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
    if let Some(minutes) = exhausted(broker, browser, &at, &limits(broker, browser, &found)).await? {
        return code_again(broker, browser, at, Some(CodeFault::TooMany { minutes })).await;
    }
    let left = sent.left.saturating_sub(1);
    let at = match take_try(broker, at, SentCode { left, ..sent.clone() }).await? {
        Ok(at) => at,
        Err(go) => return Ok(Err(go)),
    };
    if hashed(broker, &at.loaded, &typed) == sent.code {
        forgive(broker, &found).await?;
        return linked(broker, browser, at, &found.kept.account.id, Some(Proof::PhoneCode)).await.map(Err);
    }
    failed_proof(broker, browser, &at).await?;
    let fault = match left {
        0 => CodeFault::Expired,
        left => CodeFault::Wrong { left: u32::from(left) },
    };
    code_again(broker, browser, at, Some(fault)).await
}

/// Takes one of the code's tries, over the version that the guess was made from: of guesses that race one gets it, and no other is
/// looked at.
async fn take_try(broker: &Broker, at: AtProof, less: SentCode) -> Page<AtProof> {
    keep_code(broker, at, Some(less)).await
}

/// Keeps what is known of the code, over the version that was looked at; whoever comes second goes on where the login is now.
async fn keep_code(broker: &Broker, at: AtProof, code: Option<SentCode>) -> Page<AtProof> {
    let AtProof { mut loaded, mut proving, session } = at;
    let from = loaded.interaction.version;
    proving.code = code;
    let problem = loaded.problem(Code::StepOutOfOrder);
    loaded.interaction.prove(proving.clone()).map_err(|_| problem)?;
    let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
    Ok(match broker.stores.expiring.commit(vec![save]).await?.first() {
        Some(Written::Done) => Ok(AtProof { loaded, proving, session }),
        _ => Err(Go::to(paths::login(&loaded.interaction.id))),
    })
}
