//! Logins in flight.

use crate::samples::{attempt, hash, interaction, session};
use broker_domain::authorization::{Interaction, Outcome};
use broker_domain::ids::InteractionId;
use broker_domain::ports::{Opened, Taken, Write, Written};
use broker_stores::testing::{Expires, ExpiringBench};

const HOUR: i64 = 3600;

/// One that was only begun, one that went to VNeID, one that came back and was broken off, and one that is finished, with how long each is kept.
async fn of_each_sort(bench: &ExpiringBench) -> [(Interaction, i64); 4] {
    let begin = async || {
        let kept = interaction(bench.now());
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        kept
    };
    let save = async |kept: &Interaction| {
        let save = Write::SaveInteraction { interaction: Box::new(kept.clone()), from: 0 };
        assert_eq!(bench.store.commit(vec![save]).await.unwrap(), [Written::Done]);
    };
    let (begun, mut at_vneid) = (begin().await, begin().await);
    let (mut on_the_way, mut finished) = (begin().await, begin().await);
    at_vneid.choose_vneid(attempt(bench.now()).1).unwrap();
    save(&at_vneid).await;
    on_the_way.choose_vneid(attempt(bench.now()).1).unwrap();
    on_the_way.returned().unwrap();
    save(&on_the_way).await;
    finished.finish(Outcome::Granted).unwrap();
    save(&finished).await;
    [(begun, 2 * HOUR), (at_vneid, 2 * HOUR), (on_the_way, 24 * HOUR), (finished, 2 * HOUR)]
}

/// Anybody can begin a login, and nobody has to finish one: what that leaves behind goes by itself.
#[tokio::test]
async fn what_was_begun_goes_by_itself() {
    let bench = ExpiringBench::on(Expires::Redis).await;
    let mut redis = redis::Client::open(bench.url.as_str()).unwrap().get_connection().unwrap();
    for (kept, secs) in of_each_sort(&bench).await {
        let left: i64 = redis::cmd("TTL").arg(format!("i:{}", kept.id)).query(&mut redis).unwrap();
        assert!((secs - 60..=secs).contains(&left), "{left} of {secs} s");
    }
    for nth in 0..4 {
        let bench = ExpiringBench::on(Expires::Memory).await;
        let (kept, secs) = of_each_sort(&bench).await.into_iter().nth(nth).unwrap();
        let is_there = async || {
            // Whoever begins one sweeps.
            let other = Write::BeginInteraction(Box::new(interaction(bench.now())));
            bench.store.commit(vec![other]).await.unwrap();
            bench.store.open(Some(&kept.id), None).await.unwrap().interaction.is_some()
        };
        bench.clock.set(kept.created_at.plus_secs(secs - 1));
        assert!(is_there().await);
        bench.clock.set(kept.created_at.plus_secs(secs + 60));
        assert!(!is_there().await);
    }
}

on_each_expiring! {
    async fn what_began_can_be_opened(bench) {
        let kept = interaction(bench.now());
        let written = bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        assert_eq!(written, [Written::Done]);
        let opened = bench.store.open(Some(&kept.id), None).await.unwrap();
        assert_eq!(opened, Opened { interaction: Some(kept), session: None });
    }

    async fn nothing_is_opened_where_nothing_is(bench) {
        let id = InteractionId::generate(&crate::samples::ENTROPY);
        let sid = session(bench.now()).sid;
        assert_eq!(bench.store.open(Some(&id), Some(&sid)).await.unwrap(), Opened::default());
        assert_eq!(bench.store.open(None, None).await.unwrap(), Opened::default());
    }

    async fn an_interaction_and_a_session_are_opened_together(bench) {
        let (kept, alive) = (interaction(bench.now()), session(bench.now()));
        let writes =
            vec![Write::BeginInteraction(Box::new(kept.clone())), Write::OpenSession(Box::new(alive.clone()))];
        bench.store.commit(writes).await.unwrap();
        let opened = bench.store.open(Some(&kept.id), Some(&alive.sid)).await.unwrap();
        assert_eq!(opened, Opened { interaction: Some(kept), session: Some(alive.clone()) });
        let opened = bench.store.open(None, Some(&alive.sid)).await.unwrap();
        assert_eq!(opened, Opened { interaction: None, session: Some(alive) });
    }

    /// A change counts only over the version that it was made from.
    async fn a_change_over_another_version_is_lost(bench) {
        let mut kept = interaction(bench.now());
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        let mut other = kept.clone();
        kept.finish(Outcome::Granted).unwrap();
        other.finish(Outcome::Refused).unwrap();
        let save = |i: &broker_domain::authorization::Interaction| {
            vec![Write::SaveInteraction { interaction: Box::new(i.clone()), from: 0 }]
        };
        assert_eq!(bench.store.commit(save(&kept)).await.unwrap(), [Written::Done]);
        assert_eq!(bench.store.commit(save(&other)).await.unwrap(), [Written::Lost]);
        assert_eq!(bench.store.open(Some(&kept.id), None).await.unwrap().interaction, Some(kept));
    }

    async fn what_never_began_cannot_be_changed(bench) {
        let mut kept = interaction(bench.now());
        kept.back().unwrap();
        let save = Write::SaveInteraction { interaction: Box::new(kept.clone()), from: 0 };
        assert_eq!(bench.store.commit(vec![save]).await.unwrap(), [Written::Lost]);
        assert_eq!(bench.store.open(Some(&kept.id), None).await.unwrap().interaction, None);
    }

    /// VNeID's return is taken once, whatever comes after.
    async fn a_return_is_taken_once(bench) {
        let mut kept = interaction(bench.now());
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        let (state, sent) = attempt(bench.now());
        kept.choose_vneid(sent).unwrap();
        let save = Write::SaveInteraction { interaction: Box::new(kept.clone()), from: 0 };
        assert_eq!(bench.store.commit(vec![save]).await.unwrap(), [Written::Done]);

        let (forged, _) = bench.store.take_return(&kept.id, &hash(), None).await.unwrap();
        assert_eq!(forged, Taken::Stale(Box::new(kept.clone())));
        let (first, _) = bench.store.take_return(&kept.id, &state, None).await.unwrap();
        assert_eq!(first, Taken::Taken(Box::new(kept.clone())));
        let (second, _) = bench.store.take_return(&kept.id, &state, None).await.unwrap();
        assert_eq!(second, Taken::Stale(Box::new(kept.clone())));

        kept.returned().unwrap();
        let save = Write::SaveInteraction { interaction: Box::new(kept.clone()), from: 1 };
        assert_eq!(bench.store.commit(vec![save]).await.unwrap(), [Written::Done]);
        let (third, _) = bench.store.take_return(&kept.id, &state, None).await.unwrap();
        assert_eq!(third, Taken::Stale(Box::new(kept)));
    }

    /// An interaction may begin at VNeID at once.
    async fn a_return_is_taken_from_what_began_at_vneid(bench) {
        let mut kept = interaction(bench.now());
        let (state, sent) = attempt(bench.now());
        kept.choose_vneid(sent).unwrap();
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        let (taken, _) = bench.store.take_return(&kept.id, &state, None).await.unwrap();
        assert_eq!(taken, Taken::Taken(Box::new(kept)));
    }

    /// A later choice replaces the one before: its `state` is worth nothing any more.
    async fn a_later_choice_makes_the_first_stale(bench) {
        let mut kept = interaction(bench.now());
        let (first, sent) = attempt(bench.now());
        kept.choose_vneid(sent).unwrap();
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        let (second, sent) = attempt(bench.now());
        kept.choose_vneid(sent).unwrap();
        let save = Write::SaveInteraction { interaction: Box::new(kept.clone()), from: 1 };
        assert_eq!(bench.store.commit(vec![save]).await.unwrap(), [Written::Done]);
        assert_eq!(bench.store.take_return(&kept.id, &first, None).await.unwrap().0, Taken::Stale(Box::new(kept.clone())));
        assert_eq!(bench.store.take_return(&kept.id, &second, None).await.unwrap().0, Taken::Taken(Box::new(kept)));
    }

    /// Going back to the tiles takes the `state` away.
    async fn going_back_makes_a_return_stale(bench) {
        let mut kept = interaction(bench.now());
        let (state, sent) = attempt(bench.now());
        kept.choose_vneid(sent).unwrap();
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        kept.back().unwrap();
        let save = Write::SaveInteraction { interaction: Box::new(kept.clone()), from: 1 };
        bench.store.commit(vec![save]).await.unwrap();
        assert_eq!(bench.store.take_return(&kept.id, &state, None).await.unwrap().0, Taken::Stale(Box::new(kept)));
    }

    async fn a_return_to_nothing_is_unknown_and_the_session_is_read_with_it(bench) {
        let alive = session(bench.now());
        bench.store.commit(vec![Write::OpenSession(Box::new(alive.clone()))]).await.unwrap();
        let id = InteractionId::generate(&crate::samples::ENTROPY);
        let (taken, read) = bench.store.take_return(&id, &hash(), Some(&alive.sid)).await.unwrap();
        assert_eq!((taken, read), (Taken::Unknown, Some(alive)));
    }

    /// The page of a login that is over still knows its portal.
    async fn an_interaction_is_kept_for_a_while(bench) {
        let all = of_each_sort(&bench).await;
        bench.clock.advance(2 * HOUR - 60);
        for (kept, _) in &all {
            assert!(bench.store.open(Some(&kept.id), None).await.unwrap().interaction.is_some());
        }
    }
}
