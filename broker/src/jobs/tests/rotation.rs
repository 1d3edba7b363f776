use crate::app::testing::Bench;
use crate::jobs::{KeyError, KeyTimes, promote_due, provision, rotate};
use broker_domain::client::SigningAlg;
use broker_domain::ports::{KeyState, Signer, StoredKey};
use serde_json::Map;

const TIMES: KeyTimes = KeyTimes { publish_ahead: 3600, retiring: 7200, rotate_every: 0 };

fn count(keys: &[StoredKey], state: KeyState) -> usize {
    keys.iter().filter(|k| k.state == state).count()
}

#[tokio::test]
async fn the_first_start_makes_one_key_for_each_algorithm_also_in_a_race() {
    let bench = Bench::new("").await;
    let broker = &bench.app.broker;
    let keys = broker.stores.keys.keys().await.unwrap();
    assert_eq!((keys.len(), count(&keys, KeyState::Current)), (3, 3));
    assert!(broker.keyring.is_ready());
    // All instances at once on an empty store.
    broker_fresh_race().await;
}

async fn broker_fresh_race() {
    let bench = Bench::new("").await;
    let broker = &bench.app.broker;
    let store = &broker.stores.keys;
    let (entropy, now) = (&*broker.entropy, broker.clock.now());
    // Retire what is there: the store is as good as empty then.
    let stored = store.keys().await.unwrap();
    let before: Vec<_> = stored.iter().map(|k| (k.kid.clone(), k.state)).collect();
    let retired: Vec<_> = stored.iter().map(|k| (k.kid.clone(), KeyState::Retired)).collect();
    assert!(store.change(&before, &[], &retired, now).await.unwrap());
    let (a, b, c) = tokio::join!(
        provision(&**store, entropy, now),
        provision(&**store, entropy, now),
        provision(&**store, entropy, now)
    );
    let added: Vec<usize> = [a, b, c].into_iter().map(|r| r.unwrap().added).collect();
    assert_eq!(added.iter().sum::<usize>(), 3, "{added:?}");
    assert_eq!(count(&store.keys().await.unwrap(), KeyState::Current), 3);
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_until_its_last_token_died() {
    let bench = Bench::new("").await;
    let broker = &bench.app.broker;
    let (store, entropy) = (&*broker.stores.keys, &*broker.entropy);
    let sign = || broker.keyring.sign(SigningAlg::ES256, None, &Map::new()).unwrap();
    let old = sign();

    rotate(store, entropy, false, broker.clock.now()).await.unwrap();
    broker.keyring.reload(store).await.unwrap();
    let published = |n: usize| assert_eq!(broker.keyring.key_set()["keys"].as_array().unwrap().len(), n);
    published(6);
    let kid = |token: &str| broker_jose::peek_header(token).unwrap().kid.unwrap();
    assert_eq!(kid(&sign()), kid(&old));
    // A second rotation waits for the first.
    assert!(matches!(rotate(store, entropy, false, broker.clock.now()).await, Err(KeyError::UnderWay)));

    bench.clock.advance(3599);
    assert!(!promote_due(store, TIMES, broker.clock.now()).await.unwrap().any());
    bench.clock.advance(1);
    assert_eq!(promote_due(store, TIMES, broker.clock.now()).await.unwrap().moved, 6);
    broker.keyring.reload(store).await.unwrap();
    published(6);
    let new = sign();
    assert_ne!(kid(&new), kid(&old));
    assert!(broker.keyring.verify_own(&old, None).is_ok() && broker.keyring.verify_own(&new, None).is_ok());

    bench.clock.advance(7199);
    assert!(!promote_due(store, TIMES, broker.clock.now()).await.unwrap().any());
    bench.clock.advance(1);
    assert_eq!(promote_due(store, TIMES, broker.clock.now()).await.unwrap().moved, 3);
    broker.keyring.reload(store).await.unwrap();
    published(3);
    assert!(broker.keyring.verify_own(&old, None).is_err() && broker.keyring.verify_own(&new, None).is_ok());
}

#[tokio::test]
async fn at_once_means_at_once_whether_keys_wait_or_not() {
    for waiting in [false, true] {
        let bench = Bench::new("").await;
        let broker = &bench.app.broker;
        let (store, entropy, now) = (&*broker.stores.keys, &*broker.entropy, broker.clock.now());
        if waiting {
            rotate(store, entropy, false, now).await.unwrap();
        }
        let changes = rotate(store, entropy, true, now).await.unwrap();
        assert_eq!(changes.added, if waiting { 0 } else { 3 });
        let keys = store.keys().await.unwrap();
        assert_eq!((count(&keys, KeyState::Current), count(&keys, KeyState::Retiring)), (3, 3));
        assert_eq!(count(&keys, KeyState::Next), 0);
    }
}

#[tokio::test]
async fn one_of_two_instances_promotes() {
    let bench = Bench::new("[keys]\npublish_ahead_secs = 60\n").await;
    let other = bench.another(5).await;
    let broker = &bench.app.broker;
    rotate(&*broker.stores.keys, &*broker.entropy, false, broker.clock.now()).await.unwrap();
    bench.clock.advance(61);
    let (a, b) = tokio::join!(bench.app.jobs().promote_keys(), other.jobs().promote_keys());
    assert_eq!(a.unwrap().moved + b.unwrap().moved, 6);
}
