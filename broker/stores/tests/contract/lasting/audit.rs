//! The audit log.

use crate::samples::event;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use broker_stores::testing::beginning;

on_each_lasting! {
    /// What was appended comes back as it was, in order, each bound to the one before.
    async fn a_chain(bench) {
        let mut events: Vec<_> = (0..5).map(|_| event(beginning())).collect();
        // One of which nothing more is known.
        let id = EventId::generate(&crate::samples::ENTROPY);
        events.push(AuditEvent::new(id, beginning(), AuditKind::KeysRotated));
        bench.stores.audit.append(&events[..2]).await.unwrap();
        bench.stores.audit.append(&events[2..]).await.unwrap();
        let entries = bench.stores.audit.entries(0, 100).await.unwrap();
        assert_eq!(entries.iter().map(|e| e.event.clone()).collect::<Vec<_>>(), events);
        let mut before = [0; 32];
        for (entry, seq) in entries.iter().zip(1..) {
            assert_eq!((entry.seq, entry.hash), (seq, entry.event.chain(&before)));
            before = entry.hash;
        }
    }

    /// What is there already keeps its place; what is new beside it is added.
    async fn again_and_more(bench) {
        let (a, b, c) = (event(beginning()), event(beginning()), event(beginning()));
        bench.stores.audit.append(&[a.clone(), b.clone()]).await.unwrap();
        bench.stores.audit.append(&[b.clone(), c.clone(), c.clone(), a.clone()]).await.unwrap();
        bench.stores.audit.append(&[]).await.unwrap();
        let entries = bench.stores.audit.entries(0, 100).await.unwrap();
        assert_eq!(entries.into_iter().map(|e| e.event).collect::<Vec<_>>(), [a, b, c]);
    }

    /// Pages: after a place, at most so many.
    async fn pages(bench) {
        let events: Vec<_> = (0..7).map(|_| event(beginning())).collect();
        bench.stores.audit.append(&events).await.unwrap();
        let page = bench.stores.audit.entries(2, 3).await.unwrap();
        assert_eq!(page.iter().map(|e| e.seq).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(bench.stores.audit.entries(7, 3).await.unwrap().is_empty());
    }

    /// More at once than one statement takes.
    async fn thousands_at_once(bench) {
        let events: Vec<_> = (0..2500).map(|_| event(beginning())).collect();
        bench.stores.audit.append(&events).await.unwrap();
        let entries = bench.stores.audit.entries(0, 5000).await.unwrap();
        assert_eq!(entries.into_iter().map(|e| e.event.id).collect::<Vec<_>>(), events.into_iter().map(|e| e.id).collect::<Vec<_>>());
    }

    /// A citizen's own entries, the newest first, page by page, and of the kinds that are wanted.
    async fn entries_of_a_citizen(bench) {
        let an = event(beginning()).citizen;
        let kinds = [AuditKind::SignedIn, AuditKind::SingleSignOn, AuditKind::SignedOut];
        let events: Vec<_> = (0..9).map(|n| {
            let mut one = event(beginning());
            one.kind = kinds[n % 3];
            if n != 4 {
                one.citizen = an.clone();
            }
            one
        }).collect();
        bench.stores.audit.append(&events).await.unwrap();
        let an = an.unwrap();
        let page = async |kinds: &[AuditKind], before, limit| {
            let found = bench.stores.audit.of_citizen(&an, kinds, before, limit).await.unwrap();
            assert!(found.iter().all(|e| e.event.citizen.as_ref() == Some(&an)));
            found.iter().map(|e| e.seq).collect::<Vec<_>>()
        };
        assert_eq!(page(&[], None, 100).await, [9, 8, 7, 6, 4, 3, 2, 1]);
        assert_eq!(page(&[], None, 3).await, [9, 8, 7]);
        assert_eq!(page(&[], Some(7), 3).await, [6, 4, 3]);
        assert_eq!(page(&[], Some(1), 3).await, Vec::<i64>::new());
        assert_eq!(page(&[AuditKind::SignedIn], None, 9).await, [7, 4, 1]);
        assert_eq!(page(&[AuditKind::SignedIn, AuditKind::SignedOut], Some(7), 2).await, [6, 4]);
        let nobody = event(beginning()).citizen.unwrap();
        assert!(bench.stores.audit.of_citizen(&nobody, &[], None, 9).await.unwrap().is_empty());
    }
}
