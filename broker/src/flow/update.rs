//! "Cập nhật thông tin từ CSDL dân cư": an account of before VNeID gets a number that the population database confirms.

use super::account::note;
use super::load::{Loaded, load};
use super::problem::Go;
use super::step::{Page, form_token, keep, minutes_until, page_of, posted};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use crate::views::{BadField, Typed, UpdateFault};
use broker_domain::audit::AuditKind;
use broker_domain::authorization::Step;
use broker_domain::claims::{Claims, Marked, Source};
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::linking::{LegacyAccount, same_name};
use broker_domain::person::{BirthDate, Name, OldNumber, PersonalNumber};
use broker_domain::ports::Attempted;
use broker_domain::upstream::population::{Answer, Question};
use std::sync::Arc;

/// The page.
pub struct Update {
    /// The login.
    pub id: InteractionId,
    /// The portal.
    pub client: Arc<Client>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// The hidden form token.
    pub form_token: String,
    /// What was typed.
    pub typed: Typed,
    /// What went wrong.
    pub fault: Option<UpdateFault>,
    /// The code that names it.
    pub code: Option<Code>,
}

/// The page.
pub async fn update(broker: &Broker, browser: &Browser, id: &str) -> Page<Update> {
    let loaded = load(broker, browser, id).await?;
    match loaded.interaction.step {
        Step::Updating(_) => page(broker, browser, loaded, Typed::default(), None, None),
        _ => Ok(Err(Go::to(page_of(&loaded.interaction)))),
    }
}

fn page(
    broker: &Broker,
    browser: &Browser,
    loaded: Loaded,
    typed: Typed,
    fault: Option<UpdateFault>,
    code: Option<Code>,
) -> Page<Update> {
    let form_token = form_token(broker, browser, &loaded)?;
    let Loaded { interaction, client, .. } = loaded;
    let ui_locales = interaction.request.ui_locales;
    Ok(Ok(Update { id: interaction.id, client, ui_locales, form_token, typed, fault, code }))
}

/// A button was pressed: `update` or `skip`.
pub async fn decide_update(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Page<Update> {
    let mut loaded = match posted(broker, browser, id, form).await? {
        Ok(loaded) => loaded,
        Err(go) => return Ok(Err(go)),
    };
    let Step::Updating(opened) = loaded.interaction.step.clone() else {
        return Ok(Err(Go::to(page_of(&loaded.interaction))));
    };
    let from = loaded.interaction.version;
    if form.get("decision") == Some("skip") {
        loaded.interaction.notice().map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
        return keep(broker, &loaded.interaction, from, Vec::new()).await.map(Err);
    }
    let field = |name: &str| form.get(name).unwrap_or("").trim().chars().take(300).collect::<String>();
    let typed = Typed {
        old_number: field("old_number"),
        personal_number: field("personal_number"),
        full_name: field("full_name"),
        birth_date: field("birth_date"),
    };
    let question = match read(&typed) {
        Ok(question) => question,
        Err(bad) => {
            let fault = Some(UpdateFault::Fields(bad));
            return page(broker, browser, loaded, typed, fault, None);
        }
    };
    // Whoever can sign in to one account may not ask the population database about everybody.
    let limits = broker.rules.protection.question(&broker.hasher, &opened.account, browser.address);
    if let Attempted::TooMany { retry_at } = broker.stores.limits.attempt(&limits, loaded.now).await? {
        note(broker, browser, &loaded, AuditKind::TooManyAttempts, None).await?;
        let fault = Some(UpdateFault::TooMany { minutes: minutes_until(retry_at, loaded.now) });
        return page(broker, browser, loaded, typed, fault, None);
    }
    let account = broker.stores.accounts.credentials(&opened.account).await?.map(|found| found.kept);
    let Some(account) = account.filter(|kept| kept.owner.is_none()) else {
        return Err(loaded.problem(Code::AccountClosed));
    };
    let counted: Vec<_> = limits.into_iter().map(|limit| limit.name).collect();
    let question = match ask(broker, &account.account, question).await {
        Ok(question) => {
            broker.stores.limits.forgive(counted.get(..1).unwrap_or_default()).await?;
            question
        }
        Err(code) => {
            note(broker, browser, &loaded, AuditKind::NumberRefused, Some(&account.account)).await?;
            let fault = match code {
                Code::PopulationNoMatch => UpdateFault::NoMatch,
                Code::PopulationSeveral => UpdateFault::Several,
                Code::PopulationDeceased => UpdateFault::Deceased,
                code => UpdateFault::Unavailable(code.entry().words),
            };
            // That the database does not answer is no guess of this account's; what comes from one place stays counted, for whoever has
            // the database throttled could ask for ever.
            if matches!(fault, UpdateFault::Unavailable(_)) {
                broker.stores.limits.forgive(counted.get(..1).unwrap_or_default()).await?;
            }
            return page(broker, browser, loaded, typed, Some(fault), Some(code));
        }
    };
    let confirmed = confirmed(question, loaded.now);
    if !broker.stores.accounts.confirm(&opened.account, &confirmed).await? {
        return Err(loaded.problem(Code::AccountClosed));
    }
    note(broker, browser, &loaded, AuditKind::NumberConfirmed, Some(&account.account)).await?;
    loaded.interaction.notice().map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
    keep(broker, &loaded.interaction, from, Vec::new()).await.map(Err)
}

/// What was typed as a question; or which fields cannot be right.
fn read(typed: &Typed) -> Result<Question, Vec<BadField>> {
    let mut bad = Vec::new();
    let old = match typed.old_number.as_str() {
        // Younger people never had one.
        "" => None,
        text => OldNumber::parse(text).map_err(|_| bad.push(BadField::OldNumber)).ok(),
    };
    let number = PersonalNumber::parse(&typed.personal_number);
    let name = Name::parse(&typed.full_name);
    let birth = BirthDate::parse(&typed.birth_date);
    if number.is_err() {
        bad.push(BadField::PersonalNumber);
    }
    if let (Ok(number), Ok(birth)) = (&number, &birth)
        && !number.agrees_with(Some(birth), None)
    {
        bad.push(BadField::NumberContradicts);
    }
    if name.is_err() {
        bad.push(BadField::FullName);
    }
    // The population database compares whole dates.
    if !matches!(birth, Ok(BirthDate::Day(..))) {
        bad.push(BadField::BirthDate);
    }
    match (number, name, birth) {
        (Ok(personal_number), Ok(full_name), Ok(birth_date)) if bad.is_empty() => Ok(Question {
            personal_number,
            old_number: old,
            former_number: None,
            full_name: Some(full_name),
            birth_date: Some(birth_date),
        }),
        _ => Err(bad),
    }
}

/// Asks; what was asked. What the account itself says of its owner must not contradict: else anybody could give their account somebody
/// else's number.
async fn ask(broker: &Broker, account: &LegacyAccount, mut question: Question) -> Result<Question, Code> {
    let claims = &account.claims;
    let name = match (&claims.full_name, &question.full_name) {
        (Some(known), Some(typed)) => same_name(&known.value, typed),
        _ => true,
    };
    let born = match (&claims.birth_date, &question.birth_date) {
        (Some(known), Some(typed)) => known.value.agrees_with(typed),
        _ => true,
    };
    // An old number that its portal has verified is asked about, whatever else was typed.
    let verified = claims.old_number.as_ref().filter(|n| n.is_green()).map(|n| n.value.clone());
    let old = match (&verified, &question.old_number) {
        (Some(known), Some(typed)) => known == typed,
        _ => true,
    };
    question.old_number = question.old_number.or(verified);
    let Some(population) = &broker.population else { return Err(Code::PopulationUnreachable) };
    let answer = population.ask(&question).await.map_err(Code::of_population)?;
    match answer {
        Answer::Match if name && born && old => Ok(question),
        Answer::Match | Answer::Differs(_) | Answer::Nobody => Err(Code::PopulationNoMatch),
        Answer::Several => Err(Code::PopulationSeveral),
        Answer::Deceased => Err(Code::PopulationDeceased),
    }
}

fn confirmed(question: Question, now: broker_domain::clock::Timestamp) -> Claims {
    fn said<T>(value: T, now: broker_domain::clock::Timestamp) -> Marked<T> {
        Marked::verified(value, Source::PopulationDatabase, now)
    }
    Claims {
        gender: Some(said(question.personal_number.gender(), now)),
        personal_number: Some(said(question.personal_number, now)),
        old_number: question.old_number.map(|n| said(n, now)),
        full_name: question.full_name.map(|n| said(n, now)),
        birth_date: question.birth_date.map(|d| said(d, now)),
        ..Claims::default()
    }
}
