//! Notices on their way to portals.

use crate::samples::notice;
use broker_stores::testing::beginning;

on_each_lasting! {
    /// What was pushed is due at once, as it was.
    async fn due_at_once(bench) {
        let (now, later) = (beginning(), beginning().plus_secs(60));
        let mut without_subject = notice(now);
        without_subject.subject = None;
        let pushed = [notice(now), without_subject];
        bench.stores.notices.push(&pushed).await.unwrap();
        bench.stores.notices.push(&pushed).await.unwrap();
        bench.stores.notices.push(&[]).await.unwrap();
        assert_eq!(bench.stores.notices.counts().await.unwrap(), (2, 0));
        let due = bench.stores.notices.claim(now, later, 10).await.unwrap();
        assert_eq!(due.len(), 2);
        for due in due {
            assert_eq!(due.attempts, 0);
            assert!(pushed.contains(&due.notice));
        }
    }

    /// Who took one has it until the lease ends; then it is anybody's again: who took it may have died.
    async fn a_lease_ends(bench) {
        let (notices, now) = (&bench.stores.notices, beginning());
        notices.push(&[notice(now)]).await.unwrap();
        let until = now.plus_secs(60);
        assert_eq!(notices.claim(now, until, 10).await.unwrap().len(), 1);
        assert!(notices.claim(now.plus_secs(59), until, 10).await.unwrap().is_empty());
        assert_eq!(notices.claim(until, until.plus_secs(60), 10).await.unwrap().len(), 1);
    }

    /// At most so many, the oldest first.
    async fn the_oldest_first(bench) {
        let (notices, now) = (&bench.stores.notices, beginning());
        let mut pushed: Vec<_> = (0..5).map(|n| notice(now.plus_secs(n))).collect();
        pushed.reverse();
        notices.push(&pushed).await.unwrap();
        let late = now.plus_secs(100);
        let first = notices.claim(late, late.plus_secs(60), 2).await.unwrap();
        let mut at: Vec<_> = first.iter().map(|d| d.notice.at).collect();
        at.sort_unstable();
        assert_eq!(at, [now, now.plus_secs(1)]);
        assert_eq!(notices.claim(late, late.plus_secs(60), 10).await.unwrap().len(), 3);
    }

    /// What was delivered is never due again.
    async fn delivered(bench) {
        let (notices, now) = (&bench.stores.notices, beginning());
        let sent = notice(now);
        notices.push(&[sent.clone(), notice(now)]).await.unwrap();
        notices.claim(now, now.plus_secs(60), 10).await.unwrap();
        notices.delivered(&sent.id, now).await.unwrap();
        let due = notices.claim(now.plus_secs(3600), now.plus_secs(7200), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        assert_ne!(due[0].notice.id, sent.id);
        assert_eq!(notices.counts().await.unwrap(), (1, 0));
    }

    /// What failed is due again at its time, and counts.
    async fn failed_and_tried_again(bench) {
        let (notices, now) = (&bench.stores.notices, beginning());
        let sent = notice(now);
        notices.push(std::slice::from_ref(&sent)).await.unwrap();
        notices.claim(now, now.plus_secs(60), 10).await.unwrap();
        let again = now.plus_secs(120);
        notices.failed(&sent.id, Some(again), "answered 500", now).await.unwrap();
        assert!(notices.claim(now.plus_secs(119), again, 10).await.unwrap().is_empty());
        let due = notices.claim(again, again.plus_secs(60), 10).await.unwrap();
        assert_eq!((due[0].attempts, &due[0].notice), (1, &sent));
    }

    /// What was given up is never due again, and operators see it.
    async fn given_up(bench) {
        let (notices, now) = (&bench.stores.notices, beginning());
        let sent = notice(now);
        notices.push(std::slice::from_ref(&sent)).await.unwrap();
        notices.claim(now, now.plus_secs(60), 10).await.unwrap();
        notices.failed(&sent.id, None, "gone", now).await.unwrap();
        assert!(notices.claim(now.plus_secs(1_000_000), now.plus_secs(1_000_060), 10).await.unwrap().is_empty());
        assert_eq!(notices.counts().await.unwrap(), (0, 1));
    }
}
