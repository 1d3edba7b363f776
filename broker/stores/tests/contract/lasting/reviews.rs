//! The review queue.

use crate::samples::{
    ENTROPY, PERSONAL, admission, arrival, arrival_of, imported, namespace, profile, progress,
};
use broker_domain::ids::{AccountId, CitizenId, InteractionId, ReviewId};
use broker_domain::linking::{
    BadStep, Dossier, NewReview, Operator, Outcome, ReviewReason, Ruling, Standing, Vote,
};
use broker_domain::ports::{OpenedReview, Stepped};
use broker_stores::Stores;
use broker_stores::testing::{LastingBench, beginning, keys};
use std::sync::Arc;

const AT_ONCE: usize = 12;

async fn citizen(stores: &Stores) -> CitizenId {
    stores.citizens.admit(admission(arrival(beginning()), beginning())).await.unwrap().citizen
}

async fn account(stores: &Stores) -> AccountId {
    let new = imported("t-1");
    stores.accounts.import(&namespace(), vec![new.clone()], progress(1), beginning()).await.unwrap();
    stores.accounts.account(&namespace(), &new.account.tech_id).await.unwrap().unwrap().account.id
}

fn dossier() -> Dossier {
    Dossier::of_account(&profile(), &imported("t-1").account)
}

fn review(citizen: &CitizenId, account: Option<&AccountId>) -> NewReview {
    NewReview {
        id: ReviewId::generate(&ENTROPY),
        reason: ReviewReason::Differs,
        citizen: citizen.clone(),
        account: account.cloned(),
        interaction: Some(InteractionId::generate(&ENTROPY)),
        dossier: dossier(),
        first: None,
        now: beginning(),
    }
}

/// A case about a citizen, full of what is theirs.
pub(super) fn of(citizen: &CitizenId) -> NewReview {
    NewReview { first: Some(vote("an", Ruling::Link)), ..review(citizen, None) }
}

fn vote(by: &str, ruling: Ruling) -> Vote {
    let by = Operator::new(by, &format!("account-of-{by}")).unwrap();
    Vote { by, ruling, why: format!("vì {}", PERSONAL[1]), at: beginning() }
}

async fn open(bench: &LastingBench) -> (NewReview, ReviewId) {
    let stores = &bench.stores;
    let (citizen, account) = (citizen(stores).await, account(stores).await);
    let wanted = review(&citizen, Some(&account));
    let OpenedReview::Now(id) = stores.reviews.open(&wanted).await.unwrap() else { panic!("it was open") };
    (wanted, id)
}

async fn instances(bench: &LastingBench) -> [Arc<Stores>; 2] {
    [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)]
}

on_each_lasting! {
    /// A case is kept as it was opened.
    async fn a_case_is_kept(bench) {
        let (wanted, id) = open(&bench).await;
        assert_eq!(id, wanted.id);
        let kept = bench.stores.reviews.review(&id).await.unwrap().unwrap();
        assert_eq!(
            (kept.citizen, kept.account, kept.interaction, kept.opened_at, kept.dossier),
            (wanted.citizen, wanted.account, wanted.interaction, wanted.now, wanted.dossier)
        );
        assert_eq!((kept.case.reason(), kept.case.standing()), (ReviewReason::Differs, Standing::Open));
        assert_eq!(bench.stores.reviews.review(&ReviewId::generate(&ENTROPY)).await.unwrap(), None);
    }

    /// The same matter is one case while it is open; another reason, account or citizen is another one.
    async fn one_open_case_for_one_matter(bench) {
        let (first, id) = open(&bench).await;
        let reviews = &bench.stores.reviews;
        let again = NewReview { id: ReviewId::generate(&ENTROPY), ..first.clone() };
        assert_eq!(reviews.open(&again).await.unwrap(), OpenedReview::Before(id.clone()));
        let binh = bench.stores.citizens.admit(admission(arrival_of(2, beginning()), beginning())).await.unwrap().citizen;
        for other in [
            NewReview { reason: ReviewReason::LinkedToAnother, ..again.clone() },
            NewReview { account: None, id: ReviewId::generate(&ENTROPY), ..again.clone() },
            NewReview { citizen: binh, id: ReviewId::generate(&ENTROPY), ..again.clone() },
        ] {
            assert!(matches!(reviews.open(&other).await.unwrap(), OpenedReview::Now(_)));
        }
        let listed: Vec<_> = reviews.reviews(false, 10).await.unwrap();
        assert_eq!(listed.len(), 4);
        assert_eq!(reviews.reviews(false, 2).await.unwrap().len(), 2);
    }

    /// One person alone settles nothing, not even twice or by another name; two who say the same do.
    async fn two_people_settle_it(bench) {
        let (_, id) = open(&bench).await;
        let reviews = &bench.stores.reviews;
        assert_eq!(reviews.close(&id, Outcome::Done, beginning()).await.unwrap(), Stepped::No(BadStep::NotAgreed));
        assert_eq!(reviews.vote(&id, &vote("an", Ruling::Link)).await.unwrap(), Stepped::Yes(Standing::One(Ruling::Link)));
        assert_eq!(reviews.vote(&id, &vote("an", Ruling::Link)).await.unwrap(), Stepped::No(BadStep::SaidBefore));
        let disguised = Vote { by: Operator::new("binh", "account-of-an").unwrap(), ..vote("an", Ruling::Link) };
        assert_eq!(reviews.vote(&id, &disguised).await.unwrap(), Stepped::No(BadStep::SaidBefore));
        assert_eq!(reviews.close(&id, Outcome::Done, beginning()).await.unwrap(), Stepped::No(BadStep::NotAgreed));
        assert_eq!(reviews.vote(&id, &vote("binh", Ruling::Reject)).await.unwrap(), Stepped::Yes(Standing::Differ));
        assert_eq!(reviews.vote(&id, &vote("binh", Ruling::Unlink)).await.unwrap(), Stepped::No(BadStep::NotInThisCase));
        assert_eq!(reviews.vote(&id, &vote("dung", Ruling::Link)).await.unwrap(), Stepped::Yes(Standing::Agreed(Ruling::Link)));
        assert_eq!(reviews.vote(&id, &vote("em", Ruling::Reject)).await.unwrap(), Stepped::No(BadStep::Agreed));
        assert_eq!(reviews.close(&id, Outcome::Done, beginning()).await.unwrap(), Stepped::Yes(Ruling::Link));
        assert_eq!(reviews.close(&id, Outcome::Done, beginning()).await.unwrap(), Stepped::No(BadStep::Closed));
        assert_eq!(reviews.vote(&id, &vote("em", Ruling::Reject)).await.unwrap(), Stepped::No(BadStep::Closed));
        let kept = reviews.review(&id).await.unwrap().unwrap();
        assert_eq!(kept.case.standing(), Standing::Closed(Ruling::Link, Outcome::Done));
        let said: Vec<_> = kept.case.votes().iter().map(|v| (v.by.name().to_owned(), v.ruling)).collect();
        let expected = [("an", Ruling::Link), ("binh", Ruling::Reject), ("dung", Ruling::Link)];
        assert_eq!(said, expected.map(|(n, r)| (n.to_owned(), r)));
        assert_eq!(kept.case.votes()[0], vote("an", Ruling::Link));
        assert!(reviews.reviews(false, 10).await.unwrap().is_empty());
        assert_eq!(reviews.reviews(true, 10).await.unwrap().len(), 1);
        let nowhere = ReviewId::generate(&ENTROPY);
        assert_eq!(reviews.vote(&nowhere, &vote("an", Ruling::Link)).await.unwrap(), Stepped::Unknown);
        assert_eq!(reviews.close(&nowhere, Outcome::Done, beginning()).await.unwrap(), Stepped::Unknown);
    }

    /// What was rejected stays rejected until the evidence changes; what was carried out may come up again.
    async fn what_was_rejected_is_not_opened_by_each_login(bench) {
        let (first, id) = open(&bench).await;
        let reviews = &bench.stores.reviews;
        for by in ["an", "binh"] {
            reviews.vote(&id, &vote(by, Ruling::Reject)).await.unwrap();
        }
        reviews.close(&id, Outcome::Done, beginning()).await.unwrap();
        let again = NewReview { id: ReviewId::generate(&ENTROPY), ..first };
        assert_eq!(reviews.open(&again).await.unwrap(), OpenedReview::Rejected(id));
        let mut other = NewReview { id: ReviewId::generate(&ENTROPY), ..again.clone() };
        other.dossier.exhibits.pop();
        let OpenedReview::Now(second) = reviews.open(&other).await.unwrap() else { panic!("the evidence is new") };
        for by in ["an", "binh"] {
            reviews.vote(&second, &vote(by, Ruling::Link)).await.unwrap();
        }
        reviews.close(&second, Outcome::Impossible, beginning()).await.unwrap();
        let third = NewReview { id: ReviewId::generate(&ENTROPY), ..other };
        assert!(matches!(reviews.open(&third).await.unwrap(), OpenedReview::Now(_)));
        // An operator may ask again.
        let asked = NewReview { reason: ReviewReason::UnlinkWanted, first: Some(vote("an", Ruling::Unlink)), id: ReviewId::generate(&ENTROPY), ..again };
        for _ in 0..2 {
            let asked = NewReview { id: ReviewId::generate(&ENTROPY), ..asked.clone() };
            let OpenedReview::Now(id) = reviews.open(&asked).await.unwrap() else { panic!("it was refused") };
            assert_eq!(reviews.review(&id).await.unwrap().unwrap().case.standing(), Standing::One(Ruling::Unlink));
            reviews.vote(&id, &vote("an", Ruling::Reject)).await.unwrap();
            reviews.vote(&id, &vote("binh", Ruling::Reject)).await.unwrap();
            reviews.close(&id, Outcome::Done, beginning()).await.unwrap();
        }
    }

    /// However many instances open the same case at once, there is one.
    async fn a_race_of_openings(bench) {
        let (an, account) = (citizen(&bench.stores).await, account(&bench.stores).await);
        let instances = instances(&bench).await;
        let tasks: Vec<_> = (0..AT_ONCE).map(|n| {
            let (stores, wanted) = (instances[n % 2].clone(), review(&an, Some(&account)));
            tokio::spawn(async move { stores.reviews.open(&wanted).await.unwrap() })
        }).collect();
        let mut opened = Vec::new();
        for task in tasks {
            opened.push(task.await.unwrap());
        }
        assert_eq!(opened.iter().filter(|o| matches!(o, OpenedReview::Now(_))).count(), 1);
        assert!(opened.iter().all(|o| o.id() == opened[0].id()));
        assert_eq!(bench.stores.reviews.reviews(true, 100).await.unwrap().len(), 1);
    }

    /// However often one person says it at once, from however many instances: it counts once, and settles nothing.
    async fn a_race_of_one_person(bench) {
        let (_, id) = open(&bench).await;
        let instances = instances(&bench).await;
        let tasks: Vec<_> = (0..AT_ONCE).map(|n| {
            let (stores, id) = (instances[n % 2].clone(), id.clone());
            tokio::spawn(async move { stores.reviews.vote(&id, &vote("an", Ruling::Link)).await.unwrap() })
        }).collect();
        let mut counted = 0;
        for task in tasks {
            counted += usize::from(task.await.unwrap() == Stepped::Yes(Standing::One(Ruling::Link)));
        }
        assert_eq!(counted, 1);
        assert_eq!(bench.stores.reviews.review(&id).await.unwrap().unwrap().case.standing(), Standing::One(Ruling::Link));
    }

    /// Many people at once: exactly one voice is the second one, and exactly one closes.
    async fn a_race_of_many_people(bench) {
        let (_, id) = open(&bench).await;
        let instances = instances(&bench).await;
        let tasks: Vec<_> = (0..AT_ONCE).map(|n| {
            let (stores, id) = (instances[n % 2].clone(), id.clone());
            tokio::spawn(async move {
                let said = stores.reviews.vote(&id, &vote(&format!("n{n}"), Ruling::Link)).await.unwrap();
                let closed = match said {
                    Stepped::Yes(Standing::Agreed(_)) | Stepped::No(BadStep::Agreed) => {
                        stores.reviews.close(&id, Outcome::Done, beginning()).await.unwrap()
                    }
                    _ => Stepped::Unknown,
                };
                (said, closed)
            })
        }).collect();
        let (mut second, mut closed) = (0, 0);
        for task in tasks {
            let (said, ended) = task.await.unwrap();
            second += usize::from(said == Stepped::Yes(Standing::Agreed(Ruling::Link)));
            closed += usize::from(ended == Stepped::Yes(Ruling::Link));
        }
        assert_eq!((second, closed), (1, 1));
        let kept = bench.stores.reviews.review(&id).await.unwrap().unwrap();
        assert_eq!(kept.case.votes().len(), 2);
    }

    /// Keys change: cases and words read as before, and what was rejected is known again.
    async fn keys_change(bench) {
        let (first, id) = open(&bench).await;
        for by in ["an", "binh"] {
            bench.stores.reviews.vote(&id, &vote(by, Ruling::Reject)).await.unwrap();
        }
        bench.stores.reviews.close(&id, Outcome::Done, beginning()).await.unwrap();
        let before = bench.stores.reviews.review(&id).await.unwrap().unwrap();
        bench.again(&keys(&['b', 'a'])).await.rekey().await.unwrap();
        let new = bench.again(&keys(&['b'])).await;
        assert_eq!(new.reviews.review(&id).await.unwrap().unwrap(), before);
        assert!(bench.stores.reviews.review(&id).await.is_err(), "the old key alone opens nothing any more");
        let again = NewReview { id: ReviewId::generate(&ENTROPY), ..first };
        assert_eq!(new.reviews.open(&again).await.unwrap(), OpenedReview::Rejected(id));
    }
}
