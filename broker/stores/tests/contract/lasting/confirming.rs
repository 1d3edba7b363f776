//! What the holder of an account had confirmed, and better hashes of passwords: changes from before a link, none of which may follow it.

use crate::samples::{admission, arrival, arrival_of, imported, namespace, new_link, progress};
use broker_domain::claims::{Claims, Mark, Marked, Source};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId};
use broker_domain::person::{Name, PersonalNumber};
use broker_domain::ports::{Credentials, ImportedAccount, KeptAccount, Walk};
use broker_domain::secret::Secret;
use broker_domain::subject::Subject;
use broker_stores::testing::{LastingBench, beginning, keys};
use broker_stores::{Lasting, Stores};
use std::sync::Arc;
use std::time::Duration;

/// What the population database confirmed of the sample's citizen of that number.
pub(super) fn confirmed(number: u32) -> Claims {
    let profile = arrival_of(number, beginning()).profile;
    fn said<T>(value: T) -> Option<Marked<T>> {
        Some(Marked::verified(value, Source::PopulationDatabase, Timestamp::from_secs(1_790_000_000)))
    }
    Claims {
        personal_number: said(profile.personal_number),
        full_name: said(profile.full_name),
        birth_date: profile.birth_date.and_then(said),
        ..Claims::default()
    }
}

/// An account whose portal knew no number.
pub(super) fn without_number(tech_id: &str) -> ImportedAccount {
    let mut one = imported(tech_id);
    one.account.claims = Claims {
        phone: one.account.claims.phone,
        old_number: one.account.claims.old_number,
        ..Claims::default()
    };
    one
}

async fn import(stores: &Stores, accounts: Vec<ImportedAccount>) {
    stores.accounts.import(&namespace(), accounts, progress(1), beginning()).await.unwrap();
}

async fn kept(stores: &Stores, tech_id: &str) -> KeptAccount {
    stores.accounts.account(&namespace(), &Subject::new(tech_id).unwrap()).await.unwrap().unwrap()
}

async fn credentials(stores: &Stores, account: &AccountId) -> Credentials {
    stores.accounts.credentials(account).await.unwrap().unwrap()
}

/// The accounts that a citizen of that number, who never had an old one, meets.
async fn found(stores: &Stores, number: u32) -> Vec<KeptAccount> {
    let mut arrival = arrival_of(number, beginning());
    arrival.profile.old_number = None;
    stores.citizens.find(&arrival).await.unwrap().accounts
}

async fn met(stores: &Stores, number: u32) -> Vec<String> {
    found(stores, number).await.iter().map(|k| k.account.tech_id.as_str().to_owned()).collect()
}

async fn citizen(stores: &Stores) -> CitizenId {
    stores.citizens.admit(admission(arrival(beginning()), beginning())).await.unwrap().citizen
}

/// An account that is being linked: the link is written, and not yet to be seen by anybody. Then `change` begins and has to wait, the
/// link is there, and what came of the change is returned.
pub(super) async fn during_a_link<T, F>(
    bench: &LastingBench,
    change: impl FnOnce(Arc<Stores>, AccountId) -> F,
) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    const ADD: &str = "INSERT INTO links (id, citizen_id, account_id, evidence, linked_by, linked_at) VALUES ('l', $1, $2, 'review', 'citizen', 1)";
    const CLOSE: &str =
        "UPDATE legacy_accounts SET user_name_index = NULL, password_hash = NULL WHERE id = $1";
    let an = citizen(&bench.stores).await;
    import(&bench.stores, vec![without_number("t-1")]).await;
    let id = kept(&bench.stores, "t-1").await.account.id;
    let other = Arc::new(bench.again(&keys(&['a'])).await);
    macro_rules! link {
        ($begun:expr) => {{
            let mut tx = $begun;
            sqlx::query(ADD).bind(an.as_str()).bind(id.as_str()).execute(&mut *tx).await.unwrap();
            sqlx::query(CLOSE).bind(id.as_str()).execute(&mut *tx).await.unwrap();
            let changing = tokio::spawn(change(other, id.clone()));
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(!changing.is_finished(), "it did not wait");
            tx.commit().await.unwrap();
            changing.await.unwrap()
        }};
    }
    match &bench.stores.lasting {
        Lasting::Postgres(pool) => link!(pool.begin().await.unwrap()),
        Lasting::Sqlite(_) => {
            let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
            link!(file.begin_with("BEGIN IMMEDIATE").await.unwrap())
        }
    }
}

on_each_lasting! {
    /// It stands apart from what the portal knew, as typed in, and the account is met by it; what only gaps say is taken into gaps.
    async fn what_a_holder_had_confirmed(bench) {
        let stores = &bench.stores;
        let mut typed = without_number("typed");
        let other = PersonalNumber::parse("001085999999").unwrap();
        typed.account.claims.personal_number = Some(Marked::new(other, Mark::Yellow));
        typed.account.claims.full_name = Some(Marked::new(Name::parse("NGƯỜI KHÁC").unwrap(), Mark::Green));
        import(stores, vec![without_number("bare"), typed.clone(), imported("verified")]).await;
        assert!(met(stores, 7).await.is_empty());
        for tech_id in ["bare", "typed"] {
            let before = kept(stores, tech_id).await.account;
            assert!(stores.accounts.confirm(&before.id, &confirmed(7)).await.unwrap());
            let after = kept(stores, tech_id).await.account;
            assert_eq!(after, before.clone().with_confirmed(confirmed(7)));
            assert_eq!(after.confirmed, Some(confirmed(7)));
            assert_eq!(after.claims.personal_number.as_ref().map(|n| n.mark), Some(Mark::Yellow));
            assert_eq!(credentials(stores, &before.id).await.kept.account, after);
            assert_eq!(stores.accounts.by_id(&before.id).await.unwrap().unwrap().account, after);
            assert!(credentials(stores, &before.id).await.password.is_some());
        }
        assert_eq!(kept(stores, "typed").await.account.claims.full_name, typed.account.claims.full_name);
        assert_eq!(met(stores, 7).await, ["bare", "typed"]);
        assert_eq!(found(stores, 7).await[0].account, kept(stores, "bare").await.account);
        let walked = stores.account_walk.page(&Walk::ByNumber, &Default::default(), 9).await.unwrap();
        let walked = walked.iter().find(|w| w.kept.account.tech_id.as_str() == "bare").unwrap();
        assert_eq!(walked.kept.account, kept(stores, "bare").await.account);
        // What the portal itself has verified stands.
        let verified = kept(stores, "verified").await.account;
        assert!(!stores.accounts.confirm(&verified.id, &confirmed(7)).await.unwrap());
        assert_eq!(kept(stores, "verified").await.account, verified);
        assert!(!stores.accounts.confirm(&imported("none").account.id, &confirmed(7)).await.unwrap());
        // Another number takes its place.
        let id = kept(stores, "bare").await.account.id;
        assert!(stores.accounts.confirm(&id, &confirmed(8)).await.unwrap());
        assert_eq!((met(stores, 7).await, met(stores, 8).await), (vec!["typed".to_owned()], vec!["bare".to_owned()]));
    }

    /// What is imported later changes nothing of it, until the portal has verified a number.
    async fn a_confirmed_number_and_imports(bench) {
        let stores = &bench.stores;
        import(stores, vec![without_number("t-1")]).await;
        let id = kept(stores, "t-1").await.account.id;
        stores.accounts.confirm(&id, &confirmed(7)).await.unwrap();
        let mut again = without_number("t-1");
        import(stores, vec![again.clone()]).await;
        assert_eq!(met(stores, 7).await, ["t-1"], "the same again");
        again.account.claims.email = Some(Marked::new("t-1@example.vn".to_owned(), Mark::Yellow));
        let typed = PersonalNumber::parse("001085999999").unwrap();
        again.account.claims.personal_number = Some(Marked::new(typed, Mark::Yellow));
        import(stores, vec![again.clone()]).await;
        let after = kept(stores, "t-1").await.account;
        assert_eq!((met(stores, 7).await, after.confirmed.is_some()), (vec!["t-1".to_owned()], true));
        assert!(after.claims.email.is_some());
        again.account.claims.personal_number = imported("t-1").account.claims.personal_number;
        import(stores, vec![again.clone()]).await;
        let after = kept(stores, "t-1").await.account;
        assert_eq!((met(stores, 7).await.len(), after.confirmed, after.claims), (0, None, again.account.claims.clone()));
        // It does not come back with a later file.
        import(stores, vec![without_number("t-1")]).await;
        let after = kept(stores, "t-1").await.account;
        assert!(after.confirmed.is_none() && after.claims.personal_number.is_none());
        assert!(met(stores, 7).await.is_empty());
    }

    /// After a link nothing is confirmed any more, and no hash comes back.
    async fn nothing_follows_a_link(bench) {
        let stores = &bench.stores;
        let an = citizen(stores).await;
        import(stores, vec![without_number("t-1")]).await;
        let before = credentials(stores, &kept(stores, "t-1").await.account.id).await;
        let id = before.kept.account.id.clone();
        stores.accounts.link(&new_link(&an, &id, beginning())).await.unwrap();
        let linked = kept(stores, "t-1").await;
        assert!(!stores.accounts.confirm(&id, &confirmed(7)).await.unwrap());
        stores.accounts.upgrade_password(&id, &before.password.unwrap(), &Secret::new("$argon2id$better")).await.unwrap();
        assert_eq!(kept(stores, "t-1").await, linked);
        assert!(credentials(stores, &id).await.password.is_none());
        assert!(met(stores, 7).await.is_empty());
    }

    /// A better hash takes the place of the one that was proven, and of no other.
    async fn a_better_hash(bench) {
        let accounts = &bench.stores.accounts;
        import(&bench.stores, vec![imported("t-1")]).await;
        let id = kept(&bench.stores, "t-1").await.account.id;
        let (first, better) = (imported("t-1").password.unwrap(), Secret::new("$argon2id$better"));
        let hash = async || credentials(&bench.stores, &id).await.password.unwrap().reveal().to_owned();
        accounts.upgrade_password(&id, &Secret::new("$argon2id$another"), &better).await.unwrap();
        assert_eq!(hash().await, first.reveal());
        accounts.upgrade_password(&id, &first, &better).await.unwrap();
        assert_eq!(hash().await, better.reveal());
        accounts.upgrade_password(&id, &first, &Secret::new("$argon2id$late")).await.unwrap();
        assert_eq!(hash().await, better.reveal());
    }

    /// Whoever confirms while the account is linked waits, and finds it linked.
    async fn a_number_is_confirmed_during_a_link(bench) {
        let kept_it = during_a_link(&bench, |stores, account| async move {
            stores.accounts.confirm(&account, &confirmed(7)).await.unwrap()
        });
        assert!(!kept_it.await);
        let after = kept(&bench.stores, "t-1").await;
        assert!(after.owner.is_some() && after.account.confirmed.is_none());
        assert!(after.account.claims.personal_number.is_none() && met(&bench.stores, 7).await.is_empty());
    }

    /// Whoever makes a hash better while the account is linked brings none back.
    async fn a_hash_gets_better_during_a_link(bench) {
        during_a_link(&bench, |stores, account| async move {
            let first = imported("t").password.unwrap();
            stores.accounts.upgrade_password(&account, &first, &Secret::new("$argon2id$better")).await.unwrap();
        })
        .await;
        let after = kept(&bench.stores, "t-1").await;
        assert!(after.owner.is_some() && !after.account.has_password);
    }

    /// Keys change: it is sealed anew, and the account is met by it under the new index.
    async fn a_confirmed_number_and_keys(bench) {
        import(&bench.stores, vec![without_number("t-1")]).await;
        let before = kept(&bench.stores, "t-1").await.account;
        bench.stores.accounts.confirm(&before.id, &confirmed(7)).await.unwrap();
        let with_index = |sealing: &[char], index: u8, other: Option<u8>| broker_stores::StoreKeys {
            sealing: keys(sealing).sealing,
            index: broker_stores::IndexKeys {
                current: zeroize::Zeroizing::new([index; 32]),
                other: other.map(|n| zeroize::Zeroizing::new([n; 32])),
            },
        };
        let both = bench.again(&with_index(&['b', 'a'], 9, None)).await;
        assert!(both.rekey().await.unwrap().sealed > 0);
        assert_eq!(both.rekey().await.unwrap(), Default::default(), "a second time changes nothing");
        let new = bench.again(&with_index(&['b'], 9, None)).await;
        assert_eq!(kept(&new, "t-1").await.account, before.with_confirmed(confirmed(7)));
        assert_eq!(met(&new, 7).await, ["t-1"]);
    }
}
