//! A portal that joins a session while it is being logged out.

use broker::jobs::Ending;
use broker_domain::audit::AuditKind;
use broker_domain::ids::{FamilyId, SessionId};
use broker_domain::ports::{OutboxFilter, Write};
use broker_domain::session::Participant;
use broker_stores::testing::{Asked, Watched};
use futures_util::FutureExt;
use serde_json::json;
use std::sync::{Arc, Mutex};
use support::for_both_stores;
use support::people::AN;
use support::receiver::Receiver;

for_both_stores! {
    /// The same portal has the citizen come once more after its notice was written and before the session is gone: it is told again, for
    /// it may have begun a session of its own after the first notice.
    async fn who_joins_once_more_is_told_once_more(world: World) {
        let receiver = Receiver::start().await;
        let portal = world
            .register(json!({"backchannel_logout_uri": receiver.url, "backchannel_logout_session_required": true}))
            .await;
        let got = world.tokens(&world.browser(), &portal, AN).await;
        let sid = SessionId::new(got.claims()["sid"].as_str().unwrap());
        let broker = world.broker();
        let session = broker.stores.expiring.open(None, Some(&sid)).await.unwrap().session.unwrap();
        let family = FamilyId::generate(&*broker.entropy);
        let participant = Participant { family, ..session.participants[0].clone() };
        let now = world.now();
        let join = Write::Join { sid: sid.clone(), participant, subject: None, idle_until: session.idle_until, now };
        let mut stores = broker.stores.clone();
        let (expiring, join) = (stores.expiring.clone(), Mutex::new(Some(join)));
        // In the middle of the first notice's writing.
        let joining = move |asked| {
            let join = if asked == Asked::Push { join.lock().unwrap().take() } else { None };
            let expiring = expiring.clone();
            async move {
                if let Some(join) = join {
                    expiring.commit(vec![join]).await?;
                }
                Ok(())
            }
            .boxed()
        };
        stores.outbox = Arc::new(Watched::new(stores.outbox.clone(), joining));
        let ending = Ending { stores: &stores, ..Ending::of(broker) };
        ending.end(None, &sid, AuditKind::SignedOut).await.unwrap();
        ending.end(None, &sid, AuditKind::SignedOut).await.unwrap();
        let waiting = broker.stores.outbox.list(&OutboxFilter::default(), 9).await.unwrap();
        assert_eq!(waiting.len(), 2);
        assert_ne!(waiting[0].outgoing.id, waiting[1].outgoing.id, "no portal takes one for a replay of the other");
    }
}
