//! Who came back from VNeID, what is recorded of them, and which old accounts are theirs.

use super::enter::{Admittance, Entered};
use super::handover::{Handed, hand};
use super::link::{Linking, plan};
use super::load::Loaded;
use super::number::{refer, settle};
use super::problem::{Failed, Problem};
use super::send::{binding, callback, failed};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{Attempt, NoLink, Told};
use broker_domain::claims::Claims;
use broker_domain::ids::{CitizenId, TraceId};
use broker_domain::linking::{Arrived, known_claims, primary_first};
use broker_domain::ports::{Admission, Found, KeptAccount, StoreError};
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;

/// What VNeID's answer says.
///
/// # Errors
/// What stops the citizen, with the event that it leaves.
pub(super) async fn complete(
    broker: &Broker,
    loaded: &Loaded,
    attempt: &Attempt,
    raw_query: &str,
) -> Result<Arrival, Failed> {
    // Taken out of the configuration meanwhile.
    let upstream = broker
        .upstream(&attempt.upstream)
        .ok_or_else(|| (AuditKind::SignInFailed, loaded.problem(Code::MethodSwitchedOff)))?
        .clone();
    upstream
        .complete(raw_query, &binding(attempt), &callback(broker), loaded.now)
        .await
        .map_err(|f| (AuditKind::SignInFailed, failed(loaded.problem(Code::Internal), f)))
}

/// Turns whoever arrived into a citizen who is signed in.
///
/// # Errors
/// What stops the citizen, with the event that it leaves.
pub(super) async fn recognise(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    attempt: &Attempt,
    arrival: Arrival,
) -> Result<Entered, Failed> {
    let fail = |code| (AuditKind::SignInFailed, loaded.problem(code));
    let authoritative = broker.upstream(&attempt.upstream).is_some_and(|u| u.is_authoritative());
    let store = |error: StoreError| (AuditKind::SignInFailed, loaded.problem(Problem::from(error).code));
    let mut found = broker.stores.citizens.find(&arrival).await.map_err(store)?;
    let decided = settle(broker, &arrival, &found.matches, authoritative).await;
    let known = match decided {
        Arrived::Known(id) => Recorded { citizen: Some(id), ..Recorded::default() },
        Arrived::NewIdentity(id) => Recorded { citizen: Some(id), add_identity: true, add_number: false },
        Arrived::NewNumber(id) => {
            let add_identity = found.matches.by_identity.is_none();
            Recorded { citizen: Some(id), add_identity, add_number: true }
        }
        Arrived::NewCitizen => Recorded::default(),
        Arrived::Nobody(doubt) => {
            refer(broker, browser, loaded, (&arrival, &found.matches), doubt).await.map_err(store)?;
            return Err((AuditKind::ArrivalRefused, loaded.problem(Code::of_doubt(doubt))));
        }
        // It was asked, and this is no answer.
        Arrived::Ask => return Err(fail(Code::Internal)),
    };
    let handed = match &attempt.account {
        Some(opened) => {
            let of = (known.citizen.as_ref(), found.accounts.as_slice());
            hand(broker, browser, loaded, opened, &arrival.profile, of).await?
        }
        None => Handed::default(),
    };
    let accounts = std::mem::take(&mut found.accounts);
    let theirs = accounts.clone();
    let links = plan(broker, known.citizen.as_ref(), &arrival.profile, accounts, handed).await;
    let admitted = admit(broker, (loaded, &browser.trace), &arrival, known, found, (links, theirs))
        .await
        .map_err(store)?;
    Ok(Entered::by_vneid(broker, browser, loaded, attempt, arrival, admitted).await)
}

/// Whom the arrival was decided to be, and what is new of them. Nobody: a new citizen.
#[derive(Default)]
struct Recorded {
    citizen: Option<CitizenId>,
    add_identity: bool,
    add_number: bool,
}

/// Records the arrival and makes the links that need no further proof.
async fn admit(
    broker: &Broker,
    (loaded, trace): (&Loaded, &TraceId),
    arrival: &Arrival,
    recorded: Recorded,
    mut found: Found,
    (links, accounts): (Linking, Vec<KeptAccount>),
) -> Result<Admittance, StoreError> {
    let Recorded { citizen: known, add_identity, add_number } = recorded;
    let sector = loaded.client.sector();
    let new_id = CitizenId::generate(&*broker.entropy);
    let mut subjects = std::mem::take(&mut found.subjects);
    // The account's TechID comes before any value of ours, also when the citizen has yet to prove it.
    let missing = !subjects.iter().any(|(s, _)| *s == sector) && !links.may_give(broker, &sector);
    let subject = missing.then(|| {
        let candidate = Subject::pairwise(&broker.hasher, &sector, known.as_ref().unwrap_or(&new_id));
        (sector.clone(), candidate)
    });
    let before = found.matches.by_identity.as_ref().or(found.matches.by_number.as_ref()).map(|k| &k.profile);
    let admission = Admission {
        update_profile: before.is_some_and(|p| *p != arrival.profile),
        arrival: arrival.clone(),
        new_id,
        known: known.clone(),
        add_identity,
        add_number,
        subject,
        now: loaded.now,
    };
    let nothing_new =
        !add_identity && !add_number && !admission.update_profile && admission.subject.is_none();
    let idle = known.is_some() && nothing_new;
    let (citizen, is_new, given) = match (idle, known) {
        (true, Some(id)) => (id, false, None),
        _ => {
            let admitted = broker.stores.citizens.admit(admission).await?;
            (admitted.citizen, admitted.is_new, admitted.subject)
        }
    };
    let news = [
        (is_new, AuditKind::CitizenRecorded),
        (add_identity, AuditKind::IdentityAdded),
        (add_number, AuditKind::NumberChanged),
        (given.is_some(), AuditKind::SubjectGiven),
    ];
    let recorded: Vec<_> = news.into_iter().filter(|(happened, _)| *happened).map(|(_, kind)| kind).collect();
    // An account that cannot be linked is told of once: at the citizen's first visit.
    let first_visit = !subjects.iter().any(|(s, _)| *s == sector);
    subjects.extend(given.map(|subject| (sector, subject)));
    let mut done = links.carry_out(broker, (loaded, trace), &arrival.profile, &citizen).await?;
    let is_refusal = |told: &Told| {
        let Told::NotLinked { why, .. } = told else { return false };
        matches!(why, NoLink::Closed | NoLink::Locked | NoLink::Deceased)
    };
    done.told = done.told.filter(|told| first_visit || !is_refusal(told));
    subjects.retain(|(sector, _)| done.subjects.iter().all(|(s, _)| s != sector));
    subjects.extend(done.subjects);
    let is_theirs =
        |a: &&KeptAccount| a.owner.as_ref() == Some(&citizen) || done.linked.contains(&a.account.id);
    let linked = primary_first(accounts.iter().filter(is_theirs).map(|a| &a.account), &subjects);
    let mut claims = known_claims(&arrival.profile, arrival.auth_time, &Claims::default(), linked);
    claims.take_confirmed(found.confirmed.as_ref());
    Ok(Admittance { citizen, recorded, found, subjects, claims, unproven: done.unproven, told: done.told })
}
