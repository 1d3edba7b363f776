//! "Cập nhật từ CSDL Quốc gia về Dân cư": what VNeID did not say, confirmed by the population database.

use super::enter::Visit;
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::problem::Problem;
use crate::state::Broker;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::claims::{Claims, Marked, Source};
use broker_domain::form::Form;
use broker_domain::ids::{CitizenId, EventId, Namespace};
use broker_domain::person::{AccountKind, BirthDate, Name, OldNumber, PersonalNumber};
use broker_domain::ports::{Attempted, Limit, Write};
use broker_domain::upstream::population::{Answer, PopulationDatabase, Question};
use std::sync::Arc;

/// What the page is about.
pub struct Confirming {
    /// The number that VNeID proved.
    pub number: PersonalNumber,
    /// The name that VNeID proved.
    pub name: Option<Name>,
    /// Whether the old number is not confirmed yet.
    pub lacks_old_number: bool,
    /// Whether the date of birth is not known yet.
    pub lacks_birth_date: bool,
}

/// Why nothing was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unconfirmed {
    /// What was typed cannot be right.
    Fields {
        /// The old number.
        old_number: bool,
        /// The date of birth.
        birth_date: bool,
    },
    /// The population database does not confirm it, or did not answer.
    Refused(Code),
    /// Too many attempts.
    TooMany {
        /// How long to wait, in minutes.
        minutes: u32,
    },
}

/// Under what attempts are counted: a name that no portal has.
const ATTEMPTS: &str = "own:update";

fn database(broker: &Broker, visit: &Visit) -> Result<Arc<dyn PopulationDatabase>, Problem> {
    broker.population.clone().ok_or_else(|| visit.problem(Code::UpdateNotOffered))
}

/// Whether there is a population database to ask, and somebody to ask it about.
pub fn can_update(broker: &Broker, visit: &Visit) -> bool {
    broker.population.is_some() && confirming(broker, visit).is_ok()
}

/// What the page asks for.
///
/// # Errors
/// [`Code::UpdateNotOffered`] without a population database, and for organizations; [`Code::AccountForCitizens`].
pub fn confirming(broker: &Broker, visit: &Visit) -> Result<Confirming, Problem> {
    visit.citizen()?;
    database(broker, visit)?;
    let claims = &visit.session.claims;
    let number = claims.personal_number.as_ref().filter(|n| n.is_green());
    let number = number.filter(|_| visit.session.kind == AccountKind::Citizen);
    Ok(Confirming {
        number: number.ok_or_else(|| visit.problem(Code::UpdateNotOffered))?.value.clone(),
        name: claims.full_name.as_ref().map(|n| n.value.clone()),
        lacks_old_number: !claims.old_number.as_ref().is_some_and(Marked::is_green),
        lacks_birth_date: !claims.birth_date.as_ref().is_some_and(Marked::is_green),
    })
}

struct Typed {
    old_number: Option<OldNumber>,
    birth_date: Option<BirthDate>,
}

/// What was typed: at least one of what is missing. The database compares whole dates.
fn read(page: &Confirming, form: &Form) -> Result<Typed, Unconfirmed> {
    let wanted = |name: &str, lacks: bool| form.get(name).map(str::trim).filter(|t| lacks && !t.is_empty());
    let old = wanted("old_number", page.lacks_old_number);
    let birth = wanted("birth_date", page.lacks_birth_date);
    let old_number = old.map(OldNumber::parse).transpose();
    let birth_date = birth.map(BirthDate::parse).transpose().ok().filter(|date| match date {
        Some(date) => matches!(date, BirthDate::Day(..)) && page.number.agrees_with(Some(date), None),
        None => true,
    });
    let nothing = old.is_none() && birth.is_none();
    match (old_number, birth_date) {
        (Ok(old_number), Some(birth_date)) if !nothing => Ok(Typed { old_number, birth_date }),
        (old_number, birth_date) => Err(Unconfirmed::Fields {
            old_number: old_number.is_err() || nothing && page.lacks_old_number,
            birth_date: birth_date.is_none() || nothing && page.lacks_birth_date,
        }),
    }
}

fn limit(broker: &Broker, citizen: &CitizenId) -> Limit {
    broker.rules.protection.account(&broker.hasher, &Namespace::new(ATTEMPTS), citizen.as_str())
}

/// Asks the population database, and keeps what it confirms: with the citizen, for every later sign-in, and in this session at once.
/// Wrong attempts are limited; that the database did not answer is no attempt.
///
/// # Errors
/// As [`confirming`], and when a store does not answer.
pub async fn update(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    form: &Form,
) -> Result<Result<(), Unconfirmed>, Problem> {
    let page = confirming(broker, visit)?;
    let (citizen, database) = (visit.citizen()?, database(broker, visit)?);
    let typed = match read(&page, form) {
        Ok(typed) => typed,
        Err(bad) => return Ok(Err(bad)),
    };
    let limit = limit(broker, citizen);
    let counted = [limit.name.clone()];
    if let Attempted::TooMany { retry_at } = broker.stores.limits.attempt(&[limit], visit.now).await? {
        let minutes = retry_at.secs_since(visit.now).max(0) / 60 + 1;
        return Ok(Err(Unconfirmed::TooMany { minutes: u32::try_from(minutes).unwrap_or(u32::MAX) }));
    }
    let known = visit.session.claims.birth_date.as_ref().map(|d| d.value);
    let question = Question {
        personal_number: page.number.clone(),
        old_number: typed.old_number.clone(),
        former_number: None,
        full_name: page.name.clone(),
        birth_date: typed.birth_date.or(known),
    };
    match database.ask(&question).await {
        Ok(Answer::Match) => {}
        Ok(other) => return Ok(Err(Unconfirmed::Refused(Code::of_answer(other).unwrap_or(Code::Internal)))),
        Err(failure) => {
            broker.stores.limits.forgive(&counted).await?;
            return Ok(Err(Unconfirmed::Refused(Code::of_population(failure))));
        }
    }
    broker.stores.limits.forgive(&counted).await?;
    keep(broker, browser, visit, &page, typed).await?;
    Ok(Ok(()))
}

async fn keep(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    page: &Confirming,
    typed: Typed,
) -> Result<(), Problem> {
    fn verified<T>(value: T, visit: &Visit) -> Marked<T> {
        Marked::verified(value, Source::PopulationDatabase, visit.now)
    }
    let citizen = visit.citizen()?;
    let mut confirmed = Claims {
        personal_number: Some(verified(page.number.clone(), visit)),
        old_number: typed.old_number.map(|n| verified(n, visit)),
        birth_date: typed.birth_date.map(|d| verified(d, visit)),
        ..Claims::default()
    };
    let before = broker.stores.own_data.record(citizen).await?.and_then(|r| r.confirmed);
    confirmed.take_confirmed(before.as_ref());
    broker.stores.own_data.confirm(citizen, &confirmed, visit.now).await?;
    let mut session = visit.session.clone();
    session.claims.take_confirmed(Some(&confirmed));
    let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), visit.now, AuditKind::ClaimsUpdated);
    event.citizen = Some(citizen.clone());
    event.sid = Some(session.sid.clone());
    event.trace = Some(browser.trace.clone());
    let writes = vec![Write::RenewSession(Box::new(session)), Write::Audit(Box::new(event))];
    // A session that has just ended takes nothing of it: the next one does.
    broker.stores.expiring.commit(writes).await?;
    Ok(())
}
