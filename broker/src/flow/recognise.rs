//! Who came back from VNeID, what is recorded of them, and which old accounts are theirs.

use super::enter::{Admittance, Entered};
use super::handover::{Handed, hand};
use super::link::{Linking, plan};
use super::load::Loaded;
use super::number::{refer, settle};
use super::problem::Problem;
use super::send::{binding, callback, failed};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::Attempt;
use broker_domain::claims::Claims;
use broker_domain::ids::CitizenId;
use broker_domain::linking::Arrived;
use broker_domain::ports::{Admission, Found, StoreError};
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;

/// The event that a failure leaves, and what stops the citizen.
pub(super) type Failed = (AuditKind, Problem);

/// Turns VNeID's answer into a citizen who is signed in.
pub(super) async fn recognise(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    attempt: &Attempt,
    raw_query: &str,
) -> Result<Entered, Failed> {
    let fail = |code| (AuditKind::SignInFailed, loaded.problem(code));
    // Taken out of the configuration meanwhile.
    let upstream = broker.upstream(&attempt.upstream).ok_or_else(|| fail(Code::MethodSwitchedOff))?.clone();
    let arrival = upstream
        .complete(raw_query, &binding(attempt), &callback(broker), loaded.now)
        .await
        .map_err(|f| (AuditKind::SignInFailed, failed(loaded.problem(Code::Internal), f)))?;
    let store = |error: StoreError| (AuditKind::SignInFailed, loaded.problem(Problem::from(error).code));
    let mut found = broker.stores.citizens.find(&arrival).await.map_err(store)?;
    let decided = settle(broker, &arrival, &found.matches, upstream.is_authoritative()).await;
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
            hand(broker, browser, loaded, opened, &arrival.profile, known.citizen.as_ref()).await?
        }
        None => Handed::default(),
    };
    let accounts = std::mem::take(&mut found.accounts);
    let links = plan(broker, known.citizen.as_ref(), &arrival.profile, accounts, handed).await;
    let admitted = admit(broker, loaded, &arrival, known, found, links).await.map_err(store)?;
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
    loaded: &Loaded,
    arrival: &Arrival,
    recorded: Recorded,
    mut found: Found,
    links: Linking,
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
    let mut recorded: Vec<_> =
        news.into_iter().filter(|(happened, _)| *happened).map(|(_, kind)| kind).collect();
    subjects.extend(given.map(|subject| (sector, subject)));
    let done = links.carry_out(broker, loaded, &arrival.profile, &citizen).await?;
    recorded.extend(std::iter::repeat_n(AuditKind::AccountLinked, done.new));
    subjects.retain(|(sector, _)| done.subjects.iter().all(|(s, _)| s != sector));
    subjects.extend(done.subjects);
    let mut claims = Claims::proven(&arrival.profile, arrival.auth_time);
    claims.take_confirmed(found.confirmed.as_ref());
    Ok(Admittance { citizen, recorded, found, subjects, claims, unproven: done.unproven, told: done.told })
}
