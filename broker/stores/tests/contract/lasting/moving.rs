//! Accounts that go over to another citizen, and links that many make at once.

use crate::samples::{
    admission, arrival_of, imported, linked_at_last, listener, namespace, new_link, progress, said, subject,
};
use broker_domain::audit::AuditKind;
use broker_domain::event::{PortalEvent, UnlinkReason};
use broker_domain::ids::{AccountId, CitizenId, SectorId};
use broker_domain::linking::Evidence;
use broker_domain::ports::{Linked, MoveAccount, Moved, OutboxFilter};
use broker_domain::subject::Subject;
use broker_stores::Stores;
use broker_stores::testing::{LastingBench, beginning, keys};
use std::collections::HashSet;
use std::sync::Arc;

/// How many link at once, and from how many instances.
const AT_ONCE: usize = 200;
const INSTANCES: usize = 4;

fn tech_id() -> Subject {
    Subject::new("t-1").unwrap()
}

fn sector() -> SectorId {
    SectorId::new("portal")
}

async fn citizen(stores: &Stores, number: u32) -> CitizenId {
    stores.citizens.admit(admission(arrival_of(number, beginning()), beginning())).await.unwrap().citizen
}

async fn account(stores: &Stores) -> AccountId {
    stores.accounts.import(&namespace(), vec![imported("t-1")], progress(1), beginning()).await.unwrap();
    stores.accounts.account(&namespace(), &tech_id()).await.unwrap().unwrap().account.id
}

async fn owner(stores: &Stores) -> Option<CitizenId> {
    stores.accounts.account(&namespace(), &tech_id()).await.unwrap().unwrap().owner
}

async fn subject_of(stores: &Stores, citizen: &CitizenId) -> Subject {
    stores.citizens.subject(citizen, &sector(), &subject(), beginning()).await.unwrap()
}

fn wanted(account: &AccountId, from: &CitizenId, to: &CitizenId) -> MoveAccount {
    MoveAccount {
        account: account.clone(),
        from: Some(from.clone()),
        to: to.clone(),
        sector: sector(),
        by: "an+binh".to_owned(),
        tell: vec![listener("cong", "portal")],
        said: said(AuditKind::AccountMoved, to, beginning().plus_secs(1)),
        now: beginning().plus_secs(1),
    }
}

async fn instances(bench: &LastingBench) -> Vec<Arc<Stores>> {
    let mut all = Vec::new();
    for _ in 0..INSTANCES {
        all.push(Arc::new(bench.again(&keys(&['a'])).await));
    }
    all
}

/// All at once, in tasks of their own, spread over the instances: what each came to.
async fn all_link(
    bench: &LastingBench,
    citizens: &[CitizenId],
    account: &AccountId,
) -> Vec<(CitizenId, Linked)> {
    let instances = instances(bench).await;
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|n| {
            let (stores, who) = (instances[n % INSTANCES].clone(), citizens[n % citizens.len()].clone());
            let now = beginning().plus_secs(i64::try_from(n).unwrap());
            let wanted = new_link(&who, account, now);
            tokio::spawn(async move { (who, linked_at_last(&stores, &wanted).await) })
        })
        .collect();
    let mut came_to = Vec::new();
    for task in tasks {
        came_to.push(task.await.unwrap());
    }
    came_to
}

on_each_lasting! {
    /// Two hundred of one citizen's tabs and devices, at four instances: one link, and every other one sees it.
    async fn two_hundred_link_the_same_pair(bench) {
        let an = citizen(&bench.stores, 1).await;
        let account = account(&bench.stores).await;
        let came_to = all_link(&bench, std::slice::from_ref(&an), &account).await;
        assert_eq!(came_to.iter().filter(|(_, l)| matches!(l, Linked::Now { .. })).count(), 1);
        assert_eq!(came_to.iter().filter(|(_, l)| matches!(l, Linked::Before { .. })).count(), AT_ONCE - 1);
        assert_eq!(bench.stores.accounts.links(&an).await.unwrap().len(), 1);
        assert_eq!(subject_of(&bench.stores, &an).await, tech_id());
    }

    /// Two hundred links of one account by twenty citizens, at four instances: one has it, and nobody else bears its name.
    async fn two_hundred_want_one_account(bench) {
        let mut citizens = Vec::new();
        for n in 1..=20 {
            citizens.push(citizen(&bench.stores, n).await);
        }
        let account = account(&bench.stores).await;
        let came_to = all_link(&bench, &citizens, &account).await;
        let now: Vec<_> = came_to.iter().filter(|(_, l)| matches!(l, Linked::Now { .. })).map(|(who, _)| who).collect();
        assert_eq!(now.len(), 1);
        for (who, linked) in &came_to {
            assert_eq!(who == now[0], !matches!(linked, Linked::Another));
        }
        assert_eq!(owner(&bench.stores).await.as_ref(), Some(now[0]));
        let mut subjects = HashSet::new();
        for who in &citizens {
            let subject = subject_of(&bench.stores, who).await;
            assert_eq!(subject == tech_id(), who == now[0]);
            assert!(subjects.insert(subject));
        }
    }

    /// The account, its TechID and what the portal is told go over together; whoever had it is known by a value of their own.
    async fn an_account_moves(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        let account = account(&bench.stores).await;
        bench.stores.accounts.link(&new_link(&an, &account, beginning())).await.unwrap();
        assert_eq!(subject_of(&bench.stores, &an).await, tech_id());
        let moved = bench.stores.accounts.move_account(&wanted(&account, &an, &binh)).await.unwrap();
        assert_eq!(moved, Moved::Now { subject: tech_id() });
        assert_eq!(owner(&bench.stores).await, Some(binh.clone()));
        assert_eq!(subject_of(&bench.stores, &binh).await, tech_id());
        let fresh = subject_of(&bench.stores, &an).await;
        assert_ne!(fresh, tech_id());
        assert_eq!(subject_of(&bench.stores, &an).await, fresh);
        assert!(bench.stores.accounts.links(&an).await.unwrap().is_empty());
        assert_eq!(bench.stores.accounts.links(&binh).await.unwrap()[0].evidence, Evidence::Reviewed);
        let told = bench.stores.outbox.list(&OutboxFilter::default(), 10).await.unwrap();
        let told: HashSet<_> = told.into_iter().map(|w| w.outgoing.event().unwrap().event).collect();
        let expected = [
            PortalEvent::Unlinked { subject: tech_id(), tech_id: tech_id(), reason: UnlinkReason::Moved },
            PortalEvent::AccountLinked { subject: tech_id(), tech_id: tech_id() },
        ];
        assert_eq!(told, HashSet::from(expected));
        assert_eq!(bench.stores.accounts.move_account(&wanted(&account, &an, &binh)).await.unwrap(), Moved::Before);
        // And back again: no name is lost or doubled.
        bench.stores.accounts.move_account(&MoveAccount { now: beginning().plus_secs(2), ..wanted(&account, &binh, &an) }).await.unwrap();
        assert_eq!(subject_of(&bench.stores, &an).await, fresh, "a subject that was given stays");
        assert_eq!(bench.stores.accounts.aliases(&an, &sector()).await.unwrap(), [tech_id()]);
        assert_ne!(subject_of(&bench.stores, &binh).await, tech_id());
    }

    /// Whoever has a subject already keeps it; the TechID becomes their alias, and is nobody else's any more.
    async fn an_account_moves_to_somebody_known_there(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        let (of_an, of_binh) = (subject_of(&bench.stores, &an).await, subject_of(&bench.stores, &binh).await);
        let account = account(&bench.stores).await;
        bench.stores.accounts.link(&new_link(&an, &account, beginning())).await.unwrap();
        let moved = bench.stores.accounts.move_account(&wanted(&account, &an, &binh)).await.unwrap();
        assert_eq!(moved, Moved::Now { subject: of_binh.clone() });
        assert_eq!((subject_of(&bench.stores, &an).await, subject_of(&bench.stores, &binh).await), (of_an, of_binh));
        assert!(bench.stores.accounts.aliases(&an, &sector()).await.unwrap().is_empty());
        assert_eq!(bench.stores.accounts.aliases(&binh, &sector()).await.unwrap(), [tech_id()]);
    }

    /// What is not as it was when people decided does not move.
    async fn what_does_not_move(bench) {
        let (an, binh, dung) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await, citizen(&bench.stores, 3).await);
        let account = account(&bench.stores).await;
        assert_eq!(bench.stores.accounts.move_account(&wanted(&account, &an, &binh)).await.unwrap(), Moved::Elsewhere);
        bench.stores.accounts.link(&new_link(&dung, &account, beginning())).await.unwrap();
        assert_eq!(bench.stores.accounts.move_account(&wanted(&account, &an, &binh)).await.unwrap(), Moved::Elsewhere);
        let nothing = imported("t-9").account.id;
        assert_eq!(bench.stores.accounts.move_account(&wanted(&nothing, &an, &binh)).await.unwrap(), Moved::Elsewhere);
        assert_eq!(owner(&bench.stores).await, Some(dung.clone()));
        assert_eq!(subject_of(&bench.stores, &dung).await, tech_id());
        assert!(bench.stores.outbox.list(&OutboxFilter::default(), 10).await.unwrap().is_empty());
    }

    /// Who had it before is found with it, and it is said that it was theirs.
    async fn a_link_that_was_ended_is_known(bench) {
        let an = citizen(&bench.stores, 1).await;
        let account = account(&bench.stores).await;
        let kept = async || {
            let found = bench.stores.citizens.find(&arrival_of(1, beginning())).await.unwrap();
            found.accounts.into_iter().map(|k| (k.owner.is_some(), k.was_ended)).collect::<Vec<_>>()
        };
        assert_eq!(kept().await, [(false, false)]);
        bench.stores.accounts.link(&new_link(&an, &account, beginning())).await.unwrap();
        assert_eq!(kept().await, [(true, false)]);
        let binh = citizen(&bench.stores, 2).await;
        bench.stores.accounts.move_account(&wanted(&account, &an, &binh)).await.unwrap();
        assert_eq!(kept().await, [(true, true)]);
    }

    /// Moves to different citizens at once: one has it in the end, by one link.
    async fn a_race_of_moves(bench) {
        let an = citizen(&bench.stores, 1).await;
        let account = account(&bench.stores).await;
        bench.stores.accounts.link(&new_link(&an, &account, beginning())).await.unwrap();
        let mut others = Vec::new();
        for n in 2..8 {
            others.push(citizen(&bench.stores, n).await);
        }
        let instances = instances(&bench).await;
        let tasks: Vec<_> = others.iter().cloned().enumerate().map(|(n, to)| {
            let (stores, wanted) = (instances[n % INSTANCES].clone(), wanted(&account, &an, &to));
            tokio::spawn(async move { (to, stores.accounts.move_account(&wanted).await.unwrap()) })
        }).collect();
        let mut now = Vec::new();
        for task in tasks {
            if let (to, Moved::Now { .. }) = task.await.unwrap() {
                now.push(to);
            }
        }
        assert_eq!(now.len(), 1);
        assert_eq!(owner(&bench.stores).await, now.pop());
    }

    /// An account is found by our own id of it.
    async fn an_account_by_its_id(bench) {
        let account = account(&bench.stores).await;
        let kept = bench.stores.accounts.by_id(&account).await.unwrap().unwrap();
        assert_eq!(kept.account.tech_id, tech_id());
        assert!(bench.stores.accounts.by_id(&imported("t-9").account.id).await.unwrap().is_none());
    }
}
