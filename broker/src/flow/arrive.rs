//! VNeID sends the citizen back.

use super::give::{Given, event, give, lost};
use super::link::plan;
use super::load::{Loaded, believed, check, hinted};
use super::logout::end_quietly;
use super::number::{refer, settle};
use super::problem::{Go, Problem};
use super::send::{Need, binding, callback, failed, send};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::paths;
use crate::respond::answer_error;
use crate::state::{Broker, clear_cookie};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::{self, Attempt, Back, Next, Outcome};
use broker_domain::claims::Claims;
use broker_domain::client::SignInMethod;
use broker_domain::form::Form;
use broker_domain::ids::{CitizenId, ClientId, EventId, InteractionId, SectorId, SessionId};
use broker_domain::linking::Arrived;
use broker_domain::ports::{Admission, Found, Taken, Write, Written};
use broker_domain::scope::ScopeSet;
use broker_domain::secret::{Purpose, Secret};
use broker_domain::session::{Holder, Session, SessionCookie};
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;

/// Takes VNeID's answer: once, in the browser that was sent, with every check; then signs the citizen in. What fails leaves exactly
/// one event.
pub async fn arrive(broker: &Broker, browser: &Browser, raw_query: &str) -> Result<Go, Problem> {
    let (loaded, attempt) = match take(broker, browser, raw_query).await {
        Ok(taken) => taken,
        Err(problem) => {
            return Err(record(broker, browser, AuditKind::SignInFailed, problem, Vec::new()).await);
        }
    };
    let from = loaded.interaction.version.wrapping_sub(1);
    match sign_in(broker, browser, &loaded, &attempt, raw_query).await {
        Ok(signed_in) => match finish(broker, browser, loaded, attempt, signed_in, from).await {
            Ok(go) => Ok(go),
            Err(problem) => Err(record(broker, browser, AuditKind::SignInFailed, problem, Vec::new()).await),
        },
        Err((kind, problem)) => {
            // The login stays, and its page offers the tiles again.
            let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction), from };
            Err(record(broker, browser, kind, problem, vec![save]).await)
        }
    }
}

/// Takes the attempt that the answer belongs to: nobody else can, from here on.
async fn take(broker: &Broker, browser: &Browser, raw_query: &str) -> Result<(Loaded, Attempt), Problem> {
    let form = Form::parse(raw_query.as_bytes()).map_err(|_| Problem::new(Code::MalformedRequest))?;
    let state = form.get("state").ok_or(Problem::new(Code::CallbackStateMissing))?;
    let unknown = || Problem::new(Code::CallbackStateUnknown);
    let id = state.split_once('.').and_then(|(id, _)| InteractionId::parse(id)).ok_or_else(unknown)?;
    let hash = broker.hasher.hash(Purpose::State, state);
    let sid = browser.session.as_ref().map(|c| &c.sid);
    let (taken, session) = broker.stores.expiring.take_return(&id, &hash, sid).await?;
    let now = broker.clock.now();
    let (interaction, fits) = match taken {
        Taken::Unknown => return Err(unknown()),
        Taken::Stale(interaction) => (*interaction, false),
        Taken::Taken(interaction) => (*interaction, true),
    };
    let client = check(broker, browser, &interaction, now).map_err(|p| match p.code {
        Code::OtherBrowser => Problem { code: Code::CallbackOtherBrowser, ..p },
        _ => p,
    })?;
    let mut loaded = Loaded { session: believed(broker, browser, session, now), interaction, client, now };
    let used = |loaded: &Loaded| loaded.problem(Code::CallbackStateUsed);
    if !fits {
        return Err(used(&loaded));
    }
    let attempt = loaded.interaction.returned().map_err(|_| used(&loaded))?;
    Ok((loaded, attempt))
}

/// Writes the event of a failure, with what else is to be written.
async fn record(
    broker: &Broker,
    browser: &Browser,
    kind: AuditKind,
    problem: Problem,
    mut writes: Vec<Write>,
) -> Problem {
    let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), broker.clock.now(), kind);
    event.client = problem.portal.as_ref().map(|p| p.id.clone());
    event.interaction = problem.interaction.clone();
    event.code = Some(problem.code.number());
    event.trace = Some(browser.trace.clone());
    writes.push(Write::Audit(Box::new(event)));
    if let Err(error) = broker.stores.expiring.commit(writes).await {
        tracing::error!(%error, "the event of a failed sign-in was not kept");
    }
    problem
}

struct SignedIn {
    session: Session,
    cookie: SessionCookie,
    renewed: bool,
    /// What was recorded of the citizen, to be audited.
    recorded: Vec<AuditKind>,
}

type Failed = (AuditKind, Problem);

async fn sign_in(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    attempt: &Attempt,
    raw_query: &str,
) -> Result<SignedIn, Failed> {
    let fail = |loaded: &Loaded, code| (AuditKind::SignInFailed, loaded.problem(code));
    // Taken out of the configuration meanwhile.
    let upstream =
        broker.upstream(&attempt.upstream).ok_or_else(|| fail(loaded, Code::MethodSwitchedOff))?.clone();
    let arrival = upstream
        .complete(raw_query, &binding(attempt), &callback(broker), loaded.now)
        .await
        .map_err(|f| (AuditKind::SignInFailed, failed(loaded.problem(Code::Internal), f)))?;
    let store = |p: broker_domain::ports::StoreError| {
        let problem = Problem::from(p);
        (AuditKind::SignInFailed, Problem { code: problem.code, ..loaded.problem(problem.code) })
    };
    let found = broker.stores.citizens.find(&arrival).await.map_err(store)?;
    let decided = settle(broker, &arrival, &found.matches, upstream.is_authoritative()).await;
    let (known, add_identity, add_number) = match decided {
        Arrived::Known(id) => (Some(id), false, false),
        Arrived::NewIdentity(id) => (Some(id), true, false),
        Arrived::NewNumber(id) => (Some(id), found.matches.by_identity.is_none(), true),
        Arrived::NewCitizen => (None, false, false),
        Arrived::Nobody(doubt) => {
            refer(broker, browser, loaded, (&arrival, &found.matches), doubt).await.map_err(store)?;
            return Err((AuditKind::ArrivalRefused, loaded.problem(Code::of_doubt(doubt))));
        }
        // It was asked, and this is no answer.
        Arrived::Ask => return Err(fail(loaded, Code::Internal)),
    };
    let sector = loaded.client.sector();
    let new_id = CitizenId::generate(&*broker.entropy);
    let Found { matches, mut subjects, allowed, accounts } = found;
    let links = plan(known.as_ref(), &arrival.profile, accounts);
    // The account's TechID comes before any value of ours.
    let missing = !subjects.iter().any(|(s, _)| *s == sector) && !links.gives(broker, &sector);
    let subject = missing.then(|| {
        let candidate = Subject::pairwise(&broker.hasher, &sector, known.as_ref().unwrap_or(&new_id));
        (sector.clone(), candidate)
    });
    let before = matches.by_identity.as_ref().or(matches.by_number.as_ref()).map(|k| &k.profile);
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
    let idle = known.is_some()
        && !add_identity
        && !add_number
        && !admission.update_profile
        && admission.subject.is_none();
    let (citizen, is_new, given) = match (idle, known) {
        (true, Some(id)) => (id, false, None),
        _ => {
            let admitted = broker.stores.citizens.admit(admission).await.map_err(store)?;
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
    let (by_links, new) = links.carry_out(broker, &citizen, loaded.now).await.map_err(store)?;
    recorded.extend(std::iter::repeat_n(AuditKind::AccountLinked, new));
    subjects.retain(|(sector, _)| by_links.iter().all(|(s, _)| s != sector));
    subjects.extend(by_links);
    Ok(open(broker, browser, loaded, arrival, citizen, recorded, subjects, allowed).await)
}

/// Opens the session: the living one of the same citizen goes on with a new secret; another citizen's ends.
#[allow(clippy::too_many_arguments)] // each is a separate fact of the arrival
async fn open(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    arrival: Arrival,
    citizen: CitizenId,
    recorded: Vec<AuditKind>,
    subjects: Vec<(SectorId, Subject)>,
    allowed: Vec<(ClientId, ScopeSet)>,
) -> SignedIn {
    let (now, lifetimes) = (loaded.now, broker.rules.sessions);
    let ends_at = now.plus_secs(lifetimes.absolute);
    let idle_until = now.plus_secs(lifetimes.idle).min(ends_at);
    if let Some(living) = &loaded.session {
        if living.holder.citizen() == Some(&citizen) {
            let mut session = living.clone();
            let cookie = session.renew_secret(&broker.hasher, &*broker.entropy, lifetimes, now);
            session.kind = arrival.profile.kind;
            session.claims = Claims::proven(&arrival.profile, arrival.auth_time);
            session.method = SignInMethod::Vneid;
            session.level = arrival.level;
            session.auth_time = arrival.auth_time;
            session.upstream = Some(arrival.upstream);
            session.upstream_sid = arrival.sid;
            session.subjects = subjects;
            session.allowed = allowed;
            session.ends_at = ends_at;
            session.idle_until = idle_until;
            return SignedIn { session, cookie, renewed: true, recorded };
        }
        end_quietly(broker, browser, &living.sid, AuditKind::SessionReplaced).await;
    }
    let secret = Secret::generate(&*broker.entropy);
    let sid = SessionId::generate(&*broker.entropy);
    let session = Session {
        sid: sid.clone(),
        secret: broker.hasher.hash(Purpose::Session, secret.reveal()),
        previous: None,
        holder: Holder::Citizen(citizen),
        kind: arrival.profile.kind,
        claims: Claims::proven(&arrival.profile, arrival.auth_time),
        method: SignInMethod::Vneid,
        level: arrival.level,
        auth_time: arrival.auth_time,
        upstream: Some(arrival.upstream),
        upstream_sid: arrival.sid,
        subjects,
        allowed,
        unproven: Vec::new(),
        created_at: now,
        idle_until,
        ends_at,
        participants: Vec::new(),
    };
    SignedIn { session, cookie: SessionCookie { sid, secret }, renewed: false, recorded }
}

async fn finish(
    broker: &Broker,
    browser: &Browser,
    mut loaded: Loaded,
    attempt: Attempt,
    signed_in: SignedIn,
    from: u32,
) -> Result<Go, Problem> {
    let SignedIn { session, cookie, renewed, recorded } = signed_in;
    let (client, now) = (loaded.client.clone(), loaded.now);
    let request = loaded.interaction.request.clone();
    let cookies = vec![
        broker.cookies.set(broker.cookies.session(), &cookie.to_value(), None),
        clear_cookie(broker.cookies, broker.cookies.signed_out()),
    ];
    let mut arrived = event(broker, AuditKind::SignedIn, &client, &browser.trace, now);
    arrived.interaction = Some(loaded.interaction.id.clone());
    arrived.citizen = session.holder.citizen().cloned();
    arrived.sid = Some(session.sid.clone());
    arrived.note = Some(session.level.to_string());
    let first: Vec<Write> = recorded
        .into_iter()
        .map(|kind| AuditEvent {
            id: EventId::generate(&*broker.entropy),
            kind,
            note: None,
            ..arrived.clone()
        })
        .map(|event| Write::Audit(Box::new(event)))
        .collect();
    let keep = |session: &Session| {
        let session = Box::new(session.clone());
        if renewed { Write::RenewSession(session) } else { Write::OpenSession(session) }
    };
    let finished = |loaded: &mut Loaded, outcome| {
        loaded.interaction.finish(outcome).map_err(|_| loaded.problem(Code::LoginFinished))?;
        Ok::<_, Problem>(Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from })
    };
    let hint = hinted(broker, &request, &client, Some(&session));
    let back = Back { sent_at: attempt.started_at, fresh: attempt.fresh };
    match authorization::next(&request, &client, Some(&session), hint, Some(back), now) {
        Next::Proceed => {
            let mut before = vec![finished(&mut loaded, Outcome::Granted)?, keep(&session)];
            before.extend(first);
            match give(broker, &request, &client, &session, before, arrived).await? {
                Given::Answer(url) => Ok(Go { url, cookies }),
                Given::Lost => Err(lost(loaded.problem(Code::LoginFinished))),
            }
        }
        Next::Refuse(error, why) => {
            let mut writes = vec![finished(&mut loaded, Outcome::Refused)?, keep(&session)];
            writes.extend(first);
            writes.push(Write::Audit(Box::new(arrived)));
            write_all(broker, &loaded, writes).await?;
            let url =
                answer_error(&broker.issuer, &request.redirect_uri, request.state.as_deref(), error, why);
            Ok(Go { url, cookies })
        }
        Next::Consent => {
            loaded
                .interaction
                .ask_consent(session.sid.clone())
                .map_err(|_| loaded.problem(Code::LoginFinished))?;
            let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
            let mut writes = vec![save, keep(&session)];
            writes.extend(first);
            writes.push(Write::Audit(Box::new(arrived)));
            write_all(broker, &loaded, writes).await?;
            Ok(Go { url: paths::consent(&loaded.interaction.id), cookies })
        }
        // VNeID answered from a session of its own that is older than the portal allows: once more, and this time it must ask.
        Next::Login { level, .. } if !attempt.fresh => {
            match send(broker, &mut loaded.interaction, Need { fresh: true, level }, now).await {
                Ok(url) => {
                    let save =
                        Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
                    let writes = std::iter::once(save).chain(first).collect();
                    write_all(broker, &loaded, writes).await?;
                    Ok(Go::to(url))
                }
                Err(failure) => Err(failed(loaded.problem(Code::Internal), failure)),
            }
        }
        Next::Login { .. } => {
            Err(loaded.problem(Code::of_upstream(broker_domain::upstream::UpstreamFailure::NotFresh)))
        }
    }
}

async fn write_all(broker: &Broker, loaded: &Loaded, writes: Vec<Write>) -> Result<(), Problem> {
    let written = broker.stores.expiring.commit(writes).await?;
    if written.contains(&Written::Lost) { Err(lost(loaded.problem(Code::LoginFinished))) } else { Ok(()) }
}
