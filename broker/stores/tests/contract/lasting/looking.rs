//! What operators look at: sealed columns, the database's own words, the file as a file.

use crate::lasting::{at_rest, rekeying};
use crate::samples::{admission, arrival, arrival_of};
use broker_domain::ports::KeyState;
use broker_stores::testing::{LastingBench, Lasts, beginning, keys};
use broker_stores::{Held, HeldAlone, Lasting, OwnFacts, StoreKeys, copy_sqlite, sqlite_file};
use std::collections::BTreeSet;
use std::time::Duration;
use zeroize::Zeroizing;

const WAIT: Duration = Duration::from_secs(5);

on_each_lasting! {
    /// Every sealed column of the schema is looked at, each key is counted, and a key that is missing or another one shows.
    async fn sealed_columns_are_looked_at(bench) {
        rekeying::fill(&bench.stores).await;
        let of_schema: BTreeSet<String> = at_rest::bytes(&bench).await.into_keys().filter(|c| rekeying::is_sealed(c)).collect();
        let known: BTreeSet<String> = Lasting::sealed_columns().map(str::to_owned).collect();
        assert_eq!(known, of_schema);
        let lasting = Lasting::look(&bench.settings.lasting, WAIT).await.unwrap();
        let sample = lasting.seal_sample(&keys(&['b', 'a'])).await.unwrap();
        assert_eq!(sample.unopened.iter().collect::<Vec<_>>(), [(&"a".to_owned(), &0)]);
        assert!(sample.values >= 2 * u64::try_from(known.len()).unwrap() && sample.unindexed == 0);
        let without = lasting.seal_sample(&keys(&['b'])).await.unwrap();
        assert_eq!(without.unopened["a"], without.values);
        let other = StoreKeys { sealing: vec![("a".to_owned(), Zeroizing::new([1; 32]))], index: [7; 32].into() };
        assert!(lasting.seal_sample(&other).await.unwrap().unopened["a"] > 0, "the same id, another key");
        let index = StoreKeys { index: [8; 32].into(), ..keys(&['a']) };
        assert!(lasting.seal_sample(&index).await.unwrap().unindexed > 0);
        // A second key comes in: both are needed.
        bench.again(&keys(&['b', 'a'])).await.citizens.admit(admission(arrival_of(5, beginning()), beginning())).await.unwrap();
        let ids = lasting.sealing_key_ids(&keys(&['a'])).await.unwrap();
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        let signing = lasting.signing_keys(&keys(&['a'])).await.unwrap();
        assert!(signing.len() == 1 && signing[0].state == KeyState::Current);
        assert!(lasting.signing_keys(&keys(&['b'])).await.is_err());
        lasting.close().await;
    }

    async fn a_database_speaks_of_itself(bench) {
        let lasting = Lasting::look(&bench.settings.lasting, WAIT).await.unwrap();
        let facts = lasting.facts().await.unwrap();
        assert!(!facts.version.is_empty() && facts.latency < WAIT);
        match facts.own {
            OwnFacts::Postgres { is_standby, connections, synchronous_commit, fsync, clock } => {
                assert!(!is_standby && connections > 100 && synchronous_commit == "on");
                // Tests run on a server that need not survive.
                assert_eq!(fsync, "off");
                assert!(clock.secs_since(beginning()) < 3600);
            }
            OwnFacts::Sqlite { journal_mode } => assert_eq!(journal_mode, "wal"),
        }
        let versions = lasting.schema_versions().await.unwrap();
        assert!(versions.has == versions.known && !versions.has.is_empty());
        assert!(lasting.is_whole().await.unwrap());
        lasting.close().await;
    }
}

/// A copy is whole while others write, and holds what was there when it began.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_while_others_write() {
    let bench = LastingBench::on(Lasts::Sqlite).await;
    let an = arrival(beginning());
    bench.stores.citizens.admit(admission(an.clone(), beginning())).await.unwrap();
    let stores = bench.stores.clone();
    let writing = tokio::spawn(async move {
        for n in 10..200 {
            stores.citizens.admit(admission(arrival_of(n, beginning()), beginning())).await.unwrap();
        }
    });
    let mut counts = Vec::new();
    for n in 0..5 {
        let to = bench.folder.path().join(format!("copy-{n}"));
        copy_sqlite(&bench.settings.lasting, &to).await.unwrap();
        let copy = Lasting::look(&format!("sqlite:{}", to.display()), WAIT).await.unwrap();
        assert!(copy.is_whole().await.unwrap());
        let sample = copy.seal_sample(&keys(&['a'])).await.unwrap();
        assert_eq!((sample.unopened["a"], sample.unindexed), (0, 0));
        counts.push(sample.values);
        copy.close().await;
    }
    writing.await.unwrap();
    assert!(counts[0] >= 6 && counts.is_sorted(), "{counts:?}");
}

/// Whoever uses the file keeps it; whoever holds it alone keeps others out, and loses nothing of what was written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_by_one_alone() {
    let bench = LastingBench::on(Lasts::Sqlite).await;
    let url = &bench.settings.lasting;
    let an = arrival(beginning());
    bench.stores.citizens.admit(admission(an.clone(), beginning())).await.unwrap();
    assert!(matches!(HeldAlone::take(url).await.unwrap(), Held::InUse), "it is in use");
    assert!(bench.stores.citizens.find(&an).await.unwrap().matches.by_identity.is_some());
    bench.stores.lasting.close().await;
    let Held::Alone(held) = HeldAlone::take(url).await.unwrap() else { panic!("nobody uses it") };
    assert!(matches!(HeldAlone::take(url).await.unwrap(), Held::InUse));
    let looked = Lasting::look(url, WAIT).await;
    assert!(looked.is_err() || looked.unwrap().facts().await.is_err());
    held.release().await.unwrap();
    let again = bench.again(&keys(&['a'])).await;
    assert!(again.citizens.find(&an).await.unwrap().matches.by_identity.is_some());
}

#[test]
fn the_file_of_a_url() {
    assert_eq!(sqlite_file("sqlite:/a/b.db").unwrap().display().to_string(), "/a/b.db");
    assert_eq!(sqlite_file("sqlite:///a/b.db").unwrap().display().to_string(), "/a/b.db");
    assert!(sqlite_file("postgres://h/d").is_none());
}

/// A file that is not there is not made by looking.
#[tokio::test]
async fn looking_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.db");
    assert!(Lasting::look(&format!("sqlite:{}", file.display()), WAIT).await.is_err());
    assert!(!file.exists());
}
