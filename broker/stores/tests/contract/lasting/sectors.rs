//! One sector takes over another.

use crate::samples::{ENTROPY, admission, arrival_of, imported, listener, new_link, progress};
use broker_domain::event::PortalEvent;
use broker_domain::ids::{CitizenId, Namespace, SectorId};
use broker_domain::ports::{MergePart, MergedPart, NewLink, OutboxFilter, StoreError};
use broker_domain::secret::Secret;
use broker_domain::sector::{MergeStep, decide_merge};
use broker_domain::subject::Subject;
use broker_stores::Stores;
use broker_stores::testing::{beginning, keys};
use std::sync::Arc;

fn text(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

fn from() -> SectorId {
    SectorId::new("binhduong")
}

fn into() -> SectorId {
    SectorId::new("hcm")
}

/// A citizen with their subject in both sectors, where they have one.
async fn citizen(stores: &Stores, number: u32, in_from: Option<&str>, in_into: Option<&str>) -> CitizenId {
    let citizen =
        stores.citizens.admit(admission(arrival_of(number, beginning()), beginning())).await.unwrap().citizen;
    for (sector, subject) in [(from(), in_from), (into(), in_into)] {
        if let Some(subject) = subject {
            let stored =
                stores.citizens.subject(&citizen, &sector, &text(subject), beginning()).await.unwrap();
            assert_eq!(stored, text(subject));
        }
    }
    citizen
}

async fn subject(stores: &Stores, citizen: &CitizenId, sector: &SectorId) -> String {
    // A candidate that shows: only who has nothing gets it.
    let candidate = Subject::new(format!("new-{}", Secret::generate(&ENTROPY).reveal())).unwrap();
    let stored = stores.citizens.subject(citizen, sector, &candidate, beginning()).await.unwrap();
    if stored == candidate { "new".to_owned() } else { stored.as_str().to_owned() }
}

fn part(limit: i64) -> MergePart {
    MergePart { from: from(), into: into(), after: None, limit }
}

/// Everything, in parts of two citizens.
async fn merge(stores: &Stores) -> MergedPart {
    stores.sectors.begin_merge(&from(), &into(), beginning()).await.unwrap();
    let tell = [listener("hcm-1", "hcm"), listener("bd-1", "binhduong")];
    let mut all = MergedPart::default();
    let mut next = part(2);
    loop {
        let done = stores.sectors.merge(&next, &tell, beginning()).await.unwrap();
        all.adopted += done.adopted;
        all.aliases += done.aliases;
        all.unchanged += done.unchanged;
        all.conflicts.extend(done.conflicts);
        match done.last {
            Some(last) => next.after = Some(last),
            None => return all,
        }
    }
}

async fn told(stores: &Stores) -> Vec<PortalEvent> {
    let listed = stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap();
    assert!(listed.iter().all(|w| w.outgoing.destination.as_str() == "hcm-1"));
    listed.into_iter().map(|w| w.outgoing.event().unwrap().event).collect()
}

on_each_lasting! {
    /// Known to one: the same subject. Known to both: theirs stays, the other becomes an alias and is told.
    async fn everybody_is_known_by_every_name(bench) {
        let stores = &bench.stores;
        let alone = citizen(stores, 1, Some("bd-1"), None).await;
        let both = citizen(stores, 2, Some("bd-2"), Some("hcm-2")).await;
        let same = citizen(stores, 3, Some("x-3"), Some("x-3")).await;
        let other = citizen(stores, 4, None, Some("hcm-4")).await;
        let plan = stores.sectors.merge_cases(&part(10)).await.unwrap();
        assert_eq!(plan.len(), 3);
        assert!(plan.iter().all(|case| case.taken.is_empty()));
        assert!(stores.sectors.merges().await.unwrap().is_empty(), "a plan changes nothing");
        let done = merge(stores).await;
        assert_eq!((done.adopted, done.aliases, done.unchanged, done.conflicts.len()), (1, 1, 1, 0));
        for (citizen, in_from, in_into) in
            [(&alone, "bd-1", "bd-1"), (&both, "bd-2", "hcm-2"), (&same, "x-3", "x-3"), (&other, "hcm-4", "hcm-4")]
        {
            assert_eq!(subject(stores, citizen, &from()).await, in_from);
            assert_eq!(subject(stores, citizen, &into()).await, in_into);
        }
        assert_eq!(stores.accounts.aliases(&both, &into()).await.unwrap(), [text("bd-2")]);
        assert_eq!(told(stores).await, [PortalEvent::SubjectAlias { subject: text("hcm-2"), alias: text("bd-2") }]);
        // A second time changes nothing and tells nobody.
        let again = merge(stores).await;
        assert_eq!((again.adopted, again.aliases, again.unchanged), (0, 0, 3));
        assert_eq!(told(stores).await.len(), 1);
        assert_eq!(stores.sectors.merges().await.unwrap().len(), 1);
    }

    /// Who comes later is known by the same subject in both, whichever they visit first.
    async fn who_comes_later(bench) {
        let stores = &bench.stores;
        merge(stores).await;
        let (an, binh) = (citizen(stores, 1, None, None).await, citizen(stores, 2, None, None).await);
        let given = stores.citizens.subject(&an, &from(), &text("first"), beginning()).await.unwrap();
        assert_eq!((given, subject(stores, &an, &into()).await.as_str()), (text("first"), "first"));
        stores.citizens.subject(&binh, &into(), &text("second"), beginning()).await.unwrap();
        assert_eq!(subject(stores, &binh, &from()).await, "second");
        assert_eq!(stores.sectors.differing(&from(), &into()).await.unwrap(), 0);
        let found = stores.citizens.find(&arrival_of(1, beginning())).await.unwrap().subjects;
        assert!(found.contains(&(from(), text("first"))) && found.contains(&(into(), text("first"))), "{found:?}");
    }

    /// Between the closing and the copying, the new sector gives what the old one had given.
    async fn who_comes_in_between(bench) {
        let stores = &bench.stores;
        let an = citizen(stores, 1, Some("bd-1"), None).await;
        stores.sectors.begin_merge(&from(), &into(), beginning()).await.unwrap();
        assert_eq!(subject(stores, &an, &into()).await, "bd-1");
        let done = merge(stores).await;
        assert_eq!((done.adopted, done.aliases, done.unchanged), (0, 0, 1));
    }

    /// A name that is another's there is never given: as subject, as alias, or as an account whose owner may still come.
    async fn conflicts_are_left_as_they_are(bench) {
        let stores = &bench.stores;
        let one = citizen(stores, 1, Some("x-1"), None).await;
        citizen(stores, 2, None, Some("x-1")).await;
        let three = citizen(stores, 3, Some("x-3"), Some("hcm-3")).await;
        let accounts = vec![imported("x-3")];
        stores.accounts.import(&Namespace::new("hcm"), accounts, progress(1), beginning()).await.unwrap();
        let done = merge(stores).await;
        let mut conflicts = done.conflicts.clone();
        conflicts.sort_by_key(|(_, names)| names.clone());
        assert_eq!(conflicts, [(one.clone(), vec![text("x-1")]), (three.clone(), vec![text("x-3")])]);
        assert_eq!((done.adopted, done.aliases), (0, 0));
        assert!(told(stores).await.is_empty());
        assert_eq!(subject(stores, &one, &from()).await, "x-1");
        assert_eq!(subject(stores, &one, &into()).await, "new");
        assert_eq!(subject(stores, &three, &into()).await, "hcm-3");
        assert!(stores.accounts.aliases(&three, &into()).await.unwrap().is_empty());
        assert_eq!(stores.sectors.differing(&from(), &into()).await.unwrap(), 2);
    }

    /// An account of the old portal that is linked after the merge counts in both.
    async fn a_link_after_the_merge(bench) {
        let stores = &bench.stores;
        let (an, binh) = (citizen(stores, 1, None, None).await, citizen(stores, 2, None, Some("hcm-2")).await);
        let namespace = Namespace::new("binhduong");
        let accounts = vec![imported("bd-1"), imported("bd-2")];
        stores.accounts.import(&namespace, accounts, progress(1), beginning()).await.unwrap();
        merge(stores).await;
        let tell = vec![listener("hcm-1", "hcm")];
        for (citizen, tech_id) in [(&an, "bd-1"), (&binh, "bd-2")] {
            let account = stores.accounts.account(&namespace, &text(tech_id)).await.unwrap().unwrap().account.id;
            let wanted = NewLink { sector: from(), tell: tell.clone(), ..new_link(citizen, &account, beginning()) };
            stores.accounts.link(&wanted).await.unwrap();
        }
        assert_eq!(subject(stores, &an, &into()).await, "bd-1");
        assert_eq!(subject(stores, &binh, &into()).await, "hcm-2");
        assert_eq!(subject(stores, &binh, &from()).await, "hcm-2");
        assert_eq!(stores.accounts.aliases(&binh, &into()).await.unwrap(), [text("bd-2")]);
        let mut names: Vec<_> = told(stores).await.iter().map(PortalEvent::name).collect();
        names.sort_unstable();
        assert_eq!(names, ["account-linked", "account-linked", "subject-alias"]);
    }

    /// One after another: who was taken over follows.
    async fn merges_in_a_row(bench) {
        let stores = &bench.stores;
        let an = citizen(stores, 1, Some("bd-1"), None).await;
        merge(stores).await;
        let third = SectorId::new("south");
        for (from, into) in [(from(), third.clone()), (third.clone(), from()), (into(), into())] {
            let refused = stores.sectors.begin_merge(&from, &into, beginning()).await;
            assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        }
        stores.sectors.begin_merge(&into(), &third, beginning()).await.unwrap();
        let part = MergePart { from: into(), into: third.clone(), after: None, limit: 10 };
        assert_eq!(stores.sectors.merge(&part, &[], beginning()).await.unwrap().adopted, 1);
        let binh = citizen(stores, 2, None, None).await;
        stores.citizens.subject(&binh, &from(), &text("new"), beginning()).await.unwrap();
        for sector in [from(), into(), third] {
            assert_eq!(subject(stores, &an, &sector).await, "bd-1");
            assert_eq!(subject(stores, &binh, &sector).await, "new");
        }
    }

    /// Broken off after a part: each citizen is whole or untouched, and the next time it goes on.
    async fn broken_off(bench) {
        let stores = &bench.stores;
        for n in 1..=5 {
            citizen(stores, n, Some(&format!("bd-{n}")), (n % 2 == 0).then(|| format!("hcm-{n}")).as_deref()).await;
        }
        stores.sectors.begin_merge(&from(), &into(), beginning()).await.unwrap();
        let tell = [listener("hcm-1", "hcm")];
        let first = stores.sectors.merge(&part(2), &tell, beginning()).await.unwrap();
        assert_eq!(first.adopted + first.aliases, 2);
        let cases = stores.sectors.merge_cases(&part(10)).await.unwrap();
        let steps: Vec<_> = cases.iter().map(decide_merge).collect();
        assert_eq!(steps.iter().filter(|step| **step == MergeStep::Nothing).count(), 2);
        let left = steps.iter().filter(|step| matches!(step, MergeStep::Write { .. })).count();
        assert_eq!((left, told(stores).await.len() as u64), (3, first.aliases));
        let rest = merge(stores).await;
        assert_eq!((rest.unchanged, rest.adopted + rest.aliases), (2, 3));
        assert_eq!(told(stores).await.len(), 2);
    }

    /// Logins go on meanwhile: nobody has two subjects, and no subject is two citizens'.
    async fn while_citizens_arrive(bench) {
        let stores = &bench.stores;
        let mut citizens = Vec::new();
        for n in 1..=20 {
            citizens.push(citizen(stores, n, Some(&format!("bd-{n}")), None).await);
        }
        stores.sectors.begin_merge(&from(), &into(), beginning()).await.unwrap();
        let other = Arc::new(bench.again(&keys(&['a'])).await);
        let visits: Vec<_> = citizens.iter().cloned().zip(0..).map(|(citizen, n)| {
            let stores = other.clone();
            tokio::spawn(async move {
                let candidate = Subject::new(Secret::generate(&ENTROPY).reveal()).unwrap();
                let sector = if n % 2 == 0 { into() } else { from() };
                stores.citizens.subject(&citizen, &sector, &candidate, beginning()).await.unwrap()
            })
        }).collect();
        merge(stores).await;
        for visit in visits {
            visit.await.unwrap();
        }
        merge(stores).await;
        for (citizen, n) in citizens.iter().zip(1..) {
            assert_eq!(subject(stores, citizen, &from()).await, format!("bd-{n}"));
            assert_eq!(subject(stores, citizen, &into()).await, format!("bd-{n}"));
        }
        assert_eq!(stores.sectors.merges().await.unwrap().len(), 1);
    }
}
