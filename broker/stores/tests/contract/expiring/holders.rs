//! Whose the sessions are.

use crate::samples::{ENTROPY, session};
use broker_domain::ids::{AccountId, CitizenId, SessionId};
use broker_domain::ports::{Expiring, Write, Written};
use broker_domain::session::{Holder, SESSIONS_OF_ONE, Session};

async fn open(store: &dyn Expiring, session: &Session) {
    let written = store.commit(vec![Write::OpenSession(Box::new(session.clone()))]).await.unwrap();
    assert_eq!(written, [Written::Done]);
}

async fn sids(store: &dyn Expiring, holder: &Holder) -> Vec<SessionId> {
    store.sessions_of(holder).await.unwrap().into_iter().map(|s| s.sid).collect()
}

on_each_expiring! {
    /// Each holder's sessions, those that began first at the front, and nobody else's.
    async fn sessions_are_listed_by_their_holder(bench) {
        let first = session(bench.now());
        let mut second = session(bench.now().plus_secs(1));
        second.holder = first.holder.clone();
        let other = session(bench.now());
        let mut account = session(bench.now());
        account.holder = Holder::Account(AccountId::generate(&ENTROPY));
        for opened in [&second, &first, &other, &account] {
            open(&*bench.store, opened).await;
        }
        assert_eq!(bench.store.sessions_of(&first.holder).await.unwrap(), [first, second]);
        assert_eq!(sids(&*bench.store, &other.holder).await, [other.sid]);
        assert_eq!(sids(&*bench.store, &account.holder).await, [account.sid]);
        let nobody = Holder::Citizen(CitizenId::generate(&ENTROPY));
        assert!(bench.store.sessions_of(&nobody).await.unwrap().is_empty());
    }

    /// One that has ended is never told of, whether it was taken off the list or not.
    async fn who_ended_is_not_listed(bench) {
        let (kept, mut other) = (session(bench.now()), session(bench.now()));
        other.holder = kept.holder.clone();
        open(&*bench.store, &kept).await;
        open(&*bench.store, &other).await;
        bench.store.end_session(&other.sid).await.unwrap().unwrap();
        assert_eq!(sids(&*bench.store, &kept.holder).await, std::slice::from_ref(&kept.sid));
        for _ in 0..2 {
            let unlist = Write::Unlist { holder: kept.holder.clone(), sid: other.sid.clone() };
            assert_eq!(bench.store.commit(vec![unlist]).await.unwrap(), [Written::Done]);
        }
        // A renewal that comes too late does not bring it back.
        let late = Write::RenewSession(Box::new(other));
        assert_eq!(bench.store.commit(vec![late]).await.unwrap(), [Written::Lost]);
        assert_eq!(sids(&*bench.store, &kept.holder).await, [kept.sid]);
    }

    /// A session that idled out has portals to tell: it is listed, and says itself that it is not alive.
    async fn who_idled_out_is_listed(bench) {
        let kept = session(bench.now());
        open(&*bench.store, &kept).await;
        bench.clock.advance(2 * 3600);
        let found = bench.store.sessions_of(&kept.holder).await.unwrap();
        assert_eq!((found.len(), found[0].is_alive(bench.now())), (1, false));
    }

    /// A renewal lists the session under whoever holds it now.
    async fn a_renewal_keeps_the_list(bench) {
        let mut kept = session(bench.now());
        open(&*bench.store, &kept).await;
        let before = std::mem::replace(&mut kept.holder, Holder::Citizen(CitizenId::generate(&ENTROPY)));
        bench.store.commit(vec![Write::RenewSession(Box::new(kept.clone()))]).await.unwrap();
        assert!(bench.store.sessions_of(&before).await.unwrap().is_empty());
        assert_eq!(sids(&*bench.store, &kept.holder).await, [kept.sid]);
    }

    /// Who opens one too many is told which of them end first, until they are ended and off the list.
    async fn sessions_of_one_are_bounded(bench) {
        let most = i64::try_from(SESSIONS_OF_ONE).unwrap();
        let mut all: Vec<Session> = Vec::new();
        let sids_of = |some: &[Session]| some.iter().map(|s| s.sid.clone()).collect::<Vec<_>>();
        for n in 0..most + 3 {
            let mut one = session(bench.now().plus_secs(n));
            one.holder = all.first().map_or(one.holder.clone(), |f| f.holder.clone());
            let written = bench.store.commit(vec![Write::OpenSession(Box::new(one.clone()))]).await.unwrap();
            all.push(one);
            let surplus = all.len().saturating_sub(SESSIONS_OF_ONE);
            let wanted = if surplus == 0 { Written::Done } else { Written::TooMany(sids_of(&all[..surplus])) };
            assert_eq!(written, [wanted]);
        }
        // They stand there, and open, until somebody has ended them in good order.
        let holder = all[0].holder.clone();
        assert_eq!(sids(&*bench.store, &holder).await, sids_of(&all));
        for gone in &all[..3] {
            assert!(bench.store.end_session(&gone.sid).await.unwrap().is_some());
            let unlist = Write::Unlist { holder: holder.clone(), sid: gone.sid.clone() };
            assert_eq!(bench.store.commit(vec![unlist]).await.unwrap(), [Written::Done]);
        }
        assert_eq!(sids(&*bench.store, &holder).await, sids_of(&all[3..]));
        // A renewal opens none.
        let renew = Write::RenewSession(Box::new(all[most as usize].clone()));
        assert_eq!(bench.store.commit(vec![renew]).await.unwrap(), [Written::Done]);
    }
}
