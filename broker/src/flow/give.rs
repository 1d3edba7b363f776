//! Giving the code: the end of every login.

use super::commit::commit;
use super::problem::Problem;
use crate::errors::OAuthError;
use crate::errors::catalogue::Code;
use crate::oauth_engine::{Terms, authorize};
use crate::respond::{answer_code, answer_error};
use crate::state::Broker;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::{AuthorizationRequest, Refusal, level_to_say};
use broker_domain::client::{Client, GrantType};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{EventId, TraceId};
use broker_domain::ports::Write;
use broker_domain::session::{Participant, Session};
use broker_domain::subject::Subject;
use broker_domain::token::{CODE_LIFETIME_SECS, Login};

/// An event of this request.
pub(super) fn event(
    broker: &Broker,
    kind: AuditKind,
    client: &Client,
    trace: &TraceId,
    now: Timestamp,
) -> AuditEvent {
    let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), now, kind);
    event.client = Some(client.id.clone());
    event.trace = Some(trace.clone());
    event
}

/// What came of it.
pub(super) enum Given {
    /// The URL that carries the answer, a code or an error.
    Answer(String),
    /// The session ended, or somebody else finished the login first. Nothing was given.
    Lost,
}

/// Makes the grant and writes it, with `before` first, in one round trip. If a write of `before` or the joining of the session is
/// lost, the code is never told to anybody.
pub(super) async fn give(
    broker: &Broker,
    request: &AuthorizationRequest,
    client: &Client,
    session: &Session,
    before: Vec<Write>,
    event: AuditEvent,
) -> Result<Given, Problem> {
    let now = broker.clock.now();
    let sector = client.sector();
    let (subject, fresh) = match session.subject(&sector) {
        Some(stored) => (stored.clone(), None),
        None => match session.holder.citizen() {
            // The citizen's first visit to this sector ever: its subject is stored before it is given.
            Some(citizen) => {
                let candidate = Subject::pairwise(&broker.hasher, &sector, citizen);
                let stored = broker.stores.citizens.subject(citizen, &sector, &candidate, now).await?;
                (stored.clone(), Some((sector, stored)))
            }
            // An account of before VNeID is known to its own portal alone.
            None => return Ok(Given::Lost),
        },
    };
    let login = Login {
        subject,
        holder: session.holder.clone(),
        sid: session.sid.clone(),
        auth_time: session.auth_time,
        level: level_to_say(request, session.level),
        reached: session.level,
        nonce: request.nonce.clone(),
        id_token_claims: request.claims.id_token.clone(),
        userinfo_claims: request.claims.userinfo.clone(),
        kind: session.kind,
        claims: session.claims.clone(),
    };
    let granted = match authorize(Terms { request, client, login, now }, &*broker.entropy).await {
        Ok(granted) => granted,
        Err(error) => {
            let refusal = if error == OAuthError::SERVER_ERROR {
                Refusal::ServerError
            } else {
                Refusal::InvalidRequest
            };
            let url = answer_error(
                &broker.issuer,
                &request.redirect_uri,
                request.state.as_deref(),
                refusal,
                error.description,
            );
            return Ok(Given::Answer(url));
        }
    };
    let refreshes = client.metadata.grant_types.contains(&GrantType::RefreshToken);
    let tail = if refreshes {
        broker.rules.refresh_token_secs
    } else {
        CODE_LIFETIME_SECS + broker.rules.access_secs(client)
    };
    let expires_at = now.plus_secs(tail);
    let mut event = event;
    event.citizen = session.holder.citizen().cloned();
    event.sid = Some(session.sid.clone());
    let trace = event.trace.clone();
    let mut writes = before;
    if fresh.is_some() {
        let id = EventId::generate(&*broker.entropy);
        let given = AuditEvent { id, kind: AuditKind::SubjectGiven, note: None, ..event.clone() };
        writes.push(Write::Audit(Box::new(given)));
    }
    writes.extend([
        Write::OpenGrant {
            code: Some(granted.code.hash(&broker.hasher)),
            access: None,
            expires_at,
            grant: Box::new(granted.grant.clone()),
        },
        Write::Join {
            sid: session.sid.clone(),
            participant: Participant {
                family: granted.grant.family.clone(),
                client: client.id.clone(),
                expires_at,
            },
            subject: fresh,
            idle_until: session.touched(broker.rules.sessions, now),
            now,
        },
        Write::Audit(Box::new(event)),
    ]);
    if commit(broker, trace.as_ref(), session, writes).await? {
        return Ok(Given::Lost);
    }
    let code = granted.code.to_text();
    Ok(Given::Answer(answer_code(&broker.issuer, &request.redirect_uri, request.state.as_deref(), &code)))
}

/// The event kinds that end a login with a code.
pub(super) fn single_sign_on(
    broker: &Broker,
    client: &Client,
    trace: &TraceId,
    now: Timestamp,
) -> AuditEvent {
    event(broker, AuditKind::SingleSignOn, client, trace, now)
}

/// The problem of a login that somebody else finished.
pub(super) fn lost(problem: Problem) -> Problem {
    Problem { code: Code::LoginFinished, ..problem }
}
