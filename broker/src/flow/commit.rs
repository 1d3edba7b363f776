//! Writes that may open a session.

use crate::jobs::Ending;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::ids::{SessionId, TraceId};
use broker_domain::ports::{StoreError, Write, Written};
use broker_domain::session::Session;

/// Carries out `writes`, one of which may be the opening of `session`, or its renewal. When its holder has too many sessions then, those
/// that end first end now, and their portals are told. Says whether a write was lost.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn commit(
    broker: &Broker,
    trace: Option<&TraceId>,
    session: &Session,
    writes: Vec<Write>,
) -> Result<bool, StoreError> {
    let written = broker.stores.expiring.commit(writes).await?;
    for written in &written {
        let Written::TooMany(sids) = written else { continue };
        let others = sids.iter().filter(|sid| **sid != session.sid);
        for sid in others {
            tracing::warn!("somebody has too many sessions: the one that ends first ends now");
            // One that is left is found again when the next one is opened: no reason to fail a sign-in.
            if let Err(error) = end(broker, trace, session, sid).await {
                tracing::warn!(%error, "a session that is one too many did not end");
            }
        }
    }
    Ok(written.contains(&Written::Lost))
}

async fn end(
    broker: &Broker,
    trace: Option<&TraceId>,
    session: &Session,
    sid: &SessionId,
) -> Result<(), StoreError> {
    Ending::of(broker).end(trace, sid, AuditKind::SessionReplaced).await?;
    // Also one that was gone before, and stood on the list only.
    let unlist = Write::Unlist { holder: session.holder.clone(), sid: sid.clone() };
    broker.stores.expiring.commit(vec![unlist]).await.map(|_| ())
}
