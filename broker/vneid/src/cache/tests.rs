use super::*;
use broker_domain::upstream::UpstreamFailure::{self, Unreachable};
use futures_util::FutureExt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

const RULES: CacheRules = CacheRules { fresh: 100, stale: 1000, apart: 5 };

#[derive(Default)]
struct Source {
    fetches: AtomicU32,
    away: AtomicBool,
    slow: AtomicBool,
}

fn cached(source: &Arc<Source>) -> Cached<u32> {
    let source = source.clone();
    Cached::new(RULES, move |_| {
        let source = source.clone();
        async move {
            let n = source.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            if source.slow.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            if source.away.load(Ordering::SeqCst) { Err(Unreachable.into()) } else { Ok(n) }
        }
        .boxed()
    })
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_000_000 + secs)
}

async fn get(cache: &Cached<u32>, secs: i64) -> Result<u32, UpstreamFailure> {
    cache.get(at(secs)).await.map(|v| *v).map_err(|r| r.failure)
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn fetched_once_and_kept() {
    let source = Arc::new(Source::default());
    let cache = cached(&source);
    assert_eq!(source.fetches.load(Ordering::SeqCst), 0, "nothing is fetched before it is needed");
    for secs in [0, 1, 99] {
        assert_eq!(get(&cache, secs).await, Ok(1));
    }
}

#[tokio::test]
async fn an_old_copy_serves_while_a_new_one_is_fetched() {
    let source = Arc::new(Source::default());
    let cache = cached(&source);
    assert_eq!(get(&cache, 0).await, Ok(1));
    assert_eq!(get(&cache, 100).await, Ok(1));
    assert_eq!(get(&cache, 100).await, Ok(1), "one fetches");
    settle().await;
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2);
    assert_eq!(get(&cache, 101).await, Ok(2));
}

#[tokio::test]
async fn an_old_copy_serves_while_the_source_is_away_and_not_for_ever() {
    let source = Arc::new(Source::default());
    let cache = cached(&source);
    assert_eq!(get(&cache, 0).await, Ok(1));
    source.away.store(true, Ordering::SeqCst);
    for secs in [100, 101, 102, 103, 104] {
        assert_eq!(get(&cache, secs).await, Ok(1));
        settle().await;
    }
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2, "it is not asked at every step");
    assert_eq!(get(&cache, 105).await, Ok(1));
    settle().await;
    assert_eq!(source.fetches.load(Ordering::SeqCst), 3);
    assert_eq!(get(&cache, 1000).await, Err(Unreachable));
    source.away.store(false, Ordering::SeqCst);
    assert_eq!(get(&cache, 1000).await, Ok(5), "who has nothing asks each time");
}

#[tokio::test]
async fn one_fetches_for_all() {
    let source = Arc::new(Source::default());
    source.slow.store(true, Ordering::SeqCst);
    let cache = cached(&source);
    for (away, expected) in [(true, Err(Unreachable)), (false, Ok(2))] {
        source.away.store(away, Ordering::SeqCst);
        let all = futures_util::future::join_all((0..20).map(|_| get(&cache, 0))).await;
        assert!(all.iter().all(|found| *found == expected), "{all:?}");
    }
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn who_gives_up_waiting_does_not_stop_the_others() {
    let source = Arc::new(Source::default());
    source.slow.store(true, Ordering::SeqCst);
    let cache = cached(&source);
    let impatient = tokio::time::timeout(Duration::from_millis(5), get(&cache, 0));
    let (gone, found) = tokio::join!(impatient, get(&cache, 0));
    assert!(gone.is_err());
    assert!(found.is_ok());
}

#[tokio::test]
async fn something_unknown_is_looked_for_once_in_a_while() {
    let source = Arc::new(Source::default());
    let cache = cached(&source);
    assert_eq!(get(&cache, 0).await, Ok(1));
    cache.refresh(at(0)).await.unwrap();
    assert_eq!(get(&cache, 0).await, Ok(2), "the first time at once");
    for secs in [0, 1, 4] {
        cache.refresh(at(secs)).await.unwrap();
    }
    assert_eq!(get(&cache, 4).await, Ok(2), "then not again");
    cache.refresh(at(5)).await.unwrap();
    assert_eq!(get(&cache, 5).await, Ok(3));
    source.away.store(true, Ordering::SeqCst);
    assert!(cache.refresh(at(10)).await.is_err());
    assert_eq!(get(&cache, 10).await, Ok(3), "the copy stays");
}

#[tokio::test]
async fn all_who_look_for_something_unknown_wait_for_the_same_fetch() {
    let source = Arc::new(Source::default());
    let cache = cached(&source);
    assert_eq!(get(&cache, 0).await, Ok(1));
    source.slow.store(true, Ordering::SeqCst);
    let all = futures_util::future::join_all((0..10).map(|_| async {
        cache.refresh(at(1)).await.unwrap();
        get(&cache, 1).await
    }))
    .await;
    assert!(all.iter().all(|found| *found == Ok(2)), "{all:?}");
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_it_old() {
    let source = Arc::new(Source::default());
    let cache = cached(&source);
    assert_eq!(get(&cache, 0).await, Ok(1));
    assert_eq!(get(&cache, -50).await, Ok(2));
}
