//! Somebody is signed in: their session is opened, and the login goes on.

use super::commit::commit;
use super::give::event;
use super::load::{Loaded, hinted};
use super::logout::end_quietly;
use super::onward::onward;
use super::problem::{Go, Problem};
use super::send::{Need, Why, failed, send};
use super::step::page_of;
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::respond::answer_error;
use crate::state::{Broker, clear_cookie};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::{self, Attempt, Back, Next, Outcome, Proving, Told};
use broker_domain::claims::Claims;
use broker_domain::client::SignInMethod;
use broker_domain::ids::{CitizenId, EventId, SectorId, SessionId};
use broker_domain::level::Level;
use broker_domain::linking::{LegacyAccount, LegacyKind};
use broker_domain::person::AccountKind;
use broker_domain::ports::{Found, Write};
use broker_domain::secret::{Purpose, Secret};
use broker_domain::session::{Holder, Session, SessionCookie};
use broker_domain::subject::Subject;
use broker_domain::upstream::{Arrival, UpstreamFailure};

/// Who is signed in, and what is to be written and told of it.
pub(super) struct Entered {
    session: Session,
    cookie: SessionCookie,
    /// Whether the session was there before.
    renewed: bool,
    /// What was recorded of the citizen, to be audited.
    recorded: Vec<AuditKind>,
    /// The event that says how they came.
    said: AuditKind,
    back: Back,
    /// The way through VNeID, when they came by it.
    attempt: Option<Attempt>,
    told: Option<Told>,
}

/// What became of a citizen's arrival.
pub(super) struct Admittance {
    pub(super) citizen: CitizenId,
    pub(super) recorded: Vec<AuditKind>,
    pub(super) found: Found,
    pub(super) subjects: Vec<(SectorId, Subject)>,
    pub(super) claims: Claims,
    pub(super) unproven: Vec<broker_domain::proof::Unproven>,
    pub(super) told: Option<Told>,
}

impl Entered {
    /// A citizen whom VNeID proved: their living session in this browser goes on with a new secret; anybody else's ends.
    pub(super) async fn by_vneid(
        broker: &Broker,
        browser: &Browser,
        loaded: &Loaded,
        attempt: &Attempt,
        arrival: Arrival,
        admitted: Admittance,
    ) -> Self {
        let holder = Holder::Citizen(admitted.citizen);
        let (mut session, cookie, renewed) = session(broker, browser, loaded, holder).await;
        session.kind = arrival.profile.kind;
        session.claims = admitted.claims;
        session.method = SignInMethod::Vneid;
        session.level = arrival.level;
        session.auth_time = arrival.auth_time;
        session.upstream = Some(arrival.upstream);
        session.upstream_sid = arrival.sid;
        session.subjects = admitted.subjects;
        session.allowed = admitted.found.allowed;
        session.unproven = admitted.unproven;
        Self {
            session,
            cookie,
            renewed,
            recorded: admitted.recorded,
            said: AuditKind::SignedIn,
            back: Back { sent_at: attempt.started_at, fresh: attempt.fresh },
            attempt: Some(attempt.clone()),
            told: admitted.told,
        }
    }

    /// The holder of an account of before VNeID, at the portal that had created it. One factor, no biometrics: level 1.
    pub(super) async fn by_account(
        broker: &Broker,
        browser: &Browser,
        loaded: &Loaded,
        method: SignInMethod,
        account: LegacyAccount,
    ) -> Self {
        let holder = Holder::Account(account.id);
        let (mut session, cookie, renewed) = session(broker, browser, loaded, holder).await;
        session.kind = match account.kind {
            LegacyKind::Organization => AccountKind::Organization,
            _ => AccountKind::Citizen,
        };
        session.claims = account.claims;
        session.method = method;
        session.level = Level::LoA1;
        session.auth_time = loaded.now;
        session.upstream = None;
        session.upstream_sid = None;
        session.subjects = vec![(SectorId::new(account.namespace.as_str()), account.tech_id)];
        session.unproven = Vec::new();
        Self {
            session,
            cookie,
            renewed,
            recorded: Vec::new(),
            said: AuditKind::AccountSession,
            back: Back { sent_at: loaded.now, fresh: true },
            attempt: None,
            told: None,
        }
    }
}

/// The session for whoever is signed in, its cookie, and whether it was there before.
async fn session(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    holder: Holder,
) -> (Session, SessionCookie, bool) {
    let (now, lifetimes) = (loaded.now, broker.rules.sessions);
    let ends_at = now.plus_secs(lifetimes.absolute);
    let idle_until = now.plus_secs(lifetimes.idle).min(ends_at);
    if let Some(living) = &loaded.session {
        if living.holder == holder {
            let mut session = living.clone();
            let cookie = session.renew_secret(&broker.hasher, &*broker.entropy, lifetimes, now);
            session.ends_at = ends_at;
            session.idle_until = idle_until;
            return (session, cookie, true);
        }
        end_quietly(broker, browser, &living.sid, AuditKind::SessionReplaced).await;
    }
    let secret = Secret::generate(&*broker.entropy);
    let sid = SessionId::generate(&*broker.entropy);
    let session = Session {
        sid: sid.clone(),
        secret: broker.hasher.hash(Purpose::Session, secret.reveal()),
        previous: None,
        holder,
        kind: AccountKind::Citizen,
        claims: Claims::default(),
        method: SignInMethod::Vneid,
        level: Level::LoA1,
        auth_time: now,
        upstream: None,
        upstream_sid: None,
        subjects: Vec::new(),
        allowed: Vec::new(),
        unproven: Vec::new(),
        created_at: now,
        idle_until,
        ends_at,
        participants: Vec::new(),
    };
    (session, SessionCookie { sid, secret }, false)
}

/// Opens the session and goes on: to VNeID once more, to the proof of an account, or onward to the portal.
///
/// # Errors
/// When somebody else moved the login meanwhile, VNeID's answer is too old a second time, or a store fails.
pub(super) async fn enter(
    broker: &Broker,
    browser: &Browser,
    mut loaded: Loaded,
    entered: Entered,
    from: u32,
) -> Result<Go, Problem> {
    let Entered { session, cookie, renewed, recorded, said, back, attempt, told } = entered;
    let (client, now) = (loaded.client.clone(), loaded.now);
    let request = loaded.interaction.request.clone();
    let cookies = vec![
        broker.cookies.set(broker.cookies.session(), &cookie.to_value(), None),
        clear_cookie(broker.cookies, broker.cookies.signed_out()),
    ];
    loaded.interaction.told = told;
    let mut arrived = event(broker, said, &client, &browser.trace, now);
    arrived.interaction = Some(loaded.interaction.id.clone());
    arrived.citizen = session.holder.citizen().cloned();
    arrived.sid = Some(session.sid.clone());
    arrived.note = Some(session.level.to_string());
    let news: Vec<Write> = recorded
        .into_iter()
        .map(|kind| AuditEvent {
            id: EventId::generate(&*broker.entropy),
            kind,
            note: None,
            ..arrived.clone()
        })
        .map(|event| Write::Audit(Box::new(event)))
        .collect();
    let kept = Box::new(session.clone());
    let keep = if renewed { Write::RenewSession(kept) } else { Write::OpenSession(kept) };
    let over = |loaded: &Loaded| loaded.problem(Code::LoginFinished);
    let save =
        |loaded: &Loaded| Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
    let hint = hinted(broker, &request, &client, Some(&session));
    match authorization::next(&request, &client, Some(&session), hint, Some(back), now) {
        Next::Proceed | Next::Consent => {
            let before = std::iter::once(keep).chain(news).collect();
            let go = onward(broker, loaded, &session, from, before, arrived).await?;
            Ok(Go { cookies, ..go })
        }
        Next::Prove => {
            let waiting = session.unproven_at(&client.sector()).ok_or_else(|| over(&loaded))?;
            let proving = Proving::of(session.sid.clone(), waiting);
            loaded.interaction.ask_proof(proving).map_err(|_| over(&loaded))?;
            let mut writes = vec![save(&loaded), keep];
            writes.extend(news);
            writes.push(Write::Audit(Box::new(arrived)));
            write_all(broker, browser, &loaded, &session, writes).await?;
            Ok(Go { url: page_of(&loaded.interaction), cookies })
        }
        Next::Refuse(error, why) => {
            loaded.interaction.finish(Outcome::Refused).map_err(|_| over(&loaded))?;
            let mut writes = vec![save(&loaded), keep];
            writes.extend(news);
            writes.push(Write::Audit(Box::new(arrived)));
            write_all(broker, browser, &loaded, &session, writes).await?;
            let url =
                answer_error(&broker.issuer, &request.redirect_uri, request.state.as_deref(), error, why);
            Ok(Go { url, cookies })
        }
        // VNeID answered from a session of its own that is older than the portal allows: once more, and this time it must ask.
        Next::Login { level, .. } => match attempt {
            Some(before) if !before.fresh => {
                match send(
                    broker,
                    &mut loaded.interaction,
                    Need { fresh: true, level },
                    now,
                    Why::Again(&before),
                )
                .await
                {
                    Ok(url) => {
                        let writes = std::iter::once(save(&loaded)).chain(news).collect();
                        write_all(broker, browser, &loaded, &session, writes).await?;
                        Ok(Go::to(url))
                    }
                    Err(failure) => Err(failed(loaded.problem(Code::Internal), failure)),
                }
            }
            _ => Err(loaded.problem(Code::of_upstream(UpstreamFailure::NotFresh))),
        },
    }
}

async fn write_all(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    session: &Session,
    writes: Vec<Write>,
) -> Result<(), Problem> {
    match commit(broker, Some(&browser.trace), session, writes).await? {
        true => Err(super::give::lost(loaded.problem(Code::LoginFinished))),
        false => Ok(()),
    }
}
