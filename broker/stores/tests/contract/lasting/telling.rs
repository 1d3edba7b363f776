//! What a link, and the end of one, tells portals: in the same transaction, to each once.

use crate::samples::{
    admission, arrival, arrival_of, imported, linked_at_last, listener, namespace, new_link, said,
};
use broker_domain::audit::AuditKind;
use broker_domain::event::{DisabledReason, PortalEvent, UnlinkReason};
use broker_domain::ids::{AccountId, CitizenId, Destination, SectorId};
use broker_domain::person::CitizenStatus;
use broker_domain::ports::{EndLink, Ended, Linked, NewLink, OutboxFilter, StatusChange, StoreError};
use broker_domain::subject::Subject;
use broker_stores::Stores;
use broker_stores::testing::{beginning, keys};
use std::sync::Arc;

fn text(text: &str) -> Subject {
    Subject::new(text).unwrap()
}

fn sector() -> SectorId {
    SectorId::new("portal")
}

async fn citizen(stores: &Stores, number: u32) -> CitizenId {
    let arrived = if number == 1 { arrival(beginning()) } else { arrival_of(number, beginning()) };
    stores.citizens.admit(admission(arrived, beginning())).await.unwrap().citizen
}

async fn account(stores: &Stores, tech_id: &str) -> AccountId {
    let progress = crate::samples::progress(1);
    stores.accounts.import(&namespace(), vec![imported(tech_id)], progress, beginning()).await.unwrap();
    stores.accounts.account(&namespace(), &text(tech_id)).await.unwrap().unwrap().account.id
}

/// A link that two clients of the sector, and one of another, are to hear of.
fn told(citizen: &CitizenId, account: &AccountId) -> NewLink {
    let tell = vec![listener("one", "portal"), listener("two", "portal"), listener("other", "elsewhere")];
    NewLink { tell, ..new_link(citizen, account, beginning()) }
}

fn end(citizen: &CitizenId, account: &AccountId) -> EndLink {
    EndLink {
        citizen: citizen.clone(),
        account: account.clone(),
        why: UnlinkReason::Mistake,
        by: "operator-1".to_owned(),
        tell: vec![listener("one", "portal"), listener("other", "elsewhere")],
        said: said(AuditKind::AccountUnlinked, citizen, beginning().plus_secs(5)),
        now: beginning().plus_secs(5),
    }
}

/// What waits for a client.
async fn heard(stores: &Stores, client: &str) -> Vec<PortalEvent> {
    let filter = OutboxFilter { destination: Some(Destination::new(client)), ..OutboxFilter::default() };
    let listed = stores.outbox.list(&filter, 100).await.unwrap();
    let mut events: Vec<_> = listed.into_iter().map(|q| q.outgoing.event().unwrap().event).collect();
    events.sort_by_key(PortalEvent::name);
    events
}

fn linked(subject: &str, tech_id: &str) -> PortalEvent {
    PortalEvent::AccountLinked { subject: text(subject), tech_id: text(tech_id) }
}

on_each_lasting! {
    /// Each client of the sector hears once, whoever tries again.
    async fn a_link_is_told_once(bench) {
        let an = citizen(&bench.stores, 1).await;
        let account = account(&bench.stores, "t-1").await;
        for _ in 0..2 {
            bench.stores.accounts.link(&told(&an, &account)).await.unwrap();
        }
        for client in ["one", "two"] {
            assert_eq!(heard(&bench.stores, client).await, [linked("t-1", "t-1")]);
        }
        assert!(heard(&bench.stores, "other").await.is_empty());
        assert!(bench.stores.accounts.aliases(&an, &sector()).await.unwrap().is_empty());
    }

    /// A subject that was given before stays; the portal hears under which other one it keeps the citizen.
    async fn an_alias_is_told(bench) {
        let an = citizen(&bench.stores, 1).await;
        bench.stores.citizens.subject(&an, &sector(), &text("given"), beginning()).await.unwrap();
        let account = account(&bench.stores, "t-1").await;
        let done = bench.stores.accounts.link(&told(&an, &account)).await.unwrap();
        assert_eq!(done, Linked::Now { subject: text("given") });
        let alias = PortalEvent::SubjectAlias { subject: text("given"), alias: text("t-1") };
        assert_eq!(heard(&bench.stores, "one").await, [linked("given", "t-1"), alias]);
        assert_eq!(bench.stores.accounts.aliases(&an, &sector()).await.unwrap(), [text("t-1")]);
        assert!(bench.stores.accounts.aliases(&an, &SectorId::new("elsewhere")).await.unwrap().is_empty());
    }

    /// A link that comes to nothing tells nobody anything.
    async fn what_was_rolled_back_is_not_told(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        let taken = account(&bench.stores, "t-1").await;
        bench.stores.citizens.subject(&binh, &sector(), &text("t-1"), beginning()).await.unwrap();
        let refused = bench.stores.accounts.link(&told(&an, &taken)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        // Also when the citizen has a subject already, so that the TechID would be a further name.
        bench.stores.citizens.subject(&an, &sector(), &text("given"), beginning()).await.unwrap();
        let refused = bench.stores.accounts.link(&told(&an, &taken)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert!(bench.stores.accounts.aliases(&an, &sector()).await.unwrap().is_empty());
        assert!(heard(&bench.stores, "one").await.is_empty());
        // The account of another.
        let account = account(&bench.stores, "t-2").await;
        bench.stores.accounts.link(&told(&an, &account)).await.unwrap();
        let before = heard(&bench.stores, "one").await;
        assert_eq!(bench.stores.accounts.link(&told(&binh, &account)).await.unwrap(), Linked::Another);
        assert_eq!(heard(&bench.stores, "one").await, before);
    }

    /// A name that a citizen was known by once is never another's, as alias or subject.
    async fn a_name_is_one_citizens(bench) {
        let (an, binh) = (citizen(&bench.stores, 1).await, citizen(&bench.stores, 2).await);
        bench.stores.citizens.subject(&an, &sector(), &text("given"), beginning()).await.unwrap();
        let account = account(&bench.stores, "t-1").await;
        bench.stores.accounts.link(&told(&an, &account)).await.unwrap();
        assert_eq!(bench.stores.accounts.unlink(&end(&an, &account)).await.unwrap(), Ended::Now);
        let later = NewLink { now: beginning().plus_secs(7), ..told(&binh, &account) };
        let refused = bench.stores.accounts.link(&later).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert!(bench.stores.accounts.links(&binh).await.unwrap().is_empty());
    }

    /// A link ends once; it is kept, the subject stays, and portals that know the citizen hear of it.
    async fn the_end_of_a_link(bench) {
        let an = citizen(&bench.stores, 1).await;
        let account = account(&bench.stores, "t-1").await;
        assert_eq!(bench.stores.accounts.unlink(&end(&an, &account)).await.unwrap(), Ended::NotLinked);
        bench.stores.accounts.link(&told(&an, &account)).await.unwrap();
        let binh = citizen(&bench.stores, 2).await;
        assert_eq!(bench.stores.accounts.unlink(&end(&binh, &account)).await.unwrap(), Ended::NotLinked);
        assert!(!bench.stores.accounts.was_ended(&an, &account).await.unwrap());
        assert_eq!(bench.stores.accounts.unlink(&end(&an, &account)).await.unwrap(), Ended::Now);
        assert!(bench.stores.accounts.was_ended(&an, &account).await.unwrap());
        assert!(!bench.stores.accounts.was_ended(&binh, &account).await.unwrap(), "it was never theirs");
        assert_eq!(bench.stores.accounts.unlink(&end(&an, &account)).await.unwrap(), Ended::NotLinked);
        let reason = UnlinkReason::Mistake;
        let ended = PortalEvent::Unlinked { subject: text("t-1"), tech_id: text("t-1"), reason };
        assert_eq!(heard(&bench.stores, "one").await, [linked("t-1", "t-1"), ended]);
        assert!(heard(&bench.stores, "other").await.is_empty());
        assert!(bench.stores.accounts.links(&an).await.unwrap().is_empty());
        let kept = bench.stores.accounts.account(&namespace(), &text("t-1")).await.unwrap().unwrap();
        assert_eq!((kept.owner, kept.account.has_password), (None, false));
        let subject = bench.stores.citizens.subject(&an, &sector(), &text("x"), beginning()).await.unwrap();
        assert_eq!(subject, text("t-1"));
        // The subject is the first citizen's for ever, so the account cannot be another's.
        let later = NewLink { now: beginning().plus_secs(7), ..told(&binh, &account) };
        let refused = bench.stores.accounts.link(&later).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        // It can be theirs again.
        let again = NewLink { now: beginning().plus_secs(9), ..told(&an, &account) };
        assert_eq!(bench.stores.accounts.link(&again).await.unwrap(), Linked::Now { subject: text("t-1") });
        assert_eq!(heard(&bench.stores, "one").await.len(), 3);
    }

    /// Who may not sign in any more is told to the portals that know them, once.
    async fn who_may_not_sign_in(bench) {
        let an = citizen(&bench.stores, 1).await;
        bench.stores.citizens.subject(&an, &sector(), &text("given"), beginning()).await.unwrap();
        let change = |status| StatusChange {
            citizen: an.clone(),
            status,
            tell: vec![listener("one", "portal"), listener("other", "elsewhere")],
            now: beginning(),
        };
        let citizens = &bench.stores.citizens;
        assert!(!citizens.set_status(&change(CitizenStatus::Active)).await.unwrap());
        assert!(citizens.set_status(&change(CitizenStatus::Blocked)).await.unwrap());
        assert!(!citizens.set_status(&change(CitizenStatus::Blocked)).await.unwrap());
        let found = citizens.find(&arrival(beginning())).await.unwrap().matches;
        assert_eq!(found.by_number.unwrap().status, CitizenStatus::Blocked);
        assert!(citizens.set_status(&change(CitizenStatus::Active)).await.unwrap());
        assert!(citizens.set_status(&change(CitizenStatus::Deceased)).await.unwrap());
        let disabled = |reason| PortalEvent::AccountDisabled { subject: text("given"), reason };
        let mut told = heard(&bench.stores, "one").await;
        told.sort_by_key(|event| *event != disabled(DisabledReason::Blocked));
        assert_eq!(told, [disabled(DisabledReason::Blocked), disabled(DisabledReason::Deceased)]);
        assert!(heard(&bench.stores, "other").await.is_empty());
        let nobody = StatusChange { citizen: CitizenId::new("nobody"), ..change(CitizenStatus::Blocked) };
        assert!(!citizens.set_status(&nobody).await.unwrap());
    }

    /// However many link at once: each client hears once.
    async fn a_race_is_told_once(bench) {
        let an = citizen(&bench.stores, 1).await;
        let account = account(&bench.stores, "t-1").await;
        let instances = [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)];
        let tasks: Vec<_> = (0..16).map(|n| {
            let (stores, wanted) = (instances[n % 2].clone(), told(&an, &account));
            tokio::spawn(async move { linked_at_last(&stores, &wanted).await })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(heard(&bench.stores, "one").await, [linked("t-1", "t-1")]);
        let ends: Vec<_> = (0..8).map(|n| {
            let (stores, wanted) = (instances[n % 2].clone(), end(&an, &account));
            tokio::spawn(async move { stores.accounts.unlink(&wanted).await.unwrap() })
        }).collect();
        let mut ended = 0;
        for task in ends {
            ended += usize::from(task.await.unwrap() == Ended::Now);
        }
        assert_eq!((ended, heard(&bench.stores, "one").await.len()), (1, 2));
    }
}
