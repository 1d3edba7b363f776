//! Sessions.

use crate::samples::{hash, participant, session, subject};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{SectorId, SessionId};
use broker_domain::ports::{Expiring, Write, Written};
use broker_domain::session::{Participant, Session};

async fn open(store: &dyn Expiring, session: &Session) {
    let written = store.commit(vec![Write::OpenSession(Box::new(session.clone()))]).await.unwrap();
    assert_eq!(written, [Written::Done]);
}

async fn read(store: &dyn Expiring, sid: &SessionId) -> Option<Session> {
    store.open(None, Some(sid)).await.unwrap().session
}

fn join(session: &Session, participant: &Participant, idle_until: Timestamp, now: Timestamp) -> Write {
    Write::Join { sid: session.sid.clone(), participant: participant.clone(), subject: None, idle_until, now }
}

on_each_expiring! {
    async fn a_session_is_kept_with_its_participants(bench) {
        let mut kept = session(bench.now());
        kept.participants = vec![participant("a", kept.ends_at), participant("b", kept.ends_at)];
        open(&*bench.store, &kept).await;
        assert_eq!(read(&*bench.store, &kept.sid).await, Some(kept));
    }

    /// Who joins is added in order, and the session is used: it idles out later.
    async fn who_joins_is_added(bench) {
        let mut kept = session(bench.now());
        open(&*bench.store, &kept).await;
        let (first, second) = (participant("a", kept.ends_at), participant("b", kept.ends_at));
        let later = bench.now().plus_secs(60);
        kept.idle_until = later.plus_secs(1800);
        let writes = vec![
            join(&kept, &first, kept.idle_until, later),
            join(&kept, &second, kept.idle_until, later),
        ];
        assert_eq!(bench.store.commit(writes).await.unwrap(), [Written::Done, Written::Done]);
        kept.participants = vec![first, second];
        assert_eq!(read(&*bench.store, &kept.sid).await, Some(kept));
    }

    async fn who_joins_twice_is_there_once(bench) {
        let mut kept = session(bench.now());
        open(&*bench.store, &kept).await;
        let mut one = participant("a", kept.ends_at);
        bench.store.commit(vec![join(&kept, &one, kept.idle_until, bench.now())]).await.unwrap();
        one.expires_at = one.expires_at.plus_secs(5);
        bench.store.commit(vec![join(&kept, &one, kept.idle_until, bench.now())]).await.unwrap();
        kept.participants = vec![one];
        assert_eq!(read(&*bench.store, &kept.sid).await, Some(kept));
    }

    async fn participants_whose_tokens_have_died_are_dropped(bench) {
        let mut kept = session(bench.now());
        let (dies, stays) = (participant("a", bench.now().plus_secs(10)), participant("b", kept.ends_at));
        kept.participants = vec![dies, stays.clone()];
        open(&*bench.store, &kept).await;
        let joining = participant("c", kept.ends_at);
        let later = bench.now().plus_secs(10);
        bench.store.commit(vec![join(&kept, &joining, kept.idle_until, later)]).await.unwrap();
        kept.participants = vec![stays, joining];
        assert_eq!(read(&*bench.store, &kept.sid).await, Some(kept));
    }

    /// However often somebody signs in at portals, a session stays bounded: the oldest give way.
    async fn participants_are_bounded(bench) {
        let kept = session(bench.now());
        open(&*bench.store, &kept).await;
        let joining: Vec<_> = (0..300).map(|n| participant(&format!("portal-{n}"), kept.ends_at)).collect();
        let writes = joining.iter().map(|p| join(&kept, p, kept.idle_until, bench.now())).collect();
        bench.store.commit(writes).await.unwrap();
        let found = read(&*bench.store, &kept.sid).await.unwrap();
        assert_eq!(found.participants, joining[300 - 256..]);
    }

    async fn nobody_joins_a_session_that_is_not_or_has_ended(bench) {
        let kept = session(bench.now());
        let joining = participant("a", kept.ends_at);
        let writes = vec![join(&kept, &joining, kept.idle_until, bench.now())];
        assert_eq!(bench.store.commit(writes).await.unwrap(), [Written::Lost]);
        assert_eq!(read(&*bench.store, &kept.sid).await, None);

        open(&*bench.store, &kept).await;
        for end in [kept.idle_until, kept.ends_at] {
            let writes = vec![join(&kept, &joining, end.plus_secs(1800), end)];
            assert_eq!(bench.store.commit(writes).await.unwrap(), [Written::Lost]);
        }
        assert_eq!(read(&*bench.store, &kept.sid).await, Some(kept));
    }

    /// Two tabs: one makes the session new while the other joins it. Nothing is lost.
    async fn a_renewal_keeps_participants_and_subjects_added_meanwhile(bench) {
        let mut kept = session(bench.now());
        open(&*bench.store, &kept).await;
        let joining = participant("portal-2", kept.ends_at);
        let added = (SectorId::new("portal-2"), subject());
        let write = Write::Join {
            sid: kept.sid.clone(),
            participant: joining.clone(),
            subject: Some(added.clone()),
            idle_until: kept.idle_until,
            now: bench.now(),
        };
        bench.store.commit(vec![write]).await.unwrap();

        kept.previous = Some((kept.secret, bench.now().plus_secs(30)));
        kept.secret = hash();
        kept.idle_until = kept.idle_until.plus_secs(5);
        let written = bench.store.commit(vec![Write::RenewSession(Box::new(kept.clone()))]).await.unwrap();
        assert_eq!(written, [Written::Done]);
        kept.participants = vec![joining];
        kept.subjects.push(added);
        assert_eq!(read(&*bench.store, &kept.sid).await, Some(kept));
    }

    /// A stored subject wins over one that comes later.
    async fn a_subject_that_is_there_stays(bench) {
        let kept = session(bench.now());
        open(&*bench.store, &kept).await;
        let write = Write::Join {
            sid: kept.sid.clone(),
            participant: participant("portal-1", kept.ends_at),
            subject: Some((SectorId::new("portal-1"), subject())),
            idle_until: kept.idle_until,
            now: bench.now(),
        };
        bench.store.commit(vec![write]).await.unwrap();
        assert_eq!(read(&*bench.store, &kept.sid).await.unwrap().subjects, kept.subjects);
    }

    async fn what_is_gone_cannot_be_renewed(bench) {
        let kept = session(bench.now());
        let written = bench.store.commit(vec![Write::RenewSession(Box::new(kept.clone()))]).await.unwrap();
        assert_eq!(written, [Written::Lost]);
        assert_eq!(read(&*bench.store, &kept.sid).await, None);
    }

    async fn a_session_ends_once(bench) {
        let mut kept = session(bench.now());
        kept.participants = vec![participant("a", kept.ends_at)];
        open(&*bench.store, &kept).await;
        let ended = bench.store.end_session(&kept.sid).await.unwrap().unwrap();
        assert_eq!(ended.session, kept);
        assert_eq!(bench.store.end_session(&kept.sid).await.unwrap(), None);
        assert_eq!(read(&*bench.store, &kept.sid).await, None);
        let written = bench.store.commit(vec![Write::RenewSession(Box::new(kept.clone()))]).await.unwrap();
        assert_eq!(written, [Written::Lost]);
    }

    /// One that idled out is found by who ends it: its portals must be told.
    async fn a_session_that_idled_out_has_portals_to_tell(bench) {
        let mut kept = session(bench.now());
        kept.participants = vec![participant("a", kept.ends_at)];
        open(&*bench.store, &kept).await;
        bench.clock.advance(2 * 3600);
        let found = read(&*bench.store, &kept.sid).await.unwrap();
        assert!(!found.is_alive(bench.now()));
        assert_eq!(bench.store.end_session(&kept.sid).await.unwrap().unwrap().session.participants.len(), 1);
    }
}
